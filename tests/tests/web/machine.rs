//! The page of the machine.

use las_tests::{Browser, Workstation};
use serde_json::json;

/// The page of a machine that is this recorded one, and what its facts say.
fn facts(profile: &str, size: (u32, u32), judge: impl FnOnce(&Browser, &str)) {
    let machine = Workstation::new().with_profile(profile);
    machine.las(&["module", "install", las_tests::ENGINE, "--yes"]).ok();
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    page.shown("nav-machine");
    page.click("nav-machine");
    page.shown("machine");
    // The lower part shows itself once the verdicts are there.
    let all = page.wait("all that is known", |page| {
        let all =
            "return [...document.querySelectorAll('dl.facts dd')].map((one) => one.textContent).join(' | ')";
        let text = page.script(all, &json!([])).as_str().unwrap_or_default().to_owned();
        (!text.is_empty()).then_some(text)
    });
    judge(&page, &all);
    assert_eq!(page.console_errors(), [""; 0]);
}

/// Both are number 0, each of its own maker.
pub(crate) fn gpus_of_two_makers(size: (u32, u32)) {
    facts("hybrid-laptop-rtx-4070", size, |page, all| {
        let above = page.text("machine");
        for name in ["GeForce RTX 4070 Laptop GPU", "Iris Xe Graphics"] {
            assert!(above.contains(name) && all.contains(name), "{name} in {above} and {all}");
        }
    });
}

pub(crate) fn gpus_joined_by_nvlink(size: (u32, u32)) {
    facts("two-3090-nvlink", size, |_, all| {
        for peer in ["NVLink to 1", "NVLink to 0"] {
            assert!(all.contains(peer), "{peer} in {all}");
        }
    });
}
