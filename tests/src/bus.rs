//! A message bus of a session, of its own.

use crate::running::{Running, program_named};
use crate::{Workstation, until};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Nothing can be activated on this bus: what a test has not started is not there.
const SETTINGS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=SOCKET</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// The bus. Ended when dropped.
pub(crate) struct Bus {
    _daemon: Running,
    address: String,
}

impl Bus {
    /// The program that a machine needs for one.
    pub(crate) const PROGRAM: &str = "dbus-daemon";

    /// A new one, whose socket lies in this folder.
    #[track_caller]
    pub(crate) fn new(machine: &Workstation, folder: &Path) -> Self {
        let socket = folder.join("bus");
        let settings = folder.join("bus.conf");
        std::fs::write(&settings, SETTINGS.replace("SOCKET", socket.to_str().unwrap())).unwrap();
        let arguments = ["--nofork", "--config-file", settings.to_str().unwrap()];
        let daemon = Running::start(machine.command(&program_named(&[Self::PROGRAM]).unwrap(), &arguments));
        // The file is there a moment before anybody listens.
        until("the message bus", || UnixStream::connect(&socket).ok());
        Self { _daemon: daemon, address: format!("unix:path={}", socket.display()) }
    }

    /// Its address, as programs take it.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}
