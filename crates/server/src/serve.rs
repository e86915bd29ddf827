//! A core in this process: its socket, its address, its end.

use crate::guard::{self, Guard};
use crate::listen::OwnUser;
use crate::{observe, page, routes};
use las_api::ErrorBody;
use las_api::types::{Code, Config, Failure};
use las_app::{App, Options};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The port unless another is configured; only where it is taken another one will do.
const DEFAULT_PORT: u16 = 11811;

/// How a headless core is started.
#[derive(Clone, Debug, Default)]
pub struct ServeOptions {
    /// The data directory; `LAS_HOME` or the XDG one if absent.
    pub home: Option<PathBuf>,
    /// Flags that are keys of the configuration, with their values.
    pub flags: Vec<(String, String)>,
}

/// A core that this process is.
pub struct Serving {
    /// Its unix socket.
    pub socket: PathBuf,
    /// Its address, if it has one.
    pub address: Option<SocketAddr>,
    /// A link to the page, with a token that is valid until this process ends.
    pub page: Option<String>,
    app: Arc<App>,
    tasks: Vec<JoinHandle<()>>,
}

/// Becomes the core of a data directory and serves it.
pub async fn serve(options: ServeOptions) -> Result<Serving, ErrorBody> {
    let options = Options::from_environment(options.home, options.flags)?;
    let endpoint = Endpoint::of(options.configuration.config())?;
    host(App::open(options).await?, Some(endpoint)).await
}

/// Where programs and the page reach a core.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint {
    address: SocketAddr,
    /// Whether other machines may reach it.
    exposed: bool,
}

impl Endpoint {
    /// As it is configured; refused if others could reach it and nobody said that they may.
    pub(crate) fn of(config: &Config) -> Result<Self, ErrorBody> {
        let own = Self { address: config.server_address, exposed: config.server_expose };
        if own.address.ip().is_loopback() || own.exposed {
            Ok(own)
        } else {
            Err(ErrorBody::new(Code::PermissionDenied).with("path", own.address))
        }
    }
}

/// Serves an application that is open.
pub(crate) async fn host(app: Arc<App>, endpoint: Option<Endpoint>) -> Result<Serving, ErrorBody> {
    let listener = OwnUser::bind(&app.socket()?)?;
    let socket = listener.path().to_owned();
    let router = routes::router(&app);
    let observed = || axum::middleware::from_fn_with_state(Arc::clone(&app), observe::observe);
    let own = observed();
    let mut serving = Serving { socket, address: None, page: None, app: Arc::clone(&app), tasks: Vec::new() };
    if let Some(Endpoint { address, exposed }) = endpoint {
        let listener = bind_tcp(address).await?;
        let address = listener.local_addr().map_err(|error| ErrorBody::from(Failure::internal(error)))?;
        let guard = Guard { app: Arc::clone(&app), address, exposed };
        let guarded = page::with_page(router.clone(), &app)
            .layer(axum::middleware::from_fn_with_state(guard, guard::check))
            .layer(observed());
        serving.tasks.push(tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, guarded).await {
                tracing::error!(%error, "the endpoint ended");
            }
        }));
        app.set_base_url(format!("http://{address}/v1"));
        serving.address = Some(address);
        serving.page = Some(format!("http://{address}/#token={}", app.page_token()));
    }
    serving.tasks.push(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router.fallback(routes::unknown).layer(own)).await {
            tracing::error!(%error, "the core's socket ended");
        }
    }));
    Ok(serving)
}

/// Binds an address; if the default port is taken by something else, any free one.
async fn bind_tcp(address: SocketAddr) -> Result<TcpListener, ErrorBody> {
    match TcpListener::bind(address).await {
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && address.port() == DEFAULT_PORT => {
            tracing::warn!(port = DEFAULT_PORT, "the default port is taken; a free one is used");
            bind_any(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await
        }
        Err(error) => Err(ErrorBody::from(Failure::io(address.to_string().as_ref(), error))),
        Ok(listener) => Ok(listener),
    }
}

async fn bind_any(address: SocketAddr) -> Result<TcpListener, ErrorBody> {
    TcpListener::bind(address)
        .await
        .map_err(|error| ErrorBody::from(Failure::io(address.to_string().as_ref(), error)))
}

impl Serving {
    /// Goes on until SIGINT or SIGTERM, then ends in order.
    pub async fn until_stopped(self) {
        use tokio::signal::unix::{SignalKind, signal};
        match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
            (Ok(mut interrupt), Ok(mut terminate)) => {
                tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            }
            (Err(error), _) | (_, Err(error)) => tracing::error!(%error, "signals can't be received"),
        }
        self.end().await;
    }

    /// Stops every service, closes the state, removes the socket.
    pub async fn end(self) {
        for task in &self.tasks {
            task.abort();
        }
        self.app.shut_down().await;
        if let Err(error) = std::fs::remove_file(&self.socket) {
            tracing::debug!(%error, "the socket was gone");
        }
    }
}
