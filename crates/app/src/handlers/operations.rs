//! Plans, operations, generations.

use super::parsed;
use crate::App;
use las_api::{
    ById, ByNumber, DesiredText, DiffRequest, GenerationDiff, GenerationView, NoArguments, OperationView,
    PlanApproval, PlanRequest,
};
use las_types::{Code, ExecutionPlan, Failure, Generation, GenerationNumber, Intent, Lock, Operation};
use std::path::Path;
use std::sync::Arc;

/// How many operations a list shows.
const LISTED: u32 = 200;

pub(super) async fn plan_create(app: &Arc<App>, request: PlanRequest) -> Result<ExecutionPlan, Failure> {
    app.control.propose(request.intent).await
}

/// What a text asks for: a desired state or a lock.
pub(super) async fn desired_read(_: &Arc<App>, request: DesiredText) -> Result<Intent, Failure> {
    las_registry::read_wish(&request.text, request.path.as_deref().map(Path::new))
}

pub(super) async fn plan_show(app: &Arc<App>, request: ById) -> Result<ExecutionPlan, Failure> {
    app.control.plan(parsed(&request.id, Code::PlanNotFound)?).await
}

pub(super) async fn plan_approve(
    app: &Arc<App>,
    request: PlanApproval,
    interface: &str,
) -> Result<Operation, Failure> {
    let actor = request.actor.as_deref().unwrap_or(interface);
    let id = parsed(&request.id, Code::PlanNotFound)?;
    app.control.approve(id, actor, request.idempotency_key.as_deref()).await
}

pub(super) async fn list(app: &Arc<App>, _: NoArguments) -> Result<Vec<Operation>, Failure> {
    app.control.operations(LISTED).await
}

pub(super) async fn show(app: &Arc<App>, request: ById) -> Result<OperationView, Failure> {
    let id = parsed(&request.id, Code::OperationNotFound)?;
    let operation = app
        .control
        .operation(id)
        .await?
        .ok_or_else(|| Failure::new(Code::OperationNotFound).with("id", id))?;
    let journal = app.control.state().journal_of(id).await?;
    Ok(OperationView { operation, journal })
}

pub(super) async fn pause(app: &Arc<App>, request: ById) -> Result<Operation, Failure> {
    app.control.pause(parsed(&request.id, Code::OperationNotFound)?).await
}

pub(super) async fn resume(app: &Arc<App>, request: ById) -> Result<Operation, Failure> {
    app.control.go_on(parsed(&request.id, Code::OperationNotFound)?).await
}

pub(super) async fn cancel(app: &Arc<App>, request: ById) -> Result<Operation, Failure> {
    app.control.cancel(parsed(&request.id, Code::OperationNotFound)?).await
}

fn generation_view(generation: Generation, current: GenerationNumber) -> GenerationView {
    GenerationView {
        current: generation.number == current,
        number: generation.number,
        made_at: generation.made_at,
        command: generation.command,
        operation: generation.operation,
        items: generation.items,
    }
}

pub(super) async fn generation_list(app: &Arc<App>, _: NoArguments) -> Result<Vec<GenerationView>, Failure> {
    let current = app.control.current().await?.number;
    Ok(app
        .control
        .generations()
        .await?
        .into_iter()
        .map(|generation| generation_view(generation, current))
        .collect())
}

pub(super) async fn generation_show(app: &Arc<App>, request: ByNumber) -> Result<GenerationView, Failure> {
    let all = generation_list(app, NoArguments {}).await?;
    let missing = || Failure::new(Code::GenerationNotFound).with("number", request.number);
    all.into_iter().find(|generation| generation.number == request.number).ok_or_else(missing)
}

pub(super) async fn generation_diff(app: &Arc<App>, request: DiffRequest) -> Result<GenerationDiff, Failure> {
    let all = app.control.generations().await?;
    let items = |number: GenerationNumber| {
        let found = all.iter().find(|generation| generation.number == number);
        found
            .map(|generation| &generation.items)
            .ok_or_else(|| Failure::new(Code::GenerationNotFound).with("number", number))
    };
    let differences = las_types::differences(items(request.from)?, items(request.to)?);
    Ok(GenerationDiff { from: request.from, to: request.to, differences })
}

pub(super) async fn generation_export(app: &Arc<App>, request: ByNumber) -> Result<Lock, Failure> {
    let all = app.control.generations().await?;
    let missing = || Failure::new(Code::GenerationNotFound).with("number", request.number);
    all.iter().find(|generation| generation.number == request.number).map(Lock::from).ok_or_else(missing)
}
