//! A person's `las.yaml`.

#[cfg(test)]
mod tests;

use crate::files::read_text;
use crate::yaml::parse;
use las_types::{Code, DesiredModel, DesiredState, Failure, ModuleRequest};
use serde::Deserialize;
use serde_yaml::Spanned;
use std::collections::BTreeSet;
use std::path::Path;

const DESIRED_BYTES_MAX: u64 = 256 << 10;

/// The form of [`DesiredState`], with the place of each entry.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DesiredFile {
    modules: Vec<Spanned<ModuleRequest>>,
    #[serde(default)]
    models: Vec<Spanned<DesiredModel>>,
}

/// Reads a desired state; paths of models come back absolute.
///
/// Codes: `file-not-found`; `desired-state-invalid` with line and what would be right.
pub fn read_desired(path: &Path) -> Result<DesiredState, Failure> {
    if !path.exists() {
        return Err(Failure::new(Code::FileNotFound).with("path", path.display()));
    }
    let text = read_text(path, DESIRED_BYTES_MAX)?;
    let absolute = std::path::absolute(path).map_err(|error| Failure::io(path, error))?;
    let folder = absolute.parent().unwrap_or(&absolute);
    let invalid = |line: u64, detail: String| {
        Failure::new(Code::DesiredStateInvalid)
            .with("path", path.display())
            .with("line", line.max(1))
            .with("detail", detail)
    };
    let file: DesiredFile = parse(&text).map_err(|error| invalid(error.line, error.detail))?;
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
        model.path = folder.join(&model.path).display().to_string();
        desired.models.push(model);
    }
    Ok(desired)
}
