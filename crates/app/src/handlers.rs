//! One handler per command of the table.

pub(crate) mod models;

pub(crate) mod audit;
mod doctor;
mod fit;
mod hubs;
mod machine;
mod modules;
mod operations;
mod registries;
mod search;
mod secrets;
mod services;
mod status;
mod tokens;

pub(crate) use machine::views as service_views;

use crate::App;
use las_types::{Code, Failure};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

fn arguments<T: DeserializeOwned>(value: Value) -> Result<T, Failure> {
    serde_json::from_value(value).map_err(|error| Failure::new(Code::RequestInvalid).with("detail", error))
}

fn parsed<T: std::str::FromStr>(text: &str, missing: Code) -> Result<T, Failure> {
    text.parse().map_err(|_| Failure::new(missing).with("id", text))
}

/// Reads the arguments, calls the handler, writes its view.
macro_rules! answer {
    ($app:expr, $arguments:expr, $handler:path) => {{
        let view = $handler($app, arguments($arguments)?).await?;
        serde_json::to_value(view).map_err(Failure::internal)
    }};
}

pub(crate) async fn dispatch(
    app: &Arc<App>,
    command: &str,
    args: Value,
    interface: &str,
) -> Result<Value, Failure> {
    match command {
        "status_show" => answer!(app, args, status::show),
        "setup_show" => answer!(app, args, status::setup),
        "endpoint_show" => answer!(app, args, status::endpoint),
        "doctor_run" => answer!(app, args, doctor::run),
        "hardware_show" => answer!(app, args, machine::hardware),
        "hardware_measure" => answer!(app, args, machine::measure),
        "policy_show" => answer!(app, args, machine::policy),
        "policy_explain" => answer!(app, args, machine::explain),
        "override_list" => answer!(app, args, machine::overrides),
        "module_list" => answer!(app, args, modules::list),
        "module_show" => answer!(app, args, modules::show),
        "module_search" => answer!(app, args, modules::search),
        "registry_list" => answer!(app, args, registries::list),
        "model_list" => answer!(app, args, models::list),
        "model_search" => answer!(app, args, hubs::search),
        "model_scan" => answer!(app, args, models::scan),
        "model_view_list" => answer!(app, args, models::laid_out),
        "model_show" => answer!(app, args, hubs::show),
        "model_fit" => answer!(app, args, fit::show),
        "model_template" => answer!(app, args, models::templates),
        "model_verify" => answer!(app, args, models::verify),
        "plan_create" => answer!(app, args, operations::plan_create),
        "plan_show" => answer!(app, args, operations::plan_show),
        "plan_approve" => {
            let operation = operations::plan_approve(app, arguments(args)?, interface).await?;
            serde_json::to_value(operation).map_err(Failure::internal)
        }
        "desired_read" => answer!(app, args, operations::desired_read),
        "operation_list" => answer!(app, args, operations::list),
        "operation_show" => answer!(app, args, operations::show),
        "operation_pause" => answer!(app, args, operations::pause),
        "operation_resume" => answer!(app, args, operations::resume),
        "operation_cancel" => answer!(app, args, operations::cancel),
        "generation_list" => answer!(app, args, operations::generation_list),
        "generation_show" => answer!(app, args, operations::generation_show),
        "generation_export" => answer!(app, args, operations::generation_export),
        "generation_diff" => answer!(app, args, operations::generation_diff),
        "audit_list" => answer!(app, args, audit::list),
        "audit_show" => answer!(app, args, audit::show),
        "audit_verify" => answer!(app, args, audit::verify),
        "service_list" => answer!(app, args, machine::services),
        "service_logs" => answer!(app, args, services::logs),
        "config_show" => answer!(app, args, machine::configuration),
        "token_list" => answer!(app, args, tokens::list),
        "token_create" => {
            let created = tokens::create(app, arguments(args)?, interface).await?;
            serde_json::to_value(created).map_err(Failure::internal)
        }
        "token_revoke" => {
            let revoked = tokens::revoke(app, arguments(args)?, interface).await?;
            serde_json::to_value(revoked).map_err(Failure::internal)
        }
        "secret_list" => answer!(app, args, secrets::list),
        "secret_set" => {
            let set = secrets::set(app, secrets::request(args)?, interface).await?;
            serde_json::to_value(set).map_err(Failure::internal)
        }
        "secret_remove" => {
            let removed = secrets::remove(app, arguments(args)?, interface).await?;
            serde_json::to_value(removed).map_err(Failure::internal)
        }
        other => Err(Failure::new(Code::CommandUnknown).with("what", other)),
    }
}
