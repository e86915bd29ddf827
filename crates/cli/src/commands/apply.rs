//! What a file asks for, a `las.yaml` or a `las.lock`: its difference to the machine, and closing it.

use crate::arguments::Consent;
use crate::change;
use crate::context::Context;
use crate::stop::Stop;
use las_api::ById;
use las_api::types::{ExecutionPlan, Intent};
use std::path::Path;

/// What is read where no file is named.
const FILE: &str = "las.yaml";

/// What the file asks for, read by the core: a desired state or a lock.
async fn intent(context: &Context, file: Option<&Path>) -> Result<Intent, Stop> {
    context.ask("desired_read", las_app::desired_text(file.unwrap_or(Path::new(FILE)))?).await
}

pub(crate) async fn plan(context: &Context, file: Option<&Path>) -> Result<(), Stop> {
    let plan = change::plan(context, intent(context, file).await?).await?;
    change::show_plan(context, &plan)
}

pub(crate) async fn apply(context: &Context, file: Option<&Path>, consent: Consent) -> Result<(), Stop> {
    let intent = intent(context, file).await?;
    change::change(context, intent, consent).await
}

/// Runs a plan that was shown before; with a key, once however often this is repeated.
pub(crate) async fn planned(
    context: &Context,
    id: String,
    key: Option<String>,
    consent: Consent,
) -> Result<(), Stop> {
    let plan: ExecutionPlan = context.ask("plan_show", ById { id }).await?;
    change::apply(context, &plan, key, consent).await
}
