//! The tray's icon over the message bus, and a desktop without one.

use las_i18n::Words;
use las_tests::{CHAT_MODEL, Panel, Running, Seat, Workstation, desktop_program, running_from, until};

const TITLE: &str = "LocalAIStack";

/// The state of the model's service, asked over the core's socket.
fn service(machine: &Workstation) -> Option<String> {
    let services = machine.json(&["service", "list"]).ok().json();
    services[0]["state"].as_str().map(str::to_owned)
}

fn window(seat: &Seat) -> u32 {
    until("the window", || seat.windows(TITLE).first().copied())
}

pub(crate) fn does_what_it_says() {
    let machine = Workstation::installed();
    let seat = Seat::new(&machine);
    let panel = Panel::new(seat.bus());
    let app = Running::start(seat.seat(machine.command(&desktop_program(), &[])));
    let icon = panel.icon();
    let words = Words::for_user(Some("en"));
    let (open, quit) = (words.text("tray-open", &[]), words.text("tray-quit", &[]));
    let item = |key, name| words.text(key, &[("name", name)]);
    let (start, stop) = (item("tray-start", CHAT_MODEL), item("tray-stop", CHAT_MODEL));
    let (no_start, no_stop) = (item("tray-start", "none"), item("tray-stop", "none"));
    // The lines of services, which have a check, have a scenario of their own.
    let lines = || {
        let own = icon.lines().into_iter().filter(|line| line.checked.is_none());
        own.map(|line| (line.label, line.enabled)).collect::<Vec<_>>()
    };
    let says = |start: (&str, bool), stop: (&str, bool)| {
        let wanted = [(open.as_str(), true), start, stop, (quit.as_str(), true)];
        let wanted = wanted.map(|(label, enabled)| (label.to_owned(), enabled));
        until(&format!("{wanted:?} in the menu, last {:?}", lines()), || (lines() == wanted).then_some(()));
    };
    let can_start = || says((&start, true), (&no_stop, false));
    let can_stop = || says((&no_start, false), (&stop, true));

    can_start();
    icon.click(&start);
    can_stop();
    until("the engine", || (service(&machine)? == "ready").then_some(()));
    assert_eq!(running_from(machine.home()).len(), 1);
    icon.click(&stop);
    can_start();
    assert_eq!(service(&machine).as_deref(), Some("stopped"));
    assert_eq!(running_from(machine.home()), []);

    // Closing the window leaves the icon, which brings it back.
    seat.close_window(window(&seat));
    until("a hidden window", || seat.windows(TITLE).is_empty().then_some(()));
    icon.click(&open);
    window(&seat);

    icon.click(&start);
    until("the engine", || (service(&machine)? == "ready").then_some(()));
    icon.click(&quit);
    assert_eq!(app.status(), Some(0));
    assert_eq!(running_from(machine.home()), [], "no engine outlives the window");
    assert!(!machine.home().join("core.sock").exists(), "the socket goes with its core");
}

pub(crate) fn is_not_needed() {
    let machine = Workstation::new();
    let seat = Seat::new(&machine);
    let app = Running::start(seat.seat(machine.command(&desktop_program(), &[])));
    let window = window(&seat);
    until("the core", || machine.home().join("core.sock").exists().then_some(()));
    seat.close_window(window);
    assert_eq!(app.status(), Some(0));
    assert!(!machine.home().join("core.sock").exists(), "the socket goes with its core");
}
