//! Held by tests: whatever this crate and the error codes name has a text in every language.

use las_api::types::Code;
use las_i18n::{available, keys};

#[test]
fn every_error_code_has_a_text_and_a_remedy_in_every_language() {
    for language in available() {
        let keys = keys(&language);
        for code in Code::ALL {
            for key in [format!("error-{code}"), format!("error-{code}.remedy")] {
                assert!(keys.contains(&key), "{language} lacks {key}");
            }
        }
    }
}

/// The sources of this crate, without its tests.
fn sources() -> Vec<String> {
    let mut open = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut texts = vec![];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.file_stem().is_some_and(|name| name != "tests" && name != "texts") {
                let text = std::fs::read_to_string(path).unwrap();
                texts.push(text.split("#[cfg(test)]").next().unwrap_or_default().to_owned());
            }
        }
    }
    texts
}

#[test]
fn every_key_in_the_sources_has_a_text() {
    let keys = keys("en");
    let mut used = 0;
    for source in sources() {
        for literal in source.split('"').skip(1).step_by(2) {
            let is_key = literal.starts_with("cli-")
                && literal.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            // A literal that ends another key's name by hand, such as `cli-help`, has a text of its own.
            if is_key {
                assert!(keys.contains(literal), "{literal}");
                used += 1;
            }
        }
    }
    assert!(used > 60, "only {used} keys found: the search is wrong");
}

#[test]
fn every_column_in_the_sources_has_a_text() {
    let keys = keys("en");
    for source in sources() {
        for list in source.split("heading(&[").skip(1) {
            let names = list.split(']').next().unwrap_or_default();
            for name in names.split('"').skip(1).step_by(2) {
                assert!(keys.contains(&format!("cli-column-{name}")), "{name}");
            }
        }
    }
}

#[test]
fn no_text_of_the_command_line_is_unused() {
    let all: String = sources().concat();
    for key in keys("en").iter().filter(|key| key.starts_with("cli-") && !key.contains('.')) {
        let built = key.starts_with("cli-help") || key.starts_with("cli-column-");
        assert!(built || all.contains(&format!("\"{key}\"")), "{key} is used nowhere");
    }
}
