//! Held by tests: whatever this crate and the error codes name has a text in every language.

use las_api::types::{Code, DriftKind};
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

/// Every detail that a crate gives, as it is written there: `Detail::new("<key>")`.
#[test]
fn every_detail_has_a_text_in_every_language() {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let all = sources_under(&crates).concat();
    let given: Vec<&str> =
        all.split("Detail::new(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(given.len() > 8, "only {given:?} found: the search is wrong");
    for language in available() {
        let keys = keys(&language);
        for key in &given {
            assert!(keys.contains(&format!("detail-{key}")), "{language} lacks detail-{key}");
        }
        // Why a version is refused is told under the code of the refusal.
        for code in [
            Code::HardwareInsufficient,
            Code::PolicyDenied,
            Code::OverrideDenies,
            Code::RuntimeUnmet,
            Code::RuntimeModeUnsupported,
            Code::RuntimeModeNotOffered,
            Code::SystemPackagesMissing,
            Code::SystemPackagesUnknown,
            Code::ModuleDeprecated,
            Code::ModuleOutdated,
        ] {
            assert!(keys.contains(&format!("detail-refused-{code}")), "{language} lacks {code}");
        }
    }
}

#[test]
fn every_kind_of_drift_has_a_text_and_a_remedy_in_every_language() {
    for language in available() {
        let keys = keys(&language);
        for kind in DriftKind::ALL {
            for key in [format!("finding-{kind}"), format!("finding-{kind}.remedy")] {
                assert!(keys.contains(&key), "{language} lacks {key}");
            }
        }
    }
}

/// Every note of a plan, as it is written there: `Note::new("<key>")`.
#[test]
fn every_note_has_a_text_in_every_language() {
    let crates = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let all = sources_under(&crates).concat();
    let mut given: Vec<&str> =
        all.split("Note::new(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(given.len() > 3, "only {given:?} found: the search is wrong");
    // These two are told by another name in the source.
    given.extend(["deprecated", "superseded", "override-set", "override-revert"]);
    for language in available() {
        let keys = keys(&language);
        for key in &given {
            assert!(keys.contains(&format!("note-{key}")), "{language} lacks note-{key}");
        }
    }
}

/// The sources of this crate, without its tests.
fn sources() -> Vec<String> {
    sources_under(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

fn sources_under(root: &std::path::Path) -> Vec<String> {
    let mut open = vec![root.to_owned()];
    let mut texts = vec![];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "rs")
                && path.file_stem().is_some_and(|name| name != "tests" && name != "texts")
            {
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
