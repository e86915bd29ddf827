//! The header's JSON, read without holding more of it than the tensors that it names.

use super::{SafeTensor, SafetensorsType};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::collections::{BTreeMap, HashSet};
use std::fmt;

/// As many as a GGUF header may have.
const TENSORS_MAX: usize = 200_000;
const DIMENSIONS_MAX: usize = 16;

pub(super) struct Header {
    pub(super) metadata: BTreeMap<String, String>,
    pub(super) tensors: Vec<SafeTensor>,
}

impl<'de> Deserialize<'de> for Header {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(HeaderVisitor)
    }
}

struct HeaderVisitor;

impl<'de> Visitor<'de> for HeaderVisitor {
    type Value = Header;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of tensors")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Header, A::Error> {
        let (mut metadata, mut tensors) = (None, Vec::new());
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                let Texts(texts) = map.next_value()?;
                if metadata.replace(texts).is_some() {
                    return Err(A::Error::custom("the metadata is there twice"));
                }
                continue;
            }
            if tensors.len() == TENSORS_MAX {
                return Err(A::Error::custom(format!("more than {TENSORS_MAX} tensors")));
            }
            let described: Described = map.next_value()?;
            tensors.push(described.tensor(name).map_err(A::Error::custom)?);
        }
        let names: HashSet<&str> = tensors.iter().map(|tensor| tensor.name.as_str()).collect();
        if names.len() != tensors.len() {
            return Err(A::Error::custom("a tensor is there twice"));
        }
        Ok(Header { metadata: metadata.unwrap_or_default(), tensors })
    }
}

/// Texts by key, none twice.
struct Texts(BTreeMap<String, String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextsVisitor;
        impl<'de> Visitor<'de> for TextsVisitor {
            type Value = Texts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of texts")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Texts, A::Error> {
                let mut texts = BTreeMap::new();
                while let Some((key, text)) = map.next_entry::<String, String>()? {
                    if texts.len() == TENSORS_MAX || texts.insert(key, text).is_some() {
                        return Err(A::Error::custom("a text is there twice, or there are too many"));
                    }
                }
                Ok(Texts(texts))
            }
        }
        deserializer.deserialize_map(TextsVisitor)
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Described {
    dtype: String,
    shape: Shape,
    data_offsets: (u64, u64),
}

impl Described {
    fn tensor(self, name: String) -> Result<SafeTensor, String> {
        let Shape(shape) = self.shape;
        let kind = SafetensorsType::from_name(&self.dtype)
            .ok_or_else(|| format!("tensor '{name}' has an unknown type"))?;
        let (begin, end) = self.data_offsets;
        let wrong = || format!("tensor '{name}' has a shape that its bytes can't hold");
        let elements = crate::tensor::elements(&shape).ok_or_else(wrong)?;
        let bytes = kind.bytes(elements).ok_or_else(wrong)?;
        if end.checked_sub(begin) != Some(bytes) {
            return Err(wrong());
        }
        Ok(SafeTensor { name, kind, shape, offset: begin, elements, bytes })
    }
}

struct Shape(Vec<u64>);

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ShapeVisitor;
        impl<'de> Visitor<'de> for ShapeVisitor {
            type Value = Shape;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of dimensions")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
                let mut shape = Vec::new();
                while let Some(dimension) = list.next_element()? {
                    if shape.len() == DIMENSIONS_MAX {
                        return Err(A::Error::custom(format!("more than {DIMENSIONS_MAX} dimensions")));
                    }
                    shape.push(dimension);
                }
                Ok(Shape(shape))
            }
        }
        deserializer.deserialize_seq(ShapeVisitor)
    }
}
