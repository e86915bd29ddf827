//! The TypeScript types of the wire, generated; `./x bindings` writes them to `ui/src/api/types.ts`.

use crate::{COMMANDS, INTENTS};
use std::collections::BTreeMap;
use ts_rs::{Config, TS, TypeVisitor};

/// Collects the declarations of a type and of all that it mentions, by name.
struct Collector {
    config: Config,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Collector {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        // Only derived types have a path; numbers and lists have nothing to declare.
        if T::output_path().is_none() {
            return;
        }
        let name = T::ident(&self.config);
        if self.declarations.contains_key(&name) {
            return;
        }
        self.declarations.insert(name, format!("export {}", T::decl(&self.config)));
        T::visit_dependencies(self);
    }
}

/// The whole file: every view, request and event, and the names of commands and intents.
pub fn typescript() -> String {
    let config = Config::default().with_large_int("number");
    let mut collector = Collector { config, declarations: BTreeMap::new() };
    macro_rules! visit { ($($name:ty),* $(,)?) => { $(collector.visit::<$name>();)* }; }
    visit!(
        crate::ErrorBody,
        crate::StatusView,
        crate::SetupView,
        crate::EndpointView,
        crate::PolicyView,
        crate::ModuleView,
        crate::RegistryView,
        crate::ModelView,
        crate::ModelVerification,
        crate::OperationView,
        crate::GenerationView,
        crate::GenerationDiff,
        crate::DoctorReport,
        crate::TokenView,
        crate::TokenCreated,
        crate::AuditLine,
        crate::AuditCheckpoint,
        crate::AuditVerification,
        crate::ConfigView,
        crate::HealthView,
        crate::ReadinessView,
        las_types::Lock,
        las_types::Event,
        las_types::HardwareProfile,
        las_types::ExecutionPlan,
        las_types::Operation,
        las_types::Verdict,
        las_types::Override,
        las_types::ServiceStatus,
        crate::PlanRequest,
        crate::PlanApproval,
        crate::DesiredText,
        crate::NoArguments,
        crate::ById,
        crate::ByName,
        crate::ByNumber,
        crate::DiffRequest,
        crate::BySequence,
        crate::AuditListRequest,
        crate::ServiceLogRequest,
        las_types::LogPage,
        crate::CapabilityRequest,
        crate::ModuleListRequest,
        crate::ModuleSearchRequest,
        crate::ModelSearchRequest,
        crate::ModelSearchView,
        crate::ModelScanRequest,
        crate::ModelScanView,
        las_types::LaidOutNow,
        crate::ModelShowRequest,
        crate::ModelFitRequest,
        crate::ModelFitView,
        crate::ModelRepositoryView,
        crate::ChatTemplateView,
        crate::DoctorRequest,
        crate::VerifyRequest,
        crate::TokenRequest,
        crate::SecretRequest,
        crate::BySecretName,
        crate::SecretsView,
    );
    let quoted =
        |names: Vec<&str>| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(" | ");
    let commands = quoted(COMMANDS.iter().map(|command| command.name).collect());
    let intents = quoted(INTENTS.iter().map(|intent| intent.name).collect());
    let routes = COMMANDS
        .iter()
        .map(|command| {
            format!(
                "  {}: [\"{}\", \"{}\"],\n",
                command.name,
                format!("{:?}", command.method).to_uppercase(),
                command.path
            )
        })
        .collect::<String>();
    let declarations = collector.declarations.into_values().collect::<Vec<_>>().join("\n\n");
    format!(
        "// Generated from crates/api by `./x bindings`. Do not edit.\n\n{declarations}\n\nexport type CommandName = {commands};\n\n\
         export type IntentKind = {intents};\n\n/** Method and path of each command's route. */\n\
         export const ROUTES: Record<CommandName, readonly [method: string, path: string]> = {{\n{routes}}};\n"
    )
}
