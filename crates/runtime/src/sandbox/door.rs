//! How whoever starts a program hears of the helper: that it is there, with which number, and what became of it.

use super::{Order, Sandbox};
use las_types::SandboxLevel;
use rustix::io::Errno;
use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};
use rustix::process::Pid;
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::io::{self, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, Interest};
use tokio::net::UnixStream;

/// How long it may take until the helper is there, and until it has become the program.
const PATIENCE: Duration = Duration::from_secs(20);
/// The longest that it has to say.
const LONGEST: u64 = 1 << 16;

/// What the helper says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// It is held so well; if nothing follows, it has become the program.
    Confined(SandboxLevel),
    /// It can't be held better than this, which is not enough.
    Refused(SandboxLevel),
    /// It could not become the program.
    Failed { error: Option<i32>, detail: String },
}

impl Answer {
    pub(super) fn failed(error: &io::Error) -> Self {
        Self::Failed { error: error.raw_os_error(), detail: error.to_string() }
    }

    /// The error that it tells of.
    pub(crate) fn error(error: Option<i32>, detail: String) -> io::Error {
        error.map_or_else(|| io::Error::other(detail), io::Error::from_raw_os_error)
    }
}

/// One end of what the helper has as its standard input.
pub(crate) struct Door {
    ours: UnixStream,
}

impl Door {
    /// A new one, and the end that is the helper's.
    pub(crate) fn new() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        // The kernel adds the number that a sender has here, whatever it has where it is.
        rustix::net::sockopt::set_socket_passcred(&ours, true)?;
        Ok((Self { ours: UnixStream::from_std(ours)? }, theirs.into()))
    }

    /// Waits for the helper and tells it what it is for; its number, if it came, and the last that it said.
    pub(crate) async fn pass(
        self,
        program: OsString,
        arguments: &[OsString],
        sandbox: &Sandbox,
        namespaces: bool,
    ) -> io::Result<Option<(Pid, Answer)>> {
        let order = Order { program, arguments: arguments.to_vec(), sandbox: sandbox.clone(), namespaces };
        let late = || io::Error::from(io::ErrorKind::TimedOut);
        tokio::time::timeout(PATIENCE, self.exchange(&order)).await.map_err(|_| late())?
    }

    async fn exchange(self, order: &Order) -> io::Result<Option<(Pid, Answer)>> {
        let first = self.ours.async_io(Interest::READABLE, || receive(&self.ours)).await?;
        let Some((pid, socket)) = first else { return Ok(None) };
        let socket = std::os::unix::net::UnixStream::from(socket);
        socket.set_nonblocking(true)?;
        let mut socket = UnixStream::from_std(socket)?;
        let mut text = serde_json::to_string(order)?;
        text.push('\n');
        socket.write_all(text.as_bytes()).await?;
        let mut said = String::new();
        socket.take(LONGEST).read_to_string(&mut said).await?;
        let last = said.lines().last().map(serde_json::from_str).transpose()?;
        Ok(last.map(|answer| (pid, answer)))
    }
}

/// The number of who is there and the socket that it gives; none if nobody is any more.
fn receive(ours: &UnixStream) -> io::Result<Option<(Pid, OwnedFd)>> {
    let mut byte = [0_u8; 1];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1), ScmCredentials(1))];
    let mut with = RecvAncillaryBuffer::new(&mut space);
    let flags = RecvFlags::CMSG_CLOEXEC | RecvFlags::DONTWAIT;
    let received = match rustix::net::recvmsg(ours, &mut [IoSliceMut::new(&mut byte)], &mut with, flags) {
        Ok(received) => received,
        // It ended with something left to be read.
        Err(Errno::CONNRESET) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if received.bytes == 0 {
        return Ok(None);
    }
    let (mut pid, mut socket) = (None, None);
    for message in with.drain() {
        match message {
            RecvAncillaryMessage::ScmRights(given) => socket = given.last(),
            RecvAncillaryMessage::ScmCredentials(who) => pid = Some(who.pid),
            _ => {}
        }
    }
    let told = pid.zip(socket).ok_or(io::ErrorKind::InvalidData)?;
    Ok(Some(told))
}
