//! The history's tabs.

use las_tests::{Browser, CHAT_MODEL, Workstation};
use serde_json::json;

fn open(page: &Browser, tab: &str) {
    page.script("document.querySelector(`[data-tab=\"${arguments[0]}\"]`).click()", &json!([tab]));
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
    assert_eq!(page.attributes("audit-line", "data-sequence"), ["2", "1"]);
    page.click("audit-verify");
    page.shown("audit-whole");
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
