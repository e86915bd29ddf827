//! What a person should know of a plan before approving it.

use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use ts_rs::TS;

/// One thing that a person should know; its text is `note-<key>` in `locales/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, TS)]
pub struct Note {
    /// Its key.
    pub key: String,
    /// What the text needs, by name.
    pub args: BTreeMap<String, String>,
}

impl Note {
    /// A note without arguments yet.
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), args: BTreeMap::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}

/// Plans that were kept before notes had arguments have them as keys.
impl<'de> Deserialize<'de> for Note {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Form {
            Key(String),
            Whole { key: String, args: BTreeMap<String, String> },
        }
        Ok(match Form::deserialize(deserializer)? {
            Form::Key(key) => Self::new(key),
            Form::Whole { key, args } => Self { key, args },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Note;

    #[test]
    fn notes_of_older_plans_are_read() {
        let note = Note::new("provides").with("name", "a");
        let text = serde_json::to_string(&note).unwrap();
        assert_eq!(serde_json::from_str::<Note>(&text).unwrap(), note);
        assert_eq!(serde_json::from_str::<Note>("\"makes-room\"").unwrap(), Note::new("makes-room"));
    }
}
