//! Models that come as several files: which part a file is, and whether a set of them is one model.

use crate::{GgufHeader, ModelError, Value};
use las_types::{ModelPart, WeightsFormat};
use std::collections::{BTreeSet, HashSet};

/// A five-digit number is all that names have room for.
const PARTS_MAX: u64 = 99_999;
const DIGITS: usize = 5;

/// The name of a part: `model-00002-of-00003.gguf` is part 2 of 3 of `model`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartName {
    /// What all parts begin with.
    pub stem: String,
    /// Which one it is, from 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// In which format.
    pub format: WeightsFormat,
}

impl PartName {
    /// Reads the name of a file, without its folder; none if it isn't that of a part.
    pub fn parse(name: &str) -> Option<Self> {
        let (rest, ending) = name.rsplit_once('.')?;
        let format: WeightsFormat = ending.parse().ok()?;
        let (rest, of) = rest.rsplit_once("-of-")?;
        let (stem, number) = rest.rsplit_once('-')?;
        let digits = |text: &str| {
            let plain = text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
            plain.then(|| text.parse().ok()).flatten()
        };
        let (number, of): (u32, u32) = (digits(number)?, digits(of)?);
        let right = !stem.is_empty() && !stem.contains(['/', '\\', '\0']) && (1..=of).contains(&number);
        right.then(|| Self { stem: stem.to_owned(), number, of, format })
    }

    /// The names of all parts, in order.
    pub fn all(&self) -> impl Iterator<Item = String> {
        let format = self.format.as_str();
        (1..=self.of).map(move |number| format!("{}-{number:05}-of-{:05}.{format}", self.stem, self.of))
    }
}

impl GgufHeader {
    /// Which part of a split model it is; none if it is whole.
    ///
    /// Errors: `Malformed` where the header names a part that can't be.
    pub fn part(&self) -> Result<Option<ModelPart>, ModelError> {
        let number = |key: &str, most: u64| match self.metadata.get(key) {
            None => Ok(None),
            Some(Value::Unsigned(number)) if *number <= most => {
                Ok(Some(u32::try_from(*number).unwrap_or(u32::MAX)))
            }
            Some(_) => Err(ModelError::malformed(format!("'{key}' is no number up to {most}"))),
        };
        let (index, of) = (number("split.no", PARTS_MAX)?, number("split.count", PARTS_MAX)?);
        let tensors = number("split.tensors.count", u64::from(u32::MAX))?;
        match (index, of, tensors) {
            (None | Some(0), None | Some(0 | 1), _) => Ok(None),
            (Some(index), Some(of), Some(tensors)) if index < of => {
                Ok(Some(ModelPart { number: index + 1, of, tensors }))
            }
            _ => Err(ModelError::malformed("it is said to be a part, and not which one of how many")),
        }
    }
}

/// Puts the headers of all parts together, in any order, and gives the header of the whole: the metadata of the first, the
/// tensors of all. Their offsets stay those in their own files.
///
/// Errors: `Malformed` where a part is missing, is there twice or is another model's, where a tensor is there twice, or
/// where there are more or fewer tensors than the first part says.
pub fn join_parts(parts: Vec<GgufHeader>) -> Result<GgufHeader, ModelError> {
    let mut numbered = Vec::new();
    for header in parts {
        let part = header.part()?.ok_or_else(|| ModelError::malformed("a file among the parts is none"))?;
        numbered.push((part, header));
    }
    numbered.sort_by_key(|(part, _)| part.number);
    let mut rest = numbered.into_iter();
    let Some((first, mut whole)) = rest.next() else {
        return Err(ModelError::malformed("there are no parts"));
    };
    let mut seen = BTreeSet::from([first.number]);
    for (part, header) in rest {
        if (part.of, part.tensors) != (first.of, first.tensors) {
            return Err(ModelError::malformed("the parts are not of one model"));
        }
        // Later parts may say nothing of the model; what they say must be the same.
        let other = |(key, value): (&String, &Value)| {
            key.starts_with("general.architecture") && whole.metadata.get(key).is_some_and(|own| own != value)
        };
        if header.metadata.iter().any(other) {
            return Err(ModelError::malformed("the parts are not of one model"));
        }
        if !seen.insert(part.number) {
            return Err(ModelError::malformed(format!("part {} is there twice", part.number)));
        }
        whole.tensors.extend(header.tensors);
    }
    if let Some(missing) = (1..=first.of).find(|number| !seen.contains(number)) {
        return Err(ModelError::malformed(format!("part {missing} of {} is missing", first.of)));
    }
    let names: HashSet<&str> = whole.tensors.iter().map(|tensor| tensor.name.as_str()).collect();
    if names.len() != whole.tensors.len() {
        return Err(ModelError::malformed("a tensor is in two parts"));
    }
    if whole.tensors.len() as u64 != u64::from(first.tensors) {
        let (found, said) = (whole.tensors.len(), first.tensors);
        return Err(ModelError::malformed(format!(
            "the parts hold {found} tensors, and {said} are announced"
        )));
    }
    for key in ["split.no", "split.count", "split.tensors.count"] {
        whole.metadata.remove(key);
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::{PartName, join_parts};
    use crate::{GgufHeader, GgufWriter, TensorType, facts, read_gguf};

    fn read(writer: &GgufWriter) -> GgufHeader {
        let bytes = writer.finish();
        let length = bytes.len() as u64;
        read_gguf(&mut std::io::Cursor::new(bytes), length).unwrap()
    }

    fn part(number: u32, of: u32, tensors: u32, name: &str) -> GgufWriter {
        GgufWriter::new()
            .text("general.architecture", "llama")
            .u32("split.no", number)
            .u32("split.count", of)
            .u32("split.tensors.count", tensors)
            .tensor(name, &[4], TensorType::F32, &[0; 16])
    }

    #[test]
    fn names_of_parts_are_known_and_others_not() {
        let name = PartName::parse("Qwen3-8B-00002-of-00003.gguf").unwrap();
        assert_eq!((name.stem.as_str(), name.number, name.of), ("Qwen3-8B", 2, 3));
        let all: Vec<_> = name.all().collect();
        assert_eq!(all[0], "Qwen3-8B-00001-of-00003.gguf");
        assert_eq!(all.len(), 3);
        for no in [
            "Qwen3-8B.gguf",
            "m-00000-of-00003.gguf",
            "m-00004-of-00003.gguf",
            "m-2-of-3.gguf",
            "-00001-of-00002.gguf",
            "../m-00001-of-00002.gguf",
            "m-00001-of-00002.bin",
            "m-+0001-of-00002.gguf",
        ] {
            assert_eq!(PartName::parse(no), None, "{no}");
        }
    }

    #[test]
    fn parts_make_the_whole_in_any_order() {
        let parts = vec![read(&part(1, 2, 2, "b")), read(&part(0, 2, 2, "a"))];
        assert_eq!(facts(&parts[0]).part.unwrap().number, 2);
        let whole = join_parts(parts).unwrap();
        let facts = facts(&whole);
        assert_eq!((facts.parameters.parameters(), facts.part), (8, None));
        let alone = read(
            &GgufWriter::new()
                .text("general.architecture", "llama")
                .tensor("a", &[4], TensorType::F32, &[0; 16])
                .tensor("b", &[4], TensorType::F32, &[0; 16]),
        );
        assert_eq!(facts.layout, super::super::facts(&alone).layout);
    }

    #[test]
    fn sets_that_are_no_model_are_named() {
        let one = || read(&part(0, 2, 2, "a"));
        let other = |architecture| {
            read(
                &GgufWriter::new()
                    .text("general.architecture", architecture)
                    .u32("split.no", 1)
                    .u32("split.count", 2)
                    .u32("split.tensors.count", 2)
                    .tensor("b", &[4], TensorType::F32, &[0; 16]),
            )
        };
        assert!(join_parts(vec![one(), other("llama")]).is_ok());
        let cases = [
            (vec![], "no parts"),
            (vec![one()], "part 2 of 2 is missing"),
            (vec![one(), one()], "twice"),
            (vec![one(), read(&part(1, 2, 2, "a"))], "in two parts"),
            (vec![one(), read(&part(1, 3, 2, "b"))], "not of one model"),
            (vec![one(), other("qwen3")], "not of one model"),
            (vec![read(&part(0, 2, 3, "a")), read(&part(1, 2, 3, "b"))], "2 tensors, and 3"),
            (vec![read(&GgufWriter::new().text("general.architecture", "llama"))], "is none"),
        ];
        for (parts, expected) in cases {
            let error = join_parts(parts).unwrap_err();
            let text = error.to_string();
            assert!(text.contains(expected), "{text} should say {expected}");
        }
        let bad = GgufWriter::new().text("general.architecture", "x").text("split.no", "1");
        for writer in [part(2, 2, 2, "a"), part(0, 100_000, 2, "a"), bad] {
            let bytes = writer.finish();
            let length = bytes.len() as u64;
            assert!(read_gguf(&mut std::io::Cursor::new(bytes), length).is_err());
        }
    }
}
