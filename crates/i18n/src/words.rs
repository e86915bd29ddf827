//! The texts in one person's language.

use crate::bundle::{Bundle, sources};
use crate::language::{FALLBACK, from_environment, negotiate};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::OnceLock;

/// The texts in one language, with the fallback behind it; each is parsed at its first use.
pub struct Words {
    language: String,
    own: OnceLock<Bundle>,
    fallback: OnceLock<Bundle>,
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Words {
    /// The language asked for, else `LAS_LANG`, else the system's; the nearest that there is. Costs
    /// nothing until a text is asked for.
    pub fn for_user(requested: Option<&str>) -> Self {
        let wishes = requested.map_or_else(from_environment, |language| vec![language.to_owned()]);
        Self { language: negotiate(&wishes), own: OnceLock::new(), fallback: OnceLock::new() }
    }

    /// The language, as BCP 47 tag.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// The text of a key with its arguments; the key in brackets if no language has it. The argument
    /// `count` is a number (for plural forms), every other is text.
    pub fn text(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.find(key, None, || args.iter().copied()).unwrap_or_else(|| format!("[{key}]"))
    }

    /// Like [`Words::text`], with arguments as they come over the wire.
    pub fn text_with(&self, key: &str, args: &BTreeMap<String, String>) -> String {
        self.find(key, None, || pairs(args)).unwrap_or_else(|| format!("[{key}]"))
    }

    /// An attribute of a text, such as `remedy`; none if no language has it.
    pub fn attribute(&self, key: &str, name: &str, args: &[(&str, &str)]) -> Option<String> {
        self.find(key, Some(name), || args.iter().copied())
    }

    /// Like [`Words::attribute`], with arguments as they come over the wire.
    pub fn attribute_with(&self, key: &str, name: &str, args: &BTreeMap<String, String>) -> Option<String> {
        self.find(key, Some(name), || pairs(args))
    }

    /// The text if some language has the key.
    pub fn known(&self, key: &str, args: &[(&str, &str)]) -> Option<String> {
        self.find(key, None, || args.iter().copied())
    }

    fn find<'a, I>(&self, key: &str, attribute: Option<&str>, args: impl Fn() -> I) -> Option<String>
    where
        I: Iterator<Item = (&'a str, &'a str)>,
    {
        let own = self.own.get_or_init(|| Bundle::of(&self.language));
        own.text(key, attribute, &mut args()).or_else(|| {
            if self.language == FALLBACK {
                return None;
            }
            self.fallback.get_or_init(|| Bundle::of(FALLBACK)).text(key, attribute, &mut args())
        })
    }
}

fn pairs(args: &BTreeMap<String, String>) -> impl Iterator<Item = (&str, &str)> {
    args.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Every key of a language, an attribute as `key.attribute`; for tests that hold languages and code
/// together.
pub fn keys(language: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (_, source) in sources(language) {
        let mut current = "";
        for line in source.lines() {
            // Fluent's own layout: a message begins in the first column, its attributes are indented.
            if let Some((name, _)) = line.split_once('=') {
                let name = name.trim_end();
                if let Some(attribute) = name.trim_start().strip_prefix('.') {
                    keys.insert(format!("{current}.{attribute}"));
                } else if is_key(name) {
                    current = name;
                    keys.insert(name.to_owned());
                }
            }
        }
    }
    keys
}

fn is_key(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

#[cfg(test)]
mod tests;
