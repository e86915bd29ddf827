use super::file::{edit, read, suggestion};
use super::{ConfigSources, Configuration};
use las_types::{
    ByteSize, Code, ConfigOrigin, ConfigStore, Event, OperationId, Reporter, StepContext, config_key,
};
use std::path::Path;
use std::sync::{Arc, Mutex};

fn nothing(_: &str) -> Option<String> {
    None
}

fn environment(name: &str) -> Option<String> {
    match name {
        "LAS_LOG" => Some("debug".to_owned()),
        "LAS_POLICY_SET" => Some("lab".to_owned()),
        _ => None,
    }
}

/// Places and arguments of everything that is wrong with a text.
fn problems(text: &str) -> Vec<(String, String, String, String)> {
    let (_, problems) = read(Path::new("c"), text);
    let of = |failure: &las_types::Failure| {
        assert_eq!(failure.code, Code::ConfigInvalid);
        let arg = |name: &str| failure.args[name].clone();
        (arg("where"), arg("problem"), arg("key"), arg("suggestion"))
    };
    problems.iter().map(of).collect()
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_what_was_meant() {
    let cases: &[(&str, &str, &str, &str, &str)] = &[
        ("log.levl = \"info\"\n", "c:1:5", "unknown-key", "log.levl", "log.level"),
        ("# comment\n[log]\n\n  formt = \"json\"", "c:4:3", "unknown-key", "log.formt", "log.format"),
        ("langage = \"en\"", "c:1:1", "unknown-key", "langage", "language"),
        ("zzz = 1", "c:1:1", "unknown-key", "zzz", "none"),
        ("[servers]\naddress = \"127.0.0.1:1\"", "c:1:2", "unknown-key", "servers", "server"),
        ("[lgo]", "c:1:2", "unknown-key", "lgo", "log"),
        ("server.expose = \"true\"", "c:1:8", "form", "server.expose", "false"),
        ("server.address = 8080", "c:1:8", "form", "server.address", "127.0.0.1:11811"),
        ("log = 3", "c:1:1", "unknown-key", "log", "log"),
        ("language = { a = 1 }", "c:1:1", "form", "language", "system"),
        ("log.file_size = \"1B\"", "c:1:5", "range", "log.file_size", "4MiB"),
        ("language = \"en\"\nlanguage = \"zh\"", "c:2:1", "syntax", "", "none"),
        ("[log", "c:1:5", "syntax", "", "none"),
    ];
    for (text, place, problem, key, meant) in cases {
        let found = problems(text);
        let expected = ((*place).to_owned(), (*problem).to_owned(), (*key).to_owned(), (*meant).to_owned());
        assert_eq!(found, [expected], "{text}");
    }
    let both = problems("a = 1\nlog.level = \"loud\"\n");
    assert_eq!(both.iter().map(|one| &*one.0).collect::<Vec<_>>(), ["c:1:1", "c:2:5"], "each is told");
    assert_eq!(suggestion("idle_unlod"), "engine.idle_unload");
}

#[test]
fn a_change_leaves_comments_and_order_alone() {
    let text = "# mine\nlanguage = \"en\" # spoken\n\n[log] # loud\nlevel = 'info'   # enough\n# end\n";
    let set = |text: &str, key: &str, value: Option<&str>| {
        let after = edit(Path::new("c"), text, config_key(key).unwrap(), value).unwrap();
        assert_eq!(problems(&after), [], "{after}");
        after
    };
    let louder = set(text, "log.level", Some("trace"));
    assert_eq!(louder, text.replace("'info'", "\"trace\""));
    let added = set(text, "server.expose", Some("true"));
    assert_eq!(added, text.replace("# end\n", "\n[server]\nexpose = true\n# end\n"));
    let gone = set(text, "language", None);
    assert!(!gone.contains("language") && gone.contains("# enough"), "{gone}");
    assert_eq!(set(text, "policy.set", None), text);
    assert_eq!(set("# mine\n", "log.level", Some("info")), "# mine\n[log]\nlevel = \"info\"\n");
    assert_eq!(set("# mine\n", "log.level", None), "# mine\n");
    assert_eq!(set("", "language", Some("zh-CN")), "language = \"zh-CN\"\n");
    assert_eq!(
        set("log.level = \"info\"\n", "log.format", Some("json")),
        "log.level = \"info\"\nlog.format = \"json\"\n"
    );
}

#[test]
fn flags_beat_the_environment_the_environment_the_file_and_the_file_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let load = |flags: &[(&str, &str)], environment| {
        let flags = flags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        ConfigSources::new(path.clone(), flags, environment).load()
    };
    let none = load(&[], nothing).unwrap();
    assert!(none.text.is_none() && none.values.values().all(|(_, origin)| *origin == ConfigOrigin::Default));
    put(&path, "language = \"zh-CN\"\n[log]\nlevel = \"info\"\n[server]\naddress = \"127.0.0.1:1\"\n");
    let flags = [("server.address", "127.0.0.1:2")];
    let all = load(&flags, environment).unwrap();
    let of = |key: &str| all.values[key].clone();
    let file = |line| ConfigOrigin::File { path: path.display().to_string(), line };
    assert_eq!(of("language"), ("zh-CN".to_owned(), file(1)));
    assert_eq!(
        of("log.level"),
        ("debug".to_owned(), ConfigOrigin::Environment { name: "LAS_LOG".to_owned() })
    );
    assert_eq!(
        of("server.address"),
        ("127.0.0.1:2".to_owned(), ConfigOrigin::Flag { name: "--addr".to_owned() })
    );
    assert_eq!(of("log.format"), ("text".to_owned(), ConfigOrigin::Default));
    assert_eq!(all.config().policy_set.as_str(), "lab");
    assert_eq!(load(&[], nothing).unwrap().values["log.level"], ("info".to_owned(), file(3)));
    let places = |flags: &[(&str, &str)], environment| {
        let problems = load(flags, environment).unwrap_err();
        problems.iter().map(|problem| problem.args["where"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        places(&[("language", "")], |name| (name == "LAS_LOG_FORMAT").then(|| "xml".to_owned())),
        ["LAS_LOG_FORMAT", "--lang"]
    );
}

#[test]
fn a_file_that_is_too_large_or_no_text_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let sources = ConfigSources::new(path.clone(), Vec::new(), nothing);
    put(&path, "#".repeat((1 << 20) + 1));
    assert_eq!(sources.load().unwrap_err()[0].code, Code::IoFailed);
    put(&path, [0xff, 0xfe, 0x00].as_slice());
    assert_eq!(sources.load().unwrap_err()[0].code, Code::IoFailed);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    assert_eq!(sources.load().unwrap_err()[0].code, Code::IoFailed);
}

fn put(path: &Path, bytes: impl AsRef<[u8]>) {
    #[expect(clippy::disallowed_methods, reason = "a test's own file")]
    std::fs::write(path, bytes).unwrap();
}

#[derive(Default)]
struct Heard(Mutex<Vec<Event>>);

impl Reporter for Heard {
    fn progressed(&self, _: StepContext, _: ByteSize) {}
    fn happened(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }
    fn is_cancelled(&self, _: OperationId) -> bool {
        false
    }
}

#[test]
fn a_running_core_follows_what_it_may_keeps_the_rest_and_survives_a_broken_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let sources = ConfigSources::new(path.clone(), Vec::new(), nothing);
    let heard = Arc::new(Heard::default());
    let start = sources.load().unwrap();
    let live = Configuration::new(sources, start, Arc::clone(&heard) as Arc<dyn Reporter>);
    let changes = live.follow_changes();
    let setting = |key: &str| live.view().settings.into_iter().find(|setting| setting.key == key).unwrap();

    put(&path, "[log]\nlevel = \"info\"\nformat = \"json\"\n");
    live.follow();
    assert_eq!((setting("log.level").value.as_str(), setting("log.level").next), ("info", None));
    assert_eq!(changes.borrow().log_level.as_str(), "info");
    let format = setting("log.format");
    assert_eq!((format.value.as_str(), format.next.as_deref()), ("text", Some("json")), "at the next start");
    assert_eq!(heard.0.lock().unwrap().len(), 1);
    live.follow();
    assert_eq!(heard.0.lock().unwrap().len(), 1, "nothing changed");

    put(&path, "[log\n");
    live.follow();
    let view = live.view();
    assert_eq!((view.problems.len(), view.problems[0].args["problem"].as_str()), (1, "syntax"));
    assert_eq!(setting("log.level").value, "info", "what was in force goes on");
    assert_eq!(live.edit("log.level", Some("warn")).unwrap_err().args["problem"], "syntax");

    std::fs::remove_file(&path).unwrap();
    live.follow();
    assert!(live.view().problems.is_empty() && !live.view().exists);
    assert_eq!((setting("log.level").value.as_str(), changes.borrow().log_level.as_str()), ("warn", "warn"));
}

#[test]
fn a_change_is_checked_before_it_is_planned() {
    let folder = tempfile::tempdir().unwrap();
    let sources = ConfigSources::new(folder.path().join("config.toml"), Vec::new(), environment);
    let start = sources.load().unwrap();
    let live = Configuration::new(sources, start, Arc::new(Heard::default()));
    let unknown = live.edit("log.levle", Some("info")).unwrap_err();
    assert_eq!((unknown.code, unknown.args["suggestion"].as_str()), (Code::ConfigKeyUnknown, "log.level"));
    let range = live.edit("log.file_size", Some("1B")).unwrap_err();
    assert_eq!((range.code, range.args["problem"].as_str()), (Code::ConfigInvalid, "range"));
    let edit = live.edit("log.level", Some("INFO")).unwrap();
    assert_eq!((edit.before, edit.after.as_str()), (None, "[log]\nlevel = \"info\"\n"));
    assert_eq!(edit.origin.beats_file(), Some("LAS_LOG"), "a person is told that the file is not heard");
}
