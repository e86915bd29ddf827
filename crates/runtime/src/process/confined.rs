//! A program put into its sandbox: by the best way that works here.

use super::{Family, Launch, LineLog, NativeProcess};
use crate::sandbox::{Answer, Door, Sandbox, Way};
use las_types::{Code, Failure, SandboxLevel};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::io;
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::Arc;

/// The program itself, where the process that was started only stands for it.
pub(super) struct Inside {
    pid: Pid,
    descriptor: OwnedFd,
}

impl Inside {
    pub(super) fn pid(&self) -> Pid {
        self.pid
    }

    pub(super) fn signal(&self, signal: Signal) {
        // The only refusal possible is that it has ended.
        let _ = pidfd_send_signal(&self.descriptor, signal);
    }
}

/// The words of a level.
fn word(level: SandboxLevel) -> &'static str {
    match level {
        SandboxLevel::None => "none",
        SandboxLevel::Partly => "partly",
        SandboxLevel::Whole => "whole",
    }
}

impl NativeProcess {
    /// Starts a program as the first of a family, in its sandbox.
    ///
    /// Codes: `sandbox-unavailable` if it can't be held as well as is demanded; `io-failed` and its like.
    pub(super) async fn start_confined(
        family: Family,
        launch: &Launch<'_>,
        sandbox: &Sandbox,
        log: Arc<LineLog>,
    ) -> Result<Self, Failure> {
        let mut best = SandboxLevel::None;
        for way in sandbox.ways() {
            let begun = Self::enter(&family, launch, sandbox, &way, &log).await?;
            let (mut process, answer) = match begun {
                (process, Some(answer)) => (process, answer),
                // Namespaces that are closed to this user, for one: it says so in its log.
                (process, None) => {
                    process.reap().await?;
                    continue;
                }
            };
            match answer {
                Answer::Confined(level) => {
                    process.sandbox = Some(level);
                    return Ok(process);
                }
                Answer::Refused(level) => best = best.max(level),
                Answer::Failed { error, detail } => {
                    process.reap().await?;
                    return Err(Failure::io(launch.program, Answer::error(error, detail)));
                }
            }
            process.reap().await?;
        }
        let wanted = sandbox.at_least.unwrap_or(SandboxLevel::Partly);
        Err(Failure::new(Code::SandboxUnavailable).with("wanted", word(wanted)).with("level", word(best)))
    }

    async fn enter(
        family: &Family,
        launch: &Launch<'_>,
        sandbox: &Sandbox,
        way: &Way<'_>,
        log: &Arc<LineLog>,
    ) -> Result<(Self, Option<Answer>), Failure> {
        let failed = |error: io::Error| Failure::io(launch.program, error);
        let (door, theirs) = Door::new().map_err(failed)?;
        let (program, arguments) = way.command(sandbox, launch.folder);
        let started = Launch { program: &program, arguments: &arguments, ..*launch };
        let (family, log) = (family.clone(), Arc::clone(log));
        let mut process = Self::spawn(family, &started, sandbox.variables(), Stdio::from(theirs), log)?;
        let passed = door.pass(launch.program.into(), launch.arguments, sandbox, way.has_namespaces()).await;
        let Some((pid, answer)) = passed.map_err(failed)? else { return Ok((process, None)) };
        if way.has_namespaces() {
            match pidfd_open(pid, PidfdFlags::NONBLOCK) {
                Ok(descriptor) => process.inside = Some(Inside { pid, descriptor }),
                // It has ended by now, which is told otherwise.
                Err(rustix::io::Errno::SRCH) => {}
                Err(error) => return Err(failed(error.into())),
            }
        }
        Ok((process, Some(answer)))
    }
}
