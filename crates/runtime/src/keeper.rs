//! The keeper of a service: a process of its own that starts the service's program, reads what it says, and holds on to
//! everything that comes from it, whatever becomes of the core.
//!
//! The core starts one keeper a service and talks to it over a unix socket, a line of JSON a message. A core that is
//! killed leaves the keeper with its service running; the next core finds the socket and goes on with both. Whoever
//! loses its parent below a keeper becomes the keeper's child, so that nothing that a service starts gets away.
//! When the program has ended by itself, its keeper waits for being told to start it again, as long as a core is there.

mod hub;
mod kept;
mod orphans;
mod serving;

use crate::process::{Family, Stopping};
use crate::sandbox::{self, Sandbox};
use las_types::{Code, Failure, LimitLevel, LimitsSection, SandboxLevel};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitCode, ExitStatus};
use std::time::Duration;

pub(crate) use kept::{Ended, Found, Keeping, Kept, Watcher};

/// What the two say to each other; another core than the one that started a keeper may speak to it.
const VERSION: u32 = 2;
/// The longest message; a line of a log is cut long before.
const LONGEST: u64 = 1 << 20;
/// How long a keeper waits for the core that started it, and the core for what takes no time.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a core says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    /// The program is to be started, for the first time or again after it has ended by itself. Whoever says so is told every
    /// line from the first one on.
    Start(Box<Start>),
    /// It wants to be told no more lines.
    Quiet,
    /// The program is to be stopped, with everything that came from it; then the keeper ends.
    Stop,
}

/// What is started.
#[derive(Debug, Serialize, Deserialize)]
struct Start {
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(String, String)>,
    folder: OsString,
    stopping: Stopping,
    family: Family,
    limits: LimitsSection,
    sandbox: Option<Sandbox>,
    /// The folder of its log.
    log: OsString,
}

/// What a keeper says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Told {
    /// The first thing that it says to anybody; with the program's process, once there is one.
    Hello {
        version: u32,
        program: Option<Program>,
    },
    Started(Program),
    NotStarted {
        code: Code,
        args: BTreeMap<String, String>,
    },
    Line {
        text: String,
    },
    /// So many lines came faster than they were taken.
    Missed {
        lines: u64,
    },
    /// The program has ended, and so has everything that came from it. The status is as the kernel has it.
    Ended {
        status: i32,
        last_lines: Vec<String>,
    },
}

/// The program of a keeper.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Program {
    pid: u32,
    family: Family,
    /// How well its limits are held; none without limits.
    limits: Option<LimitLevel>,
    /// How well it is kept away from everything else; none without a sandbox.
    sandbox: Option<SandboxLevel>,
}

impl Told {
    fn not_started(failure: &Failure) -> Self {
        Self::NotStarted { code: failure.code, args: failure.args.clone() }
    }

    fn ended(status: ExitStatus, last_lines: Vec<String>) -> Self {
        Self::Ended { status: status.into_raw(), last_lines }
    }
}

/// A message as it goes over the socket.
fn message(said: &impl Serialize) -> Result<String, Failure> {
    let mut text = serde_json::to_string(said).map_err(Failure::internal)?;
    text.push('\n');
    Ok(text)
}

/// The whole of the program `las-keeper SOCKET`: keeps one service until it has ended for good. It says `+` on its standard
/// output once it listens. As `las-keeper --inside` it is what becomes a program in its sandbox.
pub fn main() -> ExitCode {
    let mut words = std::env::args_os().skip(1);
    let (Some(socket), None) = (words.next(), words.next()) else { return ExitCode::from(2) };
    if socket == sandbox::INSIDE {
        return sandbox::inside();
    }
    match serving::keep(socket.as_ref()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::{Order, Start, Told, message};
    use crate::process::{Family, Stopping};
    use las_types::LimitsSection;
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt as _;

    #[test]
    fn what_is_no_text_goes_over_the_socket_too() {
        let odd = OsString::from_vec(vec![b'/', 0xff, b'\n']);
        let order = Order::Start(Box::new(Start {
            program: odd.clone(),
            arguments: vec![odd.clone()],
            environment: vec![("A".to_owned(), "b\nc".to_owned())],
            folder: odd.clone(),
            stopping: Stopping::default(),
            family: Family::new(),
            limits: LimitsSection::default(),
            sandbox: None,
            log: odd.clone(),
        }));
        let text = message(&order).unwrap();
        assert_eq!(text.matches('\n').count(), 1);
        let Order::Start(read) = serde_json::from_str(&text).unwrap() else { unreachable!("{text}") };
        assert_eq!((&read.program, &read.arguments[0], &read.folder, &read.log), (&odd, &odd, &odd, &odd));
        let Told::Line { text } = serde_json::from_str(r#"{"line":{"text":"a"}}"#).unwrap() else {
            unreachable!()
        };
        assert_eq!(text, "a");
    }
}
