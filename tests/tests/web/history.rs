//! The history's tabs.

use las_tests::{Browser, CHAT_MODEL, Condition, ENGINE, EngineVersions, Workstation};
use serde_json::json;
use std::path::Path;

/// Opens a tab of the history.
pub(super) fn open(page: &Browser, tab: &str) {
    page.script("document.querySelector(`[data-tab=\"${arguments[0]}\"]`).click()", &json!([tab]));
}

/// Two generations are compared; the latest two unless others are chosen.
pub(super) fn differences(size: (u32, u32)) {
    let machine = Workstation::new();
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    machine.las(&["module", "remove", CHAT_MODEL, "--yes"]).ok();
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    page.click("nav-history");
    page.shown("page-history");
    open(&page, "generations");
    let compared = |kind: &str| {
        page.click("diff-compare");
        page.wait("the difference", |page| {
            (page.attributes("diff-row", "data-kind") == [kind]).then_some(())
        });
        assert_eq!(page.attributes("diff-row", "data-name"), [CHAT_MODEL]);
    };
    page.shown("diff-compare");
    compared("went");
    page.script(
        "for (const [name, number] of [['diff-from', '0'], ['diff-to', '1']]) {\
         const field = document.querySelector(`[data-testid=\"${name}\"]`);\
         field.value = number; field.dispatchEvent(new Event('change', { bubbles: true })) }",
        &json!([]),
    );
    compared("came");
    page.click("nav-modules");
    page.shown("module-search");
    page.write("module-search", "runtime");
    page.wait("the module that was looked for", |page| {
        (page.attributes("module-row", "data-name") == [ENGINE]).then_some(())
    });
    assert_eq!(page.console_errors(), [""; 0]);
}

/// The ledger is shown newest first and checked; a generation is shown as its lock.
pub(super) fn ledger_and_lock(size: (u32, u32)) {
    let machine = Workstation::new();
    machine.las(&["module", "install", CHAT_MODEL, "--yes"]).ok();
    machine.las(&["module", "remove", CHAT_MODEL, "--yes"]).ok();
    let lock = machine.las(&["generation", "export", "1"]).ok().stdout;
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    page.click("nav-history");
    page.shown("page-history");
    open(&page, "audit");
    page.shown("audit-verify");
    assert_eq!(page.attributes("audit-line", "data-sequence"), ["3", "2", "1"]);
    page.click("audit-verify");
    page.shown("audit-whole");
    assert_eq!(page.attributes("audit-earlier", "type"), [""; 0], "there are no earlier lines");
    open(&page, "generations");
    page.shown("generation-row");
    page.script(
        "const row = document.querySelector('[data-testid=\"generation-row\"][data-number=\"1\"]');\
         row.querySelector('details').open = true; row.querySelector('[data-testid=\"generation-export\"]').click()",
        &json!([]),
    );
    page.shown("generation-lock");
    let shown = page
        .script("return document.querySelector('[data-testid=\"generation-lock\"]').textContent", &json!([]));
    assert_eq!(shown, lock, "what the command line prints");
}

/// The failure's whole text stands with the operation and with its line of the ledger.
pub(super) fn why_an_upgrade_gave_way(size: (u32, u32)) {
    let sick = Path::new(env!("CARGO_BIN_EXE_las-sick-engine"));
    let (machine, versions) = EngineVersions::beside(Workstation::new(), sick);
    machine.install();
    versions.offer("0.6.0", Condition::Exits);
    let core = machine.serve();
    machine.las(&["service", "start", CHAT_MODEL]).ok();
    let page = Browser::chromium(&machine, core.page(), size);
    page.click("nav-history");
    page.shown("page-history");
    machine.las(&["module", "upgrade", "--yes"]).status_is(1);
    // The page is told without being loaded again.
    let failed = "[data-testid=\"operation-row\"][data-state=\"failed\"]";
    page.wait("the failed upgrade", |page| (!page.texts(failed).is_empty()).then_some(()));
    page.script(
        "document.querySelector(arguments[0]).querySelector('button[aria-expanded]').click()",
        &json!([failed]),
    );
    page.shown("error-card");
    assert_eq!(page.attributes("error-card", "data-code"), ["module-unhealthy"]);
    let why = ["llama.cpp 0.6.0 did not become healthy", CHAT_MODEL, "it ended with status 3"];
    let shown = page.text("error-card");
    assert!(why.iter().all(|words| shown.contains(words)) && shown.contains("this engine"), "{shown}");
    open(&page, "audit");
    page.shown("audit-failure");
    let shown = page.text("audit-failure");
    assert!(why.iter().all(|words| shown.contains(words)) && shown.contains("this engine"), "{shown}");
    page.click("audit-verify");
    page.shown("audit-whole");
}
