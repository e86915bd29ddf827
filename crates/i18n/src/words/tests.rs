//! Languages against each other and against the rules of Fluent.

use super::{Words, keys};
use crate::available;
use crate::bundle::sources;
use fluent::FluentResource;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn words_can_be_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Words>();
}

#[test]
fn every_file_of_every_language_can_be_read() {
    for language in available() {
        let files = sources(&language);
        assert!(!files.is_empty(), "{language} has no texts");
        for (name, source) in files {
            if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
                panic!("{name}: {errors:?}");
            }
        }
    }
}

#[test]
fn every_language_has_the_same_keys() {
    let reference = keys("en");
    assert!(reference.len() > 100, "only {} keys: the reader of keys is wrong", reference.len());
    for language in available() {
        let other = keys(&language);
        let missing: Vec<_> = reference.difference(&other).collect();
        let surplus: Vec<_> = other.difference(&reference).collect();
        assert!(
            missing.is_empty() && surplus.is_empty(),
            "{language} lacks {missing:?} and has besides {surplus:?}"
        );
    }
}

#[test]
fn no_key_is_given_twice() {
    for language in available() {
        let mut seen: BTreeMap<String, String> = BTreeMap::new();
        for (file, source) in sources(&language) {
            for line in source.lines() {
                let Some((name, _)) = line.split_once('=').map(|(name, rest)| (name.trim_end(), rest)) else {
                    continue;
                };
                if super::is_key(name)
                    && let Some(earlier) = seen.insert(name.to_owned(), file.clone())
                {
                    panic!("{name} is in {earlier} and in {file}");
                }
            }
        }
    }
}

/// The arguments that a message and its attributes mention, by key.
fn variables(language: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, source) in sources(language) {
        let mut current = String::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, _)) = line.split_once('=')
                && super::is_key(name.trim_end())
            {
                name.trim_end().clone_into(&mut current);
            }
            for part in line.split('$').skip(1) {
                let name: String = part
                    .chars()
                    .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
                    .collect();
                found.entry(current.clone()).or_default().insert(name);
            }
        }
    }
    found
}

#[test]
fn languages_use_the_same_arguments() {
    let reference = variables("en");
    for language in available() {
        for (key, names) in variables(&language) {
            // A language may leave an argument out; it can't use one that nobody gives.
            let known = reference.get(&key).cloned().unwrap_or_default();
            assert!(names.is_subset(&known), "{language}: {key} uses {names:?}, en {known:?}");
        }
    }
}

#[test]
fn arguments_are_filled_in_without_marks() {
    let words = Words::for_user(Some("en"));
    let text = words.text("error-module-not-found", &[("name", "llama.cpp")]);
    assert!(text.contains("llama.cpp"), "{text}");
    assert!(!text.contains('\u{2068}'), "{text}");
    assert!(words.attribute("error-module-not-found", "remedy", &[]).is_some());
    assert!(words.attribute("error-module-not-found", "no-such-attribute", &[]).is_none());
    assert_eq!(words.text("no-such-key", &[]), "[no-such-key]");
}

#[test]
fn a_missing_argument_is_never_shown_as_a_placeholder() {
    for language in available() {
        let words = Words::for_user(Some(&language));
        for key in keys(&language) {
            let text = match key.split_once('.') {
                Some((key, attribute)) => words.attribute(key, attribute, &[]).unwrap_or_default(),
                None => words.text(&key, &[]),
            };
            assert!(!text.is_empty() && !text.contains("{$"), "{language}: {key}: {text}");
        }
    }
}

#[test]
fn a_count_has_plural_forms() {
    let words = Words::for_user(Some("en"));
    assert_ne!(
        words.text("cli-count-cores", &[("count", "1")]),
        words.text("cli-count-cores", &[("count", "2")]).replace('2', "1")
    );
}
