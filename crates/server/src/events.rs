//! The event stream: one JSON event per `data:` line.

use axum::extract::State;
use axum::response::sse::{KeepAlive, Sse};
use futures::stream::{self, Stream};
use las_app::App;
use std::convert::Infallible;
use std::sync::Arc;

pub(crate) async fn stream(
    State(app): State<Arc<App>>,
) -> Sse<impl Stream<Item = Result<axum::response::sse::Event, Infallible>>> {
    let events = stream::unfold(app.events(), |mut receiver| async {
        let event = receiver.next().await.ok()?;
        // Events are plain data; one that can't be written is a defect that a test of the types would show.
        let sent = axum::response::sse::Event::default().json_data(&event).unwrap_or_default();
        Some((Ok(sent), receiver))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}
