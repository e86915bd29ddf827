//! Secrets: named, set and removed. A value comes in and goes to where secrets are kept, and nowhere else.

use crate::App;
use las_api::{BySecretName, NoArguments, SecretRequest, SecretsView};
use las_runtime::SystemClock;
use las_secrets::Before;
use las_state::Incident;
use las_types::{Clock, Code, Failure, SecretHandle, WebOrigin};
use serde_json::Value;
use std::sync::Arc;

pub(super) async fn list(app: &Arc<App>, _: NoArguments) -> Result<SecretsView, Failure> {
    Ok(SecretsView { secrets: app.secrets.list().await?, stores: app.secrets.states().await })
}

/// What is to be kept. What is wrong with it is told by the field alone: the words of a parser hold what it was given.
pub(super) fn request(mut args: Value) -> Result<SecretRequest, Failure> {
    let invalid = |part: &str| Failure::new(Code::SecretInvalid).with("part", part);
    let fields = args.as_object().ok_or_else(|| invalid("name"))?;
    if let Some(other) = fields.keys().find(|key| !["name", "origin", "value"].contains(&key.as_str())) {
        return Err(Failure::new(Code::RequestInvalid)
            .with("detail", format!("unknown field, {} bytes long", other.len())));
    }
    let text = |name: &str| fields.get(name).and_then(Value::as_str).ok_or_else(|| invalid(name));
    text("name")?.parse::<SecretHandle>().map_err(|_| invalid("name"))?;
    text("origin")?.parse::<WebOrigin>().map_err(|_| invalid("origin"))?;
    text("value")?;
    serde_json::from_value(args.take()).map_err(|_| invalid("value"))
}

pub(super) async fn set(
    app: &Arc<App>,
    request: SecretRequest,
    interface: &str,
) -> Result<NoArguments, Failure> {
    let SecretRequest { name, origin, value } = request;
    let before = app.secrets.set(&name, &origin, &value).await?;
    written_down(app, "secret_set", (&name, &origin), before, interface).await
}

pub(super) async fn remove(
    app: &Arc<App>,
    request: BySecretName,
    interface: &str,
) -> Result<NoArguments, Failure> {
    let (origin, before) = app.secrets.remove(&request.name).await?;
    written_down(app, "secret_remove", (&request.name, &origin), before, interface).await
}

/// Enters a change into the ledger, by name and origin. One that can't be written down is taken back.
async fn written_down(
    app: &Arc<App>,
    command: &str,
    (name, origin): (&SecretHandle, &WebOrigin),
    before: Before,
    interface: &str,
) -> Result<NoArguments, Failure> {
    let change = Incident::new(command, &[("name", name.as_str()), ("origin", origin.as_str())]);
    let written =
        app.control.state().record_change(SystemClock.now(), interface, &change, name.as_str()).await;
    if let Err(error) = written {
        if let Err(failure) = app.secrets.put_back(before).await {
            tracing::error!(%name, %failure, "a change of a secret could be neither written down nor taken back");
        }
        return Err(error.into());
    }
    Ok(NoArguments {})
}
