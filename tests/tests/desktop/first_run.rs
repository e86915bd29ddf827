//! From an empty data directory to an answer, and the start after that.

use crate::page::{ask, no_inline_script_runs, set_up};
use las_tests::{Browser, CHAT_MODEL, Seat, Workstation, running_from, until};
use serde_json::json;

/// A command of Tauri's own that the page was not given.
const FOREIGN: &str = r"
    const done = arguments[arguments.length - 1];
    window.__TAURI_INTERNALS__.invoke('plugin:window|set_title', { label: 'main', value: 'x' })
        .then(() => done('allowed'), (refusal) => done(String(refusal)));";

pub(crate) fn reaches_an_answer() {
    let machine = Workstation::new();
    let seat = Seat::new(&machine);
    let window = Browser::window(&machine, &seat);
    set_up(&window, "desktop-first-run");
    ask(&window, "desktop-chat");
    no_inline_script_runs(&window);
    let refused = window.later(FOREIGN, &json!([]));
    assert!(refused.as_str().unwrap().contains("not allowed"), "{refused}");
    assert_eq!(machine.current().0, 1);

    drop(window);
    assert_eq!(running_from(machine.home()), [], "no engine outlives the window");
    assert!(!machine.home().join("core.sock").exists(), "the socket goes with its core");

    let window = Browser::window(&machine, &seat);
    window.shown("page-home");
    assert!(window.texts("first-run").is_empty());
    until("the installed model on the home page", || {
        window.text("page-home").contains(CHAT_MODEL).then_some(())
    });
    window.picture("desktop-home");
}
