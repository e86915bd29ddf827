//! The routes.

use crate::adapters::{scales, split};
use crate::error::Refusal;
use crate::forward::forward;
use crate::media;
use crate::request::{ChatRequest, CompletionRequest, EmbeddingRequest};
use crate::{Engine, Engines};
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Json, Router};
use las_types::{Ability, Code, Failure};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::sync::Arc;

type Shared = State<Arc<dyn Engines>>;

/// The OpenAI routes over these engines.
pub fn router(engines: Arc<dyn Engines>) -> Router {
    Router::new()
        .route("/v1/models", get(models))
        .route("/v1/chat/completions", post(chat))
        .route("/v1/completions", post(completions))
        .route("/v1/embeddings", post(embeddings))
        .with_state(engines)
}

fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Failure::new(Code::RequestInvalid).with("detail", error).into())
}

/// The request as the engine gets it: our fields, its own model name, and every adapter's scale.
fn prepared(
    request: &impl Serialize,
    base: &str,
    adapter: Option<&str>,
    engine: &Engine,
) -> Result<Value, Refusal> {
    let mut body = serde_json::to_value(request).map_err(Failure::internal)?;
    body["model"] = json!(base);
    let scales = scales(&engine.adapters, adapter)?;
    if !scales.is_empty() {
        body["lora"] = serde_json::to_value(scales).map_err(Failure::internal)?;
    }
    Ok(body)
}

async fn answer(
    engines: &dyn Engines,
    path: &str,
    model: &str,
    features: &[&str],
    messages: &[Value],
    request: &impl Serialize,
) -> Result<Response, Refusal> {
    media::lie_within(messages)?;
    let (base, adapter) = split(model);
    for feature in features.iter().copied().chain(adapter.map(|_| "adapter")) {
        engines.permits(feature)?;
    }
    let engine = engines.acquire(base, adapter).await?;
    if !engine.has_projector && media::is_any(messages) {
        return Err(Failure::new(Code::ModelWithoutProjector).with("name", base).into());
    }
    let body = prepared(request, base, adapter, &engine)?;
    forward(engines, engine, path, &body).await
}

async fn chat(State(engines): Shared, body: Bytes) -> Result<Response, Refusal> {
    let mut request: ChatRequest = read(&body)?;
    request.normalise();
    answer(
        &*engines,
        "/v1/chat/completions",
        &request.model,
        &request.features(),
        request.messages(),
        &request,
    )
    .await
}

async fn completions(State(engines): Shared, body: Bytes) -> Result<Response, Refusal> {
    let request: CompletionRequest = read(&body)?;
    answer(&*engines, "/v1/completions", &request.model, &["chat"], &[], &request).await
}

async fn embeddings(State(engines): Shared, body: Bytes) -> Result<Response, Refusal> {
    let request: EmbeddingRequest = read(&body)?;
    answer(&*engines, "/v1/embeddings", &request.model, &["embeddings"], &[], &request).await
}

async fn models(State(engines): Shared) -> Result<Json<Value>, Refusal> {
    let all = engines.models().await?;
    let entry = |id: String, placement: &str| json!({ "id": id, "object": "model", "created": 0, "owned_by": placement });
    let mut data = Vec::new();
    // No engine here loads other formats, nor adapters in them.
    for model in all.iter().filter(|model| model.facts.format == "gguf") {
        let owner = "localaistack";
        match (model.facts.abilities.contains(&Ability::Adapter), &model.base) {
            (false, _) => data.push(entry(model.name.to_string(), owner)),
            (true, Some(base)) => data.push(entry(format!("{base}:{}", model.name), owner)),
            // An adapter whose base is gone can't answer.
            (true, None) => {}
        }
    }
    Ok(Json(json!({ "object": "list", "data": data })))
}
