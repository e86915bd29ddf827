//! A service's program seen from the core, through its keeper.

use super::{LONGEST, Order, PATIENCE, Program, Start, Told, VERSION, message};
use crate::process::{Family, Launch, Seen, watch_end};
use las_types::{Code, Failure, LimitLevel, SandboxLevel};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, watch};
use tokio::task::JoinHandle;

/// Told each line.
pub(crate) type Watcher = Arc<dyn Fn(&str) + Send + Sync>;

/// Where a keeper is, and what it writes.
pub(crate) struct Keeping<'a> {
    /// The keeper's program.
    pub(crate) keeper: &'a Path,
    /// Where it listens.
    pub(crate) socket: &'a Path,
    /// The folder of the service's log.
    pub(crate) log: &'a Path,
    /// The family of what it starts.
    pub(crate) family: Family,
}

/// How a program ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// None if its keeper ended without a word.
    pub(crate) status: Option<ExitStatus>,
    pub(crate) last_lines: Vec<String>,
}

/// A program that is kept.
pub(crate) struct Kept {
    pid: u32,
    limits: Option<LimitLevel>,
    sandbox: Option<SandboxLevel>,
    keeper: (Pid, Arc<OwnedFd>),
    family: Family,
    /// Readable once the program has ended; none if it had by the time that it was looked at.
    first: Option<AsyncFd<OwnedFd>>,
    orders: Mutex<OwnedWriteHalf>,
    ended: watch::Receiver<Option<Ended>>,
    /// Gives the keeper's side back once the program has ended by itself; none of one that nothing is heard of.
    hearing: Option<JoinHandle<Option<Hearing>>>,
}

/// What is found where a keeper should be.
pub(crate) enum Found {
    Nobody,
    /// The one that is looked for, with its program.
    Kept(Box<Kept>),
    /// One that is not to be understood, or has no program.
    Other(Box<Kept>),
}

/// The keeper's side of a connection.
struct Hearing {
    lines: BufReader<OwnedReadHalf>,
    text: String,
}

impl Hearing {
    /// The next thing that it says; none at the end, or if it is not to be understood.
    async fn next(&mut self) -> Option<Told> {
        self.text.clear();
        let mut limited = (&mut self.lines).take(LONGEST);
        match limited.read_line(&mut self.text).await {
            Ok(1..) => serde_json::from_str(&self.text).ok(),
            _ => None,
        }
    }

    async fn in_time(&mut self) -> Option<Told> {
        tokio::time::timeout(PATIENCE, self.next()).await.ok().flatten()
    }
}

fn silent(path: &Path) -> Failure {
    Failure::io(path, io::ErrorKind::TimedOut.into())
}

impl Kept {
    /// Starts a keeper, and through it a program, each line of which is shown to the watcher.
    ///
    /// Codes: `resource-missing` without the keeper's program; that of a program that can't be started; `io-failed`.
    pub(crate) async fn start(
        keeping: Keeping<'_>,
        launch: &Launch<'_>,
        watcher: Watcher,
    ) -> Result<Self, Failure> {
        let Keeping { keeper, socket, log, family } = keeping;
        let failed = |error| Failure::io(keeper, error);
        #[expect(clippy::disallowed_methods, reason = "this is where keepers are started")]
        let mut command = Command::new(keeper);
        command.arg(socket).current_dir("/").env_clear().env("PATH", "/usr/bin:/bin");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => {
                let missing = Failure::new(Code::ResourceMissing).with("part", "las-keeper");
                missing.with("path", keeper.display())
            }
            _ => failed(error),
        })?;
        match Self::begin(&mut child, socket, log, family, launch, watcher).await {
            Ok(kept) => {
                // It ends some time; whoever has to end it by force does so by its descriptor.
                tokio::spawn(async move { child.wait().await });
                Ok(kept)
            }
            Err(failure) => {
                // It ends by itself, too, once nobody is connected; nothing is to be left of it now.
                child.kill().await.map_err(failed)?;
                Err(failure)
            }
        }
    }

    async fn begin(
        child: &mut Child,
        socket: &Path,
        log: &Path,
        family: Family,
        launch: &Launch<'_>,
        watcher: Watcher,
    ) -> Result<Self, Failure> {
        let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        let pid = pid.ok_or_else(|| Failure::internal("a process without a number"))?;
        let mut output = child.stdout.take().ok_or_else(|| Failure::internal("a keeper without output"))?;
        let listens = tokio::time::timeout(PATIENCE, output.read_u8()).await;
        listens.map_err(|_| silent(socket))?.map_err(|error| Failure::io(socket, error))?;
        let stream = UnixStream::connect(socket).await.map_err(|error| Failure::io(socket, error))?;
        let (mut hearing, mut orders) = halves(stream);
        let Some(Told::Hello { version: VERSION, .. }) = hearing.in_time().await else {
            return Err(silent(socket));
        };
        let program = match start(&mut orders, &mut hearing, log, family, launch).await? {
            Some(started) => started?,
            None => return Err(silent(socket)),
        };
        Self::new((pid, descriptor(pid)?), program, orders, Some((hearing, watcher)))
    }

    /// Has its keeper start a program again, after that before it has ended by itself; none if the keeper does not: it is
    /// gone then.
    ///
    /// Codes: that of a program that can't be started; `io-failed`.
    pub(crate) async fn again(
        mut self,
        log: &Path,
        launch: &Launch<'_>,
        watcher: Watcher,
    ) -> Result<Option<Self>, Failure> {
        let hearing = match self.hearing.take() {
            Some(hearing) => hearing.await.ok().flatten(),
            None => None,
        };
        if let Some(mut hearing) = hearing {
            let mut orders = self.orders.lock().await;
            let started = start(&mut orders, &mut hearing, log, self.family(), launch).await;
            drop(orders);
            if let Ok(Some(started)) = started {
                let Self { keeper, orders, .. } = self;
                return Self::new(keeper, started?, orders.into_inner(), Some((hearing, watcher))).map(Some);
            }
        }
        // It may be about to start what it was told to.
        self.end_by_force().await;
        Ok(None)
    }

    /// Looks for a keeper that another core started, in the folder that only this user may enter.
    pub(crate) async fn find(socket: &Path, family: &Family) -> Result<Found, Failure> {
        let Ok(stream) = UnixStream::connect(socket).await else { return Ok(Found::Nobody) };
        let peer = stream.peer_cred().map_err(|error| Failure::io(socket, error))?;
        let Some(keeper) = peer.pid().and_then(Pid::from_raw) else { return Ok(Found::Nobody) };
        if peer.uid() != rustix::process::getuid().as_raw() {
            return Ok(Found::Nobody);
        }
        let (mut hearing, orders) = halves(stream);
        match hearing.in_time().await {
            // The mark is known to nobody else.
            Some(Told::Hello { version: VERSION, program: Some(program) }) if program.family == *family => {
                let heard: (_, Watcher) = (hearing, Arc::new(|_| {}));
                let kept = Self::new((keeper, descriptor(keeper)?), program, orders, Some(heard))?;
                Ok(Found::Kept(Box::new(kept)))
            }
            _ => {
                let program = Program { pid: 0, family: family.clone(), limits: None, sandbox: None };
                let other = Self::new((keeper, descriptor(keeper)?), program, orders, None)?;
                Ok(Found::Other(Box::new(other)))
            }
        }
    }

    fn new(
        (keeper, descriptor): (Pid, Arc<OwnedFd>),
        program: Program,
        orders: OwnedWriteHalf,
        heard: Option<(Hearing, Watcher)>,
    ) -> Result<Self, Failure> {
        let Program { pid: first, family, limits, sandbox } = program;
        let mut family = family.kept_by(keeper, Arc::clone(&descriptor));
        let mut watched = None;
        // One that has ended by now leads nobody; that it did is told in a moment.
        if let Some(first) = i32::try_from(first).ok().and_then(Pid::from_raw)
            && let (Ok(descriptor), Ok(watch)) = (self::descriptor(first), open(first))
        {
            family = family.led_by(first, descriptor);
            watched = Some(watch_end(watch).map_err(|error| Failure::io(Path::new("/proc"), error))?);
        }
        let (sender, ended) = watch::channel(None);
        let hearing = heard.map(|(hearing, watcher)| tokio::spawn(listen(hearing, watcher, sender)));
        Ok(Self {
            pid: first,
            limits,
            sandbox,
            keeper: (keeper, descriptor),
            family,
            first: watched,
            orders: Mutex::new(orders),
            ended,
            hearing,
        })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// How well its limits are held; none without limits.
    pub(crate) fn limits(&self) -> Option<LimitLevel> {
        self.limits
    }

    /// How well it is kept away from everything else; none without a sandbox.
    pub(crate) fn sandbox(&self) -> Option<SandboxLevel> {
        self.sandbox
    }

    pub(crate) fn family(&self) -> Family {
        self.family.clone()
    }

    /// Says that no line is needed any more.
    pub(crate) async fn quiet(&self) {
        // One that hears nothing has ended, which is told otherwise.
        let _ = self.say(&Order::Quiet).await;
    }

    async fn say(&self, order: &Order) -> Result<(), Failure> {
        let text = message(order)?;
        let said = self.orders.lock().await.write_all(text.as_bytes()).await;
        said.map_err(|error| Failure::io(Path::new("las-keeper"), error))
    }

    /// Waits until the program itself has ended; what it started may go on for a moment.
    pub(crate) async fn down(&self) {
        if let Some(first) = &self.first {
            // An error means that the descriptor is unusable; then its keeper says so in a moment.
            let _ = first.readable().await;
        }
    }

    /// Waits until the program has ended by itself, and with it all that it started.
    pub(crate) async fn ended(&self) -> Ended {
        let mut ended = self.ended.clone();
        let found = match ended.wait_for(Option::is_some).await {
            Ok(found) => found.clone(),
            Err(_) => None,
        };
        let ended = found.unwrap_or(Ended { status: None, last_lines: Vec::new() });
        if ended.status.is_none() {
            self.end_by_force().await;
        }
        ended
    }

    /// Waits until a program that has ended, or is about to, is reaped with all that it started; its keeper can start it
    /// again.
    pub(crate) async fn reaped(&self) -> Ended {
        if let Ok(ended) = tokio::time::timeout(2 * PATIENCE, self.ended()).await {
            return ended;
        }
        self.end_by_force().await;
        Ended { status: None, last_lines: Vec::new() }
    }

    /// Asks the program to end, and makes it after its grace, with all that it started.
    pub(crate) async fn stop(&self, grace: Duration) -> Ended {
        let _ = self.say(&Order::Stop).await;
        // The keeper needs some time of its own after the grace.
        let in_time = tokio::time::timeout(grace + 2 * PATIENCE, self.ended()).await;
        if let Ok(ended) = in_time {
            return ended;
        }
        self.end_by_force().await;
        Ended { status: None, last_lines: Vec::new() }
    }

    /// For a keeper that is gone or does not answer: what is left of its family ends, and it does.
    pub(crate) async fn end_by_force(&self) {
        let _ = pidfd_send_signal(&self.keeper.1, Signal::STOP);
        if let Err(failure) = self.family.end(Seen::default()).await {
            tracing::warn!(%failure, "a process that a service started goes on");
        }
        let _ = pidfd_send_signal(&self.keeper.1, Signal::KILL);
        crate::limits::remove_left(self.family.variable().1);
    }
}

fn halves(stream: UnixStream) -> (Hearing, OwnedWriteHalf) {
    let (reading, writing) = stream.into_split();
    (Hearing { lines: BufReader::new(reading), text: String::new() }, writing)
}

fn open(pid: Pid) -> Result<OwnedFd, Failure> {
    let path = PathBuf::from(format!("/proc/{}", pid.as_raw_nonzero()));
    pidfd_open(pid, PidfdFlags::NONBLOCK).map_err(|error| Failure::io(&path, error.into()))
}

fn descriptor(pid: Pid) -> Result<Arc<OwnedFd>, Failure> {
    open(pid).map(Arc::new)
}

/// Tells a keeper to start a program, and what came of it; none if it says nothing to be understood in time.
async fn start(
    orders: &mut OwnedWriteHalf,
    hearing: &mut Hearing,
    log: &Path,
    family: Family,
    launch: &Launch<'_>,
) -> Result<Option<Result<Program, Failure>>, Failure> {
    let start = Order::Start(Box::new(Start {
        program: launch.program.into(),
        arguments: launch.arguments.to_vec(),
        environment: launch.environment.to_vec(),
        folder: launch.folder.into(),
        stopping: launch.stopping,
        family,
        limits: launch.limits.cloned().unwrap_or_default(),
        sandbox: launch.sandbox.cloned(),
        log: log.into(),
    }));
    let said = orders.write_all(message(&start)?.as_bytes()).await;
    said.map_err(|error| Failure::io(Path::new("las-keeper"), error))?;
    Ok(match hearing.in_time().await {
        Some(Told::Started(program)) => Some(Ok(program)),
        Some(Told::NotStarted { code, args }) => Some(Err(Failure::recorded(code, args))),
        _ => None,
    })
}

/// Hears what a keeper says until its program has ended, and gives the rest back.
async fn listen(
    mut hearing: Hearing,
    watcher: Watcher,
    ended: watch::Sender<Option<Ended>>,
) -> Option<Hearing> {
    while let Some(told) = hearing.next().await {
        match told {
            Told::Line { text } => watcher(&text),
            Told::Missed { lines } => tracing::debug!(lines, "lines of a service were not looked at"),
            Told::Ended { status, last_lines } => {
                ended.send_replace(Some(Ended { status: Some(ExitStatus::from_raw(status)), last_lines }));
                return Some(hearing);
            }
            Told::Hello { .. } | Told::Started(_) | Told::NotStarted { .. } => {}
        }
    }
    drop(hearing);
    ended.send_replace(Some(Ended { status: None, last_lines: Vec::new() }));
    None
}
