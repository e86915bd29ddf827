//! The history's tabs.

use las_tests::{Browser, CHAT_MODEL, ENGINE, Workstation};
use serde_json::json;

fn open(page: &Browser, tab: &str) {
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
    assert_eq!(page.attributes("audit-line", "data-sequence"), ["2", "1"]);
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
