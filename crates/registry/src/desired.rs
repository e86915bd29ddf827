//! What somebody wants a machine to hold: a `las.yaml`, or a `las.lock`.

#[cfg(test)]
mod tests;

use crate::yaml::parse;
use las_types::{
    Code, DesiredModel, DesiredOverride, DesiredState, Failure, Intent, Lock, ModuleRequest, OverridePart,
};
use serde::Deserialize;
use serde_yaml::Spanned;
use std::collections::BTreeSet;
use std::path::Path;

/// The form of [`DesiredState`], with the place of each entry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DesiredFile {
    modules: Vec<Spanned<ModuleRequest>>,
    #[serde(default)]
    models: Vec<Spanned<DesiredModel>>,
    #[serde(default)]
    overrides: Option<Vec<Spanned<DesiredOverride>>>,
}

/// Reads the text of a `las.yaml` or of a `las.lock` and says what it asks for. A lock is what `generation_export`
/// gives: a JSON object; anything else is read as a desired state. `path` is where the text lies: messages name it,
/// and paths of models are relative to its folder; a text that was pasted has none.
///
/// Codes: `desired-state-invalid` and `lock-invalid`, each with line and what would be right.
pub fn read_wish(text: &str, path: Option<&Path>) -> Result<Intent, Failure> {
    if text.trim_start().starts_with('{') && text.contains("\"items\"") {
        return Ok(Intent::LockApply { lock: read_lock(text, path)? });
    }
    Ok(Intent::StateApply { desired: read_desired(text, path)? })
}

fn shown(path: Option<&Path>, otherwise: &str) -> String {
    path.map_or_else(|| otherwise.to_owned(), |path| path.display().to_string())
}

fn read_lock(text: &str, path: Option<&Path>) -> Result<Lock, Failure> {
    serde_json::from_str(text).map_err(|error| {
        Failure::new(Code::LockInvalid)
            .with("path", shown(path, "las.lock"))
            .with("line", error.line().max(1))
            .with("detail", &error)
            .because(error)
    })
}

/// Reads a desired state; paths of models come back absolute.
fn read_desired(text: &str, path: Option<&Path>) -> Result<DesiredState, Failure> {
    let folder = path.and_then(Path::parent);
    let invalid = |line: u64, detail: String| {
        Failure::new(Code::DesiredStateInvalid)
            .with("path", shown(path, "las.yaml"))
            .with("line", line.max(1))
            .with("detail", detail)
    };
    let file: DesiredFile = parse(text).map_err(|error| invalid(error.line, error.detail))?;
    let mut names = BTreeSet::new();
    let mut desired = DesiredState::default();
    for Spanned { value: request, referenced, .. } in file.modules {
        if !names.insert(request.name.clone()) {
            let detail = format!("'{}' is there twice: name it once, as NAME@CONSTRAINT", request.name);
            return Err(invalid(referenced.line(), detail));
        }
        desired.modules.push(request);
    }
    for Spanned { value: mut model, referenced, .. } in file.models {
        if let Some(name) = &model.name
            && !names.insert(name.clone())
        {
            return Err(invalid(referenced.line(), format!("the name '{name}' is there twice")));
        }
        let whole = folder.map_or_else(|| model.path.clone().into(), |folder| folder.join(&model.path));
        if !whole.is_absolute() {
            let detail = format!("'{}' is not an absolute path, and this text lies in no folder", model.path);
            return Err(invalid(referenced.line(), detail));
        }
        model.path = whole.display().to_string();
        desired.models.push(model);
    }
    let mut ruled = BTreeSet::new();
    for Spanned { value: one, referenced, .. } in file.overrides.iter().flatten() {
        let one = one.checked().map_err(|part| invalid(referenced.line(), unfit(one, part)))?;
        if !ruled.insert(one.capability.clone()) {
            return Err(invalid(referenced.line(), format!("'{}' is overridden twice", one.capability)));
        }
        desired.overrides.get_or_insert_default().push(one);
    }
    if file.overrides.is_some() {
        desired.overrides.get_or_insert_default();
    }
    Ok(desired)
}

/// What is wrong with an override.
fn unfit(one: &DesiredOverride, part: OverridePart) -> String {
    let DesiredOverride { capability, value, .. } = one;
    match part {
        OverridePart::Capability => format!("'{capability}' can't be overridden"),
        OverridePart::Value => format!("'{value}' is no value of {capability}"),
        OverridePart::Reason => format!("the override of {capability} needs a reason in one short line"),
    }
}
