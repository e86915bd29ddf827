//! What the files of a model say together: headers of its weights, and what lies beside them.

use crate::import::{header, opened};
use las_models::{
    AdapterConfig, Beside, FileKind, ModelConfig, ModelError, SafetensorsHeader, ShardIndex, Templates,
};
use las_types::{Code, Failure, FileRole, ModelFacts, WeightsFormat};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// More than the longest file that is read as a whole: the tokenizer of some hundred thousand tokens. Each reader has a most
/// of its own.
const BESIDE_BYTES_MAX: u64 = (128 << 20) + 1;

/// What a model says that is one file, several parts, or weights and what belongs to them. Each file has the name that it came
/// with: where it lies it may have another.
///
/// Codes: those of reading a header; `model-parts-differ` where parts are not of one model.
pub(crate) fn read_files(files: &[(String, PathBuf)]) -> Result<ModelFacts, Failure> {
    let weights: Vec<&(String, PathBuf)> = files
        .iter()
        .filter(|(name, _)| matches!(FileRole::of(name), Some(FileRole::Weights) | None))
        .collect();
    let [(first, path), ..] = weights[..] else { return Err(Failure::internal("a model without weights")) };
    if WeightsFormat::of_path(first) == Some(WeightsFormat::Safetensors) {
        return safetensors(files, path);
    }
    let paths: Vec<&Path> = weights.iter().map(|(_, path)| path.as_path()).collect();
    let mut facts = gguf(&paths)?;
    let beside = files.iter().filter(|(name, _)| FileRole::of(name) == Some(FileRole::Projector));
    for (name, path) in beside {
        let said = header(path)?;
        // Made for pictures and nothing else: what answers is no projector, whatever it is called.
        if said.text("general.architecture") != Some("clip") && said.text("general.type") != Some("mmproj") {
            return Err(differ(path, "it is called a projector and is none"));
        }
        facts.projector = Some(name.clone());
        facts.projector_bytes = las_models::projector_bytes(&said);
    }
    Ok(facts)
}

/// What says that files don't belong together.
pub(crate) fn differ(path: &Path, detail: impl std::fmt::Display) -> Failure {
    Failure::new(Code::ModelPartsDiffer).with("path", path.display()).with("detail", detail)
}

/// Of files that don't fit together.
fn joined<T>(result: Result<T, ModelError>, path: &Path) -> Result<T, Failure> {
    result.map_err(|error| match error {
        ModelError::Malformed { detail } => differ(path, detail),
        other => other.failure(&path.display().to_string()),
    })
}

fn gguf(paths: &[&Path]) -> Result<ModelFacts, Failure> {
    let [first, others @ ..] = paths else { return Err(Failure::internal("a model without weights")) };
    if others.is_empty() {
        let facts = las_models::facts(&header(first)?);
        return match facts.part {
            Some(part) if part.of > 1 => Err(differ(
                first,
                format!("it is part {} of {}, and is not named as parts are", part.number, part.of),
            )),
            _ => Ok(facts),
        };
    }
    let headers = paths.iter().map(|path| header(path)).collect::<Result<Vec<_>, _>>()?;
    // Each is the part that its name says: an engine finds them by their names.
    for (number, (header, path)) in (1..).zip(headers.iter().zip(paths)) {
        let part = header.part().map_err(|error| error.failure(&path.display().to_string()))?;
        if let Some(part) = part.filter(|part| part.number != number) {
            return Err(differ(
                path,
                format!("by its name it is part {number}, by its header part {}", part.number),
            ));
        }
    }
    let whole = joined(las_models::join_parts(headers), first)?;
    Ok(ModelFacts { part: None, ..las_models::facts(&whole) })
}

fn safetensors(files: &[(String, PathBuf)], first: &Path) -> Result<ModelFacts, Failure> {
    let (mut shards, mut index, mut said) = (Vec::new(), None, Beside::default());
    let mut template = None;
    for (name, path) in files {
        let failed = |error: ModelError| error.failure(&path.display().to_string());
        match FileRole::of(name) {
            Some(FileRole::Weights) => shards.push((name.clone(), tensors(path)?)),
            Some(FileRole::Index) => index = Some(joined(ShardIndex::parse(&beside(path)?), path)?),
            _ => {
                let text = beside(path)?;
                match name.as_str() {
                    "config.json" => said.config = Some(ModelConfig::parse(&text).map_err(failed)?),
                    "adapter_config.json" => {
                        said.adapter = Some(AdapterConfig::parse(&text).map_err(failed)?);
                    }
                    "tokenizer.json" => {
                        said.tokenizer = Some(las_models::tokenizer(&text).map_err(failed)?);
                    }
                    "tokenizer_config.json" => {
                        said.templates = Some(Templates::parse(&text).map_err(failed)?);
                    }
                    "chat_template.jinja" => {
                        template = Some((String::from_utf8_lossy(&text).into_owned(), path));
                    }
                    _ => {}
                }
            }
        }
    }
    if let Some((template, path)) = template {
        let templates = said.templates.get_or_insert_default();
        templates.add("default", &template).map_err(|error| error.failure(&path.display().to_string()))?;
    }
    let whole = match (index, shards.len()) {
        (Some(index), _) => joined(las_models::join_shards(&index, shards), first)?,
        (None, 1) => shards.remove(0).1,
        (None, _) => return Err(differ(first, "no index says which tensor is in which file")),
    };
    Ok(las_models::safetensors_facts(&whole, &said))
}

/// The header of weights in safetensors, after a look at whether the file is anything else.
pub(crate) fn tensors(path: &Path) -> Result<SafetensorsHeader, Failure> {
    let shown = path.display().to_string();
    let mut file = opened(path)?;
    let length = file.metadata().map_err(|error| Failure::io(path, error))?.len();
    let mut reader = std::io::BufReader::new(&mut file);
    let read = las_models::sniff(&mut reader, length)
        .and_then(|sniffed| sniffed.expect(FileKind::Safetensors))
        .and_then(|()| las_models::read_safetensors(&mut reader, length));
    read.map_err(|error| error.failure(&shown))
}

/// A small file as a whole, unless it is one that runs or unpacks.
pub(crate) fn beside(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut file = opened(path)?;
    let length = file.metadata().map_err(|error| Failure::io(path, error))?.len();
    let failed = |error: ModelError| error.failure(&path.display().to_string());
    let sniffed = las_models::sniff(&mut file, length).map_err(failed)?;
    if matches!(
        sniffed.kind,
        FileKind::Pickle
            | FileKind::TorchArchive
            | FileKind::Zip
            | FileKind::Tar
            | FileKind::Compressed
            | FileKind::Program
    ) {
        sniffed.expect(FileKind::Json).map_err(failed)?;
    }
    let mut text = Vec::new();
    opened(path)?.take(BESIDE_BYTES_MAX).read_to_end(&mut text).map_err(|error| Failure::io(path, error))?;
    Ok(text)
}
