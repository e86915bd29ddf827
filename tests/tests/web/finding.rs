//! Models that are looked for on the page: by what they are for, format, licence, size and fit; as a list or as cards.

use las_tests::{Browser, Hub, Workstation, hub_repository, hub_sample, models};
use serde_json::json;
use std::path::Path;

const TAB: &str = "\u{e004}";
const ENTER: &str = "\u{e007}";
const FOCUSED: &str = "return document.activeElement.dataset.testid ?? null";

/// Chooses in a list.
fn choose(page: &Browser, list: &str, value: &str) {
    page.click(&format!("[data-testid=\"{list}\"] option[value=\"{value}\"]"));
}

/// Searches, and waits until just these models are shown.
fn finds(page: &Browser, wanted: &[&str]) {
    page.click("hub-search");
    page.wait(&format!("{wanted:?}"), |page| {
        let mut shown = page.attributes("hub-row", "data-id");
        shown.sort();
        (shown == wanted).then_some(())
    });
}

pub(crate) fn by_filters(size: (u32, u32)) {
    let folder = tempfile::tempdir().unwrap();
    hub_sample(folder.path());
    let about = json!({ "license": "cc0-1.0", "task": "text-classification" });
    for number in 1..=103 {
        hub_repository(
            folder.path(),
            &format!("long-org/Long-{number}"),
            &about,
            &[("a.gguf", &models::small(1))],
        );
    }
    let (hub, machine) = (Hub::start(folder.path()), Workstation::new());
    hub.serves(&machine);
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    page.click("nav-models");
    page.write("hub-words", "tiny");
    finds(&page, &["tiny-org/Tiny-GGUF", "tiny-org/Tiny-Safetensors"]);
    // What is found says what it is for, how often it was fetched, and under which licence.
    let row = "[data-testid=\"hub-row\"][data-id=\"tiny-org/Tiny-GGUF\"]";
    let told = page.text(row);
    for wanted in ["Text", "gguf", "500 downloads", "apache-2.0"] {
        assert!(told.contains(wanted), "{wanted}: {told}");
    }
    choose(&page, "hub-format", "safetensors");
    finds(&page, &["tiny-org/Tiny-Safetensors"]);
    choose(&page, "hub-format", "");
    page.write("hub-licence", "Apache-2.0");
    finds(&page, &["tiny-org/Tiny-GGUF"]);
    choose(&page, "hub-task", "feature-extraction");
    page.click("hub-search");
    page.shown("hub-none");

    // As cards, and back, by keys alone. What was found stays.
    choose(&page, "hub-task", "text-generation");
    finds(&page, &["tiny-org/Tiny-GGUF"]);
    for (at, next) in [
        ("hub-search", "hub-view-list"),
        ("hub-view-list", "hub-view-cards"),
        ("hub-view-cards", "hub-get"),
        ("hub-get", "hub-model"),
    ] {
        page.write(at, TAB);
        assert_eq!(page.script(FOCUSED, &json!([])), next, "behind {at}");
    }
    page.write("hub-view-cards", " ");
    assert_eq!(page.attributes("hub-found", "data-form"), ["cards"]);
    assert_eq!(page.attributes("hub-view-cards", "aria-pressed"), ["true"]);
    assert_eq!(page.attributes("hub-row", "data-id"), ["tiny-org/Tiny-GGUF"]);
    page.write("hub-model", ENTER);
    assert!(page.text("hub-files").contains("tiny.gguf"));
    page.click("[data-testid=\"fit\"] summary");
    page.shown("fit-verdict");
    page.picture("hub-card-open");
    page.click("hub-view-list");
    assert_eq!(page.attributes("hub-found", "data-form"), ["list"]);

    // What has an owner who must be asked says so, and there is a next page.
    page.reload();
    page.write("hub-words", "gated");
    finds(&page, &["gated-org/Gated-GGUF"]);
    assert!(!page.text("hub-gate").is_empty());
    page.reload();
    page.write("hub-words", "long");
    page.click("hub-search");
    page.wait("a page", |page| (page.attributes("hub-row", "data-id").len() == 100).then_some(()));
    page.click("hub-more");
    page.wait("the next one", |page| (page.attributes("hub-row", "data-id").len() == 103).then_some(()));
    assert_eq!(page.texts("hub-more"), [""; 0]);
    page.click("hub-view-cards");
    page.picture("hub-cards");
    assert_eq!(page.console_errors(), [""; 0]);
}

/// A folder with a small model and one of 3 GiB, which is a hole.
fn folder_of_models(folder: &Path) {
    hub_repository(folder, "sized-org/sized-small", &json!({}), &[("small-Q8_0.gguf", &models::small(1))]);
    let (header, length) = models::sparse(3 << 30);
    hub_repository(folder, "sized-org/sized-large", &json!({}), &[("large-Q8_0.gguf", &header)]);
    let large = folder.join("sized-org/sized-large/large-Q8_0.gguf");
    std::fs::File::options().write(true).open(large).unwrap().set_len(length).unwrap();
}

pub(crate) fn by_what_fits(size: (u32, u32)) {
    let machine = Workstation::new().with_profile("laptop-8gb-no-gpu");
    let folder = machine.outside("models");
    folder_of_models(&folder);
    let text = format!(
        "[models]\nhugging_face = \"off\"\nmodel_scope = \"off\"\ndirectory = \"{}\"\n",
        folder.display()
    );
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), text).unwrap();
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    page.click("nav-models");
    page.write("hub-words", "sized");
    finds(&page, &["sized-org/sized-large", "sized-org/sized-small"]);
    assert_eq!(page.texts("hub-model-licence"), ["no licence named"; 2]);
    choose(&page, "hub-size", "1000000000");
    finds(&page, &["sized-org/sized-small"]);

    page.reload();
    page.write("hub-words", &format!("qwen3{ENTER}"));
    page.shown("hub-offline");
    let fits = |page: &Browser| page.texts("hub-fit");
    let all = fits(&page);
    assert!(all.contains(&"fits".to_owned()) && all.contains(&"too large".to_owned()), "{all:?}");
    page.picture("hub-phone");
    page.click("hub-fits");
    page.click("hub-search");
    page.wait("only what fits", |page| {
        let some = fits(page);
        (!some.is_empty() && some.len() < all.len() && !some.contains(&"too large".to_owned())).then_some(())
    });
    page.click("hub-view-cards");
    page.picture("hub-phone-cards");
    let scrolls = "const main = document.getElementById('main'); return main.scrollWidth > main.clientWidth";
    assert_eq!(page.script(scrolls, &json!([])), false, "nothing is wider than the screen");
    assert_eq!(page.console_errors(), [""; 0]);
}
