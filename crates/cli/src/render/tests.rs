//! Plans and reasons as people read them.

use super::{intent, lift, plan, reason};
use crate::context::View;
use crate::output::Paint;
use las_api::types::{Comparison, ExecutionPlan, Intent, Reason};
use las_i18n::Words;
use serde_json::json;

fn item(name: &str, version: &str, size: u64) -> serde_json::Value {
    json!({
        "name": name, "category": "runtime", "version": version, "size": size,
        "digest": format!("sha256:{}", "0".repeat(64)), "placement": { "kind": "blob" },
        "source": { "kind": "local_file", "path": "/x" }, "license": "MIT", "program": null, "model": null,
    })
}

fn example() -> ExecutionPlan {
    serde_json::from_value(json!({
        "id": "01980000-0000-7000-8000-000000000000",
        "made_at": "2026-03-04T05:06:07Z",
        "intent": { "kind": "module_install", "modules": ["llama.cpp", "las-tiny-chat@=1.0.0"] },
        "base": 0,
        "steps": [
            { "index": 0, "bytes": 46_000_000, "undo": "remove-added", "action": {
                "kind": "store_add", "item": item("llama.cpp", "0.2.15", 46_000_000),
                "source": { "kind": "builtin", "artefact": "llama.cpp", "file": null } } },
            { "index": 1, "bytes": 0, "undo": "nothing", "action": {
                "kind": "program_verify", "item": item("llama.cpp", "0.2.15", 46_000_000), "program": "llama-server" } },
        ],
        "totals": { "download": 0, "disk": 46_000_000, "freed": 0, "memory": 0 },
        "hosts": [], "ports": [], "licenses": ["llama.cpp: MIT"], "needs_administrator": false,
        "outcome": [], "notes": ["demonstration-model"],
    }))
    .unwrap()
}

#[test]
fn a_plan_says_steps_sums_licences_and_notes() {
    let words = Words::for_user(Some("en"));
    let view = View { words: &words, paint: Paint { on: false } };
    let text = plan(&example(), &view);
    let expected = "\
Install llama.cpp, las-tiny-chat@=1.0.0
  1  Install llama.cpp 0.2.15 (46 MB)  undo: remove what was added
  2  Check that llama.cpp 0.2.15 runs  undo: nothing to undo
46 MB more on disk, nothing to download, no administrator rights
Licences: llama.cpp: MIT
";
    let (body, note) = text.split_at(expected.len().min(text.len()));
    assert_eq!(body, expected);
    assert!(note.contains("demonstration model") && note.contains("las model import"), "{note}");
}

#[test]
fn a_plan_has_no_missing_words_in_any_language() {
    for language in las_i18n::available() {
        let words = Words::for_user(Some(&language));
        let text = plan(&example(), &View { words: &words, paint: Paint { on: false } });
        assert!(
            !text.contains("[plan")
                && !text.contains("[undo")
                && !text.contains("[cli")
                && !text.contains("[note"),
            "{language}: {text}"
        );
        assert!(text.contains("llama.cpp 0.2.15") && text.contains("46 MB"), "{language}: {text}");
    }
}

#[test]
fn every_reason_and_what_lifts_it_has_words() {
    let words = Words::for_user(Some("en"));
    let view = View { words: &words, paint: Paint { on: false } };
    for field in ["gpu_vram", "gpu_count", "ram", "nvlink", ""] {
        for comparison in [Comparison::AtLeast, Comparison::Below, Comparison::Is] {
            let one = Reason {
                rule: "tier-1".to_owned(),
                file: "default/tiers.yaml".to_owned(),
                line: 12,
                field: field.to_owned(),
                comparison,
                have: "8 GB".to_owned(),
                bound: "16 GB".to_owned(),
                overridden_by: None,
            };
            for text in [reason(&one, &view), lift(&one, &view)] {
                assert!(!text.starts_with('['), "{text}");
            }
            assert!(reason(&one, &view).contains("default/tiers.yaml:12"));
        }
    }
}

#[test]
fn what_an_override_changed_is_said_in_every_language() {
    for language in las_i18n::available() {
        let words = Words::for_user(Some(&language));
        let view = View { words: &words, paint: Paint { on: false } };
        for (value, before) in
            [("14B", Some("4.5B")), ("14B", None), ("allow", Some("deny")), ("deny", Some("allow"))]
        {
            let one: Reason = serde_json::from_value(json!({
                "rule": "", "file": "", "line": 0, "field": "", "comparison": "always", "have": "", "bound": "",
                "overridden_by": {
                    "id": "01970000-0000-7000-8000-000000000007",
                    "reason": "measured here", "value": value, "before": before,
                },
            }))
            .unwrap();
            let text = reason(&one, &view);
            assert!(text.contains("measured here") && text.contains("000007"), "{language}: {text}");
            assert!(!text.contains("none") && !text.starts_with('['), "{language}: {text}");
            assert_eq!(text.contains("14B"), value == "14B", "{language}: {text}");
        }
    }
}

fn locked_item() -> serde_json::Value {
    json!({
        "name": "x-name", "category": "tool", "version": "1.0.0", "digest": format!("sha256:{}", "0".repeat(64)),
        "size": 1, "kept": "store", "source": null, "license": null, "program": null, "model": null,
    })
}

#[test]
fn every_intent_has_words_in_every_language() {
    for language in las_i18n::available() {
        let words = Words::for_user(Some(&language));
        let view = View { words: &words, paint: Paint { on: false } };
        for (kind, rest) in [
            ("module_remove", json!({ "modules": ["x-name"] })),
            ("doctor_repair", json!({ "modules": ["x-name"] })),
            ("model_import", json!({ "path": "/x-name", "mode": "copy", "name": null, "base": null })),
            ("model_load", json!({ "model": "x-name" })),
            ("service_start", json!({ "service": "x-name" })),
            ("service_restart", json!({ "service": "x-name" })),
            ("service_stop", json!({ "service": "x-name" })),
            ("state_apply", json!({ "desired": { "modules": ["x-name@>=1"] } })),
            ("lock_apply", json!({ "lock": { "schema": 1, "items": [locked_item()] } })),
            ("override_set", json!({ "capability": "x-name", "value": "14B", "reason": "measured" })),
            ("override_revert", json!({ "id": "01970000-0000-7000-8000-000000000007" })),
            ("generation_rollback", json!({ "to": 7 })),
            ("generation_rollback", json!({ "to": null })),
        ] {
            let mut value = rest;
            value["kind"] = kind.into();
            let one: Intent = serde_json::from_value(value).unwrap();
            let text = intent(&one, &view);
            assert!(!text.starts_with('['), "{language}: {text}");
            assert_eq!(
                text.contains("x-name") || text.contains('7'),
                kind != "generation_rollback" || one != Intent::GenerationRollback { to: None },
                "{text}"
            );
        }
    }
}
