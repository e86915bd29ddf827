//! A core that ends itself, as a power cut would, at the chosen point of an operation: `las-crash N INTENT [BEFORE
//! [STATE]]`, where N counts the journal lines and named points from 0 and INTENT is JSON. BEFORE is an intent that is
//! carried out first and not counted; STATE is how the operation ends, `succeeded` if not said. Status 0: the
//! operation ended before point N; then it says how many points there were. With `gives-up` for N nothing ends: as soon
//! as the operation is committed, what is written beside the database fails as on a disk that gave up.

use las_app::{App, Options};
use las_types::{Checkpoint, JournalPhase};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// Left so many points, a process never comes to its end.
const NEVER: u64 = u64::MAX;

/// Counts down to the end of this process.
struct PowerCut {
    left: AtomicU64,
    passed: AtomicU64,
    /// Where the file is written that fails once something is committed.
    gives_up: OnceLock<PathBuf>,
}

impl PowerCut {
    fn point(&self) {
        self.passed.fetch_add(1, Ordering::SeqCst);
        if self.left.fetch_sub(1, Ordering::SeqCst) == 0 {
            let own = rustix::process::getpid();
            let _ = rustix::process::kill_process(own, rustix::process::Signal::KILL);
            // The signal is on its way: nothing more may happen here.
            loop {
                std::thread::park();
            }
        }
    }
}

impl Checkpoint for PowerCut {
    fn journalled(&self, _step: u32, _phase: JournalPhase) {
        self.point();
    }
    fn passed(&self, point: &'static str) {
        if let Some(path) = self.gives_up.get().filter(|_| point == "committed") {
            // Nothing is at the beginning of any process's memory: to write there is EIO.
            std::os::unix::fs::symlink("/proc/self/mem", path).unwrap();
        }
        self.point();
    }
}

async fn run(
    cut: Arc<PowerCut>,
    gives_up: bool,
    point: u64,
    intent: Value,
    before: Option<Value>,
) -> Result<Value, las_api::ErrorBody> {
    let mut options = Options::from_environment(None, Vec::new())?;
    if gives_up {
        cut.gives_up.get_or_init(|| options.home.join("ledger.head.new"));
    }
    options.checkpoint = Arc::clone(&cut) as Arc<dyn Checkpoint>;
    // Without anything before it, what recovery does is counted as well.
    if before.is_none() {
        cut.left.store(point, Ordering::SeqCst);
    }
    let app = App::open(options).await?;
    if let Some(before) = before {
        let ended = carried_out(&app, before).await?;
        assert_eq!(ended["state"], "succeeded", "{ended:#}");
        cut.left.store(point, Ordering::SeqCst);
        cut.passed.store(0, Ordering::SeqCst);
    }
    let operation = carried_out(&app, intent).await?;
    app.shut_down().await;
    Ok(operation)
}

async fn carried_out(app: &Arc<App>, intent: Value) -> Result<Value, las_api::ErrorBody> {
    let mut events = app.events();
    let plan = app.dispatch("plan_create", json!({ "intent": intent }), "tests").await?;
    let mut operation = app.dispatch("plan_approve", json!({ "id": plan["id"] }), "tests").await?;
    while operation["ended_at"].is_null() {
        let _ = events.next().await;
        let view = app.dispatch("operation_show", json!({ "id": operation["id"] }), "tests").await?;
        operation = view["operation"].clone();
    }
    Ok(operation)
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let point = arguments.next().expect("the point");
    let gives_up = point == "gives-up";
    let point = if gives_up { NEVER } else { point.parse().expect("the point") };
    let mut json = || arguments.next().map(|text| serde_json::from_str(&text).expect("an intent as JSON"));
    let (intent, before) = (json().expect("the intent"), json().filter(|before: &Value| !before.is_null()));
    let state = arguments.next().unwrap_or_else(|| "succeeded".to_owned());
    let cut = Arc::new(PowerCut {
        left: AtomicU64::new(NEVER),
        passed: AtomicU64::new(0),
        gives_up: OnceLock::new(),
    });
    let operation = run(Arc::clone(&cut), gives_up, point, intent, before).await.expect("the operation");
    assert_eq!(operation["state"], *state, "{operation:#}");
    println!("{}", cut.passed.load(Ordering::SeqCst));
}
