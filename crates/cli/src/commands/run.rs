//! Asking a model: it is loaded behind the local endpoint, then answers.

mod answer;
mod chat;

use crate::arguments::RunArguments;
use crate::change;
use crate::context::Context;
use crate::follow::{Telling, carry_out};
use crate::output::Form;
use crate::stop::Stop;
use answer::{Answer, Said};
use las_api::types::{Code, Failure, Intent, ModuleName, OperationState};
use las_api::{ErrorBody, ModelView, NoArguments};
use serde_json::{Value, json};
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::time::Instant;

const COMPLETIONS: &str = "/v1/chat/completions";

pub(crate) async fn run(context: &Context, arguments: RunArguments) -> Result<(), Stop> {
    let question = Question::new(&arguments)?;
    let opens_chat =
        arguments.prompt.is_none() && std::io::stdin().is_terminal() && context.output.form == Form::Text;
    let prompt = match arguments.prompt {
        Some(prompt) => Some(prompt),
        None if opens_chat => None,
        None => Some(from_standard_input(context)?),
    };
    load(context, &arguments.model.base).await?;
    notice(context, &arguments.model.base).await?;
    let Some(prompt) = prompt else {
        return chat::open(context, &question).await;
    };
    let mut messages = question.opening();
    messages.push(message("user", &prompt));
    if context.output.form == Form::Json {
        let body = question.body(&messages, Delivery::Whole);
        return context.output.document(&context.client.post(COMPLETIONS, &body).await?);
    }
    tokio::select! {
        said = say(context, &question, &messages) => said.map(drop),
        _ = tokio::signal::ctrl_c() => Err(Stop::Interrupted),
    }
}

/// How the answer comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Delivery {
    Whole,
    Streamed,
}

/// Everything of the request but the conversation.
struct Question {
    settings: Value,
    system: Option<String>,
}

impl Question {
    fn new(arguments: &RunArguments) -> Result<Self, Stop> {
        let mut settings = json!({ "model": arguments.model.to_string() });
        let mut set = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                settings[name] = value;
            }
        };
        set("tools", arguments.tools.as_deref().map(read_json).transpose()?);
        let schema = arguments.json_schema.as_deref().map(read_json).transpose()?;
        set("response_format", schema.map(|schema| json!({ "type": "json_schema", "json_schema": { "name": "answer", "strict": true, "schema": schema } })));
        set("seed", arguments.seed.map(Value::from));
        set("temperature", arguments.temperature.map(Value::from));
        set("max_tokens", arguments.max_tokens.map(Value::from));
        Ok(Self { settings, system: arguments.system.clone() })
    }

    /// The messages before the first question.
    fn opening(&self) -> Vec<Value> {
        self.system.iter().map(|text| message("system", text)).collect()
    }

    fn body(&self, messages: &[Value], delivery: Delivery) -> Value {
        let mut body = self.settings.clone();
        body["messages"] = messages.into();
        if delivery == Delivery::Streamed {
            body["stream"] = true.into();
            body["stream_options"] = json!({ "include_usage": true });
        }
        body
    }
}

fn message(role: &str, content: &str) -> Value {
    json!({ "role": role, "content": content })
}

fn read_json(path: &Path) -> Result<Value, Stop> {
    let text = std::fs::read_to_string(path).map_err(|error| ErrorBody::from(Failure::io(path, error)))?;
    let invalid = |error: serde_json::Error| {
        ErrorBody::new(Code::RequestInvalid).with("detail", format!("{}: {error}", path.display()))
    };
    Ok(serde_json::from_str(&text).map_err(invalid)?)
}

fn from_standard_input(context: &Context) -> Result<String, Stop> {
    let mut text = String::new();
    let invalid = |detail: String| Stop::from(ErrorBody::new(Code::RequestInvalid).with("detail", detail));
    std::io::stdin().lock().read_to_string(&mut text).map_err(|error| invalid(error.to_string()))?;
    if text.trim().is_empty() {
        Err(invalid(context.word("cli-run-prompt-empty")))
    } else {
        Ok(text.trim_end().to_owned())
    }
}

/// Sees that the model is loaded; an empty plan says that it is.
async fn load(context: &Context, model: &ModuleName) -> Result<(), Stop> {
    let plan = change::plan(context, Intent::ModelLoad { model: model.clone() }).await?;
    if plan.is_empty() {
        return Ok(());
    }
    let operation = carry_out(context, &plan, None, Telling::Aside).await?;
    match (operation.state, ErrorBody::of(&operation)) {
        (OperationState::Succeeded, _) => Ok(()),
        (_, Some(failure)) => Err(failure.into()),
        (_, None) => Err(Stop::code(Code::OperationCancelled)),
    }
}

/// Says so if the model is only a demonstration.
async fn notice(context: &Context, model: &ModuleName) -> Result<(), Stop> {
    let models: Vec<ModelView> = context.ask("model_list", NoArguments {}).await?;
    if models.iter().any(|known| known.name == *model && known.facts.demonstration) {
        let paint = context.output.note_paint();
        context.output.note(&paint.caution(&context.word("note-demonstration-model")));
    }
    Ok(())
}

/// Asks and prints the answer as it comes; gives what was said, for the next question.
async fn say(context: &Context, question: &Question, messages: &[Value]) -> Result<Answer, Stop> {
    let output = context.output;
    let mut stream =
        context.client.post_stream(COMPLETIONS, &question.body(messages, Delivery::Streamed)).await?;
    let mut answer = Answer::default();
    let mut first = None;
    while let Some(data) = stream.next().await {
        for said in answer.absorb(&data?)? {
            first.get_or_insert_with(Instant::now);
            match said {
                Said::Content(text) => output.data(&text)?,
                Said::Thought(text) => output.note_part(&output.note_paint().faint(&text)),
            }
        }
    }
    if !answer.content.is_empty() && !answer.content.ends_with('\n') {
        output.line("")?;
    }
    for call in answer.calls() {
        output.json_line(&call)?;
    }
    let seconds = first.map_or(0.0, |first| first.elapsed().as_secs_f64());
    if let Some((tokens, rate)) = answer.rate(seconds) {
        let text = context
            .words
            .text("cli-run-rate", &[("count", &tokens.to_string()), ("rate", &format!("{rate:.1}"))]);
        output.note(&output.note_paint().faint(&text));
    }
    if answer.was_cut() {
        output.note(&output.note_paint().caution(&context.word("cli-run-cut")));
    }
    Ok(answer)
}
