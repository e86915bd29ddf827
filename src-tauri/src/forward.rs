//! Core events, forwarded to the page and the tray.

use crate::core::Core;
use crate::tray;
use las_api::types::Event;
use std::time::Duration;
use tauri::{AppHandle, Emitter, Manager};

/// The page's name for a core event.
const CORE_EVENT: &str = "core-event";
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// Listens for as long as the application runs, and attaches again when the core has gone.
pub(crate) fn start(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let mut pause = FIRST_PAUSE;
        loop {
            match listen(&app).await {
                Ok(()) => pause = FIRST_PAUSE,
                Err(error) => {
                    tracing::warn!(%error, "no events from the core");
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
            app.state::<Core>().lost().await;
            tokio::time::sleep(pause).await;
        }
    });
}

/// Forwards until the stream ends.
async fn listen(app: &AppHandle) -> Result<(), las_api::ErrorBody> {
    let client = app.state::<Core>().client().await?;
    let mut events = client.events().await?;
    // What happened while nobody listened is not known: the page reads everything again.
    forward(app, &Event::EventsMissed { count: 0 });
    tray::refresh(app).await;
    while let Some(event) = events.next().await {
        forward(app, &event);
        match &event {
            Event::OperationProgressed { operation } if !operation.state.is_final() => {
                tray::moves(app, operation).await;
            }
            _ => tray::refresh(app).await,
        }
    }
    Ok(())
}

fn forward(app: &AppHandle, event: &Event) {
    if let Err(error) = app.emit(CORE_EVENT, event) {
        tracing::warn!(%error, "an event did not reach the page");
    }
}
