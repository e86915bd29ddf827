//! The table of commands.

use serde::Serialize;

/// What a command may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Reads, or writes nothing but a proposal.
    Read,
    /// Changes what runs.
    Run,
    /// Changes what is installed or who may do what.
    Change,
}

/// HTTP method of a command's route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// GET: arguments in the path and the query.
    Get,
    /// POST: arguments in the path and the JSON body.
    Post,
    /// DELETE: arguments in the path.
    Delete,
}

/// One command: the same in window, command line and API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Command {
    /// `noun_verb`.
    pub name: &'static str,
    /// Its route's method.
    pub method: Method,
    /// Its route's path, `{argument}` in braces.
    pub path: &'static str,
    /// What it may do.
    pub access: Access,
}

const fn row(name: &'static str, method: Method, path: &'static str, access: Access) -> Command {
    Command { name, method, path, access }
}

/// Every command. Server, client, command line and window are held to it by a test.
pub const COMMANDS: &[Command] = &[
    row("status_show", Method::Get, "/v1/status", Access::Read),
    row("setup_show", Method::Get, "/v1/setup", Access::Read),
    row("endpoint_show", Method::Get, "/v1/endpoint", Access::Read),
    row("doctor_run", Method::Post, "/v1/doctor", Access::Change),
    row("hardware_show", Method::Get, "/v1/hardware", Access::Read),
    row("hardware_measure", Method::Post, "/v1/hardware/measure", Access::Change),
    row("policy_show", Method::Get, "/v1/policy", Access::Read),
    row("policy_explain", Method::Get, "/v1/policy/{capability}", Access::Read),
    row("override_list", Method::Get, "/v1/overrides", Access::Read),
    row("module_list", Method::Get, "/v1/modules", Access::Read),
    row("module_show", Method::Get, "/v1/modules/{name}", Access::Read),
    row("module_search", Method::Get, "/v1/module-search", Access::Read),
    row("registry_list", Method::Get, "/v1/registries", Access::Read),
    row("model_list", Method::Get, "/v1/model-packages", Access::Read),
    row("model_search", Method::Get, "/v1/model-search", Access::Read),
    row("model_scan", Method::Get, "/v1/model-scan", Access::Read),
    row("model_view_list", Method::Get, "/v1/model-views", Access::Read),
    row("model_show", Method::Get, "/v1/model-repository", Access::Read),
    row("model_fit", Method::Get, "/v1/model-fit", Access::Read),
    row("model_template", Method::Get, "/v1/model-packages/{name}/templates", Access::Read),
    row("model_verify", Method::Post, "/v1/model-packages/verify", Access::Read),
    row("plan_create", Method::Post, "/v1/plans", Access::Read),
    row("plan_show", Method::Get, "/v1/plans/{id}", Access::Read),
    row("plan_approve", Method::Post, "/v1/plans/{id}/approve", Access::Change),
    row("desired_read", Method::Post, "/v1/desired", Access::Read),
    row("operation_list", Method::Get, "/v1/operations", Access::Read),
    row("operation_show", Method::Get, "/v1/operations/{id}", Access::Read),
    row("operation_pause", Method::Post, "/v1/operations/{id}/pause", Access::Change),
    row("operation_resume", Method::Post, "/v1/operations/{id}/resume", Access::Change),
    row("operation_cancel", Method::Post, "/v1/operations/{id}/cancel", Access::Change),
    row("generation_list", Method::Get, "/v1/generations", Access::Read),
    row("generation_show", Method::Get, "/v1/generations/{number}", Access::Read),
    row("generation_export", Method::Get, "/v1/generations/{number}/lock", Access::Read),
    row("generation_diff", Method::Get, "/v1/generations/{from}/diff/{to}", Access::Read),
    row("audit_list", Method::Get, "/v1/audit", Access::Read),
    row("audit_show", Method::Get, "/v1/audit/{sequence}", Access::Read),
    row("audit_verify", Method::Post, "/v1/audit/verify", Access::Read),
    row("service_list", Method::Get, "/v1/services", Access::Read),
    row("service_logs", Method::Get, "/v1/services/{name}/logs", Access::Read),
    row("config_show", Method::Get, "/v1/config", Access::Read),
    row("token_list", Method::Get, "/v1/tokens", Access::Read),
    row("token_create", Method::Post, "/v1/tokens", Access::Change),
    row("token_revoke", Method::Delete, "/v1/tokens/{id}", Access::Change),
    row("secret_list", Method::Get, "/v1/secrets", Access::Read),
    row("secret_set", Method::Post, "/v1/secrets", Access::Change),
    row("secret_remove", Method::Delete, "/v1/secrets/{name}", Access::Change),
];

/// The row of a command.
pub fn command(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

/// An intent: stated by `plan_create`, run by `plan_approve`; on the command line a verb of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct IntentVerb {
    /// The intent's `kind`, which is its command's name.
    pub name: &'static str,
    /// What running it may do.
    pub access: Access,
}

/// Every intent.
pub const INTENTS: &[IntentVerb] = &[
    IntentVerb { name: "module_install", access: Access::Change },
    IntentVerb { name: "module_remove", access: Access::Change },
    IntentVerb { name: "model_import", access: Access::Change },
    IntentVerb { name: "model_adopt", access: Access::Change },
    IntentVerb { name: "model_view_add", access: Access::Change },
    IntentVerb { name: "model_view_remove", access: Access::Change },
    IntentVerb { name: "model_pull", access: Access::Change },
    IntentVerb { name: "model_load", access: Access::Run },
    IntentVerb { name: "service_start", access: Access::Run },
    IntentVerb { name: "service_restart", access: Access::Run },
    IntentVerb { name: "service_stop", access: Access::Run },
    IntentVerb { name: "doctor_repair", access: Access::Change },
    IntentVerb { name: "generation_rollback", access: Access::Change },
    IntentVerb { name: "state_apply", access: Access::Change },
    IntentVerb { name: "lock_apply", access: Access::Change },
    IntentVerb { name: "override_set", access: Access::Change },
    IntentVerb { name: "override_revert", access: Access::Change },
    IntentVerb { name: "module_upgrade", access: Access::Change },
    IntentVerb { name: "module_pin", access: Access::Change },
    IntentVerb { name: "module_unpin", access: Access::Change },
    IntentVerb { name: "module_rollback", access: Access::Change },
    IntentVerb { name: "operation_resume", access: Access::Change },
    IntentVerb { name: "config_set", access: Access::Change },
    IntentVerb { name: "config_unset", access: Access::Change },
];

#[cfg(test)]
mod tests {
    use super::{COMMANDS, Method};
    use std::collections::BTreeSet;

    #[test]
    fn names_and_routes_are_unique() {
        let names: BTreeSet<_> = COMMANDS.iter().map(|command| command.name).collect();
        let routes: BTreeSet<_> =
            COMMANDS.iter().map(|command| (format!("{:?}", command.method), command.path)).collect();
        assert_eq!(names.len(), COMMANDS.len());
        assert_eq!(routes.len(), COMMANDS.len());
    }

    #[test]
    fn reading_needs_no_body() {
        for command in COMMANDS.iter().filter(|command| command.method == Method::Get) {
            assert_eq!(command.access, super::Access::Read, "{}", command.name);
        }
    }
}
