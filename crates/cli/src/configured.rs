//! What is configured, for this command itself; the core reads it once more for itself.

use crate::arguments::{Arguments, Verb};
use las_api::ErrorBody;
use las_app::{ConfigSources, Loaded};
use las_i18n::Words;

/// The flags of a command that are keys of the configuration.
pub(crate) fn flags(arguments: &Arguments) -> Vec<(String, String)> {
    let mut flags = vec![];
    let mut flag = |key: &str, value: String| flags.push((key.to_owned(), value));
    if let Some(language) = &arguments.lang {
        flag("language", language.clone());
    }
    if let Verb::Serve { addr, expose } = &arguments.verb {
        if let Some(address) = addr {
            flag("server.address", address.to_string());
        }
        if *expose {
            flag("server.expose", true.to_string());
        }
    }
    flags
}

/// What is configured, or everything that can't be accepted.
pub(crate) fn load(flags: Vec<(String, String)>) -> Result<Loaded, Vec<ErrorBody>> {
    let sources = ConfigSources::from_environment(None, flags).map_err(|failure| vec![failure.into()])?;
    sources.load().map_err(|problems| problems.into_iter().map(ErrorBody::from).collect())
}

/// The texts in the language that is configured. Where the configuration can't be read, in the one that was typed.
pub(crate) fn words(loaded: Option<&Loaded>, typed: Option<&str>) -> Words {
    let configured = loaded.and_then(|loaded| loaded.config().language.tag());
    Words::for_user(configured.or(typed))
}
