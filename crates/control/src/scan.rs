//! What other tools of this machine keep: found by how each lays out its models. Nothing is changed.

mod group;
mod layouts;
mod walk;

use crate::import::read_header;
use crate::reading::read_files;
use crate::sets::FileSet;
use crate::{ControlPlane, bases};
pub(crate) use group::described;
use group::{Group, grouped};
use las_types::{
    AdoptionMethod, Code, Failure, Installed, ModelFacts, ModelPlace, ModelTool, ScannedModel, Source,
    WeightsFormat,
};
use layouts::Weights;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a scan finds.
#[derive(Debug, Default)]
pub struct Scan {
    /// The models, tool by tool, and why one can't be adopted.
    pub models: Vec<(ScannedModel, Option<Failure>)>,
    /// What could not be looked at.
    pub failures: Vec<Failure>,
}

/// A model of another tool, looked at.
pub(crate) struct Found {
    pub(crate) scanned: ScannedModel,
    /// Its files; none where it is one alone.
    pub(crate) set: Option<FileSet>,
    /// What its header says, or why it is no model that can be adopted.
    pub(crate) facts: Result<ModelFacts, Failure>,
}

impl ControlPlane {
    /// Finds what other tools keep, in their own folders and those of the configuration; with a folder, in that alone.
    pub async fn scan(&self, folder: Option<PathBuf>) -> Result<Scan, Failure> {
        let places = match folder {
            Some(path) => vec![ModelPlace { tool: ModelTool::Folder, path, named: true }],
            None => self.sources.places(),
        };
        let installed = self.installed().await?;
        let ours: BTreeSet<String> = laid_out(&installed).map(|(path, _)| path).collect();
        let looked = tokio::task::spawn_blocking(move || {
            let (weights, failures) = weights(&places);
            let found: Vec<Found> =
                grouped(weights).into_iter().map(|one| examined(one, &installed)).collect();
            (found, failures)
        });
        let (found, failures) = looked.await.map_err(Failure::internal)?;
        let mut scan = Scan { failures, ..Scan::default() };
        // A link of a view leads out of its tool's folder to what is here already.
        scan.failures.retain(|failure| !failure.args.get("path").is_some_and(|path| ours.contains(path)));
        for Found { mut scanned, set, facts } in found {
            let mut refusal = facts.err();
            if refusal.is_none() && set.is_some() {
                // Several stay where they are.
                scanned.by = Some(AdoptionMethod::Reference);
            } else if refusal.is_none() {
                match self.executor.adoption_of(Path::new(&scanned.path)).await {
                    Ok(by) => scanned.by = Some(by),
                    Err(failure) => refusal = Some(failure),
                }
            }
            scan.models.push((scanned, refusal));
        }
        Ok(scan)
    }

    /// The file of that path as a tool has it; of nobody's in particular where none of them knows it.
    pub(crate) fn found_at(
        places: &[ModelPlace],
        paths: &[PathBuf],
        installed: &[Installed],
    ) -> Result<Vec<Found>, Failure> {
        let known = grouped(weights(places).0);
        let one = |path: &PathBuf| {
            let real = std::fs::canonicalize(path).map_err(|error| missing_or_io(path, error))?;
            let of_folder = || Weights {
                tool: ModelTool::Folder,
                real: real.clone(),
                shown: path.clone(),
                root: None,
                id: None,
                revision: None,
                digest: None,
                size: None,
            };
            let weights = known.iter().find(|one| one.has(&real)).map(|one| one.weights.clone());
            Ok(examined(Group::of(weights.unwrap_or_else(of_folder)), installed))
        };
        paths.iter().map(one).collect()
    }
}

fn missing_or_io(path: &Path, error: std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::NotFound {
        Failure::new(Code::FileNotFound).with("path", path.display()).because(error)
    } else {
        Failure::io(path, error)
    }
}

fn weights(places: &[ModelPlace]) -> (Vec<Weights>, Vec<Failure>) {
    let (mut all, mut failures) = (Vec::<Weights>::new(), Vec::new());
    for place in places {
        let (found, failed) = layouts::look(place);
        // One place may lie within another.
        for one in found {
            if !all.iter().any(|other| other.real == one.real) {
                all.push(one);
            }
        }
        failures.extend(failed);
    }
    (all, failures)
}

/// The paths of all views, each with the model that it is of.
fn laid_out(installed: &[Installed]) -> impl Iterator<Item = (String, &Installed)> {
    installed
        .iter()
        .flat_map(|item| item.views.iter().flat_map(move |view| view.paths().map(move |path| (path, item))))
}

fn examined(group: Group, installed: &[Installed]) -> Found {
    let Group { weights, set, .. } = group;
    let path = weights.real.display().to_string();
    let (set, facts) = match set {
        Ok(None) => (None, adoptable(&weights)),
        Ok(Some(set)) => {
            let facts = read_files(&set.paths()).and_then(|facts| tied(facts, &weights.shown));
            (Some(set), facts)
        }
        Err(failure) => (None, Err(failure)),
    };
    let known = facts.as_ref().ok();
    let is_it = |item: &&Installed| match (&item.source, &set) {
        (Source::LocalFiles { folder, files, .. }, Some(set)) => {
            let names = files.iter().map(|file| file.path.as_str());
            Path::new(folder) == set.folder && names.eq(set.names.iter().map(String::as_str))
        }
        (Source::LocalFile { path: from, .. }, None) if *from == path => true,
        _ => set.is_none() && weights.digest.is_some_and(|digest| digest == item.digest),
    };
    let length = |path: &Path| path.metadata().map_or(0, |found| found.len());
    let (size, files) = match &set {
        Some(set) => (set.paths().iter().map(|(_, path)| length(path)).sum(), set.names.len()),
        None => (length(&weights.real), 1),
    };
    let shown = weights.shown.display().to_string();
    let seen = [&path, &shown];
    let view = laid_out(installed).find(|(laid, _)| seen.contains(&laid)).map(|(_, item)| item.name.clone());
    let format = known.map(|facts| facts.format.clone());
    Found {
        scanned: ScannedModel {
            tool: weights.tool,
            id: weights.id,
            revision: weights.revision,
            size: las_types::ByteSize::new(size),
            files: u32::try_from(files).unwrap_or(u32::MAX),
            format: format
                .or_else(|| WeightsFormat::of_path(&shown).map(|format| format.as_str().to_owned())),
            quantisation: known.map(|facts| facts.quantisation.clone()),
            parameters: known.map(|facts| facts.parameters),
            digest: weights.digest.filter(|_| set.is_none()),
            installed: view.or_else(|| installed.iter().find(is_it).map(|item| item.name.clone())),
            by: None,
            path,
            shown,
        },
        set,
        facts,
    }
}

/// What the header says of a file that can be adopted; the rest of it is not read.
fn adoptable(weights: &Weights) -> Result<ModelFacts, Failure> {
    let path = &weights.real;
    let found = path.symlink_metadata().map_err(|error| missing_or_io(path, error))?;
    // A pipe or a device is not opened at all.
    if !found.is_file() {
        return Err(Failure::io(path, std::io::ErrorKind::InvalidInput.into()));
    }
    if let Some(size) = weights.size.filter(|size| size.bytes() != found.len()) {
        return Err(Failure::new(Code::ModelTruncated)
            .with("path", path.display())
            .with("expected", size.bytes())
            .with("actual", found.len()));
    }
    let facts = read_header(path)?;
    if facts.part.is_some_and(|part| part.of > 1) {
        return Err(Failure::new(Code::ModelNotAdoptable)
            .with("path", path.display())
            .with("reason", "part"));
    }
    tied(facts, path)
}

/// An adapter is adopted if it says to which base it belongs.
fn tied(facts: ModelFacts, path: &Path) -> Result<ModelFacts, Failure> {
    if bases::is_adapter(&facts) && !bases::names_one(&facts) {
        return Err(Failure::new(Code::AdapterBaseMissing).with("name", path.display()));
    }
    Ok(facts)
}
