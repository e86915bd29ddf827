//! One file from an address, and what removing a model really frees, on the page.

use las_tests::{Browser, Hub, Workstation, hub_repository, models};
use las_types::Digest;
use serde_json::json;

pub(crate) fn from_an_address_and_gone_again(size: (u32, u32)) {
    let folder = tempfile::tempdir().unwrap();
    let bytes = models::small(3);
    hub_repository(folder.path(), "o/m", &json!({}), &[("m.gguf", &bytes)]);
    let hub = Hub::start(folder.path());
    let machine = Workstation::new();
    let text =
        "[models]\nhugging_face = \"off\"\nmodel_scope = \"off\"\nfile_hosts = \"127.0.0.1,127.0.0.2\"\n";
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(machine.home().join("config.toml"), text).unwrap();
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    page.shown("nav-models");
    page.click("nav-models");
    page.write("address-url", &format!("{}/o/m/resolve/main/m.gguf", hub.endpoint()));
    page.click("address-plan");
    page.shown("error-card");
    assert_eq!(page.attributes("error-card", "data-code"), ["model-digest-missing"]);
    page.click("plan-close");
    page.write("address-digest", &Digest::of(&bytes).hex());
    page.click("address-plan");
    page.shown("plan-file");
    let told = page.text("plan-sheet");
    for part in ["m.gguf", "127.0.0.1, 127.0.0.2", "names no licence", &Digest::of(&bytes).hex()[..12]] {
        assert!(told.contains(part), "{part}: {told}");
    }
    page.picture("address-plan");
    page.click("run-plan");
    page.shown("plan-done");
    page.click("plan-done");
    let kept = machine.outside("other.gguf");
    std::fs::write(&kept, &bytes).unwrap();
    machine.las(&["model", "import", kept.to_str().unwrap(), "--copy", "--name", "other", "--yes"]).ok();
    page.wait("both models", |page| {
        (page.attributes("model-row", "data-name") == ["m", "other"]).then_some(())
    });
    page.click("model-row");
    page.click("model-remove");
    page.shown("plan-note");
    let told = page.texts("plan-note").concat();
    assert!(told.contains("nothing is freed for it: other has them as well"), "{told}");
    page.picture("remove-shared");
    // The browser itself tells of the plan that was refused, and of nothing else.
    let told = page.console_errors();
    assert!(told.len() == 1 && told[0].contains("/v1/plans") && told[0].contains("400"), "{told:?}");
}
