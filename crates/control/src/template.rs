//! The chat templates of a model that is here, as they were pinned when it came.

use crate::ControlPlane;
use crate::import::header;
use crate::reading::beside;
use las_models::Templates;
use las_types::{Code, Digest, Failure, Installed, ModuleName, WeightsFormat};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

impl ControlPlane {
    /// The chat templates of an installed model by their names; the main one is called `default`.
    ///
    /// Codes: `model-not-found`; those of reading; `model-damaged` where one is not what it was when the model came.
    pub async fn chat_templates(&self, name: &ModuleName) -> Result<BTreeMap<String, String>, Failure> {
        let missing = || Failure::new(Code::ModelNotFound).with("name", name);
        let installed = self.installed().await?;
        let item = installed.into_iter().find(|item| item.name == *name).ok_or_else(missing)?;
        let facts = item.model.as_ref().ok_or_else(missing)?;
        let pinned = facts.chat_templates.clone();
        if pinned.is_empty() {
            return Ok(BTreeMap::new());
        }
        let weights = self.first_of(&item)?;
        let is_safetensors = facts.format == WeightsFormat::Safetensors.as_str();
        let path = weights.clone();
        let read = move || if is_safetensors { of_folder(&path) } else { of_header(&path) };
        let found = tokio::task::spawn_blocking(read).await.map_err(Failure::internal)??;
        let same = |(name, text): (&String, &String)| pinned.get(name) == Some(&Digest::of(text.as_bytes()));
        if found.len() != pinned.len() || !found.iter().all(same) {
            let damaged = Failure::new(Code::ModelDamaged);
            return Err(damaged.with("name", name).with("path", weights.display()));
        }
        Ok(found)
    }

    /// The file that says what the model is: of several the first.
    fn first_of(&self, item: &Installed) -> Result<PathBuf, Failure> {
        let first = self.model_files(item).into_iter().next();
        first.map(PathBuf::from).ok_or_else(|| Failure::internal("a model without weights"))
    }
}

fn of_header(path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let header = header(path)?;
    let all = las_models::chat_templates(&header).into_iter();
    Ok(all.map(|(name, text)| (name, text.to_owned())).collect())
}

/// What lies beside weights.
fn of_folder(weights: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let mut templates = Templates::default();
    for name in ["tokenizer_config.json", "chat_template.jinja"] {
        let path = weights.with_file_name(name);
        match beside(&path) {
            Ok(text) => add(&mut templates, name, &text)
                .map_err(|error| error.failure(&path.display().to_string()))?,
            Err(failure) if failure.code == Code::FileNotFound => {}
            Err(failure) => return Err(failure),
        }
    }
    Ok(templates.texts)
}

fn add(templates: &mut Templates, name: &str, text: &[u8]) -> Result<(), las_models::ModelError> {
    if name == "chat_template.jinja" {
        return templates.add("default", &String::from_utf8_lossy(text));
    }
    *templates = Templates::parse(text)?;
    Ok(())
}
