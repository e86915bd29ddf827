//! What clients may ask: OpenAI's requests, field by field. Unknown fields are dropped, not passed on:
//! engines have answered foreign fields with crashes before.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Settings of sampling that every kind of completion shares.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sampling {
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    min_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: Option<Texts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(default)]
    pub(crate) stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

/// One text or several.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

/// `POST /v1/chat/completions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ChatRequest {
    pub(crate) model: String,
    /// Messages, their parts included, are the model's own business.
    messages: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: Option<Vec<Value>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
    #[serde(skip_serializing)]
    max_completion_tokens: Option<u32>,
    #[serde(flatten)]
    pub(crate) sampling: Sampling,
}

impl ChatRequest {
    /// The newer name of `max_tokens` is understood as well.
    pub(crate) fn normalise(&mut self) {
        self.sampling.max_tokens = self.sampling.max_tokens.or(self.max_completion_tokens);
    }

    /// What was said so far.
    pub(crate) fn messages(&self) -> &[Value] {
        &self.messages
    }

    /// The features that it uses, as policies name them.
    pub(crate) fn features(&self) -> Vec<&'static str> {
        let tools = self.tools.as_ref().is_some_and(|tools| !tools.is_empty());
        let format = self.response_format.as_ref();
        let json = format.is_some_and(|format| format.get("type").is_none_or(|kind| kind != "text"));
        let used = [("chat", true), ("tools", tools), ("json", json)];
        used.into_iter().filter_map(|(feature, used)| used.then_some(feature)).collect()
    }
}

/// `POST /v1/completions`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct CompletionRequest {
    pub(crate) model: String,
    prompt: Texts,
    #[serde(flatten)]
    pub(crate) sampling: Sampling,
}

/// `POST /v1/embeddings`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct EmbeddingRequest {
    pub(crate) model: String,
    input: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding_format: Option<EncodingFormat>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum EncodingFormat {
    Float,
    Base64,
}

#[cfg(test)]
mod tests {
    use super::ChatRequest;

    #[test]
    fn a_request_uses_the_features_that_its_fields_ask_for() {
        for (fields, expected) in [
            ("", &["chat"][..]),
            (r#","tools":[],"response_format":{"type":"text"}"#, &["chat"]),
            (r#","tools":[{}]"#, &["chat", "tools"]),
            (r#","response_format":{"type":"json_schema"}"#, &["chat", "json"]),
        ] {
            let text = format!(r#"{{"model":"m","messages":[]{fields}}}"#);
            let request: ChatRequest = serde_json::from_str(&text).unwrap();
            assert_eq!(request.features(), expected, "{text}");
        }
    }

    #[test]
    fn unknown_fields_do_not_reach_the_engine() {
        let text = r#"{"model":"m","messages":[],"n_discard":-1,"lora":[{"id":0}],"max_completion_tokens":5,"slot_id":3}"#;
        let mut request: ChatRequest = serde_json::from_str(text).unwrap();
        request.normalise();
        let sent = serde_json::to_value(&request).unwrap();
        assert_eq!(sent, serde_json::json!({"model":"m","messages":[],"max_tokens":5,"stream":false}));
    }
}
