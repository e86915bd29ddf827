//! A keyring of a session, of its own: GNOME's, on a message bus where nothing else is.

use crate::bus::Bus;
use crate::running::{Running, program_named};
use crate::{Workstation, until};
use std::os::unix::fs::DirBuilderExt as _;
use std::path::PathBuf;
use zbus::blocking::{Connection, connection::Builder};
use zbus::zvariant::{ObjectPath, OwnedObjectPath};

const PROGRAM: &str = "gnome-keyring-daemon";
const NAME: &str = "org.freedesktop.secrets";
/// What a machine's folder holds of it; all that it keeps lies there.
const FOLDER: &str = "keyring";

/// An open keyring. Ended when dropped.
pub struct SessionKeyring {
    _daemon: Running,
    bus: Bus,
    folder: PathBuf,
}

impl SessionKeyring {
    /// What this machine lacks for one; none if it can have one.
    pub fn lacks() -> Option<&'static str> {
        [Bus::PROGRAM, PROGRAM].into_iter().find(|name| program_named(&[name]).is_none())
    }

    /// Gives a machine a new one.
    #[track_caller]
    pub fn given(machine: Workstation) -> (Workstation, Self) {
        let folder = machine.outside(FOLDER);
        std::fs::DirBuilder::new().mode(0o700).create(&folder).unwrap();
        let bus = Bus::new(&machine, &folder);
        let program = program_named(&[PROGRAM]).unwrap();
        let arguments = ["--foreground", "--unlock", "--components=secrets", "--control-directory"];
        let mut command = machine.command(&program, &arguments);
        command.arg(folder.join("control"));
        // The password of the new keyring is empty, and read from standard input.
        command.env("DBUS_SESSION_BUS_ADDRESS", bus.address()).env("HOME", &folder);
        let daemon = Running::fed(command, b"\n");
        let machine = machine.with_variable("DBUS_SESSION_BUS_ADDRESS", bus.address());
        let keyring = Self { _daemon: daemon, bus, folder };
        until("the keyring", || {
            let proxy = zbus::blocking::fdo::DBusProxy::new(&keyring.connection()).unwrap();
            let known = proxy.name_has_owner(NAME.try_into().unwrap()).unwrap();
            (known && keyring.collection().as_str() != "/").then_some(())
        });
        (machine, keyring)
    }

    fn connection(&self) -> Connection {
        Builder::address(self.bus.address()).unwrap().build().unwrap()
    }

    fn call<A, R>(&self, method: &str, arguments: &A) -> R
    where
        A: zbus::export::serde::Serialize + zbus::zvariant::DynamicType,
        R: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
    {
        let (path, interface) = ("/org/freedesktop/secrets", "org.freedesktop.Secret.Service");
        let answer = self.connection().call_method(Some(NAME), path, Some(interface), method, arguments);
        answer.unwrap().body().deserialize().unwrap()
    }

    fn collection(&self) -> OwnedObjectPath {
        self.call("ReadAlias", &"default")
    }

    /// Locks it. There is nobody here who could be asked for the password.
    pub fn lock(&self) {
        let collection = self.collection();
        let (locked, _): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.call("Lock", &(vec![ObjectPath::from(collection)],));
        assert_eq!(locked.len(), 1);
    }

    /// Where all that it keeps lies, encrypted.
    pub fn folder(&self) -> &std::path::Path {
        &self.folder
    }
}
