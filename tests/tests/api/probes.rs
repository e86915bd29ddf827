//! What supervisors and collectors ask.

use las_tests::{CHAT_MODEL, Client, ENGINE, Ran, Workstation, until};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A sample: its labels in order, and its value.
type Sample = (Vec<(String, String)>, f64);

/// A family: its type and its samples, each with its whole name.
#[derive(Debug, Default)]
struct Family {
    kind: String,
    samples: Vec<(String, Sample)>,
}

fn is_name(text: &str, colon: bool) -> bool {
    let first = |c: char| c.is_ascii_alphabetic() || c == '_' || (colon && c == ':');
    text.starts_with(first) && text.chars().all(|c| first(c) || c.is_ascii_digit())
}

/// Labels between braces, as the text format has them: quotes, backslashes and line ends are escaped.
fn labels(text: &str) -> Vec<(String, String)> {
    let (mut rest, mut found) = (text, Vec::new());
    while !rest.is_empty() {
        let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("no label in {rest:?}"));
        assert!(is_name(name, false), "{name:?} is no name of a label");
        let mut value = String::new();
        let mut chars = after.char_indices();
        let end = loop {
            match chars.next().unwrap_or_else(|| panic!("{after:?} does not end")) {
                (at, '"') => break at,
                (_, '\\') => match chars.next().unwrap().1 {
                    'n' => value.push('\n'),
                    c @ ('\\' | '"') => value.push(c),
                    c => panic!("\\{c} is no escape"),
                },
                (_, c) => value.push(c),
            }
        };
        found.push((name.to_owned(), value));
        rest = after[end + 1..].strip_prefix(',').unwrap_or(&after[end + 1..]);
    }
    found
}

/// Reads the whole text as strictly as its definition: every sample belongs to the family above it, whose type was
/// said once and first; no series comes twice; names and values are well formed.
fn exposition(text: &str) -> BTreeMap<String, Family> {
    assert!(text.ends_with('\n'), "the last line ends");
    let mut families: BTreeMap<String, Family> = BTreeMap::new();
    let (mut current, mut series) = (String::new(), BTreeSet::new());
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            assert!(is_name(rest.split(' ').next().unwrap(), true), "{line}");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(is_name(name, true) && ["counter", "gauge", "histogram"].contains(&kind), "{line}");
            let family = Family { kind: kind.to_owned(), samples: Vec::new() };
            assert!(families.insert(name.to_owned(), family).is_none(), "{name} has two types");
            name.clone_into(&mut current);
        } else {
            assert!(!line.starts_with('#'), "{line}");
            let (series_name, value) = line.rsplit_once(' ').unwrap();
            assert!(series.insert(series_name.to_owned()), "{series_name} comes twice");
            let (name, inner) = series_name.split_once('{').map_or((series_name, ""), |(name, rest)| {
                (name, rest.strip_suffix('}').unwrap_or_else(|| panic!("{line}")))
            });
            let family = families.get_mut(&current).unwrap();
            let suffix =
                name.strip_prefix(current.as_str()).unwrap_or_else(|| panic!("{line} is not of {current}"));
            let fits = if family.kind == "histogram" {
                ["_bucket", "_sum", "_count"].contains(&suffix)
            } else {
                suffix.is_empty()
            };
            assert!(fits && (family.kind != "counter" || name.ends_with("_total")), "{line}");
            family.samples.push((name.to_owned(), (labels(inner), value.parse().unwrap())));
        }
    }
    for (name, family) in families.iter().filter(|(_, family)| family.kind == "histogram") {
        histogram_adds_up(name, family);
    }
    families
}

/// The labels of a series but the bound.
type Labels = Vec<(String, String)>;

/// Buckets never fall, and the last holds what the count says.
fn histogram_adds_up(name: &str, family: &Family) {
    let mut buckets: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
    for (_, (labels, count)) in family.samples.iter().filter(|(sample, _)| sample.ends_with("_bucket")) {
        let (bound, rest): (Vec<_>, Vec<_>) = labels.iter().cloned().partition(|(label, _)| label == "le");
        let bound = bound[0].1.parse::<f64>().unwrap();
        buckets.entry(rest).or_default().push((bound, *count));
    }
    assert!(!buckets.is_empty(), "{name} has no buckets");
    for (labels, buckets) in buckets {
        assert!(buckets.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1), "{name} {buckets:?}");
        let last = buckets.last().unwrap();
        assert!(last.0.is_infinite(), "{name} has no last bucket");
        let count =
            family.samples.iter().find(|(sample, (own, _))| sample.ends_with("_count") && *own == labels);
        assert!((count.unwrap().1.1 - last.1).abs() < f64::EPSILON, "{name}");
    }
}

#[track_caller]
fn value(families: &BTreeMap<String, Family>, name: &str, labels: &[(&str, &str)]) -> f64 {
    let family = families.get(name).unwrap_or_else(|| panic!("no {name}"));
    let has = |own: &[(String, String)]| {
        labels.iter().all(|(name, value)| own.iter().any(|one| one.0 == *name && one.1 == *value))
    };
    let mut fitting = family.samples.iter().filter(|(sample, (own, _))| sample == name && has(own));
    fitting.next().unwrap_or_else(|| panic!("no {name}{labels:?} in {family:?}")).1.1
}

#[test]
fn supervisors_need_no_token_and_are_told_no_detail() {
    let machine = Workstation::new();
    let core = machine.serve();
    let stranger = Client::new(core.address());
    assert_eq!(stranger.get("/health").ok(), json!({ "alive": true }));
    assert_eq!(stranger.get("/ready").ok(), json!({ "ready": true }), "no parts for a stranger");
    let parts = core.client().get("/ready").ok()["parts"].clone();
    let names: Vec<_> = parts.as_array().unwrap().iter().map(|part| &part["part"]).collect();
    assert_eq!(names, ["database", "recovery", "operations"], "{parts:#}");
    assert_eq!(machine.json(&["status"]).ok().json()["readiness"]["parts"], parts, "the same words");
    assert!(machine.las(&["status"]).ok().stdout.contains("ready"));
    // A token that is none is refused, where one is only good for detail as well.
    let forged = Client::new(core.address()).token("las_forged");
    for path in ["/ready", "/health", "/metrics"] {
        assert_eq!(forged.get(path).status, 401, "{path}");
    }
    assert_eq!(stranger.get("/metrics").status, 401);
    for probe in las_api::PROBES {
        let foreign = Client::new(core.address()).header("host", "evil.example");
        assert_eq!(foreign.get(probe.path).status, 401, "{}: a foreign host", probe.path);
    }
}

#[test]
fn a_core_with_an_operation_left_in_the_middle_lives_and_is_not_ready() {
    let machine = Workstation::new();
    // Cut off after its step; what undoing it needs can't be had.
    let program = Path::new(env!("CARGO_BIN_EXE_las-crash"));
    let path = machine.outside("elsewhere/config.toml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::create_dir_all(machine.home()).unwrap();
    std::fs::write(&path, "# mine\n").unwrap();
    std::os::unix::fs::symlink(&path, machine.home().join("config.toml")).unwrap();
    let intent = json!({ "kind": "config_set", "key": "log.level", "value": "info" }).to_string();
    let cut = Ran::run(machine.command(program, &["1", &intent]));
    assert_eq!(cut.status, None, "{cut}");
    assert!(std::fs::read_to_string(&path).unwrap().contains("info"), "the link was followed");
    std::fs::write(&path, b"\xff\xfe").unwrap();
    std::fs::remove_file(machine.home().join("config.toml")).unwrap();
    let core = machine.serve();
    let (alive, ready) = (core.client().get("/health"), core.client().get("/ready"));
    assert_eq!((alive.status, ready.status), (200, 503), "{ready:?}");
    let missing: Vec<_> = ready.json()["parts"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|part| part["ready"] == false)
        .cloned()
        .collect();
    assert_eq!(missing, [json!({ "part": "operations", "ready": false })]);
    assert_eq!(Client::new(core.address()).get("/ready").json(), json!({ "ready": false }));
    let status = machine.las(&["status"]).ok();
    assert!(status.stdout.contains("not ready") && status.stdout.contains("las doctor"), "{status}");
    std::fs::write(&path, "# mine\n").unwrap();
    machine.las(&["doctor", "--repair"]);
    assert_eq!(core.client().get("/ready").status, 200, "repaired");
}

#[test]
fn metrics_are_well_formed_and_count_what_happened() {
    let machine = Workstation::installed();
    let core = machine.serve();
    let client = core.client();
    let collect = || {
        let answer = client.get("/metrics");
        assert_eq!(answer.status, 200);
        assert!(
            answer.headers["content-type"].starts_with("text/plain; version=0.0.4"),
            "{:?}",
            answer.headers
        );
        exposition(&answer.body)
    };
    let before = collect();
    let installs = [("command", "module_install"), ("outcome", "succeeded")];
    assert!((value(&before, "las_operations_total", &installs) - 1.0).abs() < f64::EPSILON);
    assert!((value(&before, "las_ready", &[]) - 1.0).abs() < f64::EPSILON);
    assert!(value(&before, "las_memory_total_bytes", &[]) > 1e6);
    assert!(value(&before, "process_resident_memory_bytes", &[]) > 1e6);
    assert!(
        (value(&before, "las_build_info", &[("version", env!("CARGO_PKG_VERSION"))]) - 1.0).abs()
            < f64::EPSILON
    );
    assert!(!before.contains_key("las_service_state"), "nothing runs yet");

    machine.las(&["run", CHAT_MODEL, "Hello", "--max-tokens", "4"]).ok();
    for _ in 0..3 {
        assert_eq!(client.get("/v1/generations/77").status, 404);
    }
    assert_eq!(client.get("/v1/las_secret_in_a_path").status, 404);
    let after = until("the end of the load is counted", || {
        let families = collect();
        families.contains_key("las_operation_duration_seconds").then_some(families)
    });
    let route = [("method", "GET"), ("route", "/v1/generations/{number}"), ("status", "404")];
    assert!((value(&after, "las_http_requests_total", &route) - 3.0).abs() < f64::EPSILON);
    assert!(value(&after, "las_http_requests_total", &[("route", "none"), ("status", "404")]) > 0.0);
    let loads = [("command", "model_load"), ("outcome", "succeeded")];
    assert!((value(&after, "las_operations_total", &loads) - 1.0).abs() < f64::EPSILON);
    assert!(value(&after, "las_ledger_lines", &[]) > value(&before, "las_ledger_lines", &[]));
    assert!(value(&after, "las_service_memory_bytes", &[("service", CHAT_MODEL)]) > 1e6);
    assert!(
        (value(&after, "las_service_state", &[("service", CHAT_MODEL), ("state", "ready")]) - 1.0).abs()
            < f64::EPSILON
    );
    let told = client.get("/metrics").body;
    assert!(!told.contains("secret") && !told.contains(core.token()), "no path and no token of anybody");
}

/// A failure's account names paths and what programs said; a label holds none of it.
#[test]
fn failed_operations_are_counted_by_their_state_alone() {
    let machine = Workstation::new();
    let core = machine.serve();
    for name in ["typed-once", "typed-twice"] {
        let path = machine.file(&format!("{name}.gguf"), las_tests::models::small(1));
        let intent = json!({ "kind": "model_import", "path": path, "mode": "copy", "name": name });
        let plan = core.client().post("/v1/plans", &json!({ "intent": intent })).ok();
        // Another file by the time that the plan runs.
        machine.file(&format!("{name}.gguf"), las_tests::models::small(2));
        let ran = machine.json(&["apply", "--plan", plan["id"].as_str().unwrap(), "--yes"]);
        assert_ne!(ran.status, Some(0), "{ran}");
    }
    let lines = core.client().get("/v1/audit").ok();
    let outcomes: Vec<_> = lines
        .as_array()
        .unwrap()
        .iter()
        .filter(|line| line["command"] == "model_import")
        .map(|line| line["outcome"].to_string())
        .collect();
    assert_eq!(outcomes.len(), 2, "{lines:#}");
    assert!(outcomes.iter().all(|said| said.contains("failed {") && said.contains("typed")), "{outcomes:?}");
    let answer = core.client().get("/metrics");
    let operations = &exposition(&answer.body)["las_operations_total"];
    let imports = [("command", "model_import"), ("outcome", "failed")];
    let found: Vec<_> = operations.samples.iter().map(|(_, (labels, _))| labels).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!((value(&exposition(&answer.body), "las_operations_total", &imports) - 2.0).abs() < f64::EPSILON);
    assert!(!answer.body.contains("typed"), "{}", answer.body);
}

#[test]
fn nothing_but_the_table_and_the_probes_answers() {
    let machine = Workstation::new();
    let core = machine.serve();
    for probe in las_api::PROBES {
        assert_eq!(core.client().get(probe.path).status, 200, "{}", probe.path);
        assert_eq!(
            core.client().request("POST", probe.path, Some(&Value::Null)).status,
            405,
            "{}",
            probe.path
        );
    }
    assert_eq!(machine.json(&["module", "show", ENGINE]).ok().json()["name"], ENGINE);
}
