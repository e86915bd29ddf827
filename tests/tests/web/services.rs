//! The page of a service in a browser: how it is, what it takes, what it says, what happened to it.

use las_i18n::Words;
use las_tests::{Browser, REDIS, Redis};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use std::net::TcpListener;

fn shows(page: &Browser, name: &str, text: &str) {
    page.wait(&format!("{text:?} in {name}"), |page| {
        page.texts(name).iter().any(|shown| shown.contains(text)).then_some(())
    });
}

fn tab(page: &Browser, tab: &str) {
    page.click(&format!("[data-tab=\"{tab}\"]"));
}

/// Nothing is wider than the screen, and no part of the page sticks out of it; what scrolls by itself may hold more.
fn fits(page: &Browser, place: &str) {
    let script = "const main = document.getElementById('main'); \
        const edge = main.getBoundingClientRect().right - 8; \
        const out = [...main.querySelectorAll('.page *')].filter((one) => !one.closest('.hidden-words, [role=log], pre') \
            && one.getBoundingClientRect().right > edge).map((one) => one.outerHTML.slice(0, 200)); \
        return [document.documentElement.scrollWidth > innerWidth, ...out]";
    assert_eq!(page.script(script, &json!([])), json!([false]), "{place}");
}

fn lines(page: &Browser) -> Vec<String> {
    page.texts("service-log-line")
}

pub(crate) fn has_a_page(size: (u32, u32)) {
    let redis = Redis::new();
    redis.offer(
        "1.0.0",
        &REDIS.replace("memory: 64MB }", "memory: 64MB, limits: { memory: 512MB, files: 512 } }"),
    );
    let core = redis.serve();
    let page = Browser::chromium(&redis.machine, core.page(), size);
    let words = Words::for_user(Some("en"));
    let state = |state: &str| words.text(&format!("service-state-{state}"), &[]);

    // Nothing yet, and nothing of that name.
    page.click("nav-services");
    page.text("page-services");
    assert!(page.texts("service-row").is_empty());
    page.script("location.hash = '/services/%'", &json!([]));
    page.shown("page-service");
    page.script("location.hash = '/services/nothing'", &json!([]));
    page.wait("that there is no such service", |page| {
        (page.attributes("error-card", "data-code") == ["service-not-found"]).then_some(())
    });

    redis.machine.las(&["module", "install", "redis", "--yes"]).ok();
    page.click("nav-services");
    page.click("service-open");
    shows(&page, "service-state", &state("stopped"));
    assert!(page.attributes("chart", "aria-label").is_empty(), "nothing is drawn where nothing was measured");
    page.click("service-start");
    shows(&page, "service-state", &state("ready"));
    shows(&page, "service-address", &format!("127.0.0.1:{}", redis.port));
    // What it takes is measured, drawn and said in words.
    page.wait("two charts", |page| (page.attributes("chart", "aria-label").len() == 2).then_some(()));
    page.wait("its share of a processor", |page| {
        page.texts("service-cpu").pop()?.contains('%').then_some(())
    });
    assert!(page.attributes("chart", "aria-label").iter().all(|text| text.len() > 20));
    fits(&page, "overview");

    // Its log, live; searched, narrowed, stopped, and gone on with.
    tab(&page, "log");
    shows(&page, "service-log-line", "Ready to accept connections");
    fits(&page, "log");
    page.write("service-log-filter", "Ready to accept");
    page.wait("only what was searched for", |page| {
        (!lines(page).is_empty() && lines(page).iter().all(|line| line.contains("Ready to accept")))
            .then_some(())
    });
    assert!(page.script("return document.querySelectorAll('mark').length", &json!([])).as_u64() > Some(0));
    let clear = "const field = document.querySelector('[data-testid=\"service-log-filter\"]'); \
        field.value = ''; field.dispatchEvent(new Event('input', { bubbles: true }))";
    page.script(clear, &json!([]));
    page.wait("every line", |page| (lines(page).len() > 3).then_some(()));
    let choose = "const one = document.querySelector('[data-testid=\"service-log-stream\"]'); \
        one.value = arguments[0]; one.dispatchEvent(new Event('change', { bubbles: true }))";
    page.script(choose, &json!(["err"]));
    page.wait("no line on the other stream", |page| lines(page).is_empty().then_some(()));
    page.script(choose, &json!(["all"]));
    page.wait("every line", |page| (lines(page).len() > 3).then_some(()));
    page.click("service-log-pause");
    let before = lines(&page).len();
    let waiting = page.text("service-log-pause");
    assert!(redis.ask("BGREWRITEAOF").unwrap().starts_with('+'));
    page.wait("that lines wait", |page| (page.text("service-log-pause") != waiting).then_some(()));
    assert_eq!(lines(&page).len(), before);
    page.click("service-log-pause");
    shows(&page, "service-log-line", "append only file rewriting");

    // Its limits, and how well they are held, in the words of the command line.
    tab(&page, "health");
    let health = redis.machine.las(&["service", "health", "redis"]).ok().stdout;
    let limits = page.text("service-limits");
    for word in
        [words.text("limit-memory", &[("size", "512 MB")]), words.text("limit-files", &[("count", "512")])]
    {
        assert!(limits.contains(&word) && health.contains(&word), "{word}: {limits}: {health}");
    }
    let level = redis.service()["limits"].as_str().unwrap().to_owned();
    let level = words.text(&format!("limit-level-{level}"), &[]);
    assert!(limits.contains(&level) && health.contains(&level), "{level}: {limits}: {health}");
    fits(&page, "health");

    // What happened to it: what was asked for, and what it did by itself, with its last lines.
    let pid = i32::try_from(redis.service()["pid"].as_u64().unwrap()).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    tab(&page, "history");
    shows(&page, "service-moment", &words.text("cause-service-ended", &[]));
    shows(&page, "service-asked", &words.text("intent-service_start", &[("what", "redis")]));
    page.click("service-last-lines-open");
    shows(&page, "service-last-lines", "Ready to accept connections");
    fits(&page, "history");

    shows(&page, "service-state", &state("ready"));
    page.click("service-restart");
    page.wait("another process", |_| {
        let now = redis.service();
        (now["state"] == "ready" && now["restarts"] == 0).then_some(())
    });
    page.click("service-stop");
    shows(&page, "service-state", &state("stopped"));
    assert_eq!(redis.service()["pid"], Value::Null);
    // There is no model to be set up first among these modules.
    let errors = page.console_errors();
    assert!(errors.iter().all(|error| error.contains("/v1/setup")), "{errors:?}");
    drop(core);
}

pub(crate) fn says_why_it_is_given_up(size: (u32, u32)) {
    let redis = Redis::new();
    redis.offer("1.0.0", &REDIS.replace("'--appendonly'", "'--no-such-option', 'x', '--appendonly'"));
    let core = redis.serve();
    let page = Browser::chromium(&redis.machine, core.page(), size);
    redis.machine.las(&["module", "install", "redis", "--yes"]).ok();
    page.click("nav-services");
    page.click("service-start");
    let told = |page: &Browser| {
        (page.attributes("error-card", "data-code") == ["program-start-failed"]).then_some(())
    };
    // It moves what lies below it: a click at that moment meets something else.
    page.wait("why what was asked for failed", told);
    page.click("service-open");
    page.shown("service-failure");
    let words = Words::for_user(Some("en"));
    let said = page.text("service-failure");
    assert!(said.contains(&words.text("cause-program-start-failed", &[])), "{said}");
    assert!(page.text("service-failure-lines").contains("no-such-option"), "{said}");
    page.wait("why what was asked for failed", told);
    fits(&page, "a failure");
    drop(core);
}

pub(crate) fn shows_what_else_it_stops(size: (u32, u32)) {
    let redis = Redis::new();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    redis.offer_as("notes", "1.0.0", &REDIS.replace("PORT", &port.to_string()));
    let manifest = redis.catalogue.manifest("notes", "1.0.0");
    let text = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, text + "dependencies: { modules: ['redis'] }\n").unwrap();
    let core = redis.serve();
    let page = Browser::chromium(&redis.machine, core.page(), size);
    redis.machine.las(&["module", "install", "notes", "--yes"]).ok();
    redis.machine.las(&["service", "start", "notes"]).ok();
    page.click("nav-services");
    page.click("[data-name=\"redis\"] [data-testid=\"service-stop\"]");
    // The other one was not named: it is shown before anything happens.
    let steps = page.wait("the plan", |page| Some(page.texts("plan-step")).filter(|steps| steps.len() == 2));
    assert!(steps[0].contains("notes") && steps[1].contains("redis"), "{steps:?}");
    assert_eq!(redis.service()["state"], "ready");
    page.click("run-plan");
    page.click("plan-done");
    page.wait("that both have stopped", |page| {
        (page.attributes("service-row", "data-state") == ["stopped", "stopped"]).then_some(())
    });
    drop(core);
}
