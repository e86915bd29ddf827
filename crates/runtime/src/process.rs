//! Native processes: own group, own log, nothing inherited; stopped in order with all that they started, and always reaped.

mod confined;
mod family;
mod log;
mod not_started;
mod record;
mod taken;
#[cfg(test)]
mod tests;

use crate::helpers::Helpers;
use crate::home::Home;
use crate::sandbox::Sandbox;
use crate::tree;
use confined::Inside;
use las_types::{Code, Failure, Installed, LimitsSection, LogStream, SandboxLevel, StepContext, StopSignal};
use rustix::process::{Pid, PidfdFlags, Signal};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::unix::AsyncFd;
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal as signal_stream};
use tokio::task::JoinSet;

pub(crate) use family::{Family, Seen};
pub use log::LogFile;
pub(crate) use log::{LARGEST_FILE, LineLog};
pub(crate) use not_started::NotStarted;
pub(crate) use record::{Identity, ReadySince, Record, Waiting, reap_orphan, runs_from_store};
pub(crate) use taken::taken;

/// How long what is left of a process may hold its pipes, and an engine may take to end.
const GRACE: Duration = Duration::from_secs(3);
/// How long what was in a namespace may take to end with the first process there; after that it is looked for.
const SETTLED: Duration = Duration::from_secs(1);
const VERIFY_LIMIT: Duration = Duration::from_secs(30);

/// What is started.
pub(crate) struct Launch<'a> {
    pub(crate) program: &'a Path,
    pub(crate) arguments: &'a [OsString],
    /// Beside `PATH`, `HOME` and `LANG`.
    pub(crate) environment: &'a [(String, String)],
    /// Where it runs; also its `HOME`.
    pub(crate) folder: &'a Path,
    pub(crate) stopping: Stopping,
    /// How much it may take, of one that is kept.
    pub(crate) limits: Option<&'a LimitsSection>,
    /// What it may see and do; none of what is our own.
    pub(crate) sandbox: Option<&'a Sandbox>,
}

/// How a process is asked to end.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Stopping {
    pub(crate) signal: StopSignal,
    /// How long it may take before it is made to.
    pub(crate) grace: Duration,
}

impl Default for Stopping {
    fn default() -> Self {
        Self { signal: StopSignal::Term, grace: GRACE }
    }
}

/// A running process and its group.
pub(crate) struct NativeProcess {
    child: Child,
    group: Pid,
    // Readable once the process has ended, while its number is still taken: a signal sent to the
    // group before it is reaped can't meet a stranger.
    ended: AsyncFd<OwnedFd>,
    readers: JoinSet<()>,
    /// It and whatever it started.
    family: Family,
    stopping: Stopping,
    inside: Option<Inside>,
    /// How well it is kept away from everything else; none of one without a sandbox.
    pub(crate) sandbox: Option<SandboxLevel>,
    pub(crate) log: Arc<LineLog>,
}

impl NativeProcess {
    /// Starts a program as the first of a new family.
    pub(crate) async fn start(launch: &Launch<'_>, log: Arc<LineLog>) -> Result<Self, Failure> {
        Self::start_in(Family::new(), launch, log).await
    }

    /// Starts a program as the first of a family.
    pub(crate) async fn start_in(
        family: Family,
        launch: &Launch<'_>,
        log: Arc<LineLog>,
    ) -> Result<Self, Failure> {
        match launch.sandbox {
            Some(sandbox) => Self::start_confined(family, launch, sandbox, log).await,
            None => Self::spawn(family, launch, &[], Stdio::null(), log),
        }
    }

    fn spawn(
        family: Family,
        launch: &Launch<'_>,
        variables: &[(&str, &str)],
        input: Stdio,
        log: Arc<LineLog>,
    ) -> Result<Self, Failure> {
        let Launch { program, arguments, environment, folder, stopping, .. } = launch;
        let failed = |error| Failure::io(program, error);
        #[expect(clippy::disallowed_methods, reason = "this is where processes are started")]
        let mut command = Command::new(program);
        // Nothing is inherited: not LD_LIBRARY_PATH, not what an AppImage sets, no token.
        command.args(*arguments).current_dir(folder).env_clear();
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin").env("HOME", folder).env("LANG", "C.UTF-8");
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        // What hides GPUs where there is no grant for any holds whatever a manifest says.
        command.envs(variables.iter().copied());
        let (variable, mark) = family.variable();
        command.env(variable, mark);
        command.stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.process_group(0).kill_on_drop(true).spawn().map_err(failed)?;
        let group = child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw)
            .ok_or_else(|| Failure::internal("a process without a number"))?;
        let watch =
            rustix::process::pidfd_open(group, PidfdFlags::NONBLOCK).map_err(|error| failed(error.into()))?;
        let ended = watch_end(watch).map_err(failed)?;
        let mut readers = JoinSet::new();
        if let Some(output) = child.stdout.take() {
            // As much as one read takes. Where the kernel gives no more to this user it stays as it is.
            let _ = rustix::pipe::fcntl_setpipe_size(&output, log::AT_ONCE);
            readers.spawn(log::copy_lines(LogStream::Out, output, Arc::clone(&log)));
        }
        if let Some(output) = child.stderr.take() {
            readers.spawn(log::copy_lines(LogStream::Err, output, Arc::clone(&log)));
        }
        let (family, stopping) = (family.begun_by(group), *stopping);
        Ok(Self { child, group, ended, readers, family, stopping, inside: None, sandbox: None, log })
    }

    /// The program's number.
    pub(crate) fn pid(&self) -> u32 {
        let pid = self.inside.as_ref().map_or(self.group, Inside::pid);
        pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// The number of the child of this process: the program, or what stands for it.
    pub(crate) fn child(&self) -> u32 {
        self.group.as_raw_nonzero().get().unsigned_abs()
    }

    #[cfg(test)]
    pub(crate) fn family(&self) -> Family {
        self.family.clone()
    }

    /// Waits until the process has ended by itself; it is not reaped yet.
    pub(crate) async fn ended(&self) {
        // An error here means that the descriptor is unusable; then `reap` waits instead.
        let _ = self.ended.readable().await;
    }

    /// Ends what is left of its family, reaps the process, and reads its last lines; tells how it ended.
    pub(crate) async fn reap(self) -> Result<ExitStatus, Failure> {
        self.reap_with(Seen::default()).await
    }

    async fn reap_with(self, seen: Seen) -> Result<ExitStatus, Failure> {
        self.signal(Signal::KILL);
        self.end_family(seen).await;
        self.drained().await
    }

    async fn end_family(&self, seen: Seen) {
        if let Err(failure) = self.family.end(seen).await {
            tracing::warn!(%failure, "a process that a service started goes on");
        }
    }

    /// Reaps one that has ended by itself and is kept by this process, which looks through all processes of the machine
    /// only where something is left of its family.
    pub(crate) async fn reap_kept(mut self) -> Result<ExitStatus, Failure> {
        self.signal(Signal::KILL);
        self.wait().await?;
        self.family = self.family.clone().after_its_first();
        if !self.nobody_is_left().await {
            self.end_family(Seen::default()).await;
        }
        self.drained().await
    }

    /// Whether nothing is left below the keeper. The first process of a namespace has been told to end with what stood for
    /// it, and takes everything in there with it: that is waited for, rather than looked for among all processes.
    async fn nobody_is_left(&self) -> bool {
        let Ok(mut ended) = signal_stream(SignalKind::child()) else { return self.family.is_nobody_here() };
        let settled = async {
            while !self.family.is_nobody_here() {
                ended.recv().await?;
            }
            Some(())
        };
        let patience = if self.inside.is_some() { SETTLED } else { Duration::ZERO };
        tokio::time::timeout(patience, settled).await.is_ok_and(|nobody| nobody.is_some())
    }

    async fn wait(&mut self) -> Result<ExitStatus, Failure> {
        self.child.wait().await.map_err(|error| Failure::io(Path::new("/proc/self"), error))
    }

    /// Reaps it, if it is not yet, and reads its last lines.
    async fn drained(mut self) -> Result<ExitStatus, Failure> {
        let status = self.wait().await?;
        // The pipes close with the family; one that hid from it could hold them open.
        let _ =
            tokio::time::timeout(GRACE, async { while self.readers.join_next().await.is_some() {} }).await;
        Ok(if self.inside.is_some() { of_the_program(status) } else { status })
    }

    /// Asks the group to end, and after the grace makes the whole family.
    pub(crate) async fn stop(self) -> Result<ExitStatus, Failure> {
        let seen = self.family.seen().await.unwrap_or_else(|failure| {
            tracing::warn!(%failure, "it can't be told what a process started");
            Seen::default()
        });
        match &self.inside {
            // What stands for it would end at once, and the program with it.
            Some(inside) => inside.signal(signal(self.stopping.signal)),
            None => self.signal(signal(self.stopping.signal)),
        }
        let _ = tokio::time::timeout(self.stopping.grace, self.ended()).await;
        self.reap_with(seen).await
    }

    fn signal(&self, signal: Signal) {
        // The only refusal possible is that no one is left in it.
        let _ = rustix::process::kill_process_group(self.group, signal);
    }
}

/// One that nobody waits for any more, as a question to a service that has just ended, ends with its whole group: `bwrap`
/// starts what waits to be let in by it, and would wait for ever.
impl Drop for NativeProcess {
    fn drop(&mut self) {
        // Until it is reaped its number, which is the group's, stays its own.
        if self.child.id().is_some() {
            self.signal(Signal::KILL);
        }
    }
}

/// How a program ended by what ended for it: a signal is told as a number above 128, as shells do.
fn of_the_program(status: ExitStatus) -> ExitStatus {
    let signal =
        status.code().and_then(|code| code.checked_sub(128)).filter(|signal| (1..=64).contains(signal));
    signal.map_or(status, ExitStatus::from_raw)
}

fn signal(signal: StopSignal) -> Signal {
    match signal {
        StopSignal::Term => Signal::TERM,
        StopSignal::Int => Signal::INT,
        StopSignal::Quit => Signal::QUIT,
        StopSignal::Hup => Signal::HUP,
    }
}

/// Makes a process's descriptor something to wait on: it becomes readable when the process ends.
#[expect(
    deprecated,
    reason = "sound here: the descriptor is owned and open until it is dropped; the new name needs unsafe"
)]
pub(crate) fn watch_end(process: OwnedFd) -> std::io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::new(process)
}

/// Starts an installed program once, with `--version` if no other words are named, and sees that it answers.
pub(crate) async fn verify_program(
    home: &Home,
    helpers: &Helpers,
    context: StepContext,
    item: &Installed,
    program: &str,
    proof: &[String],
) -> Result<(), Failure> {
    let module = crate::store::folder(home, item)?;
    let path = module.join(tree::inside(program)?);
    let staging = crate::staging::Staging::of(home, context.operation);
    let folder = staging.fresh_work(context)?;
    let log = Arc::new(LineLog::in_memory());
    let arguments: Vec<OsString> =
        if proof.is_empty() { vec!["--version".into()] } else { proof.iter().map(OsString::from).collect() };
    let sandbox = Sandbox::of(helpers, vec![module.into()], vec![folder.clone().into()]);
    let launch = Launch {
        program: &path,
        arguments: &arguments,
        environment: &[],
        folder: &folder,
        stopping: Stopping::default(),
        limits: None,
        sandbox: Some(&sandbox),
    };
    let process = NativeProcess::start(&launch, Arc::clone(&log)).await?;
    let in_time = tokio::time::timeout(VERIFY_LIMIT, process.ended()).await.is_ok();
    let status = process.reap().await?;
    // Only its own: other steps of the operation may be in work.
    crate::durable::remove(&staging.work(context))?;
    if in_time && status.success() {
        return Ok(());
    }
    let reason = if in_time { NotStarted::Ended(status) } else { NotStarted::TimedOut(VERIFY_LIMIT) };
    Err(reason.failure(Code::ProgramStartFailed, &item.name, &log.last_lines()))
}
