//! Which languages there are, and which of them a person gets.

use fluent_langneg::{NegotiationStrategy, convert_vec_str_to_langids_lossy, negotiate_languages};
use include_dir::{Dir, include_dir};

/// The language that every text exists in.
pub(crate) const FALLBACK: &str = "en";

/// `locales/` as it was when this was built.
pub(crate) static LOCALES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../locales");

/// The languages there are texts in, as BCP 47 tags, sorted.
pub fn available() -> Vec<String> {
    let mut tags: Vec<String> =
        LOCALES.dirs().filter_map(|folder| folder.path().file_name()?.to_str().map(str::to_owned)).collect();
    tags.sort();
    tags
}

/// The language for a person: of the first wish that can be met; the fallback if none can.
pub(crate) fn negotiate(wishes: &[String]) -> String {
    // `zh_CN.UTF-8` is how the environment writes what BCP 47 writes as `zh-CN`.
    let wishes =
        wishes.iter().map(|wish| wish.split(['.', '@']).next().unwrap_or_default().replace('_', "-"));
    let requested = convert_vec_str_to_langids_lossy(wishes);
    let offered = convert_vec_str_to_langids_lossy(available());
    let chosen = negotiate_languages(&requested, &offered, None, NegotiationStrategy::Filtering);
    chosen.first().map_or_else(|| FALLBACK.to_owned(), ToString::to_string)
}

/// What the environment wishes: `LAS_LANG`, else the system's languages. A first entry that is no
/// language at all (`C`, `POSIX`) means the fallback, whatever follows it.
pub(crate) fn from_environment() -> Vec<String> {
    if let Some(language) = std::env::var("LAS_LANG").ok().filter(|value| !value.is_empty()) {
        return vec![language];
    }
    let locales: Vec<String> = sys_locale::get_locales().collect();
    match locales.first().map(String::as_str) {
        Some("C" | "POSIX") => vec![],
        _ => locales,
    }
}

#[cfg(test)]
mod tests {
    use super::{available, negotiate};

    #[test]
    fn the_nearest_language_is_chosen() {
        let cases: &[(&[&str], &str)] = &[
            (&["en"], "en"),
            (&["en_GB.UTF-8"], "en"),
            (&["zh-CN"], "zh-CN"),
            (&["zh_CN.UTF-8"], "zh-CN"),
            (&["zh"], "zh-CN"),
            (&["fr", "zh-CN"], "zh-CN"),
            (&["fr"], "en"),
            (&["C"], "en"),
            (&["", "../..", "🙂"], "en"),
            (&[], "en"),
        ];
        for (wishes, expected) in cases {
            let wishes: Vec<String> = wishes.iter().map(|&wish| wish.to_owned()).collect();
            assert_eq!(negotiate(&wishes), *expected, "{wishes:?}");
        }
    }

    #[test]
    fn the_fallback_is_there() {
        assert!(available().iter().any(|tag| tag == super::FALLBACK));
    }
}
