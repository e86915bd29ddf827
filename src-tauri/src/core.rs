//! The window's connection to the core.

use las_api::ErrorBody;
use las_server::{AttachOptions, Client, Session, attach};
use tokio::sync::Mutex;

/// The connection, made when it is first needed and again after it was lost.
#[derive(Default)]
pub(crate) struct Core {
    session: Mutex<Option<Session>>,
}

impl Core {
    /// The client of the core. An error is not kept: the next call tries again.
    pub(crate) async fn client(&self) -> Result<Client, ErrorBody> {
        let mut session = self.session.lock().await;
        if let Some(session) = session.as_ref() {
            return Ok(session.client.clone());
        }
        let attached = attach(AttachOptions::new("window")).await?;
        let client = attached.client.clone();
        *session = Some(attached);
        Ok(client)
    }

    /// Forgets a core that another process hosted and that does not answer any more.
    pub(crate) async fn lost(&self) {
        let mut session = self.session.lock().await;
        if session.as_ref().is_some_and(|session| !session.hosts_core()) {
            *session = None;
        }
    }

    /// Ends a core that this process hosts, engines included.
    pub(crate) async fn close(&self) {
        if let Some(session) = self.session.lock().await.take() {
            session.close().await;
        }
    }
}
