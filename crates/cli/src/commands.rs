//! One function a verb.

pub(crate) mod apply;
pub(crate) mod audit;
pub(crate) mod config;
pub(crate) mod doctor;
pub(crate) mod fit;
pub(crate) mod generation;
pub(crate) mod hardware;
pub(crate) mod hub;
pub(crate) mod model;
pub(crate) mod module;
pub(crate) mod operation;
pub(crate) mod overrides;
pub(crate) mod policy;
pub(crate) mod registry;
pub(crate) mod run;
pub(crate) mod scan;
pub(crate) mod secret;
pub(crate) mod serve;
pub(crate) mod service;
pub(crate) mod status;
pub(crate) mod token;
pub(crate) mod view;

use crate::arguments::Verb;
use crate::context::Context;
use crate::stop::Stop;

/// Runs a verb that needs the core.
pub(crate) async fn dispatch(context: &Context, verb: Verb) -> Result<(), Stop> {
    match verb {
        Verb::Status => status::show(context).await,
        Verb::Doctor { repair, .. } => doctor::run(context, repair).await,
        Verb::Hardware { record, measure } => hardware::run(context, record.as_deref(), measure).await,
        Verb::Policy(verb) => policy::run(context, verb).await,
        Verb::Override(verb) => overrides::run(context, verb).await,
        Verb::Module(verb) => module::run(context, verb).await,
        Verb::Registry(verb) => registry::run(context, verb).await,
        Verb::Service(verb) => service::run(context, verb).await,
        Verb::Model(verb) => model::run(context, verb).await,
        Verb::Run(arguments) => run::run(context, arguments).await,
        Verb::Plan { file } => apply::plan(context, file.as_deref()).await,
        Verb::Apply { plan: Some(id), idempotency_key: key, consent, .. } => {
            apply::planned(context, id, key, consent).await
        }
        Verb::Apply { plan: None, file, consent, .. } => {
            apply::apply(context, file.as_deref(), consent).await
        }
        Verb::Operation(verb) => operation::run(context, verb).await,
        Verb::Generation(verb) => generation::run(context, verb).await,
        Verb::Audit(verb) => audit::run(context, verb).await,
        Verb::Token(verb) => token::run(context, verb).await,
        Verb::Secret(verb) => secret::run(context, verb).await,
        Verb::Config(verb) => config::run(context, verb).await,
        // These two need no client; `main` has taken them already.
        Verb::Serve { .. } | Verb::Completion { .. } => Ok(()),
    }
}
