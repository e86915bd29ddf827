//! A core in this process: its socket, its address, its end.

use crate::doors::Openings;
use las_api::ErrorBody;
use las_api::types::{Code, Doors, Failure};
use las_app::{App, Options};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The port on loopback unless another is asked for.
pub const DEFAULT_PORT: u16 = 11811;

/// How a headless core is started.
#[derive(Clone, Debug, Default)]
pub struct ServeOptions {
    /// The data directory; `LAS_HOME` or the XDG one if absent.
    pub home: Option<PathBuf>,
    /// The address for programs and the page; only the unix socket if absent.
    pub address: Option<SocketAddr>,
    /// Allow an address that other machines can reach.
    pub expose: bool,
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
    doors: Arc<Openings>,
    tasks: Vec<JoinHandle<()>>,
}

/// Becomes the core of a data directory and serves it.
pub async fn serve(options: ServeOptions) -> Result<Serving, ErrorBody> {
    if let Some(address) = options.address
        && !address.ip().is_loopback()
        && !options.expose
    {
        return Err(ErrorBody::new(Code::PermissionDenied).with("path", address));
    }
    let app = App::open(Options::from_environment(options.home.clone())?).await?;
    Ok(host(app, options.address, options.expose).await?.for_long())
}

/// Serves an application that is open.
pub(crate) async fn host(
    app: Arc<App>,
    address: Option<SocketAddr>,
    exposed: bool,
) -> Result<Serving, ErrorBody> {
    let doors = Openings::open(&app, address, exposed).await?;
    app.set_doors(Arc::clone(&doors) as Arc<dyn Doors>);
    let address = doors.address();
    if let Some(address) = address {
        app.set_base_url(format!("http://{address}/v1"));
    }
    let page = address.map(|address| format!("http://{address}/#token={}", app.page_token()));
    Ok(Serving { socket: doors.socket().to_owned(), address, page, app, doors, tasks: Vec::new() })
}

/// Binds an address; if the default port is taken by something else, any free one.
pub(crate) async fn bind_tcp(address: SocketAddr) -> Result<TcpListener, ErrorBody> {
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
    /// This core lives long: it compares the machine with its records again and again.
    pub(crate) fn for_long(mut self) -> Self {
        self.tasks.push(tokio::spawn(Arc::clone(&self.app).keep_reconciling()));
        self
    }

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
        self.doors.close();
        self.app.shut_down().await;
        if let Err(error) = std::fs::remove_file(&self.socket) {
            tracing::debug!(%error, "the socket was gone");
        }
    }
}
