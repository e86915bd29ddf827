//! The two listeners.

use axum::serve::Listener;
use las_api::ErrorBody;
use las_api::types::Failure;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tokio::net::{UnixListener, UnixStream, unix};

/// A unix socket that takes only connections of this process's own user.
pub(crate) struct OwnUser {
    listener: UnixListener,
    path: PathBuf,
}

impl OwnUser {
    /// Listens on a path, private to the user. Call only while holding the data directory's lock: a
    /// socket that is there belongs to a core that has ended.
    pub(crate) fn bind(path: &Path) -> Result<Self, ErrorBody> {
        let failed = |error| ErrorBody::from(Failure::io(path, error));
        if let Some(directory) = path.parent() {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed)?;
        }
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let listener = UnixListener::bind(path).map_err(failed)?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(failed)?;
        Ok(Self { listener, path: path.to_owned() })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Listener for OwnUser {
    type Io = UnixStream;
    type Addr = unix::SocketAddr;

    async fn accept(&mut self) -> (UnixStream, unix::SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, address)) => match stream.peer_cred() {
                    Ok(peer) if peer.uid() == rustix::process::getuid().as_raw() => return (stream, address),
                    Ok(peer) => tracing::warn!(uid = peer.uid(), "a connection of another user was refused"),
                    Err(error) => {
                        tracing::warn!(%error, "a connection whose user can't be known was refused");
                    }
                },
                Err(error) => {
                    // Out of descriptors, most likely: some come back as connections close.
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<unix::SocketAddr> {
        self.listener.local_addr()
    }
}
