//! What runs, in the tray and on the command line: how far it is, how fast and how long yet; paused, let go on, cancelled; why it failed.

use las_i18n::Words;
use las_tests::{BIG, Begun, Browser, Fault, Hub, Icon, Panel, Seat, Workstation, hub_big, until};
use serde_json::Value;

struct Scene<'a> {
    machine: &'a Workstation,
    icon: Icon<'a>,
    words: Words,
    /// How the line of the pull begins.
    beginning: String,
}

impl Scene<'_> {
    fn word(&self, key: &str) -> String {
        self.words.text(key, &[])
    }

    /// Begins to pull the model.
    fn pull(&self) -> Begun {
        Begun::start(self.machine.las_command(&["model", "pull", BIG, "--yes", "--json"]))
    }

    /// The newest operation, on the command line.
    fn operation(&self) -> Value {
        let listed = self.machine.json(&["operation", "list"]).ok().json();
        let all = listed.as_array().unwrap().iter();
        all.max_by_key(|one| one["started_at"].as_str().unwrap().to_owned()).unwrap().clone()
    }

    fn state(&self) -> String {
        self.operation()["state"].as_str().unwrap().to_owned()
    }

    /// How far the pull is, as the tray says it, part by part.
    fn parts(&self) -> Option<Vec<String>> {
        let lines = self.icon.lines().into_iter();
        let line = lines.map(|line| line.label).find(|label| label.starts_with(&self.beginning))?;
        Some(line[self.beginning.len()..].split(" · ").map(str::to_owned).collect())
    }

    fn until_parts(&self, what: &str, wanted: impl Fn(&[String]) -> bool) -> Vec<String> {
        until(&format!("{what} in the tray, last {:?}", self.parts()), || {
            self.parts().filter(|parts| wanted(parts))
        })
    }

    fn until_gone(&self) {
        until(&format!("no line of it, last {:?}", self.parts()), || self.parts().is_none().then_some(()));
    }

    /// What stands for an argument in a text of `locales/`, if this is that text.
    fn argument(&self, key: &str, name: &str, text: &str) -> Option<String> {
        let (before, behind) = self.words.text(key, &[(name, "|")]).split_once('|').map(own).unwrap();
        Some(text.strip_prefix(&*before)?.strip_suffix(&*behind)?.to_owned())
    }
}

fn own((before, behind): (&str, &str)) -> (String, String) {
    (before.to_owned(), behind.to_owned())
}

fn is_clock(text: &str) -> bool {
    text.contains(':') && text.chars().all(|sign| sign.is_ascii_digit() || sign == ':')
}

pub(crate) fn are_in_the_tray(language: &str) {
    let folder = tempfile::tempdir().unwrap();
    hub_big(folder.path());
    let (hub, machine) = (Hub::start(folder.path()), Workstation::new());
    hub.serves(&machine);
    machine.las(&["config", "set", "language", language, "--yes"]).ok();
    // Whole, it would take a minute and a half: there is time to see it move.
    hub.faults([Fault::Slow(256 << 10, 500)]);
    let seat = Seat::new(&machine);
    let panel = Panel::new(seat.bus());
    let window = Browser::window(&machine, &seat);
    let words = Words::for_user(Some(language));
    let what = words.text("intent-model_pull", &[("what", BIG)]);
    let beginning = words.text("tray-operation", &[("what", &what), ("state", "")]);
    let scene = Scene { machine: &machine, icon: panel.icon(), words, beginning };
    assert_eq!(scene.parts(), None);

    // How far, how fast, how long yet.
    let pulled = scene.pull();
    let moving = scene.until_parts("four parts", |parts| parts.len() == 4);
    let told = |key, name, at: usize| scene.argument(key, name, &moving[at]);
    let percent = told("progress-percent", "percent", 0).unwrap();
    assert!(percent.parse::<u64>().unwrap() < 100, "{moving:?}");
    assert!(moving[1].contains("41.9 MB"), "{moving:?}");
    assert!(told("progress-speed", "speed", 2).unwrap().ends_with('B'), "{moving:?}");
    assert!(is_clock(&told("progress-left", "time", 3).unwrap()), "{moving:?}");

    // Paused: the same amounts as on the command line.
    let (pause, go_on) = (scene.word("operation-pause"), scene.word("operation-continue"));
    scene.icon.click_below(&scene.beginning, &pause);
    let paused = scene.word("operation-state-paused");
    let still = scene.until_parts(&paused, |parts| parts[0] == paused);
    assert_eq!(scene.state(), "paused");
    pulled.wait().status_is(1);
    let id = scene.operation()["id"].as_str().unwrap().to_owned();
    let shown = machine.las(&["operation", "show", &id]).ok();
    assert!(still.len() == 3 && shown.stdout.contains(&still[2]), "{still:?}: {shown}");
    assert!(shown.stdout.contains(&paused) && shown.stdout.contains(&what), "{shown}");

    // It goes on, and is cancelled.
    scene.icon.click_below(&scene.beginning, &go_on);
    scene.until_parts("that it goes on", |parts| parts[0] != paused);
    assert_eq!(scene.state(), "running");
    scene.icon.click_below(&scene.beginning, &scene.word("operation-cancel"));
    scene.until_gone();
    assert_eq!(scene.state(), "cancelled");

    // One that fails says so, and a click shows why.
    hub.faults([Fault::OtherContent]);
    scene.pull().wait().fails("checksum-mismatch", 9);
    let failed = scene.word("operation-state-failed");
    scene.until_parts(&failed, |parts| parts == [failed.clone()]);
    scene.icon.click(&format!("{}{failed}", scene.beginning));
    window.shown("page-history");
    window.wait("why it failed", |window| {
        (window.attributes("error-card", "data-code") == ["checksum-mismatch"]).then_some(())
    });
    // It was told.
    scene.until_gone();
    window.picture(&format!("desktop-operation-failed-{language}"));
}
