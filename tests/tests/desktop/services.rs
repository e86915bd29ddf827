//! A service in the tray, in the window and on the command line: one state, one set of words.

use las_i18n::Words;
use las_tests::{Browser, Icon, Panel, REDIS, Redis, Seat, until};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use std::net::TcpListener;

/// What the command line, the tray and the window are asked.
struct Scene<'a> {
    redis: &'a Redis,
    icon: Icon<'a>,
    window: Browser,
    words: Words,
}

impl Scene<'_> {
    fn word(&self, key: &str) -> String {
        self.words.text(key, &[])
    }

    fn state(&self, state: &str) -> String {
        self.word(&format!("service-state-{state}"))
    }

    /// The lines of services in the tray's menu, each with its check.
    fn entries(&self) -> Vec<(String, bool)> {
        let lines = self.icon.lines().into_iter();
        lines.filter_map(|line| Some((line.label, line.checked?))).collect()
    }

    fn entry(&self, state: &str) -> String {
        self.words.text("tray-service", &[("name", "redis"), ("state", &self.state(state))])
    }

    /// Waits until the command line says that the service is in this state, and then until the tray does, which hears of it:
    /// what the tray still shows of before is not taken for what is now.
    fn is(&self, state: &str, runs: bool) {
        let word = self.state(state);
        until(&format!("{word:?} on the command line"), || {
            let said = self.redis.machine.las(&["service", "list"]).ok().stdout;
            said.lines().any(|line| line.contains("redis") && line.contains(&word)).then_some(())
        });
        let wanted = [(self.entry(state), runs)];
        until(&format!("{wanted:?} in the tray, last {:?}", self.entries()), || {
            (self.entries() == wanted).then_some(())
        });
        let health = self.redis.machine.las(&["service", "health", "redis"]).ok().stdout;
        assert!(health.contains(&self.state(state)), "{health}");
    }

    /// Waits until an element of the page has this text.
    fn shows(&self, name: &str, text: &str) {
        self.window.wait(&format!("{text:?} in {name}"), |window| {
            window.texts(name).iter().any(|shown| shown.contains(text)).then_some(())
        });
    }

    fn tab(&self, tab: &str) {
        self.window.click(&format!("[data-tab=\"{tab}\"]"));
    }
}

/// Takes the page's own switch until the language is this one.
fn speak(window: &Browser, language: &str) {
    while window.script("return document.documentElement.lang", &json!([])) != *language {
        window.click("switch-language");
    }
}

pub(crate) fn has_one_set_of_words(language: &str) {
    let redis = Redis::new();
    redis.offer_as("cache", "1.0.0", REDIS);
    redis.machine.las(&["config", "set", "language", language, "--yes"]).ok();
    let seat = Seat::new(&redis.machine);
    let panel = Panel::new(seat.bus());
    let window = Browser::window(&redis.machine, &seat);
    let scene = Scene { redis: &redis, icon: panel.icon(), window, words: Words::for_user(Some(language)) };
    let Scene { window, icon, .. } = &scene;
    speak(window, language);
    assert_eq!(scene.entries(), []);

    // Installed on the command line: it comes into the tray and into the window.
    redis.machine.las(&["module", "install", "redis", "--yes"]).ok();
    scene.is("stopped", false);
    window.click("nav-services");
    scene.shows("service-row", &scene.state("stopped"));
    window.click("service-open");
    scene.shows("service-state", &scene.state("stopped"));

    // Started in the tray: ready everywhere.
    icon.click(&scene.entry("stopped"));
    scene.is("ready", true);
    scene.shows("service-state", &scene.state("ready"));
    scene.shows("service-address", &format!("127.0.0.1:{}", redis.port));
    window.wait("what it takes", |window| {
        let shown = window.texts("service-memory").pop()?;
        (shown.contains("MB") || shown.contains("KB")).then_some(())
    });

    window.picture(&format!("desktop-service-{language}"));

    // Another one has its own line, in the order of the command line, for as long as it is there.
    redis.machine.las(&["module", "install", "cache", "--yes"]).ok();
    let cache = scene.words.text("tray-service", &[("name", "cache"), ("state", &scene.state("stopped"))]);
    let both = [(cache, false), (scene.entry("ready"), true)];
    until("two lines", || (scene.entries() == both).then_some(()));
    redis.machine.las(&["module", "remove", "cache", "--yes"]).ok();
    scene.is("ready", true);

    // What it says comes while it is looked at.
    scene.tab("log");
    scene.shows("service-log-line", "Ready to accept connections");
    assert!(!window.texts("service-log-line").iter().any(|line| line.contains("append only file rewriting")));
    assert!(redis.ask("BGREWRITEAOF").unwrap().starts_with('+'));
    scene.shows("service-log-line", "append only file rewriting");

    window.picture(&format!("desktop-service-log-{language}"));

    // Killed from outside: its history tells it, on the page as on the command line.
    let pid = i32::try_from(redis.service()["pid"].as_u64().unwrap()).unwrap();
    kill_process(Pid::from_raw(pid).unwrap(), Signal::KILL).unwrap();
    until("started again", || (redis.service()["restarts"] == 1).then_some(()));
    scene.is("ready", true);
    scene.tab("history");
    let health = redis.machine.las(&["service", "health", "redis"]).ok().stdout;
    for word in [scene.state("restarting"), scene.word("cause-service-ended")] {
        assert!(health.contains(&word), "{word}: {health}");
        scene.shows("[data-testid=\"service-moment\"][data-state=\"restarting\"]", &word);
    }
    window.click("service-last-lines-open");
    scene.shows("service-last-lines", "Ready to accept connections");
    window.picture(&format!("desktop-service-history-{language}"));

    // How it is, by the same names.
    scene.tab("health");
    for word in ["health-probe", "probe-passed", "health-restarts", "health-processes", "health-memory"] {
        let word = scene.word(word);
        assert!(health.contains(&word), "{word}: {health}");
        scene.shows("service-facts", &word);
    }
    scene.shows("service-restarts", "1");

    // Stopped in the tray.
    icon.click(&scene.entry("ready"));
    scene.is("stopped", false);
    scene.shows("service-state", &scene.state("stopped"));
    assert_eq!(redis.ask("PING"), None);

    // What can't be done is told where it is seen, wherever the window was.
    let _taken = TcpListener::bind(("127.0.0.1", redis.port)).unwrap();
    window.click("nav-home");
    icon.click(&scene.entry("stopped"));
    window.shown("page-service");
    window.wait("why it was not started", |window| {
        (window.attributes("error-card", "data-code") == ["port-taken"]).then_some(())
    });
    let refused = redis.machine.las(&["service", "start", "redis"]);
    let said = window.text("error-card");
    let what = said.lines().next().unwrap().to_owned();
    assert!(format!("{refused}").contains(&what), "{what}: {refused}");

    // Removed: nothing is left of it in the tray.
    redis.machine.las(&["module", "remove", "redis", "--yes"]).ok();
    until("no line of a service", || scene.entries().is_empty().then_some(()));
}
