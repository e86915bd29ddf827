//! `tokenizer.json` and `tokenizer_config.json`.

use super::{config, object, text};
use crate::ModelError;
use las_types::{Digest, ModelCode, TokenizerFacts};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;

/// Those of 262,144 tokens have 33 MB.
const TOKENIZER_BYTES_MAX: usize = 128 << 20;
/// No one has so many.
const TOKENS_MAX: u64 = 16 << 20;
/// As in a GGUF header.
const TEMPLATE_BYTES_MAX: usize = 1 << 20;

/// Reads a `tokenizer.json` of up to 128 MiB: what it is, how many tokens it knows (its highest number, and one), and the
/// SHA-256 of its bytes. Holds nothing of it.
///
/// Errors: `Malformed`.
pub fn tokenizer(bytes: &[u8]) -> Result<TokenizerFacts, ModelError> {
    if bytes.len() > TOKENIZER_BYTES_MAX {
        return Err(ModelError::malformed("tokenizer.json has more than 128 MiB"));
    }
    let raw: Raw = serde_json::from_slice(bytes)
        .map_err(|error| ModelError::malformed(format!("tokenizer.json: {error}")))?;
    let tokens = raw.model.vocab.0.max(raw.added_tokens.unwrap_or_default().0);
    if tokens > TOKENS_MAX {
        return Err(ModelError::malformed(format!("tokenizer.json has the token {tokens}")));
    }
    Ok(TokenizerFacts {
        kind: raw.model.kind.unwrap_or_default(),
        tokens: u32::try_from(tokens).unwrap_or(u32::MAX),
        digest: Digest::of(bytes),
    })
}

#[derive(serde::Deserialize)]
struct Raw {
    model: Model,
    added_tokens: Option<Added>,
}

#[derive(serde::Deserialize)]
struct Model {
    #[serde(rename = "type")]
    kind: Option<String>,
    vocab: Vocabulary,
}

/// One more than the highest number of a vocabulary: tokens with their numbers, or a list of tokens with what they weigh.
struct Vocabulary(u64);

impl<'de> Deserialize<'de> for Vocabulary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tokens;
        impl<'de> Visitor<'de> for Tokens {
            type Value = Vocabulary;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a vocabulary")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vocabulary, A::Error> {
                let mut most = 0_u64;
                while let Some((IgnoredAny, number)) = map.next_entry::<IgnoredAny, u64>()? {
                    most = most.max(number.saturating_add(1));
                }
                Ok(Vocabulary(most))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vocabulary, A::Error> {
                let mut count = 0_u64;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Vocabulary(count))
            }
        }
        deserializer.deserialize_any(Tokens)
    }
}

#[derive(serde::Deserialize)]
struct AddedToken {
    id: u64,
}

/// One more than the highest number of the tokens that were added to a vocabulary.
#[derive(Default)]
struct Added(u64);

impl<'de> Deserialize<'de> for Added {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tokens;
        impl<'de> Visitor<'de> for Tokens {
            type Value = Added;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of tokens")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Added, A::Error> {
                let mut most = 0_u64;
                while let Some(token) = list.next_element::<AddedToken>()? {
                    most = most.max(token.id.saturating_add(1));
                }
                Ok(Added(most))
            }
        }
        deserializer.deserialize_seq(Tokens)
    }
}

/// What `tokenizer_config.json` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    /// The class of the tokenizer.
    pub class: Option<String>,
    /// Each chat template by its name; `default` is the main one.
    pub texts: BTreeMap<String, String>,
    /// Whether a template lays tools out.
    pub tools: bool,
    /// Code of its own that it names.
    pub code: Option<ModelCode>,
}

impl Templates {
    /// Reads a `tokenizer_config.json` of up to 2 MiB.
    ///
    /// Errors: `Malformed`.
    pub fn parse(bytes: &[u8]) -> Result<Self, ModelError> {
        let value = object("tokenizer_config.json", bytes)?;
        let mut found =
            Self { class: text(&value["tokenizer_class"]), code: config::code(&value)?, ..Self::default() };
        match &value["chat_template"] {
            Value::Null => {}
            Value::String(template) => found.add("default", template)?,
            Value::Array(list) => {
                for one in list {
                    let (Some(name), Some(template)) = (one["name"].as_str(), one["template"].as_str())
                    else {
                        return Err(ModelError::malformed("a chat template has no name or no text"));
                    };
                    found.add(name, template)?;
                }
            }
            _ => return Err(ModelError::malformed("the chat template is no text")),
        }
        Ok(found)
    }

    /// Adds a template, such as that of a `chat_template.jinja` beside.
    ///
    /// Errors: `Malformed` if it is longer than 1 MiB.
    pub fn add(&mut self, name: &str, template: &str) -> Result<(), ModelError> {
        if template.len() > TEMPLATE_BYTES_MAX {
            return Err(ModelError::malformed("a chat template has more than 1 MiB"));
        }
        self.tools |= template.contains("tools");
        self.texts.insert(name.to_owned(), template.to_owned());
        Ok(())
    }

    /// SHA-256 of each, by its name.
    pub fn digests(&self) -> BTreeMap<String, Digest> {
        self.texts.iter().map(|(name, text)| (name.clone(), Digest::of(text.as_bytes()))).collect()
    }
}
