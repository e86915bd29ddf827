//! Where programs and shells come in. A socket whose file is gone, as after a clearing of old files, is no use to
//! anyone while its core holds the lock: it is opened again.

use crate::guard::{self, Guard};
use crate::listen::OwnUser;
use crate::serve::{self, bind_tcp};
use crate::{observe, page, routes};
use async_trait::async_trait;
use axum::Router;
use las_api::ErrorBody;
use las_api::types::{Doors, Drift, DriftKind, DriftOutcome, Failure};
use las_app::App;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;

/// How long our own address may take to answer; longer, and the machine is only slow.
const ANSWER: Duration = Duration::from_secs(2);

/// Device and inode of a file.
type Place = (u64, u64);

fn place(path: &Path) -> Option<Place> {
    path.symlink_metadata().ok().map(|found| (found.dev(), found.ino()))
}

/// The core's own socket.
struct Socket {
    path: PathBuf,
    /// The data directory.
    home: PathBuf,
    router: Router,
    open: Mutex<(Option<Place>, JoinHandle<()>)>,
}

/// The address on loopback.
struct Endpoint {
    wanted: SocketAddr,
    address: SocketAddr,
    router: Router,
    task: Mutex<JoinHandle<()>>,
}

/// The doors of one core.
pub(crate) struct Openings {
    socket: Socket,
    endpoint: Option<Endpoint>,
}

fn listen(listener: OwnUser, router: &Router) -> JoinHandle<()> {
    let router = router.clone();
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the core's socket ended");
        }
    })
}

fn listen_tcp(listener: tokio::net::TcpListener, router: &Router) -> JoinHandle<()> {
    let router = router.clone();
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the endpoint ended");
        }
    })
}

impl Openings {
    /// Opens the core's socket, and an address if one is wanted.
    pub(crate) async fn open(
        app: &Arc<App>,
        wanted: Option<serve::Endpoint>,
    ) -> Result<Arc<Self>, ErrorBody> {
        let listener = OwnUser::bind(&app.socket()?)?;
        let path = listener.path().to_owned();
        let router = routes::router(app);
        let observed = || axum::middleware::from_fn_with_state(Arc::clone(app), observe::observe);
        let endpoint = match wanted {
            None => None,
            Some(serve::Endpoint { address: wanted, exposed }) => {
                let listener = bind_tcp(wanted).await?;
                let address =
                    listener.local_addr().map_err(|error| ErrorBody::from(Failure::internal(error)))?;
                let guard = Guard { app: Arc::clone(app), address, exposed };
                let router = page::with_page(router.clone(), app)
                    .layer(axum::middleware::from_fn_with_state(guard, guard::check))
                    .layer(observed());
                let task = Mutex::new(listen_tcp(listener, &router));
                Some(Endpoint { wanted, address, router, task })
            }
        };
        let router = router.fallback(routes::unknown).layer(observed());
        let open = Mutex::new((place(&path), listen(listener, &router)));
        let home = app.home().to_owned();
        Ok(Arc::new(Self { socket: Socket { path, home, router, open }, endpoint }))
    }

    /// The core's socket.
    pub(crate) fn socket(&self) -> &Path {
        &self.socket.path
    }

    /// Where the address came to be.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        self.endpoint.as_ref().map(|endpoint| endpoint.address)
    }

    /// Lets nobody in any more.
    pub(crate) fn close(&self) {
        self.socket.open.lock().unwrap_or_else(PoisonError::into_inner).1.abort();
        if let Some(endpoint) = &self.endpoint {
            endpoint.task.lock().unwrap_or_else(PoisonError::into_inner).abort();
        }
    }
}

fn outcome(drift: Drift, opened: &Result<(), ErrorBody>) -> Drift {
    match opened {
        Ok(()) => Drift { outcome: DriftOutcome::Repaired, ..drift },
        Err(error) => {
            tracing::warn!(%error, kind = %drift.kind, "a door could not be opened again");
            drift
        }
    }
}

impl Socket {
    fn inspect(&self) -> Option<Drift> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if place(&self.path) == open.0 && !open.1.is_finished() {
            return None;
        }
        if self.path.starts_with(&self.home) && !self.home.is_dir() {
            // Gone as a whole, which is named by itself; another one is not made in its place.
            return None;
        }
        // This process holds the data directory's lock: whatever lies there leads to no other core.
        let opened = OwnUser::bind(&self.path).map(|listener| {
            // Conversations that are under way have tasks of their own and go on.
            open.1.abort();
            *open = (place(&self.path), listen(listener, &self.router));
        });
        Some(outcome(Drift::new(DriftKind::SocketGone).with("path", self.path.display()), &opened))
    }
}

impl Endpoint {
    async fn inspect(&self) -> Option<Drift> {
        let drift = |kind| Drift::new(kind).with("wanted", self.wanted).with("address", self.address);
        if self.answers().await {
            let moved = self.wanted.port() != 0 && self.wanted != self.address;
            return moved.then(|| drift(DriftKind::EndpointMoved));
        }
        let opened = bind_tcp(self.address).await.map(|listener| {
            let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
            task.abort();
            *task = listen_tcp(listener, &self.router);
        });
        Some(outcome(drift(DriftKind::EndpointGone), &opened))
    }

    async fn answers(&self) -> bool {
        if self.task.lock().unwrap_or_else(PoisonError::into_inner).is_finished() {
            return false;
        }
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        let connected = tokio::time::timeout(ANSWER, tokio::net::TcpStream::connect(address)).await;
        // Only a refusal says that nobody listens.
        !matches!(connected, Ok(Err(error)) if error.kind() == std::io::ErrorKind::ConnectionRefused)
    }
}

#[async_trait]
impl Doors for Openings {
    async fn inspect(&self) -> Vec<Drift> {
        let mut drifts: Vec<_> = self.socket.inspect().into_iter().collect();
        if let Some(endpoint) = &self.endpoint {
            drifts.extend(endpoint.inspect().await);
        }
        drifts
    }
}
