//! Sources of models, against a hub on loopback.

mod honest;
mod inner;
mod sources;

use async_trait::async_trait;
use las_hub::{HuggingFace, ModelScope};
use las_tests::{Hub, hub_sample};
use las_types::{Code, Failure, ModelSource, Secret, SecretHandle, Secrets, WebOrigin, secret_not_found};
use std::sync::Arc;

/// A hub with the sample's repositories, and the folder that it serves.
fn hub() -> (tempfile::TempDir, Hub) {
    let folder = tempfile::tempdir().unwrap();
    hub_sample(folder.path());
    let hub = Hub::start(folder.path());
    (folder, hub)
}

/// One token for one origin.
struct OneSecret(WebOrigin, String);

#[async_trait]
impl Secrets for OneSecret {
    async fn handle(&self, origin: &WebOrigin) -> Result<Option<SecretHandle>, Failure> {
        Ok((*origin == self.0).then(|| "hub-token".parse().unwrap()))
    }

    async fn reveal(&self, handle: &SecretHandle, origin: &WebOrigin) -> Result<Secret, Failure> {
        if *origin == self.0 { Ok(Secret::new(&self.1)) } else { Err(secret_not_found(handle, origin)) }
    }
}

fn secrets(hub: &Hub, token: Option<&str>) -> Arc<dyn Secrets> {
    match token {
        None => las_hub::no_secrets(),
        Some(token) => Arc::new(OneSecret(hub.endpoint().parse().unwrap(), token.to_owned())),
    }
}

fn hugging_face(hub: &Hub, token: Option<&str>) -> HuggingFace {
    let (name, endpoint) = ("hugging-face".parse().unwrap(), hub.endpoint().parse().unwrap());
    HuggingFace::with_file_hosts(name, &endpoint, [hub.store_host()], secrets(hub, token)).unwrap()
}

fn model_scope(hub: &Hub, token: Option<&str>) -> ModelScope {
    let (name, endpoint) = ("model-scope".parse().unwrap(), hub.endpoint().parse().unwrap());
    ModelScope::with_file_hosts(name, &endpoint, [hub.store_host()], secrets(hub, token)).unwrap()
}

/// Both, with the branch that each begins with.
fn both(hub: &Hub, token: Option<&str>) -> Vec<(Box<dyn ModelSource>, &'static str)> {
    vec![(Box::new(hugging_face(hub, token)), "main"), (Box::new(model_scope(hub, token)), "master")]
}

#[track_caller]
fn code<T: std::fmt::Debug>(answer: Result<T, Failure>) -> Code {
    answer.unwrap_err().code
}
