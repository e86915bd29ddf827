//! Ours: the product's own supervisor and keepers, without the rest of a core.

use super::log::{Log, Orders};
use super::memory::above;
use super::{Programs, Result, Supervisor};
use las_runtime::{EngineWish, Helpers, Home, NativeExecutor, Restarts, SystemClock};
use las_types::{
    ByteSize, Event, Executor as _, LimitsSection, OperationId, Probe, ProgramSettings, Reporter, Serves,
    ServiceSection, ServiceSpec, ServiceState, StepAction, StepContext, StopSection, StopSignal, Timestamp,
    WatchSection,
};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// How long a service may take to be ready again.
const LIMIT: Duration = Duration::from_mins(1);

/// Hears everything and says nothing.
struct Silent;

impl Reporter for Silent {
    fn progressed(&self, _: StepContext, _: ByteSize) {}
    fn happened(&self, _: Event) {}
    fn is_cancelled(&self, _: OperationId) -> bool {
        false
    }
}

pub(crate) struct Kept {
    runtime: Runtime,
    executor: Arc<NativeExecutor>,
    log: Log,
    /// The service's process that was killed last.
    killed: Option<u32>,
}

fn spec(programs: &Programs, name: &str) -> Result<ServiceSpec> {
    let text = |path: &Path| path.to_str().map(str::to_owned).ok_or("a path that is text");
    let service = ServiceSection {
        arguments: vec!["${data}/orders".parse()?],
        environment: BTreeMap::new(),
        ports: BTreeMap::new(),
        connects: BTreeMap::new(),
        files: BTreeMap::new(),
        prepare: Vec::new(),
        ready: Probe::Log { line: "ready".to_owned() },
        alive: None,
        watch: WatchSection { every_seconds: 10, limit_seconds: 5, misses: 3 },
        limits: LimitsSection::default(),
        sandbox: las_types::SandboxSection::default(),
        stop: StopSection { signal: StopSignal::Term, grace_seconds: 5 },
        memory: ByteSize::default(),
    };
    let folder = text(programs.sayer.parent().ok_or("a program in a folder")?)?;
    let runs = ProgramSettings {
        folder,
        ports: BTreeMap::new(),
        connects: BTreeMap::new(),
        service,
        container: None,
    };
    Ok(ServiceSpec {
        name: name.parse()?,
        module: name.parse()?,
        program: text(&programs.sayer)?,
        serves: Serves::Program { runs: Box::new(runs) },
        memory: ByteSize::default(),
        start_limit_seconds: 20,
    })
}

impl Kept {
    pub(crate) fn start(programs: &Programs, folder: &Path, services: usize) -> Result<Self> {
        // As many threads as the core of a small machine has.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let home = Arc::new(Home::open(folder.join("home"))?);
        let logs = home.logs();
        // All that differs from the product: no pause, and no end of it.
        let restarts = Restarts { first: Duration::ZERO, most: u32::MAX, ..Restarts::default() };
        let nothing = PathBuf::new();
        let helpers = Helpers::of_the_system(programs.keeper.clone());
        let executor = NativeExecutor::new(
            home,
            nothing,
            helpers,
            Arc::new(SystemClock),
            Arc::new(Silent),
            restarts,
            EngineWish::default(),
        );
        let mut first = None;
        for number in 0..services {
            // Where it sees them in its sandbox, too.
            let name = format!("sayer-{number}");
            let own = folder.join("home/services").join(&name).join("data");
            std::fs::create_dir_all(&own)?;
            let orders = Orders::new(&own.join("orders"))?;
            let action = StepAction::ServiceStart { spec: Box::new(spec(programs, &name)?) };
            let operation = OperationId::new(Timestamp::UNIX_EPOCH, [1; 10]);
            let context = StepContext { operation, step: u32::try_from(number)? };
            runtime.block_on(executor.execute(context, &action, &Silent))?;
            if number == 0 {
                first = Some((logs.join(&name).join("current.log"), orders));
            }
        }
        let (path, orders) = first.ok_or("no service")?;
        Ok(Self { runtime, executor, log: Log::new(&path, orders)?, killed: None })
    }

    /// Waits until the supervisor takes it for ready, too, and tells its number.
    fn until_ready(&self) -> Result<u32> {
        let begun = Instant::now();
        loop {
            let services = self.executor.services();
            let own = services.iter().find(|one| one.name.as_str() == "sayer-0");
            let ready = own.filter(|one| one.state == ServiceState::Ready && one.pid != self.killed);
            if let Some(pid) = ready.and_then(|one| one.pid) {
                return Ok(pid);
            }
            if begun.elapsed() > LIMIT {
                return Err(format!("not ready: {services:?}").into());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

impl Kept {
    /// The words with which `bwrap` was started for the service, without those that say what it starts.
    pub(crate) fn namespaces(&self) -> Result<Vec<OsString>> {
        let above = above(self.until_ready()?, "las-keeper")?;
        let outer = above.iter().rev().nth(1).ok_or("nothing between it and its keeper")?;
        let words = std::fs::read(format!("/proc/{outer}/cmdline"))?;
        let words = words.split(|byte| *byte == 0).map(|word| OsString::from_vec(word.to_owned()));
        Ok(words.take_while(|word| word != "--").collect())
    }
}

impl Supervisor for Kept {
    fn kill(&mut self) -> Result<f64> {
        let pid = self.until_ready()?;
        self.killed = Some(pid);
        self.log.kill()
    }

    fn take(&mut self, lines: u32) -> Result<f64> {
        self.until_ready()?;
        self.log.take(lines)
    }

    fn flood(&mut self, lines: u32) -> Result<f64> {
        self.until_ready()?;
        self.log.flood(lines)
    }

    /// The keepers, and the two processes that hold each namespace; not this process, which is no core.
    fn processes(&self) -> Result<Vec<u32>> {
        let pids = self.executor.services();
        let pids = pids.iter().map(|one| above(one.pid.ok_or("no process")?, "las-keeper"));
        Ok(pids.collect::<Result<Vec<_>>>()?.concat())
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.runtime.block_on(self.executor.shut_down(&[]));
    }
}
