//! A container that is a service's process.

use super::Engine;
use super::engine::is_absent;
use super::follow::{Resuming, Until, follow};
use super::spec::{self, Marks, Request, signal_name};
use crate::keeper::Ended;
use crate::process::LineLog;
use bollard::container::LogOutput;
use bollard::errors::Error;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::models::ContainerInspectResponse;
use bollard::query_parameters::{
    CreateContainerOptionsBuilder, InspectContainerOptions, KillContainerOptionsBuilder,
    RemoveContainerOptionsBuilder, StartContainerOptions, StatsOptionsBuilder, WaitContainerOptions,
};
use futures::StreamExt as _;
use las_types::{ByteSize, Code, Failure, LimitLevel, PortName, StopSignal, Taken};
use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::AbortHandle;

/// How long an engine may take for what takes a container no time.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the last lines may take once a container has ended.
const LAST_LINES: Duration = Duration::from_secs(3);
/// After which time an engine that does not answer is asked again.
const PACE: Duration = Duration::from_secs(1);
/// How much is told of what a program in a container said last.
const LONGEST_SAID: usize = 200;

/// A container, by its id.
#[derive(Clone, Debug)]
pub(crate) struct Handle {
    engine: Arc<Engine>,
    id: String,
}

/// A container that was started.
pub(crate) struct Contained {
    handle: Handle,
    /// Its first process, as this machine numbers it.
    pid: Option<u32>,
    limits: Option<LimitLevel>,
    signal: StopSignal,
    /// What tells its containers from others.
    family: String,
    ended: watch::Receiver<Option<Ended>>,
    attending: AbortHandle,
}

impl Drop for Contained {
    /// It goes on; only nobody looks at it any more.
    fn drop(&mut self) {
        self.attending.abort();
    }
}

impl Contained {
    /// Makes a container and starts it, in place of whatever has its name.
    ///
    /// Codes: `limits-unavailable`; `container-engine-refused`, `container-engine-missing`.
    pub(crate) async fn start(
        engine: Arc<Engine>,
        request: &Request<'_>,
        family: &str,
        log: Arc<LineLog>,
    ) -> Result<Self, Failure> {
        let name = request.marks.name();
        clear(&engine, request.marks).await?;
        let body = spec::compile(request)?;
        let options = CreateContainerOptionsBuilder::default().name(&name).build();
        let made = engine.docker.create_container(Some(options), body).await;
        let made = made.map_err(|error| engine.failure(error))?;
        for warning in made.warnings.iter().filter(|warning| !warning.trim().is_empty()) {
            tracing::warn!(name, warning, "the container engine has something to say");
        }
        let handle = Handle { engine: Arc::clone(&engine), id: made.id };
        let begun = async {
            let started = engine.docker.start_container(&handle.id, None::<StartContainerOptions>).await;
            started.map_err(|error| engine.failure(error))?;
            handle.inspect().await
        };
        match begun.await {
            Ok(found) => {
                let limits = engine.level(request.limits);
                Ok(Self::attended(handle, &found, limits, request.signal, family, log, Resuming::default()))
            }
            Err(failure) => {
                handle.remove().await;
                Err(failure)
            }
        }
    }

    /// A container that another core started and that runs; none if there is none of that start, or it has ended.
    pub(crate) async fn find(
        engine: Arc<Engine>,
        marks: &Marks,
        limits: Option<LimitLevel>,
        signal: StopSignal,
        family: &str,
        log: (Arc<LineLog>, Resuming),
    ) -> Result<Option<Self>, Failure> {
        let found = engine.docker.inspect_container(&marks.name(), None::<InspectContainerOptions>).await;
        let found = match found {
            Ok(found) => found,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(engine.failure(error)),
        };
        let labels = found.config.as_ref().and_then(|config| config.labels.clone()).unwrap_or_default();
        let Some(id) = found.id.clone().filter(|_| marks.are(&labels) && runs(&found)) else {
            return Ok(None);
        };
        let (log, resuming) = log;
        Ok(Some(Self::attended(Handle { engine, id }, &found, limits, signal, family, log, resuming)))
    }

    fn attended(
        handle: Handle,
        found: &ContainerInspectResponse,
        limits: Option<LimitLevel>,
        signal: StopSignal,
        family: &str,
        log: Arc<LineLog>,
        resuming: Resuming,
    ) -> Self {
        let (told, ended) = watch::channel(None);
        let task = tokio::spawn(attend(handle.clone(), log, resuming, told));
        let pid = found.state.as_ref().and_then(|state| state.pid);
        let pid = pid.and_then(|pid| u32::try_from(pid).ok()).filter(|pid| *pid > 0);
        Self { handle, pid, limits, signal, family: family.to_owned(), ended, attending: task.abort_handle() }
    }

    pub(crate) fn pid(&self) -> Option<u32> {
        self.pid
    }

    pub(crate) fn limits(&self) -> Option<LimitLevel> {
        self.limits
    }

    pub(crate) fn family(&self) -> &str {
        &self.family
    }

    pub(crate) fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Waits until it has ended by itself; it is still there, as what it was.
    pub(crate) async fn ended(&self) -> Ended {
        let mut ended = self.ended.clone();
        let found = ended.wait_for(Option::is_some).await.ok().and_then(|found| found.clone());
        found.unwrap_or(Ended { status: None, last_lines: Vec::new() })
    }

    /// Asks it to end, makes it after its grace, and removes it.
    pub(crate) async fn stop(&self, grace: Duration) -> Ended {
        let has_ended = self.ended.borrow().is_some();
        if !has_ended {
            self.handle.kill(signal_name(self.signal)).await;
            if tokio::time::timeout(grace, self.ended()).await.is_err() {
                self.handle.kill("SIGKILL").await;
            }
        }
        let ended = tokio::time::timeout(PATIENCE, self.ended()).await;
        self.handle.remove().await;
        ended.unwrap_or(Ended { status: None, last_lines: Vec::new() })
    }

    /// Whether its ports are published as they should be: by it, on loopback alone. Not while its engine does not tell; if it
    /// has ended, that is told otherwise.
    pub(crate) async fn publishes(
        &self,
        inner: &BTreeMap<PortName, u16>,
        outer: &BTreeMap<PortName, u16>,
    ) -> bool {
        let Ok(found) = self.handle.inspect().await else { return false };
        let ports = found.network_settings.and_then(|network| network.ports).unwrap_or_default();
        outer.iter().all(|(name, outer)| {
            let bound = inner.get(name).and_then(|inner| ports.get(&format!("{inner}/tcp")));
            let bindings = bound.and_then(Option::as_ref).map(Vec::as_slice).unwrap_or_default();
            let is_it = |host: &Option<String>, port: &Option<String>| {
                host.as_deref() == Some("127.0.0.1") && port.as_deref() == Some(&outer.to_string())
            };
            !bindings.is_empty() && bindings.iter().all(|one| is_it(&one.host_ip, &one.host_port))
        })
    }
}

impl Handle {
    async fn inspect(&self) -> Result<ContainerInspectResponse, Failure> {
        let found = self.engine.docker.inspect_container(&self.id, None::<InspectContainerOptions>).await;
        found.map_err(|error| self.engine.failure(error))
    }

    async fn kill(&self, signal: &str) {
        let options = KillContainerOptionsBuilder::default().signal(signal).build();
        // One that has ended meanwhile can't be sent anything, which is what was wanted.
        if let Err(error) = self.engine.docker.kill_container(&self.id, Some(options)).await {
            tracing::debug!(%error, signal, "a container took no signal");
        }
    }

    /// Removes it, whatever it does, and what was made with it.
    async fn remove(&self) {
        if let Err(failure) = remove(&self.engine, &self.id).await {
            tracing::warn!(%failure, "a container was left; the next start of its service removes it");
        }
    }

    /// Runs a program in it; its status, and the last of what it or the engine said of it.
    pub(crate) async fn run(&self, program: &str, arguments: &[String]) -> Result<(i64, String), Failure> {
        let failed = |error| self.engine.failure(error);
        let words = std::iter::once(program.to_owned()).chain(arguments.iter().cloned()).collect();
        let options = CreateExecOptions {
            cmd: Some(words),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            ..CreateExecOptions::default()
        };
        let docker = &self.engine.docker;
        let made = docker.create_exec(&self.id, options).await.map_err(failed)?;
        let mut last = bytes::Bytes::new();
        if let StartExecResults::Attached { mut output, .. } =
            docker.start_exec(&made.id, None).await.map_err(failed)?
        {
            // Where it ends, so has the program.
            while let Some(Ok(LogOutput::StdOut { message } | LogOutput::StdErr { message })) =
                output.next().await
            {
                last = message;
            }
        }
        let found = docker.inspect_exec(&made.id).await.map_err(failed)?;
        let said: String = String::from_utf8_lossy(&last).trim().chars().take(LONGEST_SAID).collect();
        Ok((found.exit_code.unwrap_or(-1), said))
    }

    /// What all that runs in it takes; none if its engine does not tell, as of one that is just ending.
    pub(crate) async fn taken(&self) -> Option<Taken> {
        let options = StatsOptionsBuilder::default().stream(false).one_shot(true).build();
        let mut figures = std::pin::pin!(self.engine.docker.stats(&self.id, Some(options)));
        let found = match figures.next().await {
            Some(Ok(found)) => found,
            Some(Err(error)) => {
                tracing::debug!(%error, "it can't be told what a container takes");
                return None;
            }
            None => return None,
        };
        let memory = found.memory_stats.unwrap_or_default();
        let files = memory.stats.as_ref().and_then(|stats| {
            // What the kernel keeps of files and gives back when it is asked: by its name in the first version and the second.
            ["total_inactive_file", "inactive_file"].iter().find_map(|name| stats.get(*name).copied())
        });
        let used = memory.usage.unwrap_or_default().saturating_sub(files.unwrap_or_default());
        let time = found.cpu_stats.and_then(|cpu| cpu.cpu_usage).and_then(|usage| usage.total_usage);
        let processes = found.pids_stats.and_then(|pids| pids.current).unwrap_or_default();
        Some(Taken {
            processes: u32::try_from(processes).unwrap_or(u32::MAX),
            memory: ByteSize::new(used),
            cpu_ms: time.unwrap_or_default() / 1_000_000,
        })
    }
}

fn runs(found: &ContainerInspectResponse) -> bool {
    found.state.as_ref().and_then(|state| state.running) == Some(true)
}

/// Removes whatever container a service has, of whichever start.
///
/// Codes: `container-engine-refused` if what has its name is another's.
pub(crate) async fn clear(engine: &Engine, marks: &Marks) -> Result<bool, Failure> {
    let name = marks.name();
    let found = match engine.docker.inspect_container(&name, None::<InspectContainerOptions>).await {
        Ok(found) => found,
        Err(error) if is_absent(&error) => return Ok(false),
        Err(error) => return Err(engine.failure(error)),
    };
    let labels = found.config.and_then(|config| config.labels).unwrap_or_default();
    if !marks.are_of_service(&labels) {
        let message = format!("the container '{name}' is another's");
        let error = Error::DockerResponseServerError { status_code: 409, message };
        return Err(engine.failure(error));
    }
    remove(engine, &name).await.map(|()| true)
}

async fn remove(engine: &Engine, id: &str) -> Result<(), Failure> {
    let options = RemoveContainerOptionsBuilder::default().force(true).v(true).build();
    match engine.docker.remove_container(id, Some(options)).await {
        Ok(()) => Ok(()),
        Err(error) if is_absent(&error) => Ok(()),
        Err(error) => Err(engine.failure(error)),
    }
}

/// Copies what it says and waits for its end, whatever becomes of the engine's own process meanwhile.
async fn attend(
    handle: Handle,
    log: Arc<LineLog>,
    mut resuming: Resuming,
    told: watch::Sender<Option<Ended>>,
) {
    let Handle { engine, id } = &handle;
    let mut waiting = std::pin::pin!(end(&handle));
    let code = loop {
        tokio::select! {
            code = &mut waiting => break code,
            () = follow(engine, id, &log, &mut resuming, Until::End) => {}
        }
        tokio::select! {
            code = &mut waiting => break code,
            () = tokio::time::sleep(PACE) => {}
        }
    };
    let rest = follow(engine, id, &log, &mut resuming, Until::Now);
    let _ = tokio::time::timeout(LAST_LINES, rest).await;
    log.end();
    told.send_replace(Some(Ended { status: code.map(status), last_lines: log.last_lines() }));
}

/// The code that a container ended with; none if it is not known any more.
async fn end(handle: &Handle) -> Option<i64> {
    loop {
        let docker = &handle.engine.docker;
        let mut waited = std::pin::pin!(docker.wait_container(&handle.id, None::<WaitContainerOptions>));
        match waited.next().await {
            Some(Ok(answer)) => return Some(answer.status_code),
            Some(Err(Error::DockerContainerWaitError { code, .. })) => return Some(code),
            Some(Err(error)) if is_absent(&error) => return None,
            Some(Err(_)) | None => {}
        }
        // Its engine was started again, or is gone for a while: the container most often goes on.
        tokio::time::sleep(PACE).await;
        match docker.inspect_container(&handle.id, None::<InspectContainerOptions>).await {
            Ok(found) if !runs(&found) => return found.state.and_then(|state| state.exit_code),
            Err(error) if is_absent(&error) => return None,
            Ok(_) | Err(_) => {}
        }
    }
}

/// Engines tell of a signal as shells do: 128 and its number.
fn status(code: i64) -> ExitStatus {
    match i32::try_from(code).unwrap_or(-1) {
        signal @ 129..=192 => ExitStatus::from_raw(signal - 128),
        code => ExitStatus::from_raw((code & 0xff) << 8),
    }
}

/// The failure of a service whose limits are held worse than it demands.
pub(crate) fn level_met(level: Option<LimitLevel>, limits: &las_types::LimitsSection) -> Result<(), Failure> {
    match (level, limits.at_least) {
        (Some(level), Some(least)) if level < least => Err(Failure::new(Code::LimitsUnavailable)
            .with("wanted", crate::limits::word(least))
            .with("level", crate::limits::word(level))),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::status;

    #[test]
    fn a_code_of_an_engine_is_a_status_or_a_signal() {
        use std::os::unix::process::ExitStatusExt as _;
        assert_eq!((status(0).code(), status(3).code(), status(126).code()), (Some(0), Some(3), Some(126)));
        assert_eq!((status(137).code(), status(137).signal()), (None, Some(9)));
        assert_eq!((status(255).code(), status(-1).code()), (Some(255), Some(255)));
    }
}
