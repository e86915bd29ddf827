//! Files of this machine that are one model together, by what was named of them.

use crate::import::{hashed, header, missing_or_io, sniffed};
use crate::reading::tensors;
use las_models::{Candidate, FileKind, PartName, Why};
use las_types::{ArtefactFile, ByteSize, Code, Failure, ModelFit, RepositoryFile, WeightsFormat};
use std::path::{Path, PathBuf};

/// More names than any model has.
const NAMES_MAX: usize = 10_000;

/// How what is called like its folder ends, where a file has its format.
const AS_FOLDER: &str = "model";

/// The files of one model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileSet {
    /// Their folder.
    pub(crate) folder: PathBuf,
    /// Their names, weights first.
    pub(crate) names: Vec<String>,
    /// What the model is called after, as the name of a file.
    pub(crate) called: String,
}

impl FileSet {
    /// Each with its name and path.
    pub(crate) fn paths(&self) -> Vec<(String, PathBuf)> {
        self.names.iter().map(|name| (name.clone(), self.folder.join(name))).collect()
    }

    /// Whether its files have the names that everybody's have, so that their folder's name is all there is.
    pub(crate) fn is_called_like_folder(&self) -> bool {
        Path::new(&self.called).extension().is_some_and(|end| end == AS_FOLDER)
    }

    /// Each with its digest; all are read whole.
    pub(crate) fn hashed(&self) -> Result<Vec<ArtefactFile>, Failure> {
        let one = |(path, place): (String, PathBuf)| {
            let (digest, size) = hashed(&place)?;
            let size = ByteSize::new(size);
            Ok(ArtefactFile { path, size, sha256: digest.hex(), executable: false, link: None })
        };
        self.paths().into_iter().map(one).collect()
    }
}

/// What a path stands for: all parts of a split model, weights with what belongs to them; none where it is one GGUF file alone,
/// whatever it is called.
///
/// Codes: `file-not-found`, `model-part-missing`, `model-folder-unsuitable`, and those of looking at a file.
pub(crate) fn set_at(path: &Path) -> Result<Option<FileSet>, Failure> {
    if path.metadata().map_err(|error| missing_or_io(path, error))?.is_dir() {
        return of_folder(path).map(Some);
    }
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let Some(folder) = path.parent() else { return Ok(None) };
    // What it is goes before what it is called, and before what lies beside it.
    let sniffed = sniffed(path)?;
    match sniffed.kind {
        FileKind::Gguf => {
            header(path)?;
            match PartName::parse(name).filter(|part| part.format == WeightsFormat::Gguf && part.of > 1) {
                Some(part) => of_parts(folder, &part).map(Some),
                None => Ok(None),
            }
        }
        FileKind::Safetensors => {
            tensors(path)?;
            of_weights(folder, name).map(Some)
        }
        _ => {
            let refused = sniffed.expect(FileKind::Gguf);
            refused.map_err(|error| error.failure(&path.display().to_string()))?;
            Ok(None)
        }
    }
}

fn of_parts(folder: &Path, part: &PartName) -> Result<FileSet, Failure> {
    for (number, name) in (1..).zip(part.all()) {
        let place = folder.join(name);
        if !place.is_file() {
            return Err(Failure::new(Code::ModelPartMissing)
                .with("path", place.display())
                .with("number", number)
                .with("of", part.of));
        }
    }
    let called = format!("{}.gguf", part.stem);
    Ok(FileSet { folder: folder.to_owned(), names: part.all().collect(), called })
}

/// The files directly in a folder, as those of a repository are described.
fn listed(folder: &Path) -> Result<Vec<RepositoryFile>, Failure> {
    let failed = |error| Failure::io(folder, error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)?.take(NAMES_MAX) {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let Some(path) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        // Caches hold links; pipes and devices are never opened.
        let Some(found) = entry.path().metadata().ok().filter(std::fs::Metadata::is_file) else { continue };
        files.push(RepositoryFile { path, size: Some(ByteSize::new(found.len())), sha256: None });
    }
    files.sort_by(|a, b| a.path.as_str().cmp(b.path.as_str()));
    Ok(files)
}

fn unsuitable(folder: &Path, reason: &str, found: &[RepositoryFile]) -> Failure {
    let names: Vec<&str> = found.iter().map(|file| file.path.as_str()).take(20).collect();
    Failure::new(Code::ModelFolderUnsuitable)
        .with("path", folder.display())
        .with("reason", reason)
        .with("found", names.join(", "))
}

fn set(folder: &Path, one: &Candidate) -> FileSet {
    let names: Vec<String> = one.all().map(|file| file.path.to_string()).collect();
    let first = names.first().map_or("", String::as_str);
    let plain = PartName::parse(first)
        .map_or_else(|| first.to_owned(), |part| format!("{}.{}", part.stem, part.format.as_str()));
    let usual = matches!(plain.as_str(), "model.safetensors" | "adapter_model.safetensors" | "model.gguf");
    let of_folder = folder.file_name().map(|name| format!("{}.{AS_FOLDER}", name.to_string_lossy()));
    let called = of_folder.filter(|_| usual).unwrap_or(plain);
    FileSet { folder: folder.to_owned(), names, called }
}

fn of_folder(folder: &Path) -> Result<FileSet, Failure> {
    let files = listed(folder)?;
    let all = las_models::candidates(&files);
    if let Some(lacking) = all.iter().find(|one| one.lacks_parts) {
        return Err(unsuitable(folder, "parts", &lacking.files));
    }
    let gguf = all.iter().filter(|one| one.format == WeightsFormat::Gguf).count();
    match las_models::choose(&all, |_| ModelFit::Fits) {
        Some((one, Why::Only | Why::Usual)) => Ok(set(folder, one)),
        Some((one, _)) if gguf == 1 => Ok(set(folder, one)),
        Some(_) => Err(unsuitable(folder, "several", &files)),
        None if !all.is_empty() => Err(unsuitable(folder, "several", &files)),
        None => Err(without(folder, &files)),
    }
}

/// Why there is no model among them.
fn without(folder: &Path, files: &[RepositoryFile]) -> Failure {
    let any = |is: &dyn Fn(&str) -> bool| files.iter().any(|file| is(file.path.as_str()));
    let reason = if any(&|path| path.ends_with(".safetensors")) {
        "config"
    } else if any(&las_models::is_pickle) {
        "pickle"
    } else {
        "none"
    };
    unsuitable(folder, reason, files)
}

fn of_weights(folder: &Path, name: &str) -> Result<FileSet, Failure> {
    let files = listed(folder)?;
    let all = las_models::candidates(&files);
    let has = |one: &&Candidate| one.files.iter().any(|file| file.path.as_str() == name);
    match all.iter().find(has) {
        Some(one) if one.lacks_parts => Err(unsuitable(folder, "parts", &one.files)),
        Some(one) => Ok(set(folder, one)),
        None => Err(without(folder, &files)),
    }
}
