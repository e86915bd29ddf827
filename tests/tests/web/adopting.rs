//! Models of other tools on the page: found, and adopted by a plan that was seen.

use las_tests::{Browser, Workstation, ollama_model, shipped_chat_model};
use las_types::Digest;
use std::os::unix::fs::MetadataExt as _;

pub(crate) fn by_a_plan_that_was_seen(size: (u32, u32)) {
    let machine = Workstation::new();
    machine.las(&["module", "install", las_tests::ENGINE, "--yes"]).ok();
    let bytes = std::fs::read(shipped_chat_model()).unwrap();
    let digest = Digest::of(&bytes).to_string();
    let blob = ollama_model(&machine.outside(".ollama/models"), "tiny", "2m", &digest, &bytes);
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    page.shown("nav-models");
    page.click("nav-models");
    page.click("scan-look");
    let found = page.text("scan-model");
    assert!(found.contains("tiny:2m") && found.contains("Ollama"), "{found}");
    page.click("scan-adopt");
    assert!(page.text("plan-note").contains("tiny-2m"));
    page.click("run-plan");
    page.shown("plan-done");
    assert_eq!(page.attributes("operation-progress", "data-state"), ["succeeded"]);
    page.click("plan-done");
    page.wait("the model in the list", |page| {
        (page.attributes("model-row", "data-name") == ["tiny-2m"]).then_some(())
    });
    // What was found knows it, too.
    page.wait("what was found as adopted", |page| {
        page.texts("scan-model").concat().contains("here as tiny-2m").then_some(())
    });
    assert_eq!(page.texts("scan-adopt"), [""; 0]);
    assert_eq!(blob.metadata().unwrap().nlink(), 2);
    assert_eq!(page.console_errors(), [""; 0]);
}
