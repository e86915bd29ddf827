//! The one place that reads YAML: closed, strict and small.

use serde::de::DeserializeOwned;
use serde_yaml::options::MergeKeyPolicy;

/// Why a document can't be read, and where.
#[derive(Debug)]
pub(crate) struct YamlError {
    /// 1-based; 1 where the reader doesn't know.
    pub(crate) line: u64,
    /// What is wrong.
    pub(crate) detail: String,
}

/// Reads one document. Only `true` and `false` are truth values, a key may be there once, and
/// anchors, aliases, merges and tags are refused: a manifest needs none, and each can hide what a
/// reader of the file sees.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    let options = serde_yaml::options! {
        budget: serde_yaml::budget! {
            max_events: 20_000,
            max_nodes: 10_000,
            max_depth: 16,
            max_documents: 1,
            max_aliases: 0,
            max_anchors: 0,
            max_merge_keys: 0,
            max_total_scalar_bytes: 256 << 10,
        },
        strict_booleans: true,
        merge_keys: MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        with_snippet: false,
    };
    serde_yaml::from_str_with_options(text, options).map_err(|error| YamlError {
        line: error.location().map_or(1, |location| location.line().max(1)),
        detail: error.to_string(),
    })
}

/// The line on which a key first stands, for checks that come after reading; 1 if it is nowhere.
pub(crate) fn line_of(text: &str, key: &str) -> u64 {
    // At the beginning of a line, or within a mapping in braces.
    let begins = |before: &str| before.trim_end_matches(' ').is_empty() || before.ends_with(['{', ',', ' ']);
    let stands = |line: &str| {
        let found = |(at, _): (usize, &str)| begins(&line[..at]) && line[at + key.len()..].starts_with(':');
        !line.trim_start().starts_with('#') && line.match_indices(key).any(found)
    };
    text.lines().zip(1..).find(|(line, _)| stands(line)).map_or(1, |(_, number)| number)
}

#[cfg(test)]
mod tests {
    use super::{line_of, parse};
    use std::collections::BTreeMap;

    #[test]
    fn only_plain_documents_are_read() {
        type Map = BTreeMap<String, bool>;
        assert!(parse::<Map>("a: true\nb: false\n").is_ok());
        for text in [
            "a: yes",
            "a: true\na: true",
            "a: &x true\nb: *x",
            "a: true\n---\nb: true",
            "a: !!python/x true",
            "a: [",
        ] {
            assert!(parse::<Map>(text).is_err(), "{text}");
        }
        let deep = format!("a: {}{}", "[".repeat(40), "]".repeat(40));
        assert!(parse::<serde_json::Value>(&deep).is_err());
    }

    #[test]
    fn errors_have_lines() {
        assert_eq!(parse::<BTreeMap<String, bool>>("a: true\nb: maybe\n").unwrap_err().line, 2);
        assert_eq!(line_of("# b: 0\na: 1\n  b: 2\nab: 3", "b"), 3);
        assert_eq!(line_of("a: 1\nx: { y: 1, b: 2 }", "b"), 2);
        assert_eq!(line_of("a: 1", "b"), 1);
    }
}
