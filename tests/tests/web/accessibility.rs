//! What a checker of accessibility finds on every page, light and dark.

use las_tests::{Browser, CHAT_MODEL, Workstation, repository};
use serde_json::{Value, json};

const PAGES: [&str; 8] = ["home", "chat", "models", "modules", "services", "history", "machine", "settings"];

/// Ends when nothing moves any more: colours that are still changing would be judged.
const CHECK: &str = r"
    const done = arguments[arguments.length - 1];
    const still = document.getAnimations().map((one) => one.finished.catch(() => undefined));
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
    Promise.all(still)
        .then(() => axe.run(document, { runOnly: rules, resultTypes: ['violations'] }))
        .then((found) => done(found.violations
            .filter((one) => one.impact === 'serious' || one.impact === 'critical')
            .map((one) => one.id + ': ' + one.help + ': ' + one.nodes.map((node) => node.html + ' ' + node.failureSummary).join('; '))))
        .catch((error) => done([String(error)]));";

/// The checker's program, one of the page's packages for development.
pub(crate) fn checker() -> Option<String> {
    std::fs::read_to_string(repository().join("ui/node_modules/axe-core/axe.min.js")).ok()
}

fn findings(page: &Browser, place: &str) -> Vec<String> {
    let found = page.later(CHECK, &json!([]));
    found.as_array().unwrap().iter().map(|one| format!("{place}: {}", one.as_str().unwrap())).collect()
}

/// Uses the page's own switch until the theme is this one.
fn theme(page: &Browser, theme: &str) {
    while page.script("return document.documentElement.dataset.theme ?? null", &json!([])) != *theme {
        page.click("switch-theme");
    }
}

/// Waits until nothing on the page is being fetched any more.
fn loaded(page: &Browser) {
    page.wait("the page's content", |page| {
        let loading = page.script("return document.querySelector('main p.muted[role=status]')", &json!([]));
        (loading == Value::Null).then_some(())
    });
}

/// What is found while a model's row is open, and models were looked for, as a list and as cards.
fn models(page: &Browser) -> Vec<String> {
    page.click("nav-models");
    page.click("model-row");
    page.click("[data-testid=\"model-templates\"] summary");
    page.shown("model-template-text");
    page.click("import-open");
    page.click("hub-search");
    page.shown("hub-found");
    let mut found = findings(page, "models, opened, a list");
    page.click("hub-view-cards");
    found.extend(findings(page, "models as cards"));
    page.click("hub-view-list");
    found
}

pub(crate) fn nothing_serious(checker: &str, size: (u32, u32)) {
    let machine = Workstation::new();
    // What can be had is what comes along.
    std::fs::create_dir_all(machine.home()).unwrap();
    let sources = "[models]\nhugging_face = \"off\"\nmodel_scope = \"off\"\n";
    std::fs::write(machine.home().join("config.toml"), sources).unwrap();
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    let begin = format!("{checker}; return typeof axe.run");
    page.shown("first-run");
    assert_eq!(page.script(&begin, &json!([])), "function");
    // What the checker is there to find, so that finding nothing means something.
    page.script(
        "document.body.append(Object.assign(document.createElement('button'), { id: 'nameless' }))",
        &json!([]),
    );
    let planted = findings(&page, "planted");
    assert!(planted.iter().any(|one| one.contains("button-name")), "{planted:?}");
    page.script("document.getElementById('nameless').remove()", &json!([]));

    let mut found = Vec::new();
    for tone in ["light", "dark"] {
        theme(&page, tone);
        page.shown("see-plan");
        found.extend(findings(&page, &format!("first run, {tone}")));
        page.click("see-plan");
        page.shown("plan-step");
        found.extend(findings(&page, &format!("plan, {tone}")));
        page.click("cancel-plan");
    }
    machine.install();
    machine.las(&["run", CHAT_MODEL, "What is VRAM?"]).ok();
    for tone in ["light", "dark"] {
        theme(&page, tone);
        for name in PAGES {
            page.click(&format!("nav-{name}"));
            page.shown(&format!("page-{name}"));
            loaded(&page);
            found.extend(findings(&page, &format!("{name}, {tone}")));
            let bottom = "const main = document.getElementById('main'); const at = main.scrollTop; main.scrollTo(0, 1e6); return at";
            assert_eq!(page.script(bottom, &json!([])), 0, "{name} begins at its top");
        }
        found.extend(models(&page).into_iter().map(|one| format!("{tone}: {one}")));
        page.click("nav-services");
        page.click("service-open");
        for tab in ["overview", "log", "health", "history"] {
            page.click(&format!("[data-tab=\"{tab}\"]"));
            loaded(&page);
            found.extend(findings(&page, &format!("the {tab} of a service, {tone}")));
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}
