//! What is asked for in the tray: a plan that the click approves, run to its end.

use crate::core::Core;
use las_api::types::{Event, ExecutionPlan, Intent, Operation, OperationId};
use las_api::{ById, ErrorBody, OperationView, PlanApproval, PlanRequest};
use las_server::Client;
use std::time::Duration;
use tauri::{AppHandle, Manager};

/// How often the state is read in case an event was lost; events come at once.
const LOOK: Duration = Duration::from_secs(2);

/// Makes the plan, approves it and follows it to its end. An error is also why the operation failed.
pub(crate) async fn run(app: &AppHandle, intent: Intent) -> Result<(), ErrorBody> {
    let client = app.state::<Core>().client().await?;
    // Subscribed first, so that nothing is missed.
    let mut events = client.events().await?;
    let plan: ExecutionPlan = client.call("plan_create", PlanRequest { intent }).await?;
    let approval =
        PlanApproval { id: plan.id.to_string(), actor: Some("tray".to_owned()), idempotency_key: None };
    let mut operation: Operation = client.call("plan_approve", approval).await?;
    let mut look = tokio::time::interval(LOOK);
    while !operation.state.is_final() {
        tokio::select! {
            event = events.next() => match event {
                Some(Event::OperationProgressed { operation: newer }) if newer.id == operation.id => operation = newer,
                Some(_) => {}
                // Without events it is read once more: it may have ended with them.
                None => {
                    operation = read(&client, operation.id).await?;
                    break;
                }
            },
            _ = look.tick() => operation = read(&client, operation.id).await?,
        }
    }
    ErrorBody::of(&operation).map_or(Ok(()), Err)
}

async fn read(client: &Client, id: OperationId) -> Result<Operation, ErrorBody> {
    let view: OperationView = client.call("operation_show", ById { id: id.to_string() }).await?;
    Ok(view.operation)
}
