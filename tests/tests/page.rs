//! The way through the page, the same in the window and in a browser.

use las_tests::{Browser, CHAT_MODEL, ENGINE};
use serde_json::{Value, json};

const QUESTION: &str = "What is the capital of Japan?";
const ANSWER: &str = "Tokyo";
/// The page has no setting for the temperature: a model may now and then say something else.
const TRIES: u32 = 3;

/// Keeps every state that matching elements are in or text that they show, also those too short to be looked at.
const WATCH: &str = r"
    const [name, selector, attribute] = arguments;
    const seen = (window[name] = []);
    new MutationObserver(() => {
        for (const element of [...document.querySelectorAll(selector)].slice(-1)) {
            const value = attribute ? element.getAttribute(attribute) : element.innerText;
            if (seen.at(-1) !== value) seen.push(value);
        }
    }).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });";

fn watch(page: &Browser, name: &str, selector: &str, attribute: Option<&str>) {
    page.script(WATCH, &json!([name, selector, attribute]));
}

fn watched(page: &Browser, name: &str) -> Vec<String> {
    let seen = page.script("return window[arguments[0]]", &json!([name]));
    seen.as_array().unwrap().iter().map(|value| value.as_str().unwrap_or_default().to_owned()).collect()
}

/// From the first run to the chat. `picture` is kept when the plan was not opened yet.
pub(crate) fn set_up(page: &Browser, picture: &str) {
    page.shown("first-run");
    let machine = page.text("machine");
    assert!(machine.contains("GB") || machine.contains("GiB"), "the machine's memory: {machine}");
    let tier = page.text("tier");
    assert!(["1", "2", "3"].iter().any(|number| tier.contains(number)), "{tier}");
    assert!(page.text("tier-reason").len() > 10, "{:?}", page.texts("tier-reason"));
    page.picture(picture);

    page.click("see-plan");
    let steps =
        page.wait("the plan's steps", |page| Some(page.texts("plan-step")).filter(|steps| !steps.is_empty()));
    for wanted in [ENGINE, CHAT_MODEL] {
        assert!(steps.iter().any(|step| step.contains(wanted)), "{wanted} in {steps:?}");
    }
    assert!(page.texts("operation-progress").is_empty(), "nothing has begun");
    watch(page, "states", r#"[data-testid="operation-progress"]"#, Some("data-state"));
    watch(page, "bars", r#"[data-testid="operation-progress"] [role="progressbar"]"#, Some("aria-valuenow"));
    page.click("run-plan");
    page.wait("the plan's success", |page| {
        assert!(page.texts("error-card").is_empty(), "{:?}", page.texts("error-card"));
        page.attributes("operation-progress", "data-state").contains(&"succeeded".to_owned()).then_some(())
    });
    let states = watched(page, "states");
    assert!(states.iter().any(|state| state == "running"), "progress was to be seen: {states:?}");
    let bars = watched(page, "bars");
    assert!(bars.len() >= 2, "the bar moved: {bars:?}");
    assert!(page.attributes("plan-step", "data-state").iter().all(|state| state == "done"));
    page.click("plan-done");
    page.shown("page-chat");
    assert!(page.text("demo-notice").len() > 10);
}

/// Asks in the chat until the answer is right; `picture` is kept of it.
pub(crate) fn ask(page: &Browser, picture: &str) {
    let mut answers = Vec::new();
    while !answers.last().is_some_and(|answer: &String| answer.contains(ANSWER)) {
        assert!(answers.len() < TRIES as usize, "{answers:?}");
        let before = page.texts("chat-answer").len();
        watch(page, "pieces", r#"[data-testid="chat-answer"]"#, None);
        page.write("chat-input", QUESTION);
        page.click("chat-send");
        page.wait("the end of the answer", |page| {
            assert!(page.texts("error-card").is_empty(), "{:?}", page.texts("error-card"));
            let ended =
                page.attributes("chat-answer", "aria-busy").last().is_some_and(|busy| busy == "false");
            (ended && page.texts("chat-answer").len() > before && page.texts("chat-rate").len() > before)
                .then_some(())
        });
        answers.push(page.texts("chat-answer").pop().unwrap());
    }
    let pieces = watched(page, "pieces");
    assert!(pieces.len() >= 2, "the answer came in pieces: {pieces:?}");
    let rate = page.texts("chat-rate").pop().unwrap();
    assert!(rate.contains("tokens/s") && rate.starts_with(|first: char| first.is_ascii_digit()), "{rate}");
    page.picture(picture);
}

/// An inline script that was smuggled in does not run.
pub(crate) fn no_inline_script_runs(page: &Browser) {
    let inject = r"
        const done = arguments[arguments.length - 1];
        const script = document.createElement('script');
        document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), { once: true });
        script.textContent = 'window.smuggled = 1';
        document.head.append(script);
        if (window.smuggled) done('it ran');";
    assert_eq!(page.later(inject, &json!([])), "script-src-elem");
    assert_eq!(page.script("return window.smuggled ?? null", &json!([])), Value::Null);
}
