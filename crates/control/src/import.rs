//! Files of this machine that become models.

use crate::{ControlPlane, Sight};
use las_resolver::Draft;
use las_types::{
    Ability, Category, Code, DesiredModel, DesiredState, Digest, Failure, ImportMode, Installed, ModelFacts,
    ModuleName, Placement, Source, Version,
};
use std::path::{Path, PathBuf};

/// Reads a GGUF file's header.
pub(crate) fn read_header(path: &Path) -> Result<ModelFacts, Failure> {
    let shown = path.display().to_string();
    let mut file = std::fs::File::open(path).map_err(|error| missing_or_io(path, error))?;
    let length = file.metadata().map_err(|error| Failure::io(path, error))?.len();
    let header = las_models::read_gguf(&mut std::io::BufReader::new(&mut file), length)
        .map_err(|error| error.failure(&shown))?;
    Ok(las_models::facts(&header))
}

fn missing_or_io(path: &Path, error: std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::NotFound {
        Failure::new(Code::FileNotFound).with("path", path.display()).because(error)
    } else {
        Failure::io(path, error)
    }
}

/// Header and digest of a file; reads all of it.
fn examine(path: &Path) -> Result<(ModelFacts, Digest, u64), Failure> {
    let facts = read_header(path)?;
    let mut file = std::fs::File::open(path).map_err(|error| missing_or_io(path, error))?;
    let (digest, length) = Digest::of_reader(&mut file).map_err(|error| Failure::io(path, error))?;
    Ok((facts, digest, length))
}

/// A name made from a file's name: lower case, everything else that a name can't hold as `-`.
fn name_from(path: &Path) -> Result<ModuleName, Failure> {
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default();
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let text: String = stem.chars().map(|c| if allowed(c) { c } else { '-' }).take(64).collect();
    let text = text.replace("..", ".");
    let trimmed = text.trim_start_matches(['-', '.', '_']);
    trimmed.parse().map_err(|error| Failure::new(Code::RequestInvalid).with("detail", error))
}

impl ControlPlane {
    /// What importing a file means: reads it whole, for its header and digest.
    pub(crate) async fn draft_import(
        &self,
        sight: &Sight<'_>,
        wanted: &DesiredModel,
    ) -> Result<Draft, Failure> {
        let item = item(sight.installed, wanted).await?;
        let source = item.source.clone();
        las_resolver::import(&sight.world(), item, source)
    }

    /// What a desired state means: the files that it names are read whole.
    pub(crate) async fn draft_apply(
        &self,
        sight: &Sight<'_>,
        desired: &DesiredState,
    ) -> Result<Draft, Failure> {
        let world = sight.world();
        // An adapter's base may be a module that comes with the same wish, or a file before it.
        let mut bases = las_resolver::apply(&world, &desired.modules, &[])?.outcome;
        let mut models = Vec::new();
        for wanted in &desired.models {
            let item = item(&bases, wanted).await?;
            bases.push(item.clone());
            let source = item.source.clone();
            models.push((item, source));
        }
        las_resolver::apply(&world, &desired.modules, &models)
    }
}

/// A file as the model that it would be here; an adapter finds its base among `bases`.
async fn item(bases: &[Installed], wanted: &DesiredModel) -> Result<Installed, Failure> {
    let path = PathBuf::from(&wanted.path);
    if !path.is_absolute() {
        return Err(Failure::new(Code::RequestInvalid)
            .with("detail", format!("{} is not an absolute path", path.display())));
    }
    let name = wanted.name.clone().map_or_else(|| name_from(&path), Ok)?;
    let examined = path.clone();
    let (mut facts, digest, length) =
        tokio::task::spawn_blocking(move || examine(&examined)).await.map_err(Failure::internal)??;
    if facts.abilities.contains(&Ability::Adapter) {
        // An adapter on another base of the same shape loads without complaint and answers gibberish.
        let missing = || Failure::new(Code::AdapterBaseMissing).with("name", &name);
        let base = wanted.base.as_ref().ok_or_else(missing)?;
        facts.base = Some(bases.iter().find(|item| item.name == *base).ok_or_else(missing)?.digest);
    }
    let version: Version = format!("0.0.0+{}", digest.short()).parse().map_err(Failure::internal)?;
    let shown = path.display().to_string();
    Ok(Installed {
        name,
        category: Category::Model,
        version,
        digest,
        size: las_types::ByteSize::new(length),
        placement: match wanted.mode {
            ImportMode::Copy => Placement::Blob,
            ImportMode::Reference => Placement::Reference { path: shown.clone() },
        },
        source: Source::LocalFile { path: shown },
        license: facts.license.clone(),
        program: None,
        model: Some(facts),
    })
}

#[cfg(test)]
mod tests {
    use super::name_from;
    use std::path::Path;

    #[test]
    fn names_come_from_file_names() {
        let cases = [
            ("/m/Qwen3-8B Q4_K_M.gguf", "qwen3-8b-q4_k_m"),
            ("/m/..x..y.gguf", "x.y"),
            ("/m/ümlaut.gguf", "mlaut"),
        ];
        for (path, name) in cases {
            assert_eq!(name_from(Path::new(path)).unwrap().as_str(), name);
        }
        assert!(name_from(Path::new("/m/….gguf")).is_err());
    }
}
