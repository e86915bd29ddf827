//! Secrets: a value is read from a terminal or a pipe, never from what was typed with the command.

use crate::arguments::SecretVerb;
use crate::context::{Context, View};
use crate::lines::Lines;
use crate::output::Form;
use crate::stop::Stop;
use las_api::types::{Code, KeptSecret, Secret, SecretStoreState};
use las_api::{BySecretName, ErrorBody, NoArguments, SecretsView};
use std::io::{IsTerminal as _, Read as _};

/// The longest text that is read; a value is shorter, and what is longer is none.
const LONGEST: u64 = 64 << 10;

pub(crate) async fn run(context: &Context, verb: SecretVerb) -> Result<(), Stop> {
    match verb {
        SecretVerb::List => {
            let view: SecretsView = context.ask("secret_list", NoArguments {}).await?;
            context.show(&view, list_text)
        }
        SecretVerb::Set { name, origin } => {
            let value = read(context)?;
            let request = serde_json::json!({ "name": name, "origin": origin, "value": value.reveal() });
            let answer: serde_json::Value = context.ask("secret_set", request).await?;
            let args = [("name", name.as_str()), ("origin", origin.as_str())];
            done(context, &answer, "cli-secret-set", &args)
        }
        SecretVerb::Remove { name } => {
            let answer: serde_json::Value =
                context.ask("secret_remove", BySecretName { name: name.clone() }).await?;
            done(context, &answer, "cli-secret-removed", &[("name", name.as_str())])
        }
    }
}

fn done(context: &Context, answer: &serde_json::Value, key: &str, args: &[(&str, &str)]) -> Result<(), Stop> {
    if context.output.form == Form::Json {
        return context.output.document(answer);
    }
    context.output.note(&context.words.text(key, args));
    Ok(())
}

/// The value: typed unseen where there is a terminal, else all of standard input, without the end of its line.
fn read(context: &Context) -> Result<Secret, Stop> {
    let failed =
        |error: std::io::Error| ErrorBody::new(Code::IoFailed).with("path", "stdin").with("detail", error);
    if std::io::stdin().is_terminal() {
        context.output.note(&context.word("cli-secret-type"));
        return Ok(Secret::new(rpassword::read_password().map_err(failed)?));
    }
    let mut text = String::new();
    std::io::stdin().lock().take(LONGEST).read_to_string(&mut text).map_err(failed)?;
    let whole = Secret::new(text);
    Ok(Secret::new(whole.reveal().trim_end_matches(['\n', '\r'])))
}

fn list_text(view: &SecretsView, shown: &View<'_>) -> String {
    let text = if view.secrets.is_empty() {
        format!("{}\n", shown.paint.faint(&shown.word("cli-none")))
    } else {
        let mut table = shown.heading(&["name", "for-origin", "placement"]);
        for KeptSecret { name, origin, store } in &view.secrets {
            table.row([name.to_string(), origin.to_string(), shown.value("secret-store", store)]);
        }
        table.render(0, shown.paint)
    };
    text + &stores_text(&view.stores, shown)
}

/// Where secrets are kept, and where they could be: a line each.
pub(crate) fn stores_text(stores: &[SecretStoreState], shown: &View<'_>) -> String {
    let mut text = String::new();
    for state in stores {
        let store = shown.value("secret-store", &state.kind);
        let standing = shown.value("secret-standing", &state.standing);
        let args = [("store", store.as_str()), ("standing", standing.as_str())];
        text.add_line(&shown.paint.faint(&shown.words.text("cli-secret-store", &args)));
    }
    text
}
