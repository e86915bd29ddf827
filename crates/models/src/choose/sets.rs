//! Models of several kinds of files: weights in safetensors with what belongs to them, and GGUF with a projector.

use super::{Candidate, Why};
use crate::PartName;
use las_types::{FileRole, RepositoryFile, WeightsFormat};
use std::collections::BTreeMap;

/// Which projector is taken, from the first on: half the bytes see as well as all of them.
const PROJECTORS: [&str; 5] = ["F16", "FP16", "BF16", "Q8_0", "F32"];
/// How PEFT names an adapter's weights, and what it says of them.
const ADAPTER: &str = "adapter_model";
const ADAPTER_CONFIG: &str = "adapter_config.json";
const CONFIG: &str = "config.json";
/// How a model's weights are named that has no other name.
const MODEL: &str = "model";

/// A path's folder, and the name in it.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name))
}

/// What weights are called without parts and ending.
fn stem(name: &str) -> Option<String> {
    let plain = name.strip_suffix(".safetensors")?;
    Some(PartName::parse(name).map_or_else(|| plain.to_owned(), |part| part.stem))
}

/// Gives each GGUF model the projector that lies beside it, or at the top of its repository.
pub(super) fn with_projectors(all: &mut [Candidate], files: &[RepositoryFile]) {
    let projectors: Vec<&RepositoryFile> = files
        .iter()
        .filter(|file| FileRole::of(split(file.path.as_str()).1) == Some(FileRole::Projector))
        .collect();
    let rank = |file: &RepositoryFile| {
        let said = super::quantisation_of(file.path.as_str());
        let known = said.and_then(|said| PROJECTORS.iter().position(|one| *one == said));
        (known.unwrap_or(PROJECTORS.len()), file.size)
    };
    for one in all {
        let Some(folder) = one.files.first().map(|file| split(file.path.as_str()).0.to_owned()) else {
            continue;
        };
        let within = |wanted: &str| {
            let here = projectors.iter().filter(|file| split(file.path.as_str()).0 == wanted);
            here.min_by_key(|file| rank(file)).map(|file| (*file).clone())
        };
        one.beside.extend(within(&folder).or_else(|| within("")));
    }
}

/// The models in safetensors: what has a `config.json` beside it, an adapter its own.
pub(super) fn safetensors(files: &[RepositoryFile]) -> Vec<Candidate> {
    // By folder, and in it by what they are called.
    let mut sets: BTreeMap<(&str, String), Vec<&RepositoryFile>> = BTreeMap::new();
    for file in files {
        let (folder, name) = split(file.path.as_str());
        if let Some(stem) = stem(name) {
            sets.entry((folder, stem)).or_default().push(file);
        }
    }
    let mut all = Vec::new();
    for ((folder, stem), weights) in sets {
        let here: Vec<&RepositoryFile> =
            files.iter().filter(|file| split(file.path.as_str()).0 == folder).collect();
        let named = |wanted: &str| here.iter().find(|file| split(file.path.as_str()).1 == wanted).copied();
        let adapter = stem == ADAPTER;
        if named(if adapter { ADAPTER_CONFIG } else { CONFIG }).is_none() {
            continue;
        }
        let index = format!("{stem}.safetensors.index.json");
        let belongs = |file: &&&RepositoryFile| match FileRole::of(split(file.path.as_str()).1) {
            Some(FileRole::Config | FileRole::Tokenizer | FileRole::Template) => true,
            Some(FileRole::Index) => split(file.path.as_str()).1 == index,
            _ => false,
        };
        let beside: Vec<RepositoryFile> = here.iter().filter(belongs).map(|file| (*file).clone()).collect();
        let parts = |file: &RepositoryFile| PartName::parse(split(file.path.as_str()).1);
        let (split_up, alone): (Vec<&RepositoryFile>, Vec<&RepositoryFile>) =
            weights.into_iter().partition(|file| parts(file).is_some());
        // Both may be there, of which the one file is all of it.
        for file in alone {
            let beside =
                beside.iter().filter(|file| !file.path.as_str().ends_with(&index)).cloned().collect();
            let one = Candidate::of(WeightsFormat::Safetensors, vec![file.clone()], false);
            all.push(Candidate { beside, ..one });
        }
        if let Some(first) = split_up.first().and_then(|file| parts(file)) {
            let found: Vec<RepositoryFile> = first.all().filter_map(|name| named(&name)).cloned().collect();
            let lacks = u32::try_from(found.len()) != Ok(first.of) || named(&index).is_none();
            let one = Candidate::of(WeightsFormat::Safetensors, found, lacks);
            all.push(Candidate { beside, ..one });
        }
    }
    all
}

/// The one that is meant where none is named: the only one, or the one that is called as models are.
pub(super) fn choose(candidates: &[Candidate]) -> Option<(&Candidate, Why)> {
    if let [only] = candidates {
        return (!only.lacks_parts).then_some((only, Why::Only));
    }
    let named = |one: &&Candidate| {
        let path = one.files.first().map_or("", |file| file.path.as_str());
        // At the top, not in a folder of something else.
        stem(path).as_deref() == Some(MODEL) && !one.lacks_parts
    };
    candidates.iter().filter(named).min_by_key(|one| one.files.len()).map(|one| (one, Why::Usual))
}

#[cfg(test)]
mod tests {
    use crate::{Why, candidates, choose};
    use las_types::{ByteSize, ModelFit, RepositoryFile, WeightsFormat};

    fn files(all: &[&str]) -> Vec<RepositoryFile> {
        let size = Some(ByteSize::new(10));
        all.iter().map(|path| RepositoryFile { path: path.parse().unwrap(), size, sha256: None }).collect()
    }

    #[test]
    fn weights_come_with_what_belongs_to_them_and_nothing_that_runs() {
        let all = candidates(&files(&[
            "config.json",
            "generation_config.json",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "modeling_x.py",
            "onnx/config.json",
            "pytorch_model.bin",
            "tokenizer.json",
            "vae/other.safetensors",
        ]));
        let [one] = &all[..] else { panic!("{all:?}") };
        let names: Vec<&str> = one.all().map(|file| file.path.as_str()).collect();
        assert_eq!(one.format, WeightsFormat::Safetensors);
        assert_eq!(
            names,
            [
                "model-00001-of-00002.safetensors",
                "model-00002-of-00002.safetensors",
                "config.json",
                "generation_config.json",
                "model.safetensors.index.json",
                "tokenizer.json"
            ]
        );
        assert_eq!(choose(&all, |_| ModelFit::TooLarge).map(|(_, why)| why), Some(Why::Only));
    }

    #[test]
    fn a_set_without_its_index_or_a_part_is_not_whole() {
        for lacking in [
            &["config.json", "m-00001-of-00002.safetensors", "m-00002-of-00002.safetensors"][..],
            &["config.json", "m-00002-of-00002.safetensors", "m.safetensors.index.json"],
        ] {
            let all = candidates(&files(lacking));
            assert!(all.len() == 1 && all[0].lacks_parts, "{all:?}");
            assert_eq!(choose(&all, |_| ModelFit::Fits), None);
        }
    }

    #[test]
    fn a_projector_goes_with_its_model_and_half_precision_goes_first() {
        let all = candidates(&files(&[
            "a-Q8_0.gguf",
            "mmproj-F32.gguf",
            "mmproj-a-f16.gguf",
            "mmproj-BF16.gguf",
            "q4/a-Q4_K_M.gguf",
        ]));
        assert_eq!(all.len(), 2);
        for one in &all {
            assert_eq!(one.beside[0].path.as_str(), "mmproj-a-f16.gguf", "{one:?}");
        }
    }

    #[test]
    fn gguf_goes_before_safetensors_and_the_usual_name_before_others() {
        let all = candidates(&files(&["a.gguf", "config.json", "model.safetensors"]));
        assert_eq!(choose(&all, |_| ModelFit::Fits).unwrap().0.format, WeightsFormat::Gguf);
        let all = candidates(&files(&["config.json", "model.fp16.safetensors", "model.safetensors"]));
        let (one, why) = choose(&all, |_| ModelFit::Fits).unwrap();
        assert_eq!((one.files[0].path.as_str(), why), ("model.safetensors", Why::Usual));
        let all = candidates(&files(&["config.json", "x.safetensors", "y.safetensors"]));
        assert_eq!(choose(&all, |_| ModelFit::Fits), None);
        let all = candidates(&files(&["adapter_config.json", "adapter_model.safetensors"]));
        assert_eq!(choose(&all, |_| ModelFit::Fits).unwrap().1, Why::Only);
    }
}
