//! Running a plan and showing how it goes.

use crate::context::Context;
use crate::output::Form;
use crate::progress::StepLines;
use crate::stop::Stop;
use las_api::types::{Code, Event, ExecutionPlan, Operation, OperationId, OperationState};
use las_api::{ById, OperationView, PlanApproval};
use std::time::Duration;

/// What is told while an operation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Telling {
    /// Progress on standard error, or as JSON lines on standard output.
    Everything,
    /// Progress on standard error only: standard output belongs to something else.
    Aside,
}

/// What an interrupt (Ctrl-C) means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// Cancel the operation and see it undone.
    Cancels,
    /// Look away; it goes on.
    Leaves,
}

/// How often the state is read in case an event was lost; events come at once.
const LOOK: Duration = Duration::from_secs(2);

/// Approves a plan and follows its operation to its end.
pub(crate) async fn carry_out(
    context: &Context,
    plan: &ExecutionPlan,
    key: Option<String>,
    telling: Telling,
) -> Result<Operation, Stop> {
    // Subscribed first, so that nothing is missed.
    let mut events = context.client.events().await?;
    let actor = Some("cli".to_owned());
    let approval = PlanApproval { id: plan.id.to_string(), actor, idempotency_key: key };
    let json = telling == Telling::Everything && context.output.form == Form::Json;
    let (mut early, mut over) = (Vec::new(), false);
    let approved = context.ask::<Operation>("plan_approve", approval);
    tokio::pin!(approved);
    let operation = loop {
        tokio::select! {
            operation = &mut approved => break operation?,
            event = events.next(), if !over => match event {
                Some(event) => {
                    if let Event::ChangeWaiting { behind, .. } = &event
                        && waits(&event, plan)
                    {
                        let text = context.words.text("cli-change-waits", &[("id", &behind.to_string())]);
                        context.output.note(&text);
                    }
                    early.push(event);
                }
                None => over = true,
            },
        }
    };
    for event in &early {
        if json && (about(event, operation.id).is_some() || waits(event, plan)) {
            context.output.json_line(event)?;
        }
    }
    if operation.plan == plan.id {
        return watch(context, plan, operation, events, telling, Interrupt::Cancels).await;
    }
    // Others were first, and it was planned anew.
    let anew: ExecutionPlan = context.ask("plan_show", ById { id: operation.plan.to_string() }).await?;
    watch(context, &anew, operation, events, telling, Interrupt::Cancels).await
}

fn waits(event: &Event, plan: &ExecutionPlan) -> bool {
    matches!(event, Event::ChangeWaiting { plan: waiting, .. } if *waiting == plan.id)
}

/// Follows an operation that runs already.
pub(crate) async fn follow(context: &Context, id: &str) -> Result<Operation, Stop> {
    let events = context.client.events().await?;
    let operation = read(context, id).await?;
    let plan: ExecutionPlan = context.ask("plan_show", ById { id: operation.plan.to_string() }).await?;
    watch(context, &plan, operation, events, Telling::Everything, Interrupt::Leaves).await
}

/// Lets a paused operation go on, and follows it.
pub(crate) async fn resume(context: &Context, id: &str) -> Result<Operation, Stop> {
    let events = context.client.events().await?;
    let operation: Operation = context.ask("operation_resume", ById { id: id.to_owned() }).await?;
    let plan: ExecutionPlan = context.ask("plan_show", ById { id: operation.plan.to_string() }).await?;
    watch(context, &plan, operation, events, Telling::Everything, Interrupt::Cancels).await
}

async fn read(context: &Context, id: &str) -> Result<Operation, Stop> {
    let view: OperationView = context.ask("operation_show", ById { id: id.to_owned() }).await?;
    Ok(view.operation)
}

async fn watch(
    context: &Context,
    plan: &ExecutionPlan,
    mut operation: Operation,
    mut events: las_server::EventStream,
    telling: Telling,
    interrupt: Interrupt,
) -> Result<Operation, Stop> {
    let id = operation.id.to_string();
    let json = telling == Telling::Everything && context.output.form == Form::Json;
    let mut steps = StepLines::new(context, plan);
    steps.show(&operation);
    let mut look = tokio::time::interval(LOOK);
    while !operation.state.is_at_rest() {
        tokio::select! {
            event = events.next() => {
                let Some(event) = event else {
                    // The stream ended: either the operation did as well, or the core did.
                    operation = read(context, &id).await?;
                    if operation.state.is_at_rest() {
                        break;
                    }
                    return Err(Stop::code(Code::CoreUnreachable));
                };
                if let Some(newer) = about(&event, operation.id) {
                    if json {
                        context.output.json_line(&event)?;
                    }
                    operation = newer;
                } else if matches!(event, Event::EventsMissed { .. }) {
                    operation = read(context, &id).await?;
                } else {
                    continue;
                }
            }
            _ = look.tick() => operation = read(context, &id).await?,
            interrupted = tokio::signal::ctrl_c() => {
                if interrupt == Interrupt::Leaves || interrupted.is_err() || operation.state == OperationState::Undoing {
                    return Err(Stop::Interrupted);
                }
                context.output.note(&context.word("cli-operation-cancelling"));
                // It may have ended meanwhile; then its end is what counts.
                let _ = context.client.call_value("operation_cancel", serde_json::json!({ "id": id })).await;
                operation = read(context, &id).await?;
            }
        }
        steps.show(&operation);
    }
    // Read once more: what the journal ended with is what holds.
    let operation = read(context, &id).await?;
    steps.show(&operation);
    Ok(operation)
}

/// The operation in an event, if the event is about it.
fn about(event: &Event, id: OperationId) -> Option<Operation> {
    match event {
        Event::OperationProgressed { operation } if operation.id == id => Some(operation.clone()),
        _ => None,
    }
}
