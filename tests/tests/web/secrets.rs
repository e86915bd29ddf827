//! Secrets on the page: a value goes in and is never seen again.

use las_tests::{Browser, LET_IN, SessionKeyring, Workstation};
use serde_json::json;

const ORIGIN: &str = "https://hub.example";

/// Everything that the page holds: its text, its attributes, and what stands in its fields and stores.
const HELD: &str = r"
    const fields = [...document.querySelectorAll('input, textarea, select')].map((field) => field.value);
    return [document.documentElement.outerHTML, document.title, location.href, JSON.stringify(fields),
        JSON.stringify(localStorage), JSON.stringify(sessionStorage)].join('\n');";

fn held(page: &Browser) -> String {
    page.script(HELD, &json!([])).as_str().unwrap().to_owned()
}

fn rows(page: &Browser, wanted: &[String]) {
    page.wait(&format!("{wanted:?}"), |page| {
        let shown: Vec<String> = page
            .texts("secret-row")
            .iter()
            .map(|row| row.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        (shown == wanted).then_some(())
    });
}

pub(crate) fn is_kept_and_removed(size: (u32, u32)) {
    let (machine, _keyring) = SessionKeyring::given(Workstation::new());
    let core = machine.serve();
    let page = Browser::chromium(&machine, core.page(), size);
    page.click("nav-settings");
    page.shown("secret-store");
    assert_eq!(page.texts("secret-row"), [""; 0]);
    // Nothing can be kept without a name, an address and a value.
    assert_eq!(
        page.script("return document.querySelector('[data-testid=secret-set]').disabled", &json!([])),
        true
    );
    page.write("secret-name", "hub");
    page.write("secret-origin", "https://hub.example/models");
    page.write("secret-value", LET_IN);
    assert!(held(&page).contains(LET_IN), "where it is typed it is found");
    assert_eq!(page.attributes("secret-value", "type"), ["password"]);
    page.click("secret-set");
    let row = [format!("hub {ORIGIN} Remove")];
    rows(&page, &row);
    assert!(!held(&page).contains(LET_IN), "it is still on the page");
    page.picture("secrets");

    // Nor after the page is opened anew, nor in what the core answers.
    page.reload();
    page.click("nav-settings");
    rows(&page, &row);
    assert!(!held(&page).contains(LET_IN));
    let told = core.client().get("/v1/secrets").ok();
    assert_eq!(told["secrets"][0]["origin"], ORIGIN);
    assert!(!told.to_string().contains(LET_IN), "{told}");

    // What is refused says why.
    page.write("secret-name", "plain");
    page.write("secret-origin", "http://hub.example");
    page.write("secret-value", LET_IN);
    page.click("secret-set");
    page.wait("why it is refused", |page| {
        page.attributes("error-card", "data-code").contains(&"secret-invalid".to_owned()).then_some(())
    });
    assert!(!held(&page).contains(LET_IN), "also what was refused is not held");

    page.click("secret-remove");
    rows(&page, &[]);
    assert_eq!(core.client().get("/v1/secrets").ok()["secrets"], json!([]));
}
