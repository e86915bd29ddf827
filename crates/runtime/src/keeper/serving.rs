//! The keeper's own process.

use super::hub::Hub;
use super::{LONGEST, Order, PATIENCE, Program, Start, Told, VERSION, orphans};
use crate::limits::Limits;
use crate::process::{LARGEST_FILE, Launch, LineLog, LogFile, NativeProcess};
use las_types::Failure;
use rustix::process::{getpid, set_child_subreaper, setsid};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{UnixListener, UnixStream};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

/// How long those who are connected may take to hear the end of it.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Keeps one service until it has ended, and nobody is there who could start it again.
pub(super) fn keep(socket: &Path) -> Result<(), Failure> {
    let failed = |error: rustix::io::Errno| Failure::io(socket, error.into());
    // No terminal's signal reaches it, and whatever its service starts stays below it.
    setsid().map_err(failed)?;
    set_child_subreaper(Some(getpid())).map_err(failed)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::io(socket, error))?;
    let kept = runtime.block_on(serve(socket));
    // The next one may have the same path, and then it is its own.
    runtime.shutdown_background();
    kept
}

async fn serve(socket: &Path) -> Result<(), Failure> {
    let failed = |error| Failure::io(socket, error);
    let listener = UnixListener::bind(socket).map_err(failed)?;
    let asked = signal(SignalKind::terminate()).map_err(failed)?;
    let mut output = tokio::io::stdout();
    output.write_all(b"+").await.map_err(failed)?;
    output.flush().await.map_err(failed)?;
    let (hub, now) = (Arc::new(Hub::new()), Arc::new(Mutex::new(None)));
    let (orders, ordered) = mpsc::channel(16);
    tokio::spawn(accept(listener, Arc::clone(&hub), Arc::clone(&now), orders));
    let kept = Keeper { hub: Arc::clone(&hub), now, ordered, asked }.keep().await;
    let _ = tokio::time::timeout(LAST_WORDS, hub.empty()).await;
    kept
}

struct Keeper {
    hub: Arc<Hub>,
    now: Arc<Mutex<Option<Program>>>,
    ordered: mpsc::Receiver<(u64, Order)>,
    /// The machine goes down, or the session ends.
    asked: Signal,
}

impl Keeper {
    /// Runs what it is ordered to, one after the other, until there is to be no more.
    async fn keep(&mut self) -> Result<(), Failure> {
        // A core that is killed at this moment says nothing any more.
        let first = tokio::time::timeout(PATIENCE, self.next_start(std::future::pending()));
        let mut next = first.await.unwrap_or_default();
        while let Some((client, start)) = next {
            if !self.run(client, *start).await? {
                break;
            }
            let hub = Arc::clone(&self.hub);
            next = self.next_start(async move { hub.empty().await }).await;
        }
        Ok(())
    }

    /// The next program; none if it is asked to end before, or nobody is there who could say so.
    async fn next_start(&mut self, nobody: impl Future<Output = ()>) -> Option<(u64, Box<Start>)> {
        tokio::pin!(nobody);
        loop {
            tokio::select! {
                // What was ordered by one who is gone is heard first.
                biased;
                ordered = self.ordered.recv() => match ordered? {
                    (client, Order::Start(start)) => return Some((client, start)),
                    (_, Order::Stop) => return None,
                    (_, Order::Quiet) => {}
                },
                _ = self.asked.recv() => return None,
                () = &mut nobody => return None,
            }
        }
    }

    /// Keeps one program until it has ended; whether another one may come after it.
    async fn run(&mut self, client: u64, start: Start) -> Result<bool, Failure> {
        let (process, limits) = match begin(&start, &self.hub).await {
            Ok(begun) => begun,
            Err(failure) => {
                self.hub.tell_last(&Told::not_started(&failure)).await;
                return Ok(false);
            }
        };
        let (child, log) = (process.child(), Arc::clone(&process.log));
        let level = limits.as_ref().map(Limits::level);
        let program =
            Program { pid: process.pid(), family: start.family, limits: level, sandbox: process.sandbox };
        self.is(Some(program.clone()));
        self.hub.tell(client, &Told::Started(program)).await;
        let orphans = tokio::spawn(orphans::reap(child));
        let (ended, by_itself) = tokio::select! {
            () = process.ended() => (process.reap_kept().await, true),
            () = stop_ordered(&mut self.ordered) => (process.stop().await, false),
            _ = self.asked.recv() => (process.stop().await, false),
        };
        orphans.abort();
        if let Some(limits) = limits {
            limits.end();
        }
        self.is(None);
        let told = Told::ended(ended?, log.last_lines());
        if by_itself {
            self.hub.tell_all(&told).await;
        } else {
            self.hub.tell_last(&told).await;
        }
        Ok(by_itself)
    }

    /// What those who connect from now on are told.
    fn is(&self, program: Option<Program>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = program;
    }
}

/// Comes back when somebody says so. A second start is none: there is a program already.
async fn stop_ordered(ordered: &mut mpsc::Receiver<(u64, Order)>) {
    while let Some((_, order)) = ordered.recv().await {
        if matches!(order, Order::Stop) {
            return;
        }
    }
    // Nobody can say so any more, since nobody can connect.
    std::future::pending::<()>().await;
}

async fn begin(start: &Start, hub: &Arc<Hub>) -> Result<(NativeProcess, Option<Limits>), Failure> {
    let file = LogFile::open(Path::new(&start.log), LARGEST_FILE)?;
    let told = Arc::clone(hub);
    let log = Arc::new(LineLog::new(file, Box::new(move |line| told.line(line))));
    let launch = Launch {
        program: Path::new(&start.program),
        arguments: &start.arguments,
        environment: &start.environment,
        folder: Path::new(&start.folder),
        stopping: start.stopping,
        limits: None,
        sandbox: start.sandbox.as_ref(),
    };
    let (_, mark) = start.family.variable();
    let limited = !start.limits.is_empty() || start.limits.at_least.is_some();
    let mut limits = limited.then(|| Limits::begin(&start.limits, mark)).transpose()?;
    let begun = NativeProcess::start_in(start.family.clone().kept_here(), &launch, log).await;
    if let Some(limits) = &mut limits {
        limits.leave();
    }
    match begun {
        Ok(process) => Ok((process, limits)),
        Err(failure) => {
            if let Some(limits) = limits {
                limits.end();
            }
            Err(failure)
        }
    }
}

async fn accept(
    listener: UnixListener,
    hub: Arc<Hub>,
    now: Arc<Mutex<Option<Program>>>,
    orders: mpsc::Sender<(u64, Order)>,
) {
    let own = rustix::process::getuid().as_raw();
    while let Ok((stream, _)) = listener.accept().await {
        // Its folder is closed to others; this is the second lock.
        if stream.peer_cred().is_ok_and(|peer| peer.uid() == own || peer.uid() == 0) {
            let now = now.lock().unwrap_or_else(PoisonError::into_inner).clone();
            tokio::spawn(serve_one(stream, Arc::clone(&hub), now, orders.clone()));
        }
    }
}

async fn serve_one(
    stream: UnixStream,
    hub: Arc<Hub>,
    now: Option<Program>,
    orders: mpsc::Sender<(u64, Order)>,
) {
    let (reading, writing) = stream.into_split();
    let (number, told) = hub.enter();
    hub.tell(number, &Told::Hello { version: VERSION, program: now }).await;
    let mut writer = tokio::spawn(write(writing, told));
    tokio::select! {
        () = read(reading, number, &hub, &orders) => {}
        _ = &mut writer => {}
    }
    hub.leave(number);
    writer.abort();
}

async fn write(mut stream: OwnedWriteHalf, mut told: mpsc::Receiver<Arc<str>>) {
    while let Some(text) = told.recv().await {
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Passes on what one says, until it is gone or says what nobody understands.
async fn read(stream: OwnedReadHalf, number: u64, hub: &Hub, orders: &mpsc::Sender<(u64, Order)>) {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    loop {
        line.clear();
        let mut limited = (&mut reader).take(LONGEST);
        if !matches!(limited.read_line(&mut line).await, Ok(1..)) {
            return;
        }
        let Ok(order) = serde_json::from_str::<Order>(&line) else { return };
        match &order {
            Order::Start(_) => hub.follow(number, true),
            Order::Quiet => hub.follow(number, false),
            Order::Stop => {}
        }
        if orders.send((number, order)).await.is_err() {
            return;
        }
    }
}
