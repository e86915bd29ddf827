//! How it is known that a program serves.

use crate::http;
use crate::process::{Launch, LineLog, NativeProcess, Stopping};
use crate::sandbox::Sandbox;
use crate::supervised::Supervised;
use las_types::ProbeMiss;
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
    Http {
        port: u16,
        path: String,
    },
    Exec {
        program: PathBuf,
        arguments: Vec<OsString>,
        folder: PathBuf,
        sandbox: Box<Sandbox>,
    },
    /// A program in the service's own container.
    Inside {
        program: String,
        arguments: Vec<String>,
    },
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
    /// Whether it is as it should be, or what is wrong; what takes longer than the limit is.
    pub(super) async fn passes(&self, limit: Duration, process: &Supervised) -> Result<(), ProbeMiss> {
        let late = || ProbeMiss::Late { seconds: u32::try_from(limit.as_secs()).unwrap_or(u32::MAX) };
        match self {
            // What it started is ended with it, so it is not merely dropped.
            Self::Exec { program, arguments, folder, sandbox } => {
                let stopping = Stopping::default();
                let launch = Launch {
                    program,
                    arguments,
                    environment: &[],
                    folder,
                    stopping,
                    limits: None,
                    sandbox: Some(sandbox),
                };
                let exit = |detail: String| ProbeMiss::Exit { detail };
                let process = NativeProcess::start(&launch, Arc::new(LineLog::in_memory())).await;
                let process = process.map_err(|failure| exit(failure.to_string()))?;
                let in_time = tokio::time::timeout(limit, process.ended()).await.is_ok();
                match process.reap().await {
                    _ if !in_time => Err(late()),
                    Ok(status) if status.success() => Ok(()),
                    Ok(status) => Err(exit(status.to_string())),
                    Err(failure) => Err(exit(failure.to_string())),
                }
            }
            Self::Inside { program, arguments } => {
                let exit = |detail: String| ProbeMiss::Exit { detail };
                let contained = process.contained().ok_or_else(|| exit("no container".to_owned()))?;
                let handle = contained.handle();
                let ran = tokio::time::timeout(limit, handle.run(program, arguments)).await;
                match ran.map_err(|_| late())? {
                    Ok((0, _)) => Ok(()),
                    Ok((code, said)) => {
                        Err(exit(format!("exit status: {code} {said}").trim_end().to_owned()))
                    }
                    Err(failure) => {
                        Err(exit(failure.args.get("detail").cloned().unwrap_or_else(|| failure.to_string())))
                    }
                }
            }
            Self::Tcp(port) => {
                let connected = TcpStream::connect((Ipv4Addr::LOCALHOST, *port));
                let connected = tokio::time::timeout(limit, connected).await.map_err(|_| late())?;
                connected.map(drop).map_err(|error| ProbeMiss::Unreachable { detail: in_full(&error) })
            }
            Self::Http { port, path } => {
                let answer = tokio::time::timeout(limit, http::get(*port, path)).await.map_err(|_| late())?;
                match answer {
                    Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
                    Ok(answer) => Err(ProbeMiss::Status { status: answer.status }),
                    Err(error) => Err(ProbeMiss::Unreachable { detail: in_full(&error) }),
                }
            }
            Self::Log(seen) => {
                if seen.seen.load(Ordering::Acquire) {
                    Ok(())
                } else {
                    Err(ProbeMiss::NoLine)
                }
            }
        }
    }
}

/// An error with what it comes from.
fn in_full(error: &dyn std::error::Error) -> String {
    let sources = std::iter::successors(Some(error), |error| error.source());
    sources.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
