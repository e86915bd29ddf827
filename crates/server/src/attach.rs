//! Finding the core of a data directory, or becoming it.

use crate::Client;
use crate::guests::{self, Door, Shut};
use crate::serve::{Endpoint, Serving, host};
use las_api::ErrorBody;
use las_api::types::Code;
use las_app::{App, Options};
use std::path::PathBuf;
use std::time::Duration;

/// How a shell attaches.
#[derive(Clone, Debug)]
pub struct AttachOptions {
    /// The data directory; `LAS_HOME` or the XDG one if absent.
    pub home: Option<PathBuf>,
    /// Which shell: `cli` or `window`.
    pub interface: &'static str,
    /// Put a damaged database aside and the last copy in its place.
    pub repair_state: bool,
    /// Flags that are keys of the configuration, with their values.
    pub flags: Vec<(String, String)>,
}

impl AttachOptions {
    /// For a shell, in the usual data directory.
    pub fn new(interface: &'static str) -> Self {
        Self { home: None, interface, repair_state: false, flags: Vec::new() }
    }
}

/// A shell's connection to the core, which may live in the same process.
pub struct Session {
    /// Talks to the core.
    pub client: Client,
    hosted: Option<Serving>,
    /// The data directory of a core that lives only as long as this command.
    brief: Option<PathBuf>,
    /// Keeps such a core of another command alive.
    _guest: Option<Door>,
}

impl Session {
    /// Whether the core lives in this process.
    pub fn hosts_core(&self) -> bool {
        self.hosted.is_some()
    }

    /// Whether other commands use the core of this one, which [`Self::close`] waits for.
    pub fn has_guests(&self) -> bool {
        self.brief.as_deref().is_some_and(|home| matches!(guests::shut(home), Shut::Guests))
    }

    /// Ends a hosted core in order: services stopped, state closed, socket removed. The core of a command
    /// ends after the last other command that uses it; an interrupt ends it at once. Services that it found running go on.
    pub async fn close(self) {
        let Some(serving) = self.hosted else { return };
        let door = match &self.brief {
            None => None,
            Some(home) => tokio::select! {
                door = guests::see_off(home) => door,
                _ = tokio::signal::ctrl_c() => None,
            },
        };
        if self.brief.is_some() {
            serving.leave_found_services();
        }
        serving.end().await;
        drop(door);
    }
}

/// How often and how long to wait for a core that is starting or ending at the same moment.
const TRIES: u32 = 100;
const PAUSE: Duration = Duration::from_millis(50);

/// Whether a core listens for the data directory (`LAS_HOME` or the XDG one if absent).
pub fn lives(home: Option<PathBuf>) -> Result<bool, ErrorBody> {
    let home = Options::home_directory(home)?;
    Ok(std::os::unix::net::UnixStream::connect(Options::socket(&home)?).is_ok())
}

/// Finds the live core of the data directory and becomes its client; without one, becomes the core itself.
pub async fn attach(options: AttachOptions) -> Result<Session, ErrorBody> {
    let home = Options::home_directory(options.home.clone())?;
    let client = Client::new(Options::socket(&home)?, options.interface);
    let mut busy = None;
    for _ in 0..TRIES {
        // Only commands ask to be waited for: a window finds another core, or becomes it.
        let guest = (options.interface == "cli").then(|| guests::enter(&home));
        if !matches!(guest, Some(None)) && client.answers().await {
            return Ok(Session { client, hosted: None, brief: None, _guest: guest.flatten() });
        }
        drop(guest);
        let mut opened = Options::from_environment(options.home.clone(), options.flags.clone())?;
        opened.repair_state = options.repair_state;
        // The window is there to be used by other programs as well; a single command is not.
        let endpoint = match options.interface {
            "window" => Some(Endpoint::of(opened.configuration.config())?),
            _ => None,
        };
        match App::open(opened).await {
            Ok(app) => {
                let hosted = host(app, endpoint).await?;
                let hosted = if options.interface == "window" { hosted.for_long() } else { hosted };
                let brief = (options.interface == "cli").then_some(home);
                let client = Client::new(hosted.socket.clone(), options.interface);
                return Ok(Session { client, hosted: Some(hosted), brief, _guest: None });
            }
            // Another core holds the lock and does not answer yet, or not any more.
            Err(error) if error.code == Code::CoreBusy => busy = Some(error),
            Err(error) => return Err(error),
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(busy
        .unwrap_or_else(|| ErrorBody::new(Code::CoreUnreachable).with("socket", client.socket().display())))
}
