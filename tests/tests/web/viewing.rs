//! Views of models on the page: laid out by a plan that was seen, shown, and taken away.

use las_tests::{Browser, CHAT_MODEL, Workstation};

pub(crate) fn is_made_shown_and_taken_away(size: (u32, u32)) {
    let machine = Workstation::installed();
    let folder = machine.outside("laid");
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    page.shown("nav-models");
    page.click("nav-models");
    page.shown("views-none");
    page.write("view-folder", folder.to_str().unwrap());
    page.click("view-add");
    page.shown("plan-note");
    let notes = page.texts("plan-note").concat();
    assert!(notes.contains(folder.to_str().unwrap()) && notes.contains("by hard link"), "{notes}");
    assert!(!folder.exists());
    page.click("run-plan");
    page.shown("plan-done");
    assert_eq!(page.attributes("operation-progress", "data-state"), ["succeeded"]);
    page.click("plan-done");
    page.wait("the view in the list", |page| {
        (page.attributes("view", "data-state") == ["whole"]).then_some(())
    });
    assert!(page.text("view").contains(CHAT_MODEL));
    assert!(folder.join(CHAT_MODEL).is_dir());
    page.click("view-remove");
    page.click("run-plan");
    page.shown("plan-done");
    page.click("plan-done");
    page.shown("views-none");
    assert!(!folder.exists());
    assert_eq!(page.console_errors(), [""; 0]);
}
