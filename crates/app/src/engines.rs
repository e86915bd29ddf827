//! The engines behind the endpoint.

use crate::{App, handlers};
use async_trait::async_trait;
use las_api::ModelView;
use las_gateway::{Engine, Engines, Reach};
use las_runtime::EngineConnection;
use las_types::{Code, Failure, Intent, ServiceName};
use std::sync::Arc;
use std::time::Duration;

/// How long a request waits for an engine that is starting, or being started again.
const READY_WITHIN: Duration = Duration::from_mins(2);

/// How long it may take until it is known that an engine has ended; its keeper says so at once.
const NOTICED_WITHIN: Duration = Duration::from_secs(10);

pub(crate) struct EnginePool {
    app: Arc<App>,
}

impl EnginePool {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app }
    }

    /// Loads a model by a plan, like anybody else: naming it in a request is the intent.
    async fn load(&self, model: &str) -> Result<(), Failure> {
        let model = model.parse().map_err(|_| Failure::new(Code::ModelNotFound).with("name", model))?;
        let plan = self.app.control.propose(Intent::ModelLoad { model }).await?;
        if plan.is_empty() {
            return Ok(());
        }
        let operation = self.app.control.approve(plan.id, "gateway", None).await?;
        match self.app.control.wait(operation.id).await?.failure {
            None => Ok(()),
            Some((code, args)) => Err(Failure::recorded(code, args)),
        }
    }
}

/// A loaded engine, over its socket.
struct Reached(EngineConnection);

#[async_trait]
impl Reach for Reached {
    async fn connect(&self) -> std::io::Result<tokio::net::UnixStream> {
        self.0.connect().await
    }
}

fn reached(model: &str, connection: EngineConnection, in_use: Arc<dyn Send + Sync>) -> Engine {
    Engine {
        key: connection.key.expose().to_owned(),
        name: model.to_owned(),
        adapters: connection.settings.adapters.iter().map(|(adapter, _)| adapter.clone()).collect(),
        has_projector: connection.settings.projector.is_some(),
        reach: Arc::new(Reached(connection)),
        in_use,
    }
}

#[async_trait]
impl Engines for EnginePool {
    async fn acquire(&self, model: &str, adapter: Option<&str>) -> Result<Engine, Failure> {
        let name: ServiceName =
            model.parse().map_err(|_| Failure::new(Code::ModelNotFound).with("name", model))?;
        // From here on it is not unloaded for want of use.
        let in_use = self.app.uses.begin(name.clone());
        let serves = self.app.executor.engine(&name).is_some_and(|engine| {
            let mut adapters = engine.settings.adapters.iter();
            adapter.is_none_or(|wanted| adapters.any(|(loaded, _)| loaded.as_str() == wanted))
        });
        if serves {
            self.app.control.may_answer(model).await?;
        } else {
            self.load(model).await?;
        }
        let connection = self.app.executor.wait_ready(&name, READY_WITHIN).await?;
        Ok(reached(model, connection, Arc::new(in_use)))
    }

    async fn successor(&self, gone: &Engine) -> Result<Engine, Failure> {
        let name: ServiceName = gone.name.parse().map_err(Failure::internal)?;
        self.app.executor.wait_replaced(&name, &gone.key, NOTICED_WITHIN).await?;
        let connection = self.app.executor.wait_ready(&name, READY_WITHIN).await?;
        Ok(reached(&gone.name, connection, Arc::clone(&gone.in_use)))
    }

    fn permits(&self, feature: &str) -> Result<(), Failure> {
        self.app.control.permits(&format!("feature:{feature}"))
    }

    async fn models(&self) -> Result<Vec<ModelView>, Failure> {
        handlers::models::views(&self.app).await
    }
}
