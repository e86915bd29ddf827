//! A model that is pulled from the page: found, seen as a plan, followed, paused, cancelled, had, and repaired.

use las_tests::{Browser, Fault, Hub, Workstation, hub_big};
use serde_json::json;
use std::os::unix::fs::FileExt as _;

/// A hub with one model of 40 MiB, and a machine whose source it is.
fn hub(folder: &std::path::Path) -> (Hub, Workstation) {
    hub_big(folder);
    let (hub, machine) = (Hub::start(folder), Workstation::new());
    hub.serves(&machine);
    (hub, machine)
}

/// From the search to a plan that runs.
fn begin(page: &Browser) {
    page.shown("nav-models");
    page.click("nav-models");
    page.write("hub-words", "tiny");
    page.click("hub-search");
    page.click("hub-get");
    let told = page.text("plan-file");
    assert!(told.contains("big-Q8_0.gguf (41.9 MB)"), "{told}");
    let told = page.text("plan-sheet");
    assert!(told.contains("apache-2.0") && told.contains("are free") && told.contains("127.0.0.2"), "{told}");
    page.click("run-plan");
}

/// Waits until the sheet's operation is in this state.
fn until_state(page: &Browser, state: &str) {
    page.wait(&format!("an operation that is {state}"), |page| {
        (page.attributes("operation-progress", "data-state") == [state]).then_some(())
    });
}

pub(crate) fn the_whole_way(size: (u32, u32)) {
    let folder = tempfile::tempdir().unwrap();
    let (hub, machine) = hub(folder.path());
    // Whole, it would take a minute and a half: there is time to see it move.
    hub.faults([Fault::Slow(256 << 10, 500)]);
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    begin(&page);
    let told = page.wait("how fast it is and what is left", |page| {
        page.texts("operation-pace").into_iter().find(|told| told.contains("/s") && told.contains(" left"))
    });
    assert!(told.contains(" of 41.9 MB"), "{told}");
    page.picture("pull-running");
    page.click("plan-pause");
    until_state(&page, "paused");
    page.picture("pull-paused");
    page.click("plan-hide");
    page.click("nav-home");
    page.wait("the paused one at home", |page| {
        (page.attributes("operation-row", "data-state") == ["paused"]).then_some(())
    });
    page.click("operation-continue");
    page.wait("that it goes on", |page| {
        (page.attributes("operation-row", "data-state") == ["running"]).then_some(())
    });
    page.wait("how fast it is, at home", |page| {
        page.texts("operation-pace").into_iter().find(|told| told.contains("/s"))
    });
    page.picture("pull-home");
    hub.faults([]);
    page.click("operation-pause");
    page.wait("that it rests", |page| {
        (page.attributes("operation-row", "data-state") == ["paused"]).then_some(())
    });
    page.click("operation-continue");
    page.wait("that nothing is under way", |page| page.texts("operation-row").is_empty().then_some(()));
    page.click("nav-models");
    page.wait("the model in the list", |page| {
        (page.attributes("model-row", "data-name") == ["big-q8_0"]).then_some(())
    });
    is_verified_and_repaired(&machine, &page);
    assert_eq!(page.console_errors(), [""; 0]);
}

/// Licence and state of what was pulled, and how a damaged block is named and put right.
fn is_verified_and_repaired(machine: &Workstation, page: &Browser) {
    page.click("model-row");
    assert!(page.text("model-license").contains("apache-2.0"));
    let state = |page: &Browser, wanted: &str| {
        page.wait(&format!("a file that is {wanted}"), |page| {
            (page.attributes("model-state", "data-state") == [wanted]).then_some(())
        });
    };
    // Whether a pass of the core has read it already is all the same here.
    page.wait("a file that nobody has found damaged", |page| {
        let states = page.attributes("model-state", "data-state");
        (states == ["unread"] || states == ["read"]).then_some(())
    });
    page.click("model-verify");
    state(page, "whole");
    let listed = machine.json(&["model", "list"]).ok().json();
    let digest = listed[0]["digest"].as_str().unwrap().rsplit(':').next().unwrap().to_owned();
    let blob = machine.home().join("models/blobs/sha256").join(digest);
    std::fs::File::options().write(true).open(blob).unwrap().write_all_at(&[9], (16 << 20) + 5).unwrap();
    page.click("model-verify");
    state(page, "damaged");
    let told = page.text("model-state");
    assert!(told.contains("The first damaged part of it: bytes "), "{told}");
    page.picture("pull-damaged");
    page.click("model-repair");
    page.click("run-plan");
    page.shown("plan-done");
    page.click("plan-done");
    state(page, "whole");
    page.picture("pull-repaired");
}

pub(crate) fn is_cancelled(size: (u32, u32)) {
    let folder = tempfile::tempdir().unwrap();
    let (hub, machine) = hub(folder.path());
    hub.faults([Fault::Slow(256 << 10, 500)]);
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    begin(&page);
    page.shown("operation-pace");
    page.click("plan-stop");
    until_state(&page, "cancelled");
    page.picture("pull-cancelled");
    // The commit's name has no place to break at by itself.
    let wide = "return [...document.querySelectorAll('[data-testid=\"plan-note\"]')].some((one) => one.scrollWidth > one.clientWidth)";
    assert_eq!(page.script(wide, &json!([])), false, "a note is wider than its box");
    assert_eq!(std::fs::read_dir(machine.home().join("partial")).map_or(0, Iterator::count), 0);
    assert_eq!(machine.json(&["model", "list"]).ok().json(), json!([]));
    assert_eq!(page.console_errors(), [""; 0]);
}
