//! The list of well-known models, `models/*.yaml` of the application's registry.

use crate::files::{entries, read_text, relative};
use crate::yaml::{line_of, parse};
use las_types::{Code, CuratedModel, Failure, WeightsFormat};
use std::collections::BTreeSet;
use std::path::Path;

/// The folder of the list within a registry. Its files are no manifests.
pub(crate) const FOLDER: &str = "models";
const BYTES_MAX: u64 = 64 << 10;

/// Every entry that can be used, smallest model first, and why others can't. Codes of these: `model-entry-invalid` with
/// line and what is wrong, and those of reading.
pub fn curated_models(registry: &Path) -> (Vec<CuratedModel>, Vec<Failure>) {
    let (mut models, mut failed) = (Vec::<CuratedModel>::new(), Vec::new());
    let files = match entries(&registry.join(FOLDER)) {
        Ok(files) => files,
        Err(failure) => return (models, vec![failure]),
    };
    let mut known = BTreeSet::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "yaml")) {
        let read =
            read_text(path, BYTES_MAX).and_then(|text| read(&text, &relative(registry, path), &mut known));
        match read {
            Ok(model) => models.push(model),
            Err(failure) => failed.push(failure),
        }
    }
    models.sort_by(|one, other| (one.parameters, &one.id).cmp(&(other.parameters, &other.id)));
    (models, failed)
}

fn read(text: &str, shown: &str, known: &mut BTreeSet<String>) -> Result<CuratedModel, Failure> {
    let invalid = |line: u64, detail: String| {
        Failure::new(Code::ModelEntryInvalid).with("path", shown).with("line", line).with("detail", detail)
    };
    let model: CuratedModel = parse(text).map_err(|error| invalid(error.line, error.detail))?;
    let wrong = |key: &str, detail: &str| Err(invalid(line_of(text, key), detail.to_owned()));
    if model.context == 0 {
        return wrong("context", "a context of no tokens");
    }
    if model.parameters.parameters() == 0 {
        return wrong("parameters", "no parameters");
    }
    if model.active.is_some_and(|active| active >= model.parameters) {
        return wrong("active", "one token can't use as many parameters as there are");
    }
    if !model.files.iter().any(|file| WeightsFormat::of_path(file.path.as_str()) == Some(model.format)) {
        return wrong("files", "none of the files has the format");
    }
    let paths: BTreeSet<_> = model.files.iter().map(|file| &file.path).collect();
    if paths.len() != model.files.len() {
        return wrong("files", "a file stands there twice");
    }
    if model.files.iter().any(|file| file.size.is_some_and(|size| size.bytes() == 0)) {
        return wrong("size", "a file without bytes");
    }
    if !known.insert(model.id.to_string()) {
        return wrong("id", "another entry has the same repository");
    }
    Ok(model)
}

#[cfg(test)]
mod tests {
    use super::{curated_models, read};
    use las_types::Code;
    use std::collections::BTreeSet;
    use std::path::Path;

    const GOOD: &str = "id: a/b\ntitle: B\nmaker: A\ntask: text-generation\nparameters: 1B\ncontext: 4096\nlicense: MIT\n\
        format: gguf\nabilities: [chat]\nfiles:\n  - path: b.gguf\n";

    #[test]
    fn every_entry_of_the_list_is_accepted_and_there_are_forty_from_a_tenth_to_a_hundred_billion() {
        let (models, failed) = curated_models(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../registry"));
        assert!(failed.is_empty(), "{failed:?}");
        assert!(models.len() >= 40, "{}", models.len());
        let sizes: Vec<u64> = models.iter().map(|model| model.parameters.parameters()).collect();
        assert!(sizes[0] <= 150_000_000 && sizes[sizes.len() - 1] >= 100_000_000_000, "{sizes:?}");
        assert!(models.iter().any(|model| model.vision));
    }

    #[test]
    fn what_contradicts_itself_is_named_with_its_line() {
        assert!(read(GOOD, "x", &mut BTreeSet::new()).is_ok());
        for (from, to, line) in [
            ("context: 4096", "context: 0", 6),
            ("parameters: 1B", "parameters: 0B", 5),
            ("context: 4096", "context: 4096\nactive: 2B", 7),
            ("b.gguf", "b.bin", 10),
            ("b.gguf", "b.gguf\n  - path: b.gguf", 10),
            ("b.gguf", "../b.gguf", 11),
            ("b.gguf", "b.gguf\n    sha256: sha256:00", 12),
            ("b.gguf", "b.gguf\n    size: 0", 12),
            ("license: MIT", "licence: MIT", 7),
        ] {
            let failure = read(&GOOD.replace(from, to), "x", &mut BTreeSet::new()).unwrap_err();
            assert_eq!(failure.code, Code::ModelEntryInvalid, "{to}");
            assert_eq!(failure.args["line"], line.to_string(), "{to}: {failure}");
        }
        let mut known = BTreeSet::from(["a/b".to_owned()]);
        assert!(read(GOOD, "x", &mut known).is_err());
    }
}
