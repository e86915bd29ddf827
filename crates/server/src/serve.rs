//! A core in this process: its socket, its address, its end.

use crate::doors::Openings;
use las_api::ErrorBody;
use las_api::types::{Code, Config, Doors, Failure};
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
    doors: Arc<Openings>,
    tasks: Vec<JoinHandle<()>>,
}

/// Becomes the core of a data directory and serves it.
pub async fn serve(options: ServeOptions) -> Result<Serving, ErrorBody> {
    let options = Options::from_environment(options.home, options.flags)?;
    let endpoint = Endpoint::of(options.configuration.config())?;
    Ok(host(App::open(options).await?, Some(endpoint)).await?.for_long())
}

/// Where programs and the page reach a core.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint {
    pub(crate) address: SocketAddr,
    /// Whether other machines may reach it.
    pub(crate) exposed: bool,
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
    let doors = match Openings::open(&app, endpoint).await {
        Ok(doors) => doors,
        Err(error) => {
            // Nobody gets in, and nobody else would end it.
            app.shut_down().await;
            return Err(error);
        }
    };
    app.set_doors(Arc::clone(&doors) as Arc<dyn Doors>);
    let address = doors.address();
    let mut tasks = Vec::new();
    if let Some(address) = address {
        // With an address it is no command's own core: it stays.
        tasks.push(tokio::spawn(Arc::clone(&app).measure_when_settled()));
        app.set_base_url(format!("http://{address}/v1"));
    }
    let page = address.map(|address| format!("http://{address}/#token={}", app.page_token()));
    Ok(Serving { socket: doors.socket().to_owned(), address, page, app, doors, tasks })
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

    /// Services that this core found go on without it.
    pub(crate) fn leave_found_services(&self) {
        self.app.leave_found_services();
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
