//! An answer put together from the pieces of a stream (OpenAI's chat completion chunks).

use las_api::ErrorBody;
use las_api::types::Code;
use serde_json::{Value, json};

/// Something that a piece said.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Part of the answer.
    Content(String),
    /// Part of the reasoning before it.
    Thought(String),
}

/// What was said so far.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) content: String,
    calls: Vec<Call>,
    pieces: u64,
    tokens: Option<u64>,
    per_second: Option<f64>,
    finish: Option<String>,
}

#[derive(Debug, Default)]
struct Call {
    id: String,
    name: String,
    arguments: String,
}

impl Answer {
    /// Takes one piece; an error in the stream is the error.
    pub(super) fn absorb(&mut self, data: &str) -> Result<Vec<Said>, ErrorBody> {
        let unreadable = |error: serde_json::Error| ErrorBody::new(Code::EngineRefused).with("detail", error);
        let chunk: Value = serde_json::from_str(data).map_err(unreadable)?;
        if let Some(error) = chunk.get("error").filter(|error| !error.is_null()) {
            return Err(stream_error(error));
        }
        if let Some(tokens) = chunk["usage"]["completion_tokens"].as_u64() {
            self.tokens = Some(tokens);
        }
        if let Some(rate) = chunk["timings"]["predicted_per_second"].as_f64() {
            self.per_second = Some(rate);
        }
        let choice = &chunk["choices"][0];
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.finish = Some(reason.to_owned());
        }
        let delta = &choice["delta"];
        for part in delta["tool_calls"].as_array().into_iter().flatten() {
            self.absorb_call(part);
        }
        let mut said = vec![];
        if let Some(text) = delta["reasoning_content"].as_str().filter(|text| !text.is_empty()) {
            said.push(Said::Thought(text.to_owned()));
        }
        if let Some(text) = delta["content"].as_str().filter(|text| !text.is_empty()) {
            self.content += text;
            said.push(Said::Content(text.to_owned()));
        }
        self.pieces += u64::try_from(said.len()).unwrap_or(0);
        Ok(said)
    }

    fn absorb_call(&mut self, part: &Value) {
        let last = self.calls.len().saturating_sub(1);
        let index = part["index"].as_u64().and_then(|index| usize::try_from(index).ok()).unwrap_or(last);
        // A model can't make us allocate by naming a far index: a new call is the next one.
        if index >= self.calls.len() {
            self.calls.push(Call::default());
        }
        let index = index.min(self.calls.len() - 1);
        let call = &mut self.calls[index];
        for (field, value) in [
            (&mut call.id, &part["id"]),
            (&mut call.name, &part["function"]["name"]),
            (&mut call.arguments, &part["function"]["arguments"]),
        ] {
            *field += value.as_str().unwrap_or_default();
        }
    }

    /// The tool calls in OpenAI's form.
    pub(super) fn calls(&self) -> Vec<Value> {
        let call = |call: &Call| json!({ "id": call.id, "type": "function", "function": { "name": call.name, "arguments": call.arguments } });
        self.calls.iter().map(call).collect()
    }

    /// Tokens and tokens a second: as the engine measured, else over the seconds since the first piece.
    pub(super) fn rate(&self, seconds: f64) -> Option<(u64, f64)> {
        let tokens = self.tokens.unwrap_or(self.pieces);
        #[expect(clippy::cast_precision_loss, reason = "an answer has far fewer than 2^52 tokens")]
        let measured = || (seconds > 0.0).then(|| tokens as f64 / seconds);
        let rate = self.per_second.or_else(measured)?;
        (tokens > 0).then_some((tokens, rate))
    }

    /// Whether it ended because it got too long.
    pub(super) fn was_cut(&self) -> bool {
        self.finish.as_deref() == Some("length")
    }

    /// What was said, as a message of the conversation.
    pub(super) fn message(&self) -> Value {
        let mut message = json!({ "role": "assistant", "content": self.content });
        if !self.calls.is_empty() {
            message["tool_calls"] = self.calls().into();
        }
        message
    }
}

/// An error as the stream carries it: our own body under `las`, or only a sentence.
fn stream_error(error: &Value) -> ErrorBody {
    serde_json::from_value(error["las"].clone()).unwrap_or_else(|_| {
        let detail = error["message"].as_str().map_or_else(|| error.to_string(), str::to_owned);
        ErrorBody::new(Code::EngineRefused).with("detail", detail)
    })
}

#[cfg(test)]
mod tests {
    use super::{Answer, Said};
    use las_api::types::Code;

    #[test]
    fn pieces_become_an_answer_with_its_rate() {
        let mut answer = Answer::default();
        assert_eq!(
            answer.absorb(r#"{"choices":[{"delta":{"role":"assistant","content":null}}]}"#).unwrap(),
            []
        );
        assert_eq!(
            answer.absorb(r#"{"choices":[{"delta":{"content":"Hel"}}]}"#).unwrap(),
            [Said::Content("Hel".to_owned())]
        );
        assert_eq!(answer.rate(0.5), Some((1, 2.0)));
        answer.absorb(r#"{"choices":[{"delta":{"content":"lo"},"finish_reason":"length"}]}"#).unwrap();
        answer
            .absorb(
                r#"{"choices":[],"usage":{"completion_tokens":7},"timings":{"predicted_per_second":41.5}}"#,
            )
            .unwrap();
        assert_eq!(answer.content, "Hello");
        assert_eq!(answer.rate(0.0), Some((7, 41.5)));
        assert!(answer.was_cut());
        assert_eq!(answer.message()["content"], "Hello");
    }

    #[test]
    fn tool_calls_are_joined_by_their_index() {
        let mut answer = Answer::default();
        for part in [
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"add","arguments":"{\"x\":"}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}}]}"#,
            r#"{"choices":[{"delta":{"tool_calls":[{"index":4000000000,"id":"b","function":{"name":"sub"}}]}}]}"#,
        ] {
            answer.absorb(part).unwrap();
        }
        let calls = answer.calls();
        assert_eq!(calls.len(), 2);
        assert_eq!(calls[0]["function"]["arguments"], "{\"x\":1}");
        assert_eq!(calls[1]["function"]["name"], "sub");
    }

    #[test]
    fn an_error_in_the_stream_keeps_its_code() {
        let mut answer = Answer::default();
        let ours = r#"{"error":{"message":"m","las":{"code":"engine-stopped","args":{"name":"x"}}}}"#;
        assert_eq!(answer.absorb(ours).unwrap_err().code, Code::EngineStopped);
        assert_eq!(
            answer.absorb(r#"{"error":{"message":"too long"}}"#).unwrap_err().args["detail"],
            "too long"
        );
        assert_eq!(answer.absorb("not json").unwrap_err().code, Code::EngineRefused);
    }
}
