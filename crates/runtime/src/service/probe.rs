//! How it is known that a program serves.

use crate::http;
use crate::process::{Launch, LineLog, NativeProcess, Stopping};
use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::TcpStream;

/// What is looked at, with every hole filled.
pub(super) enum Check {
    Tcp(u16),
    Http { port: u16, path: String },
    Exec { program: PathBuf, arguments: Vec<OsString>, folder: PathBuf },
    Log(Arc<Seen>),
}

/// Whether a line was there.
pub(super) struct Seen {
    text: String,
    seen: AtomicBool,
}

impl Seen {
    pub(super) fn new(text: String) -> Self {
        Self { text, seen: AtomicBool::new(false) }
    }

    pub(super) fn look(&self, line: &str) {
        if line.contains(&self.text) {
            self.seen.store(true, Ordering::Release);
        }
    }
}

impl Check {
    /// Whether it is as it should be; what takes longer than the limit is not.
    pub(super) async fn passes(&self, limit: Duration) -> bool {
        match self {
            Self::Tcp(port) => {
                let connected = TcpStream::connect((Ipv4Addr::LOCALHOST, *port));
                tokio::time::timeout(limit, connected).await.is_ok_and(|connected| connected.is_ok())
            }
            Self::Http { port, path } => {
                let answer = tokio::time::timeout(limit, http::get(*port, path)).await;
                answer.is_ok_and(|answer| answer.is_ok_and(|answer| (200..300).contains(&answer.status)))
            }
            Self::Exec { program, arguments, folder } => {
                let launch = Launch {
                    program,
                    arguments,
                    environment: &[],
                    folder,
                    stopping: Stopping::default(),
                    limits: None,
                };
                let log = Arc::new(LineLog::in_memory());
                match NativeProcess::start(&launch, Arc::clone(&log)) {
                    Ok(process) => {
                        let in_time = tokio::time::timeout(limit, process.ended()).await.is_ok();
                        let status = process.reap().await;
                        in_time && status.is_ok_and(|status| status.success())
                    }
                    Err(failure) => {
                        tracing::warn!(%failure, "a probe's program does not start");
                        false
                    }
                }
            }
            Self::Log(seen) => seen.seen.load(Ordering::Acquire),
        }
    }
}
