//! From a manifest to what will be installed.

use crate::{World, mode};
use las_types::{
    ArtefactIndex, ByteSize, Category, Code, Digest, Failure, ImageRecord, Installed, Manifest, ModelSection,
    Placement, RuntimeMode, Source, SourceSection, tree_digest,
};

/// What installing a manifest puts on the machine.
///
/// Codes: those of a mode; `module-not-offered` if it names no source, `resource-missing` if its artefact isn't there, `model-damaged` if a shipped model could
/// not be read.
pub(crate) fn installed(world: &World<'_>, manifest: &Manifest) -> Result<Installed, Failure> {
    let (mode, _) = mode::choose(world, manifest)?;
    installed_in(world, manifest, mode)
}

/// The same in a mode that is chosen already.
pub(crate) fn installed_in(
    world: &World<'_>,
    manifest: &Manifest,
    mode: RuntimeMode,
) -> Result<Installed, Failure> {
    if mode == RuntimeMode::Container {
        return contained(manifest);
    }
    let artefact = match &manifest.source {
        Some(SourceSection::Builtin { artefact }) => artefact,
        Some(section @ SourceSection::Archive { .. }) => return archived(manifest, section),
        Some(SourceSection::Oci { .. }) | None => return Err(not_offered(manifest)),
    };
    let directory = world.artefacts.directory(artefact);
    let index = world.artefacts.get(artefact).ok_or_else(|| {
        Failure::new(Code::ResourceMissing).with("part", artefact).with("path", directory.display())
    })?;
    match &manifest.model {
        Some(section) => model(world, manifest, section, index),
        None => Ok(module(manifest, index)),
    }
}

fn not_offered(manifest: &Manifest) -> Failure {
    Failure::new(Code::ModuleNotOffered).with("name", &manifest.name).with("version", &manifest.version)
}

fn module(manifest: &Manifest, index: &ArtefactIndex) -> Installed {
    let size = index.files.iter().map(|file| file.size).sum::<ByteSize>();
    let source = Source::Builtin { artefact: index.name.clone(), file: None };
    stored(manifest, index.digest, size, source)
}

/// A module from an archive: its manifest says all of it, so nothing is fetched to plan it.
fn archived(manifest: &Manifest, section: &SourceSection) -> Result<Installed, Failure> {
    let SourceSection::Archive { urls, redirects, format, size, folder, files, unpacked, contents } = section
    else {
        return Err(not_offered(manifest));
    };
    let checksum = manifest.integrity.checksum.ok_or_else(|| not_offered(manifest))?;
    let source = Source::Archive {
        urls: urls.clone(),
        redirects: redirects.clone(),
        format: *format,
        size: *size,
        checksum,
        folder: folder.clone(),
        files: *files,
    };
    Ok(stored(manifest, *contents, *unpacked, source))
}

/// A module that runs in a container: the store keeps a record of its image, the engine the image.
fn contained(manifest: &Manifest) -> Result<Installed, Failure> {
    let (image, digest, size) = manifest.image().ok_or_else(|| not_offered(manifest))?;
    let record = ImageRecord { image: image.clone(), digest };
    let source = Source::Oci { image: image.clone(), digest, size };
    // Its program lies in the image, not among its files: none of them is started to prove it.
    Ok(Installed { program: None, ..stored(manifest, tree_digest(&[record.file()]), size, source) })
}

fn stored(manifest: &Manifest, digest: Digest, size: ByteSize, source: Source) -> Installed {
    let Manifest { name, version, .. } = manifest;
    Installed {
        name: name.clone(),
        category: manifest.category,
        version: version.clone(),
        digest,
        size,
        placement: Placement::Store { path: format!("{name}/{version}-{}", digest.short()) },
        source,
        license: manifest.license.clone(),
        program: manifest.runtime.program.clone(),
        model: None,
        views: Vec::new(),
    }
}

fn model(
    world: &World<'_>,
    manifest: &Manifest,
    section: &ModelSection,
    index: &ArtefactIndex,
) -> Result<Installed, Failure> {
    let path = world.artefacts.directory(&index.name).join("files").join(&section.file);
    let damaged =
        || Failure::new(Code::ModelDamaged).with("name", &manifest.name).with("path", path.display());
    let file = index.files.iter().find(|file| file.path == section.file).ok_or_else(damaged)?;
    let digest: Digest = format!("sha256:{}", file.sha256).parse().map_err(|_| damaged())?;
    let key = (manifest.name.clone(), manifest.version.clone());
    let mut facts = world.facts.get(&key).ok_or_else(damaged)?.clone();
    facts.demonstration = section.demonstration;
    Ok(Installed {
        name: manifest.name.clone(),
        category: Category::Model,
        version: manifest.version.clone(),
        digest,
        size: file.size,
        placement: Placement::Blob,
        source: Source::Builtin { artefact: index.name.clone(), file: Some(section.file.clone()) },
        license: manifest.license.clone(),
        program: None,
        model: Some(facts),
        views: Vec::new(),
    })
}
