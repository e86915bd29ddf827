//! A data directory, a small artefact, the shipped artefacts, and a reporter that remembers.

use las_runtime::{EngineWish, Helpers, Home, NativeExecutor, Restarts, SystemClock};
use las_types::{
    ArtefactFile, ByteSize, Category, Digest, EngineSettings, Event, Executor, Failure, Installed,
    OperationId, Placement, Reporter, Serves, ServiceSpec, ServiceState, ServiceStatus, Source, StepAction,
    StepContext,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::mpsc;

/// Remembers progress and events; cancels after the first progress of at least so many bytes.
pub(crate) struct Recorder {
    pub(crate) progress: Mutex<Vec<u64>>,
    pub(crate) cancel_at: AtomicU64,
    cancelled: AtomicBool,
    events: mpsc::UnboundedSender<ServiceStatus>,
}

impl Reporter for Recorder {
    fn progressed(&self, _: StepContext, done: ByteSize) {
        self.progress.lock().unwrap().push(done.bytes());
        if done.bytes() >= self.cancel_at.load(Ordering::SeqCst) {
            self.cancelled.store(true, Ordering::SeqCst);
        }
    }
    fn happened(&self, event: Event) {
        if let Event::ServiceStateChanged { service } = event {
            let _ = self.events.send(service);
        }
    }
    fn is_cancelled(&self, _: OperationId) -> bool {
        self.cancelled.load(Ordering::SeqCst)
    }
}

pub(crate) struct Bench {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) home: Arc<Home>,
    pub(crate) executor: Arc<NativeExecutor>,
    pub(crate) reporter: Arc<Recorder>,
    pub(crate) changes: mpsc::UnboundedReceiver<ServiceStatus>,
}

#[expect(clippy::disallowed_methods, reason = "a test lays its own files out")]
pub(crate) fn put(path: &Path, bytes: &[u8]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// The shipped artefacts.
pub(crate) fn resources() -> PathBuf {
    let root = std::env::var_os("LAS_RESOURCES").map_or_else(
        || PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache/localaistack/resources"),
        PathBuf::from,
    );
    let builtin = root.join("builtin");
    for part in ["llama.cpp/artefact.json", "las-tiny-chat/artefact.json"] {
        assert!(builtin.join(part).exists(), "{} is missing: run `./x engine`", builtin.join(part).display());
    }
    builtin
}

pub(crate) const DEMO: &[(&str, &[u8], bool)] =
    &[("bin/run", b"#!/bin/sh\necho version 1\n", true), ("data", b"four", false)];

impl Bench {
    /// With a small artefact `demo`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let artefacts = folder.path().join("artefacts");
        let files: Vec<_> = DEMO
            .iter()
            .map(|(path, bytes, executable)| {
                put(&artefacts.join("demo/files").join(path), bytes);
                ArtefactFile {
                    path: (*path).into(),
                    size: ByteSize::new(bytes.len() as u64),
                    sha256: Digest::of(bytes).hex(),
                    executable: *executable,
                    link: None,
                }
            })
            .collect();
        let digest = las_types::tree_digest(&files);
        let index = serde_json::json!({ "name": "demo", "version": "1.0.0", "source": digest, "digest": digest, "files": files });
        put(&artefacts.join("demo/artefact.json"), index.to_string().as_bytes());
        Self::with_artefacts(folder, artefacts)
    }

    /// Where the program that keeps services is missing.
    pub(crate) fn without_keeper() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let nothing = folder.path().join("nothing");
        Self::with(folder, nothing.clone(), Helpers { keeper: nothing, bwrap: None })
    }

    /// Whose programs are put into namespaces of their own.
    pub(crate) fn with_namespaces() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let nothing = folder.path().join("nothing");
        Self::with(folder, nothing, Helpers::of_the_system(keeper()))
    }

    /// With the shipped artefacts.
    pub(crate) fn shipped() -> Self {
        Self::with_artefacts(tempfile::tempdir().unwrap(), resources())
    }

    /// With the shipped artefacts, in a folder whose path is too long for a socket.
    pub(crate) fn shipped_far_away() -> Self {
        let folder = tempfile::Builder::new().prefix(&"far".repeat(40)).tempdir().unwrap();
        Self::with_artefacts(folder, resources())
    }

    fn with_artefacts(folder: tempfile::TempDir, artefacts: PathBuf) -> Self {
        Self::with(folder, artefacts, helpers())
    }

    fn with(folder: tempfile::TempDir, artefacts: PathBuf, helpers: Helpers) -> Self {
        let home = Arc::new(Home::open(folder.path().join("home")).unwrap());
        let (events, changes) = mpsc::unbounded_channel();
        let reporter = Arc::new(Recorder {
            progress: Mutex::default(),
            cancel_at: AtomicU64::new(u64::MAX),
            cancelled: AtomicBool::new(false),
            events,
        });
        let executor = NativeExecutor::new(
            Arc::clone(&home),
            artefacts,
            helpers,
            Arc::new(SystemClock),
            Arc::clone(&reporter) as Arc<dyn Reporter>,
            Restarts::default(),
            EngineWish::default(),
        );
        Self { folder, home, executor, reporter, changes }
    }

    pub(crate) async fn execute(&self, context: StepContext, action: &StepAction) -> Result<(), Failure> {
        self.executor.execute(context, action, self.reporter.as_ref()).await
    }

    pub(crate) async fn stray(&self, items: &[Installed]) -> Vec<String> {
        self.executor.stray(items).await.unwrap()
    }

    /// Waits for a state of the service.
    pub(crate) async fn until(&mut self, state: ServiceState) -> ServiceStatus {
        loop {
            let status = self.changes.recv().await.expect("the service ended without reaching the state");
            if status.state == state {
                return status;
            }
        }
    }

    /// Waits until it is about to be started again, which is counted once what it started is gone.
    pub(crate) async fn until_restarting(&mut self) -> ServiceStatus {
        loop {
            let status = self.until(ServiceState::Restarting).await;
            if status.restarts > 0 {
                return status;
            }
        }
    }

    /// Installs the shipped engine and model, and gives what starts it.
    pub(crate) async fn install_engine(&self) -> ServiceSpec {
        let context = step(90, 0);
        let engine = module(&resources().join("llama.cpp"), Category::Runtime);
        let index = index(&resources().join("las-tiny-chat"));
        let file = index.files.iter().find(|file| file.path.contains(".gguf")).unwrap();
        let model = Installed {
            digest: format!("sha256:{}", file.sha256).parse().unwrap(),
            size: file.size,
            placement: Placement::Blob,
            source: Source::Builtin { artefact: index.name.clone(), file: Some(file.path.clone()) },
            ..module(&resources().join("las-tiny-chat"), Category::Model)
        };
        for (number, action) in [
            StepAction::StoreAdd { source: engine.source.clone(), item: engine.clone() },
            StepAction::ProgramVerify {
                item: engine.clone(),
                program: "llama-server".into(),
                proof: Vec::new(),
            },
            StepAction::BlobAdd { source: model.source.clone(), item: model.clone() },
        ]
        .iter()
        .enumerate()
        {
            self.execute(StepContext { step: u32::try_from(number).unwrap(), ..context }, action)
                .await
                .unwrap();
        }
        self.executor.finish(context.operation).await.unwrap();
        assert_eq!(self.stray(&[engine.clone(), model.clone()]).await, [""; 0]);
        ServiceSpec {
            name: "las-tiny-chat".parse().unwrap(),
            module: engine.name.clone(),
            program: self.executor.path_of(&engine, Some("llama-server")),
            serves: Serves::Model {
                model: model.name.clone(),
                settings: Box::new(EngineSettings {
                    model_path: self.executor.path_of(&model, None),
                    more_parts: Vec::new(),
                    projector: None,
                    model_digest: model.digest,
                    context: 256,
                    parallel: 2,
                    threads: 1,
                    gpu_layers: 0,
                    cache: las_types::CacheType::default(),
                    adapters: Vec::new(),
                }),
            },
            memory: ByteSize::new(64 << 20),
            start_limit_seconds: las_types::START_LIMIT_SECONDS,
        }
    }
}

/// Another executor over the same directory, which knows no service, as after a kill.
pub(crate) fn next(bench: &Bench) -> Arc<NativeExecutor> {
    let reporter = Arc::clone(&bench.reporter) as Arc<dyn Reporter>;
    let (home, resources) = (Arc::clone(&bench.home), resources());
    let (clock, wish) = (Arc::new(SystemClock), EngineWish::default());
    NativeExecutor::new(home, resources, helpers(), clock, reporter, Restarts::default(), wish)
}

/// The program that keeps services.
/// Programs see the numbers that others see, too, so that what one says of itself can be looked at from here.
fn helpers() -> Helpers {
    Helpers { keeper: keeper(), bwrap: None }
}

fn keeper() -> PathBuf {
    env!("CARGO_BIN_EXE_las-keeper").into()
}

/// The settings of an engine's service, to be changed.
pub(crate) fn settings(spec: &mut ServiceSpec) -> &mut EngineSettings {
    let settings = match &mut spec.serves {
        Serves::Model { settings, .. } => Some(settings),
        Serves::Program { .. } => None,
    };
    settings.expect("an engine")
}

pub(crate) fn start(spec: &ServiceSpec) -> StepAction {
    StepAction::ServiceStart { spec: Box::new(spec.clone()) }
}

/// A step of an operation, both by number.
pub(crate) fn step(operation: u8, step: u32) -> StepContext {
    StepContext { operation: OperationId::new(las_types::Timestamp::UNIX_EPOCH, [operation; 10]), step }
}

fn index(artefact: &Path) -> las_types::ArtefactIndex {
    serde_json::from_slice(&std::fs::read(artefact.join("artefact.json")).unwrap()).unwrap()
}

/// An artefact as an installed module.
pub(crate) fn module(artefact: &Path, category: Category) -> Installed {
    let index = index(artefact);
    Installed {
        placement: Placement::Store {
            path: format!("{}/{}-{}", index.name, index.version, index.digest.short()),
        },
        source: Source::Builtin { artefact: index.name.clone(), file: None },
        name: index.name,
        category,
        version: index.version,
        digest: index.digest,
        size: ByteSize::new(index.files.iter().map(|file| file.size.bytes()).sum()),
        license: None,
        program: None,
        model: None,
        views: Vec::new(),
    }
}
