//! Who answers: the seam between the endpoint and the engines.

use async_trait::async_trait;
use las_api::ModelView;
use las_types::{Failure, ModuleName};
use std::sync::Arc;

/// A running engine that has the model asked for.
#[derive(Clone)]
pub struct Engine {
    /// How it is reached.
    pub reach: Arc<dyn Reach>,
    /// Its key.
    pub key: String,
    /// The service's name, for errors.
    pub name: String,
    /// Adapters that it has loaded, in the order of their engine ids.
    pub adapters: Vec<ModuleName>,
    /// Whether it has what turns pictures into what its model reads.
    pub has_projector: bool,
    /// Held until the answer has ended: the engine is in use for as long.
    pub in_use: Arc<dyn Send + Sync>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The way to an engine.
#[async_trait]
pub trait Reach: Send + Sync {
    /// Connects to it; it speaks HTTP there.
    async fn connect(&self) -> std::io::Result<tokio::net::UnixStream>;
}

/// Finds engines for models.
#[async_trait]
pub trait Engines: Send + Sync {
    /// An engine that has the model, loading it if it is installed and not loaded; also again, if the
    /// adapter asked for was added to it since. An adapter that the model doesn't have is no error here.
    async fn acquire(&self, model: &str, adapter: Option<&str>) -> Result<Engine, Failure>;
    /// The engine that comes after one which was gone before it said anything. It fails as that one did if that is the one
    /// that serves.
    async fn successor(&self, gone: &Engine) -> Result<Engine, Failure>;
    /// Refuses a feature (`chat`, `tools`, `json`, `embeddings`, `adapter`) that policies or overrides deny.
    fn permits(&self, feature: &str) -> Result<(), Failure>;
    /// Every model that could answer, adapters included.
    async fn models(&self) -> Result<Vec<ModelView>, Failure>;
}
