//! A place for windows: an X server and a message bus of their own.

use crate::bus::Bus;
use crate::running::{Running, program_named};
use crate::{Workstation, until};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::PathBuf;
use std::process::Command;
use x11rb::connection::Connection as _;
use x11rb::protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask, MapState, Window};
use x11rb::rust_connection::RustConnection;

/// The screen in pixels; the window is as large.
pub const SCREEN: (u32, u32) = (1280, 800);

/// A screen and a session bus without a desktop. Ended when dropped.
pub struct Seat {
    _server: Running,
    display: String,
    bus: Bus,
    runtime: PathBuf,
}

impl Seat {
    /// What this machine lacks for one; none if it can have one.
    pub fn lacks() -> Option<&'static str> {
        ["Xvfb", Bus::PROGRAM].into_iter().find(|name| program_named(&[name]).is_none())
    }

    /// A new one.
    #[track_caller]
    pub fn new(machine: &Workstation) -> Self {
        let size = format!("{}x{}x24", SCREEN.0, SCREEN.1);
        let arguments = ["-displayfd", "1", "-screen", "0", &size, "-nolisten", "tcp", "-noreset"];
        let server = Running::start(machine.command(&program_named(&["Xvfb"]).unwrap(), &arguments));
        let display = until("the X server's display", || {
            // Among what it says about numbers that others have taken.
            let said = server.said();
            let mut whole = said.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'));
            whole.find_map(|line| line.trim().parse::<u32>().ok()).map(|number| format!(":{number}"))
        });
        let runtime = machine.outside("run");
        std::fs::DirBuilder::new().mode(0o700).create(&runtime).unwrap();
        let bus = Bus::new(machine, &runtime);
        Self { _server: server, bus, display, runtime }
    }

    /// Gives a program this screen and this bus.
    pub fn seat(&self, mut command: Command) -> Command {
        assert_eq!(std::fs::metadata(&self.runtime).unwrap().permissions().mode() & 0o777, 0o700);
        command.env("DISPLAY", &self.display).env("DBUS_SESSION_BUS_ADDRESS", self.bus.address());
        command.env("XDG_RUNTIME_DIR", &self.runtime).env("GDK_BACKEND", "x11");
        // Services of a desktop that isn't there.
        command.env("NO_AT_BRIDGE", "1").env("GSETTINGS_BACKEND", "memory").env("GIO_USE_VFS", "local");
        command
    }

    /// The bus's address.
    pub fn bus(&self) -> &str {
        self.bus.address()
    }

    /// The windows with this title that are on the screen.
    pub fn windows(&self, title: &str) -> Vec<u32> {
        let (server, root) = self.screen();
        let all = server.query_tree(root).unwrap().reply().unwrap().children;
        let shown = |window: Window| {
            let state = server.get_window_attributes(window).ok()?.reply().ok()?.map_state;
            Some(state == MapState::VIEWABLE && name(&server, window)? == title)
        };
        all.into_iter().filter(|window| shown(*window) == Some(true)).collect()
    }

    /// Presses a window's close button.
    pub fn close_window(&self, window: u32) {
        let (server, _) = self.screen();
        let atom = |name: &str| server.intern_atom(false, name.as_bytes()).unwrap().reply().unwrap().atom;
        let data = [atom("WM_DELETE_WINDOW"), x11rb::CURRENT_TIME, 0, 0, 0];
        let message = ClientMessageEvent::new(32, window, atom("WM_PROTOCOLS"), data);
        server.send_event(false, window, EventMask::NO_EVENT, message).unwrap().check().unwrap();
    }

    fn screen(&self) -> (RustConnection, Window) {
        let (server, number) = x11rb::connect(Some(&self.display)).unwrap();
        let root = server.setup().roots[number].root;
        (server, root)
    }
}

fn name(server: &RustConnection, window: Window) -> Option<String> {
    use x11rb::protocol::xproto::AtomEnum;
    let property =
        server.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 256).ok()?.reply().ok()?;
    String::from_utf8(property.value).ok()
}
