//! The model that a pull will make, before its bytes are here and after.

use crate::import::{digest_of, name_from};
use las_models::Candidate;
use las_types::{
    ArtefactFile, ByteSize, Category, Code, Digest, Failure, FileLocation, Installed, ModelFacts,
    ModelOrigin, ModelRepository, ModuleName, OriginFile, Placement, RepositoryFile, Source, Version,
    WeightsFormat, tree_digest,
};
use std::collections::BTreeSet;
use std::path::PathBuf;

pub(super) fn origin_file(
    repository: &ModelRepository,
    file: &RepositoryFile,
    location: FileLocation,
) -> Result<OriginFile, Failure> {
    let model = &repository.model;
    if location.sha256.zip(file.sha256).is_some_and(|(one, other)| one != other) {
        return Err(Failure::new(Code::HubAnswerInvalid)
            .with("source", &model.source)
            .with("url", &location.url)
            .with("detail", "it names two digests of one file"));
    }
    let size = location.size.or(file.size).ok_or_else(|| {
        Failure::new(Code::ModelNoneSuitable)
            .with("source", &model.source)
            .with("id", &model.id)
            .with("reason", "unsized")
            .with("found", &file.path)
    })?;
    Ok(OriginFile {
        path: file.path.clone(),
        url: location.url,
        mirrors: location.mirrors,
        redirects: location.redirects,
        size,
        checksum: location.sha256.or(file.sha256),
        tag: location.tag,
        headers: location.headers,
    })
}

/// The model that it will be here, as far as that is known before its header is.
pub(super) fn planned(
    installed: &[Installed],
    name: Option<&ModuleName>,
    chosen: &Candidate,
    mut files: Vec<OriginFile>,
    origin: ModelOrigin,
) -> Result<Installed, Failure> {
    let size: ByteSize = files.iter().map(|file| file.size).sum();
    let first = files.first().ok_or_else(|| Failure::internal("a candidate without a file"))?;
    let name = name.cloned().map_or_else(|| name_from(&called(chosen, first, &origin)), Ok)?;
    let digest = match files.as_mut_slice() {
        [file] => file.checksum.unwrap_or_else(|| learned_before(installed, file)),
        several => {
            for file in several.iter_mut() {
                file.checksum = file.checksum.or_else(|| kept_before(installed, file));
            }
            let here: Vec<ArtefactFile> = several.iter().map(named).collect();
            // They come to lie beside each other.
            let names: BTreeSet<&str> = here.iter().map(|file| file.path.as_str()).collect();
            if names.len() != here.len() {
                return Err(Failure::new(Code::ModelNoneSuitable)
                    .with("source", &origin.source)
                    .with("id", &origin.id)
                    .with("reason", "several")
                    .with("found", names.into_iter().collect::<Vec<_>>().join(", ")));
            }
            tree_digest(&here)
        }
    };
    // Where it lies was said before its digest was known.
    let same = installed.iter().find(|item| item.name == name && item.digest == digest && files.len() > 1);
    let version: Version = format!("0.0.0+{}", digest.short()).parse().map_err(Failure::internal)?;
    let (version, placement) = match (same, files.as_slice()) {
        (Some(same), _) => (same.version.clone(), same.placement.clone()),
        (None, [_]) => (version, Placement::Blob),
        (None, _) => {
            let path = format!("{name}/{version}-{}", digest.short());
            (version, Placement::Store { path })
        }
    };
    let known = installed.iter().find(|other| other.digest == digest).and_then(|other| other.model.clone());
    let facts = known.unwrap_or_else(|| ModelFacts {
        format: chosen.format.as_str().to_owned(),
        quantisation: chosen.quantisation.unwrap_or_default().to_owned(),
        tensor_bytes: chosen.size.unwrap_or(size),
        ..ModelFacts::default()
    });
    Ok(Installed {
        name,
        category: Category::Model,
        version,
        digest,
        size,
        placement,
        license: origin.licence.clone(),
        source: Source::Repository { files, origin: Box::new(origin) },
        program: None,
        model: Some(facts),
        views: Vec::new(),
    })
}

/// What a model's name is made from: its file's, or its repository's where its weights are called as all are.
fn called(chosen: &Candidate, first: &OriginFile, origin: &ModelOrigin) -> PathBuf {
    let part = las_models::PartName::parse(first.name());
    let stem = part
        .map_or_else(|| first.name().to_owned(), |part| format!("{}.{}", part.stem, part.format.as_str()));
    let usual = matches!(stem.as_str(), "model.safetensors" | "adapter_model.safetensors");
    if chosen.format == WeightsFormat::Safetensors && usual {
        let id = origin.id.as_str().rsplit('/').next().unwrap_or_default();
        return PathBuf::from(format!("{id}.safetensors"));
    }
    PathBuf::from(stem)
}

/// The digest of one of several files that publishes none, as it was learned when it was fetched before.
fn kept_before(installed: &[Installed], file: &OriginFile) -> Option<Digest> {
    let of = |item: &Installed| match &item.source {
        Source::Repository { files, .. } if files.len() > 1 => {
            files.iter().find(|known| is_same(known, file) && known.size == file.size)?.checksum
        }
        _ => None,
    };
    installed.iter().find_map(of)
}

/// Whether two descriptions are of one file: an address of the one is one of the other.
fn is_same(known: &OriginFile, file: &OriginFile) -> bool {
    known.addresses().any(|url| file.addresses().any(|other| other == url))
}

/// A file as it will lie among those of its model; what stands for its digest until that is learned.
fn named(file: &OriginFile) -> ArtefactFile {
    let known = OriginFile { checksum: file.checksum.or_else(|| Some(file.stand_in())), ..file.clone() };
    known.as_kept().unwrap_or_else(|| ArtefactFile::link(String::new(), String::new()))
}

/// A model of several files with the digests of those that published none, read where they lie now.
pub(super) fn with_digests(mut item: Installed, places: &[(String, PathBuf)]) -> Result<Installed, Failure> {
    let Source::Repository { files, .. } = &mut item.source else { return Ok(item) };
    for (file, (_, path)) in files.iter_mut().zip(places) {
        if file.checksum.is_none() {
            file.checksum = Some(digest_of(path)?);
        }
    }
    item.digest = tree_digest(&files.iter().map(named).collect::<Vec<_>>());
    Ok(item)
}

/// The digest of a file that publishes none: the one that was learned when it was fetched before, else what stands for it.
fn learned_before(installed: &[Installed], file: &OriginFile) -> Digest {
    let same = |item: &&Installed| match &item.source {
        Source::Repository { files, .. } => files
            .iter()
            .any(|known| is_same(known, file) && (known.size, known.checksum) == (file.size, None)),
        _ => false,
    };
    installed.iter().find(same).map_or_else(|| file.stand_in(), |item| item.digest)
}
