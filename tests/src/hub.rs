//! A model hub on loopback that speaks Hugging Face's and ModelScope's HTTP, for as long as it is kept.
//!
//! It serves a folder: `<owner>/<name>/…` are the files of a repository, and its `.hub.json` says what the hub knows of
//! it. Large files ([`LFS_FROM`]) lie on a second host, as on the real ones. That it is honest is held by a test in which
//! the makers' own client libraries use it.

mod content;
mod fault;
mod hugging_face;
mod model_scope;
mod request;
mod sample;
mod serve;

pub use content::LFS_FROM;
pub use fault::Fault;
pub use request::Asked;
pub use sample::{BIG, LET_IN, big as hub_big, repository as hub_repository, sample as hub_sample};

use crate::Workstation;
use content::Content;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The hub.
pub struct Hub {
    state: Arc<State>,
}

/// What both of its hosts share.
struct State {
    /// Where the routes are.
    hub: SocketAddr,
    /// Where the large files are: another host, as others see it.
    store: SocketAddr,
    content: Mutex<Content>,
    faults: Mutex<Vec<Fault>>,
    asked: Mutex<Vec<Asked>>,
    ended: AtomicBool,
}

impl Hub {
    /// A hub with the repositories of a folder.
    pub fn start(folder: &Path) -> Self {
        let hub = TcpListener::bind("127.0.0.1:0").unwrap();
        let store = TcpListener::bind("127.0.0.2:0").unwrap();
        let state = Arc::new(State {
            hub: hub.local_addr().unwrap(),
            store: store.local_addr().unwrap(),
            content: Mutex::new(Content::read(folder)),
            faults: Mutex::default(),
            asked: Mutex::default(),
            ended: AtomicBool::new(false),
        });
        for listener in [hub, store] {
            let state = Arc::clone(&state);
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    if state.ended.load(Ordering::Relaxed) {
                        return;
                    }
                    let state = Arc::clone(&state);
                    // A client that has enough closes before the end.
                    std::thread::spawn(move || stream.and_then(|stream| serve::answer(stream, &state)));
                }
            });
        }
        Self { state }
    }

    /// What programs take as its endpoint.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.state.hub)
    }

    /// The host on which its large files lie.
    pub fn store_host(&self) -> String {
        self.state.store.ip().to_string()
    }

    /// It is this machine's only source.
    #[track_caller]
    pub fn serves(&self, machine: &Workstation) {
        let (endpoint, store) = (self.endpoint(), self.store_host());
        let text = format!(
            "[models]\nhugging_face = \"{endpoint}\"\nmodel_scope = \"off\"\nfile_hosts = \"{store}\"\n"
        );
        std::fs::create_dir_all(machine.home()).unwrap();
        std::fs::write(machine.home().join("config.toml"), text).unwrap();
    }

    /// Reads its folder again: where a repository's files differ, its branch goes on to a new commit.
    pub fn reload(&self) {
        lock(&self.state.content).reload();
    }

    /// The commit that a repository's branch is at.
    pub fn commit(&self, id: &str) -> String {
        lock(&self.state.content).repository(id).expect("such a repository").newest().commit.clone()
    }

    /// From now on it is faulty in these ways, and in no others.
    pub fn faults(&self, faults: impl IntoIterator<Item = Fault>) {
        *lock(&self.state.faults) = faults.into_iter().collect();
    }

    /// What it was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.state.asked).clone()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::Relaxed);
        // So that they look.
        let _ = TcpStream::connect(self.state.hub);
        let _ = TcpStream::connect(self.state.store);
    }
}

/// What a lock guards, also after a thread that held it ended badly.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
