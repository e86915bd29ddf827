//! The wire: the one table of commands, what they take and give, and the body of an error.
//!
//! Every interface speaks these types. A command is `noun_verb`; [`COMMANDS`] says by which REST
//! route it is reached and what it may do. Shapes of the domain itself (plans, profiles,
//! operations …) come from `las-types` and are re-exported here, so that an interface needs
//! nothing else.
//!
//! What this crate does not do: no I/O, no defaults that depend on the machine, no text for people.
//!
//! ```
//! let command = las_api::command("plan_create").unwrap();
//! assert_eq!(command.path, "/v1/plans");
//! ```

mod command;
mod error;
mod fit;
mod hub;
mod probe;
mod registry;
mod request;
mod secret;
mod template;
mod view;

pub use command::{Access, COMMANDS, Command, INTENTS, IntentVerb, Method, command};
pub use error::{ErrorBody, http_status};
pub use fit::{ModelFitRequest, ModelFitView};
pub use hub::{
    FoundModelView, ModelRepositoryView, ModelScanRequest, ModelScanView, ModelSearchRequest,
    ModelSearchView, ModelShowRequest, ScannedModelView,
};
pub use las_types as types;
pub use probe::{HealthView, PROBES, PartReadiness, Probe, ReadinessPart, ReadinessView};
pub use registry::{RegistryStanding, RegistryView, RejectedView, ReleaseView};
pub use request::{
    AuditListRequest, ById, ByName, ByNumber, BySequence, CapabilityRequest, DesiredText, DiffRequest,
    DoctorRequest, ModuleListRequest, ModuleSearchRequest, NoArguments, PlanApproval, PlanRequest,
    ServiceLogRequest, TokenRequest, VerifyRequest,
};
pub use secret::{BySecretName, SecretRequest, SecretsView};
pub use template::ChatTemplateView;
pub use view::{
    AuditCheckpoint, AuditLine, AuditVerification, ConfigCheck, ConfigView, DoctorReport, EndpointView,
    Finding, GenerationDiff, GenerationView, MachineSummary, ModelVerification, ModelView, ModuleView,
    OperationView, PolicyView, ReconcileView, RepairedView, SetupGoal, SetupView, StatusView, TokenCreated,
    TokenView, Warning,
};

mod bindings;
pub use bindings::typescript;
