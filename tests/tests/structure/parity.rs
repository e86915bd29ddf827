//! One table of commands, and four interfaces that have all of them.

use las_api::{COMMANDS, INTENTS, Method};
use las_tests::{Workstation, repository};
use std::collections::BTreeSet;
use std::path::Path;

/// Each command and intent, and the verb of the command line that states it. Several verbs state `plan_create`.
const VERBS: &[(&str, &[&str])] = &[
    ("status_show", &["status"]),
    // What a first run offers is on a terminal what there is to install.
    ("setup_show", &["module", "list"]),
    ("endpoint_show", &["status"]),
    ("doctor_run", &["doctor"]),
    ("hardware_show", &["hardware"]),
    ("hardware_measure", &["hardware"]),
    ("policy_show", &["policy", "show"]),
    ("policy_explain", &["policy", "explain"]),
    ("override_list", &["override", "list"]),
    ("module_list", &["module", "list"]),
    ("module_search", &["module", "search"]),
    ("module_show", &["module", "show"]),
    ("registry_list", &["registry", "list"]),
    ("model_list", &["model", "list"]),
    ("model_search", &["model", "search"]),
    ("model_show", &["model", "show"]),
    ("model_fit", &["model", "fit"]),
    ("model_template", &["model", "template"]),
    ("model_verify", &["model", "verify"]),
    ("plan_create", &["module", "plan"]),
    ("plan_show", &["apply"]),
    ("plan_approve", &["apply"]),
    ("operation_list", &["operation", "list"]),
    ("operation_show", &["operation", "show"]),
    ("operation_pause", &["operation", "pause"]),
    ("operation_cancel", &["operation", "cancel"]),
    ("generation_list", &["generation", "list"]),
    ("generation_show", &["generation", "show"]),
    ("generation_diff", &["generation", "diff"]),
    ("generation_export", &["generation", "export"]),
    ("audit_list", &["audit", "list"]),
    ("audit_show", &["audit", "show"]),
    ("audit_verify", &["audit", "verify"]),
    ("state_apply", &["apply"]),
    ("lock_apply", &["apply"]),
    ("desired_read", &["apply"]),
    ("service_list", &["service", "list"]),
    ("token_list", &["token", "list"]),
    ("token_create", &["token", "create"]),
    ("token_revoke", &["token", "revoke"]),
    ("secret_list", &["secret", "list"]),
    ("secret_set", &["secret", "set"]),
    ("secret_remove", &["secret", "remove"]),
    ("module_install", &["module", "install"]),
    ("module_remove", &["module", "remove"]),
    ("model_import", &["model", "import"]),
    ("model_scan", &["model", "scan"]),
    ("model_adopt", &["model", "scan"]),
    ("model_view_list", &["model", "view", "list"]),
    ("model_view_add", &["model", "view", "add"]),
    ("model_view_remove", &["model", "view", "remove"]),
    ("model_pull", &["model", "pull"]),
    ("model_load", &["run"]),
    ("service_start", &["service", "start"]),
    ("service_restart", &["service", "restart"]),
    ("service_stop", &["service", "stop"]),
    ("service_logs", &["service", "logs"]),
    ("doctor_repair", &["doctor"]),
    ("generation_rollback", &["generation", "rollback"]),
    ("override_set", &["override", "set"]),
    ("override_revert", &["override", "revert"]),
    ("module_upgrade", &["module", "upgrade"]),
    ("module_pin", &["module", "pin"]),
    ("module_unpin", &["module", "unpin"]),
    ("module_rollback", &["module", "rollback"]),
    ("operation_resume", &["operation", "resume"]),
    ("config_show", &["config", "show"]),
    ("config_set", &["config", "set"]),
    ("config_unset", &["config", "unset"]),
];

/// Commands that a shell need not call, and the one whose view holds the same.
const CONTAINED: &[(&str, &str)] = &[
    ("endpoint_show", "status_show"),
    ("module_show", "module_list"),
    ("plan_show", "plan_create"),
    ("generation_show", "generation_list"),
    ("audit_show", "audit_list"),
    ("doctor_repair", "doctor_run"),
    ("setup_show", "module_list"),
];

fn table() -> BTreeSet<&'static str> {
    COMMANDS.iter().map(|command| command.name).chain(INTENTS.iter().map(|intent| intent.name)).collect()
}

fn text_under(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text_under(&path, text);
        } else if !path.ends_with("api/types.ts") {
            text.push_str(&std::fs::read_to_string(&path).unwrap_or_default());
        }
    }
}

/// The names that no source under this folder mentions, less those whose content comes with another that it does.
fn missing(folder: &str, names: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut text = String::new();
    text_under(&repository().join(folder), &mut text);
    let mentioned = |name: &str| text.contains(&format!("\"{name}\""));
    let contained = |name: &str| CONTAINED.iter().any(|(inner, outer)| *inner == name && mentioned(outer));
    names.filter(|name| !mentioned(name) && !contained(name)).collect()
}

pub(super) fn holds() {
    // The command line: a verb each, and each verb there is.
    let stated: BTreeSet<_> = VERBS.iter().map(|(name, _)| *name).collect();
    assert_eq!(stated, table(), "the table of verbs is complete");
    let machine = Workstation::new();
    for verb in VERBS.iter().map(|(_, verb)| *verb).collect::<BTreeSet<_>>() {
        let mut arguments = verb.to_vec();
        arguments.push("--help");
        machine.las(&arguments).ok();
    }
    // The API: every route is answered by a handler, whatever it thinks of the arguments.
    let core = machine.serve();
    for command in COMMANDS {
        let segments =
            command.path.split('/').map(|segment| if segment.starts_with('{') { "x" } else { segment });
        let path = segments.collect::<Vec<_>>().join("/");
        let method = match command.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        };
        let answer = core.client().request(method, &path, None);
        let said = answer.json().get("code").and_then(|code| code.as_str()).map(str::to_owned);
        assert_ne!(said.as_deref(), Some("command-unknown"), "{}", command.name);
        assert_ne!(said.as_deref(), Some("internal"), "{}", command.name);
        assert_ne!(answer.status, 405, "{}", command.name);
    }
    // The window and the page are one build.
    assert_eq!(missing("ui/src", table().into_iter()), [""; 0], "the page calls each");
    // Intents are types there, held by the verbs above.
    assert_eq!(
        missing("crates/cli/src", COMMANDS.iter().map(|command| command.name)),
        [""; 0],
        "the command line calls each"
    );
}
