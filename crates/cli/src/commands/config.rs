//! The configuration: see, change, check.

use crate::arguments::ConfigVerb;
use crate::change;
use crate::configured;
use crate::context::{Context, View};
use crate::lines::Lines;
use crate::output::{Form, Output};
use crate::stop::Stop;
use las_api::types::{Code, ConfigOrigin, ExitStatus, Intent, Setting, config_key};
use las_api::{ConfigCheck, ConfigView, ErrorBody, NoArguments};
use las_app::ConfigSources;
use las_i18n::Words;

pub(crate) async fn run(context: &Context, verb: ConfigVerb) -> Result<(), Stop> {
    match verb {
        ConfigVerb::Show => {
            let view: ConfigView = context.ask("config_show", NoArguments {}).await?;
            context.show(&view, text)
        }
        ConfigVerb::Get { key } => {
            let view: ConfigView = context.ask("config_show", NoArguments {}).await?;
            let Some(setting) = view.settings.into_iter().find(|setting| setting.key == key) else {
                let suggestion = las_app::suggested_key(&key);
                let unknown = ErrorBody::new(Code::ConfigKeyUnknown).with("key", &key);
                return Err(unknown.with("suggestion", suggestion).into());
            };
            context.show(&setting, |setting, _| format!("{}\n", setting.value))
        }
        ConfigVerb::Set { key, value, consent } => {
            change::change(context, Intent::ConfigSet { key, value }, consent).await
        }
        ConfigVerb::Unset { key, consent } => {
            change::change(context, Intent::ConfigUnset { key }, consent).await
        }
        // Needs no core; `main` has taken it already.
        ConfigVerb::Validate => Ok(()),
    }
}

/// Says everything that is wrong with the configuration as it is now. Needs no core, so that it also works where none
/// would start.
pub(crate) fn validate(words: &Words, output: Output, flags: Vec<(String, String)>) -> Result<(), Stop> {
    let path = ConfigSources::from_environment(None, Vec::new()).map_err(ErrorBody::from)?.path();
    let problems = configured::load(flags).err().unwrap_or_default();
    let sound = problems.is_empty();
    let check = ConfigCheck { path: path.display().to_string(), exists: path.exists(), problems };
    if output.form == Form::Json {
        output.document(&check)?;
    } else if sound {
        let key = if check.exists { "cli-config-valid" } else { "cli-config-no-file" };
        output.line(&words.text(key, &[("path", &check.path)]))?;
    }
    for problem in &check.problems {
        output.tell_failure(words, problem);
    }
    if sound { Ok(()) } else { Err(Stop::Status(ExitStatus::Usage)) }
}

/// Where a value came from, in words.
fn origin(origin: &ConfigOrigin, view: &View<'_>) -> String {
    match origin {
        ConfigOrigin::Default => view.word("config-origin-default"),
        ConfigOrigin::File { path, line } => {
            view.words.text("config-origin-file", &[("path", path), ("line", &line.to_string())])
        }
        ConfigOrigin::Environment { name } => view.words.text("config-origin-environment", &[("name", name)]),
        ConfigOrigin::Flag { name } => view.words.text("config-origin-flag", &[("name", name)]),
    }
}

fn value(setting: &Setting, view: &View<'_>) -> String {
    match &setting.next {
        None => setting.value.clone(),
        Some(next) => view.words.text("cli-config-next", &[("value", &setting.value), ("next", next)]),
    }
}

fn text(config: &ConfigView, view: &View<'_>) -> String {
    let mut table = view.heading(&["setting", "value", "origin", "takes-effect", "meaning"]);
    for setting in &config.settings {
        table.row([
            setting.key.clone(),
            value(setting, view),
            origin(&setting.origin, view),
            view.value("config-effect", &setting.effect),
            config_key(&setting.key).map(|key| view.word(&key.text_key())).unwrap_or_default(),
        ]);
    }
    let mut text = table.render(0, view.paint);
    let key = if config.exists { "cli-config-file" } else { "cli-config-no-file" };
    text.add_line(&view.paint.faint(&view.words.text(key, &[("path", &config.path)])));
    for problem in &config.problems {
        text.add_line(&view.paint.bad(&crate::render::error(problem, view)));
    }
    text
}
