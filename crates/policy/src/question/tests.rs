//! How capabilities are written and read, and which are asked about.

use super::{Limit, Question};
use crate::fixture::rule;
use las_types::{Policy, Privilege, Ruling, RuntimeMode};

fn allowing(allow: &str, deny: &[&str]) -> Policy {
    Policy {
        allow: serde_yaml::from_str(allow).unwrap(),
        deny: deny.iter().map(|text| (*text).to_owned()).collect(),
        ..rule("rule", "{}")
    }
}

#[test]
fn a_capability_is_read_as_it_is_written() {
    let size = |text: &str| Question::ModelSize(Some(text.parse().unwrap()));
    let cases = [
        ("tier", Question::Tier),
        ("runtime:vllm", Question::Runtime("vllm".to_owned())),
        ("feature:chat", Question::Feature("chat".to_owned())),
        ("model-size", Question::ModelSize(None)),
        ("model-size:14B", size("14B")),
        ("loaded-models", Question::LoadedModels),
        ("parallel", Question::Parallel),
        ("memory", Question::Memory),
        ("vram", Question::Vram),
        ("privilege:writable-root", Question::Privilege(Privilege::WritableRoot)),
        ("mode:container", Question::Mode(RuntimeMode::Container)),
    ];
    for (text, question) in cases {
        assert_eq!(Question::read(text, &[]), question, "{text}");
        assert_eq!(question.to_string(), text);
    }
    // What is no size is somebody's name for a feature.
    assert_eq!(Question::read("model-size:huge", &[]).to_string(), "feature:model-size:huge");
}

#[test]
fn a_bare_name_is_a_runtime_if_a_rule_allows_one_of_that_name() {
    let set = [allowing("{runtimes: [vllm], features: [chat]}", &[])];
    let read = |text: &str| Question::read(text, &set).to_string();
    assert_eq!(["vllm", "chat", "other"].map(read), ["runtime:vllm", "feature:chat", "feature:other"]);
}

#[test]
fn everything_that_some_rule_names_is_asked_once() {
    let set = [
        allowing("{runtimes: [b, a], features: [y]}", &["x", "runtime:a", "feature:y"]),
        allowing("{runtimes: [a], features: [y, z]}", &["b"]),
    ];
    let named: Vec<String> = Question::named(&set).iter().map(ToString::to_string).collect();
    assert_eq!(named, ["runtime:a", "runtime:b", "feature:x", "feature:y", "feature:z"]);
}

#[test]
fn a_limit_that_no_rule_sets_is_not_asked_about() {
    let limited = |allow: &str| -> Vec<String> {
        Question::limited(&[allowing(allow, &[])]).iter().map(ToString::to_string).collect()
    };
    assert_eq!(limited("{}"), ["model-size", "loaded-models"]);
    assert_eq!(limited("{max_parallel: 2}"), ["model-size", "loaded-models", "parallel"]);
    assert_eq!(limited("{max_memory: 2GB}"), ["model-size", "loaded-models", "memory"]);
    assert_eq!(limited("{max_vram: 2GB}"), ["model-size", "loaded-models", "vram"]);
}

#[test]
fn a_rule_forbids_by_denial_by_a_list_that_lacks_it_or_by_a_smaller_limit() {
    type Case<'a> = (&'a str, &'a [&'a str], &'a str, (bool, bool));
    let forbids = |allow: &str, deny: &[&str], asked: &str| {
        let rule = allowing(allow, deny);
        let asked = Question::read(asked, std::slice::from_ref(&rule));
        (asked.forbidden_by(&rule), asked.granted_by(&rule))
    };
    let (forbidden, granted, silent) = ((true, false), (false, true), (false, false));
    let cases: &[Case<'_>] = &[
        ("{runtimes: [a]}", &[], "runtime:a", granted),
        ("{runtimes: [a]}", &[], "runtime:b", forbidden),
        ("{runtimes: [a]}", &["a"], "runtime:a", forbidden),
        ("{runtimes: [a]}", &["runtime:a"], "runtime:a", forbidden),
        // A denial of the feature says nothing of a runtime of that name, and of another name nothing at all.
        ("{runtimes: [a]}", &["feature:a", "b"], "runtime:a", granted),
        ("{}", &[], "runtime:a", silent),
        ("{features: [x]}", &[], "feature:x", granted),
        ("{features: [x]}", &[], "feature:y", forbidden),
        ("{features: [x]}", &["x"], "feature:x", forbidden),
        ("{}", &["feature:x"], "feature:x", forbidden),
        ("{}", &[], "feature:x", silent),
        // Nothing denies a privilege but its whole name.
        ("{features: [x], runtimes: [a]}", &["network", "feature:network"], "privilege:network", silent),
        ("{}", &["privilege:network"], "privilege:network", forbidden),
        ("{}", &["mode:container"], "mode:container", forbidden),
        ("{}", &["mode:container"], "mode:native", silent),
        ("{max_model_size: 8B}", &[], "model-size:7B", granted),
        ("{max_model_size: 8B}", &[], "model-size:8B", granted),
        ("{max_model_size: 8B}", &[], "model-size:9B", forbidden),
        ("{}", &[], "model-size:9B", silent),
        ("{}", &[], "tier", granted),
        ("{max_loaded_models: 1}", &[], "loaded-models", granted),
        ("{max_loaded_models: 1}", &[], "parallel", silent),
    ];
    for (allow, deny, asked, expected) in cases {
        assert_eq!(forbids(allow, deny, asked), *expected, "{asked} by {allow} and {deny:?}");
    }
}

#[test]
fn what_an_override_sets_is_a_limit_of_its_own_kind() {
    let limit = |capability: &str, value: &str| {
        let limit = Limit::of(&Ruling::read(capability, value).unwrap())?;
        let kinds = [limit.size().is_some(), limit.count().is_some(), limit.bytes().is_some()];
        Some((limit.to_string(), kinds))
    };
    let (size, count, bytes) = ([true, false, false], [false, true, false], [false, false, true]);
    for (capability, value, kind) in [
        ("model-size", "14B", size),
        ("loaded-models", "3", count),
        ("parallel", "4", count),
        ("memory", "8 GB", bytes),
        ("vram", "6 GB", bytes),
    ] {
        assert_eq!(limit(capability, value), Some((value.to_owned(), kind)), "{capability}");
    }
    assert_eq!(limit("runtime:a", "allow"), None);
    assert_eq!(limit("feature:a", "deny"), None);
    assert_eq!(limit("privilege:gpu", "deny"), None);
}
