//! An override on the page: from the form through its plan to the list, and back.

use crate::page;
use las_tests::{Browser, Workstation};

const REASON: &str = "measured on this machine";

/// Runs the plan that is shown, and closes it.
fn run_plan(page: &Browser) {
    page.shown("run-plan");
    page.click("run-plan");
    page.shown("plan-done");
    assert_eq!(page.attributes("operation-progress", "data-state"), ["succeeded"]);
    page.click("plan-done");
}

fn in_force(page: &Browser, wanted: &[&str]) {
    page.wait("the list of overrides", |page| {
        (page.attributes("override-row", "data-in-force") == wanted).then_some(())
    });
}

pub(crate) fn is_set_and_taken_back(size: (u32, u32)) {
    let machine = Workstation::new();
    machine.las(&["module", "install", las_tests::ENGINE, "--yes"]).ok();
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    page.shown("nav-machine");
    page.click("nav-machine");
    page.shown("override-plan");
    in_force(&page, &[]);

    // What is in no table can be asked for.
    page.write("ask-capability", "model-size:900B");
    page.click("ask");
    page.shown("asked");
    assert!(page.text("asked").contains("model-size:900B"));

    for (field, text) in
        [("override-capability", "model-size"), ("override-value", "77B"), ("override-reason", REASON)]
    {
        page.write(field, text);
    }
    page.click("override-plan");
    page.shown("plan-note");
    run_plan(&page);
    in_force(&page, &["true"]);
    assert!(page.text("override-row").contains(REASON));
    page.wait("the verdict with the override", |page| {
        let all = page.script(
            "return [...document.querySelectorAll('[data-testid=\"verdict\"]')].map((one) => one.textContent).join()",
            &serde_json::json!([]),
        );
        all.as_str().is_some_and(|text| text.contains("77B") && text.contains(REASON)).then_some(())
    });

    page.click("override-revert");
    run_plan(&page);
    in_force(&page, &["false"]);

    // A desired state that is pasted in says the same, and the plan says what it does to them.
    page.click("nav-history");
    page.shown("page-history");
    super::history::open(&page, "generations");
    page.shown("apply-file");
    page.script("document.querySelector('[data-testid=\"apply-file\"]').open = true", &serde_json::json!([]));
    let engine = las_tests::ENGINE;
    page.write(
        "desired-text",
        &format!(
            "{{ modules: [{engine}], overrides: [{{ capability: parallel, value: 3, reason: pasted }}] }}"
        ),
    );
    page.click("desired-plan");
    page.shown("run-plan");
    let note = page.text("plan-note");
    assert!(note.contains("parallel") && note.contains("pasted"), "{note}");
    run_plan(&page);
    page.click("nav-machine");
    in_force(&page, &["true", "false"]);
    assert_eq!(page.console_errors(), [""; 0]);
    let list = machine.json(&["override", "list"]).ok().json();
    assert_eq!(list[0]["actor"], "api", "{list:#}");
    page::no_inline_script_runs(&page);
}
