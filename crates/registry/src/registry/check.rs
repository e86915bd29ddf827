//! Reads one manifest and checks it against its path and its artefact.

use crate::Artefacts;
use crate::files::read_text;
use crate::yaml::{line_of, parse};
use las_types::{
    ArtefactFile, ArtefactIndex, Category, Code, Digest, Failure, Manifest, ModelSection, ModuleName,
    SourceSection, SourceUrl,
};
use std::path::Path;

const MANIFEST_BYTES_MAX: u64 = 256 << 10;

pub(super) fn invalid(path: &str, line: u64, detail: impl std::fmt::Display) -> Failure {
    Failure::new(Code::ManifestInvalid).with("path", path).with("line", line).with("detail", detail)
}

/// The manifest and the digest of its file, or why not, with the module's name as far as it is known.
pub(super) fn read(
    path: &Path,
    shown: &str,
    expected: Option<Digest>,
    artefacts: &Artefacts,
) -> Result<(Manifest, Digest), (Option<ModuleName>, Failure)> {
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    let folder_name = folder.and_then(|name| name.parse::<ModuleName>().ok());
    let text = read_text(path, MANIFEST_BYTES_MAX).map_err(|failure| (folder_name.clone(), failure))?;
    let digest = Digest::of(text.as_bytes());
    if let Some(expected) = expected.filter(|expected| *expected != digest) {
        let failure = Failure::new(Code::ChecksumMismatch)
            .with("path", shown)
            .with("expected", expected)
            .with("actual", digest);
        return Err((folder_name, failure));
    }
    let manifest: Manifest =
        parse(&text).map_err(|error| (folder_name, invalid(shown, error.line, error.detail)))?;
    match check(&manifest, path, &Shown { path: shown, text: &text }, artefacts) {
        Ok(()) => Ok((manifest, digest)),
        Err(failure) => Err((Some(manifest.name), failure)),
    }
}

/// The file as failures name it.
pub(super) struct Shown<'a> {
    path: &'a str,
    text: &'a str,
}

impl Shown<'_> {
    pub(super) fn invalid(&self, key: &str, detail: impl std::fmt::Display) -> Failure {
        invalid(self.path, line_of(self.text, key), detail)
    }
}

fn check(manifest: &Manifest, path: &Path, shown: &Shown<'_>, artefacts: &Artefacts) -> Result<(), Failure> {
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
    if folder != Some(manifest.name.as_str()) {
        return Err(shown.invalid("name", format!("'{}' is not the name of its folder", manifest.name)));
    }
    if path.file_stem().and_then(|stem| stem.to_str()) != Some(&manifest.version.to_string()) {
        return Err(shown.invalid("version", format!("'{}' is not the name of its file", manifest.version)));
    }
    if (manifest.category == Category::Model) != manifest.model.is_some() {
        return Err(shown.invalid("category", "a model, and nothing else, has a 'model' section"));
    }
    if manifest.runtime.preferred.is_some_and(|mode| !manifest.runtime.modes.contains(&mode)) {
        return Err(shown.invalid("preferred", "the preferred mode is not among the modes"));
    }
    if manifest.integrity.signature.is_some() {
        // What would be signed is not laid down: a signature that nobody verifies must not look like one.
        return Err(Failure::new(Code::ManifestSignatureUnverifiable)
            .with("path", shown.path)
            .with("line", line_of(shown.text, "signature")));
    }
    check_relations(manifest, shown)?;
    super::serving::check(manifest, shown)?;
    super::contained::has_image(manifest, shown)?;
    match &manifest.source {
        Some(SourceSection::Builtin { artefact }) => check_artefact(manifest, artefact, shown, artefacts),
        Some(SourceSection::Archive { urls, redirects, .. }) => {
            check_archive(manifest, urls, redirects, shown)
        }
        Some(SourceSection::Oci { .. }) => super::contained::check(manifest, shown),
        // There are no bytes yet that a checksum could be compared with.
        None => Ok(()),
    }
}

/// What a manifest says of other modules must make sense for this one.
fn check_relations(manifest: &Manifest, shown: &Shown<'_>) -> Result<(), Failure> {
    let Manifest { name, version, .. } = manifest;
    let companions = &manifest.runtime.companions;
    if companions.iter().any(|request| request.name == *name) {
        return Err(shown.invalid("companions", "a service is no companion of itself"));
    }
    if !companions.is_empty() && manifest.runtime.service.is_none() {
        return Err(shown.invalid("companions", "companions belong to a 'service', which is missing"));
    }
    let provides = &manifest.interfaces.provides;
    for (place, provided) in provides.iter().enumerate() {
        if provided.name == *name {
            return Err(shown.invalid("provides", "a module has its own name without providing it"));
        }
        if provides[..place].iter().any(|other| other.name == provided.name) {
            return Err(shown.invalid("provides", format!("'{}' is provided twice", provided.name)));
        }
    }
    if manifest.conflicts.iter().any(|request| request.name == *name) {
        return Err(shown.invalid("conflicts", "of a module there is one version at a time anyway"));
    }
    if let Some(least) = manifest.minimum_useful_version.as_ref().filter(|least| *least > version) {
        let detail = format!("by this, {version} itself is older than the useful {least}");
        return Err(shown.invalid("minimum_useful_version", detail));
    }
    let successor = manifest.deprecation.as_ref().and_then(|deprecation| deprecation.superseded_by.as_ref());
    if successor.is_some_and(|next| next.name == *name && next.requirement.matches(version)) {
        return Err(shown.invalid("superseded_by", "nothing is superseded by itself"));
    }
    Ok(())
}

/// What is fetched is pinned before, and from hosts that are known before.
fn check_archive(
    manifest: &Manifest,
    urls: &[SourceUrl],
    redirects: &[String],
    shown: &Shown<'_>,
) -> Result<(), Failure> {
    if manifest.model.is_some() {
        return Err(shown.invalid("kind", "a model does not come in an archive"));
    }
    if urls.is_empty() {
        return Err(shown.invalid("urls", "an archive needs an address to be fetched from"));
    }
    if manifest.integrity.checksum.is_none() {
        return Err(shown.invalid("source", "an archive needs the 'checksum' of its file under 'integrity'"));
    }
    let is_host = |text: &String| {
        let plain =
            |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || matches!(sign, '.' | '-');
        !text.is_empty() && text.chars().all(plain)
    };
    match redirects.iter().find(|host| !is_host(host)) {
        Some(host) => Err(shown.invalid("redirects", format!("'{host}' is no name of a host"))),
        None => Ok(()),
    }
}

/// What is shipped must be what the manifest says.
fn check_artefact(
    manifest: &Manifest,
    artefact: &ModuleName,
    shown: &Shown<'_>,
    artefacts: &Artefacts,
) -> Result<(), Failure> {
    let index = artefacts.get(artefact).ok_or_else(|| {
        Failure::new(Code::ResourceMissing)
            .with("part", artefact)
            .with("path", artefacts.directory(artefact).display())
    })?;
    if index.version != manifest.version {
        let detail = format!("the artefact '{artefact}' is shipped in version {}", index.version);
        return Err(shown.invalid("version", detail));
    }
    if let Some(program) = &manifest.runtime.program
        && !file(index, program).is_some_and(|file| file.executable)
    {
        return Err(shown.invalid("program", format!("'{program}' is no program of the artefact")));
    }
    let actual = match &manifest.model {
        Some(model) => model_digest(model, index, shown)?,
        None => index.source,
    };
    match manifest.integrity.checksum {
        Some(expected) if expected != actual => Err(Failure::new(Code::ChecksumMismatch)
            .with("path", shown.path)
            .with("expected", expected)
            .with("actual", actual)),
        _ => Ok(()),
    }
}

fn file<'a>(index: &'a ArtefactIndex, path: &str) -> Option<&'a ArtefactFile> {
    index.files.iter().find(|file| file.path == path)
}

/// The digest of a model's file, which must be there in the size that the manifest says.
fn model_digest(model: &ModelSection, index: &ArtefactIndex, shown: &Shown<'_>) -> Result<Digest, Failure> {
    let file = file(index, &model.file)
        .ok_or_else(|| shown.invalid("file", format!("'{}' is not in the artefact", model.file)))?;
    if file.size != model.size {
        let (said, is) = (model.size.bytes(), file.size.bytes());
        return Err(shown.invalid("size", format!("'{}' has {is} bytes, not {said}", model.file)));
    }
    format!("sha256:{}", file.sha256).parse().map_err(Failure::internal) // the index was checked
}
