//! Models that come as several safetensors files: `model.safetensors.index.json` says which tensor is where.

use super::SafetensorsHeader;
use crate::ModelError;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

const INDEX_BYTES_MAX: usize = 32 << 20;
const TENSORS_MAX: usize = 200_000;
const FILES_MAX: usize = 10_000;
const NAME_BYTES_MAX: usize = 255;

/// Which tensor is in which file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShardIndex {
    /// The files, by name.
    pub files: BTreeSet<String>,
    /// Bytes of all tensors, as it says; no one checks that at its making.
    pub total_bytes: Option<u64>,
    tensors: BTreeMap<String, usize>,
    names: Vec<String>,
}

impl ShardIndex {
    /// Reads an index of up to 32 MiB.
    ///
    /// A file's name is one name: no folder, no way up, and it ends with `.safetensors`.
    ///
    /// Errors: `Malformed`.
    pub fn parse(bytes: &[u8]) -> Result<Self, ModelError> {
        if bytes.len() > INDEX_BYTES_MAX {
            return Err(ModelError::malformed("the index has more than 32 MiB"));
        }
        let raw: Raw =
            serde_json::from_slice(bytes).map_err(|error| ModelError::malformed(error.to_string()))?;
        if raw.weight_map.tensors.is_empty() {
            return Err(ModelError::malformed("the index names no tensor"));
        }
        Ok(Self {
            files: raw.weight_map.files.iter().cloned().collect(),
            total_bytes: raw.metadata.and_then(|metadata| metadata.total_size),
            tensors: raw.weight_map.tensors,
            names: raw.weight_map.files,
        })
    }

    /// The file that a tensor is in.
    pub fn file_of(&self, tensor: &str) -> Option<&str> {
        self.tensors.get(tensor).and_then(|number| self.names.get(*number)).map(String::as_str)
    }
}

#[derive(serde::Deserialize)]
struct Raw {
    weight_map: WeightMap,
    metadata: Option<Metadata>,
}

#[derive(serde::Deserialize)]
struct Metadata {
    total_size: Option<u64>,
}

/// Each tensor with the number of its file, so that a file's name is held once.
#[derive(Default)]
struct WeightMap {
    files: Vec<String>,
    tensors: BTreeMap<String, usize>,
}

impl<'de> Deserialize<'de> for WeightMap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MapVisitor;
        impl<'de> Visitor<'de> for MapVisitor {
            type Value = WeightMap;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of tensors and their files")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<WeightMap, A::Error> {
                let mut found = WeightMap::default();
                let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
                while let Some((tensor, file)) = map.next_entry::<String, String>()? {
                    let number = if let Some(number) = numbers.get(&file) {
                        *number
                    } else {
                        if !is_plain(&file) {
                            return Err(A::Error::custom(
                                "a file's name is not that of a file beside the index",
                            ));
                        }
                        if found.files.len() == FILES_MAX {
                            return Err(A::Error::custom(format!("more than {FILES_MAX} files")));
                        }
                        found.files.push(file.clone());
                        numbers.insert(file, found.files.len() - 1);
                        found.files.len() - 1
                    };
                    if found.tensors.len() == TENSORS_MAX {
                        return Err(A::Error::custom(format!("more than {TENSORS_MAX} tensors")));
                    }
                    if found.tensors.insert(tensor, number).is_some() {
                        return Err(A::Error::custom("a tensor is there twice"));
                    }
                }
                Ok(found)
            }
        }
        deserializer.deserialize_map(MapVisitor)
    }
}

fn is_plain(name: &str) -> bool {
    let stem = name.strip_suffix(".safetensors").unwrap_or_default();
    !stem.is_empty()
        && name.len() <= NAME_BYTES_MAX
        && !stem.starts_with('.')
        && !name.contains(['/', '\\', ':'])
        && !name.chars().any(char::is_control)
}

/// Puts the headers of all files of an index together: metadata of the first file, tensors of all. Offsets stay those in
/// their own files.
///
/// Errors: `Malformed` where a file is missing or is not of the index, or where a tensor is not in the file that the index
/// says, or in one that it does not say.
pub fn join_shards(
    index: &ShardIndex,
    shards: Vec<(String, SafetensorsHeader)>,
) -> Result<SafetensorsHeader, ModelError> {
    let mut shards: BTreeMap<String, SafetensorsHeader> = shards.into_iter().collect();
    if let Some(missing) = index.files.iter().find(|name| !shards.contains_key(*name)) {
        return Err(ModelError::malformed(format!("the file '{missing}' of the index is missing")));
    }
    if let Some(other) = shards.keys().find(|name| !index.files.contains(*name)) {
        return Err(ModelError::malformed(format!("the file '{other}' is not of the index")));
    }
    let mut whole: Option<SafetensorsHeader> = None;
    let mut count = 0;
    for (file, header) in &mut shards {
        for tensor in &header.tensors {
            if index.file_of(&tensor.name) != Some(file) {
                let name = &tensor.name;
                return Err(ModelError::malformed(format!(
                    "tensor '{name}' is in '{file}', which the index denies"
                )));
            }
            count += 1;
        }
        let tensors = std::mem::take(&mut header.tensors);
        match &mut whole {
            Some(whole) => whole.tensors.extend(tensors),
            None => whole = Some(SafetensorsHeader { tensors, ..header.clone() }),
        }
    }
    if count != index.tensors.len() {
        return Err(ModelError::malformed("the index names tensors that no file has"));
    }
    whole.ok_or_else(|| ModelError::malformed("the index names no file"))
}
