//! Files stay short and say what they are for; what is shipped as data is accepted.

use las_registry::{Artefacts, Registry};
use las_tests::repository;
use std::path::{Path, PathBuf};

const LONGEST: usize = 400;
/// Built, fetched or kept elsewhere.
const FOREIGN: &[&str] = &["target", "node_modules", "dist", ".git", "shared", "gen"];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        // Links lead to what was built.
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && !FOREIGN.contains(&name.as_str()) {
            sources(&entry.path(), found);
        } else if kind.is_file()
            && Path::new(&name)
                .extension()
                .is_some_and(|end| ["rs", "ts", "svelte"].iter().any(|own| end == *own))
        {
            found.push(entry.path());
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    sources(&repository(), &mut found);
    let named = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.strip_prefix(repository()).unwrap().display().to_string(), text)
    };
    found.into_iter().map(named).collect()
}

pub(super) fn hold() {
    // Written in two parts, so that this file isn't found.
    let left_open = [concat!("to", "do!("), concat!("unimple", "mented!("), concat!("FIX", "ME")];
    let mut wrong = Vec::new();
    for (path, text) in all_sources() {
        let generated = text.starts_with("// Generated");
        if !generated && text.lines().count() > LONGEST {
            wrong.push(format!("{path} has {} lines", text.lines().count()));
        }
        if path.ends_with("/mod.rs") {
            wrong.push(format!("{path}: foo.rs beside foo/ instead"));
        }
        let opens_a_crate = path.ends_with("src/lib.rs") || path.ends_with("src/main.rs");
        if opens_a_crate && !text.starts_with("//!") {
            wrong.push(format!("{path} does not say what the crate is for"));
        }
        wrong.extend(
            left_open.iter().filter(|mark| text.contains(**mark)).map(|mark| format!("{path} has {mark}")),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a reader sees or hears of these attributes is text as well.
const READ_OUT: [&str; 5] = [" title=\"", " placeholder=\"", " alt=\"", " label=\"", " aria-label=\""];

/// The values of those attributes that are written out.
fn attributes(component: &str) -> impl Iterator<Item = String> {
    let after = |name: &str| {
        component
            .split(name)
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap_or(rest).to_owned())
            .collect::<Vec<_>>()
    };
    READ_OUT.iter().flat_map(move |name| after(name)).filter(|text| !text.contains('{'))
}

/// The text between tags of a component's markup.
fn literals(component: &str) -> Vec<String> {
    let markup = component.split("</script>").last().unwrap_or(component);
    let markup = markup.split("<style").next().unwrap_or(markup);
    let (mut tag, mut braces, mut quote) = (false, 0_u32, None);
    let mut found = vec![String::new()];
    for c in markup.chars() {
        if let Some(open) = quote {
            quote = (c != open).then_some(open);
            continue;
        }
        match c {
            '"' | '\'' | '`' if tag || braces > 0 => quote = Some(c),
            '{' => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            '<' if braces == 0 => {
                tag = true;
                found.push(String::new());
            }
            '>' if braces == 0 => tag = false,
            _ if !tag && braces == 0 => found.last_mut().unwrap().push(c),
            _ => {}
        }
    }
    found.into_iter().map(|text| text.trim().to_owned()).collect()
}

#[test]
fn components_hold_no_words() {
    assert_eq!(
        literals("<script>let a = 1;</script>\n<p title={`x ${y}`}>Open {count > 1 ? 'a' : 'b'}</p>")
            .concat(),
        "Open"
    );
    let mut wrong = Vec::new();
    for (path, text) in all_sources().into_iter().filter(|(path, _)| path.ends_with(".svelte")) {
        let words = literals(&text)
            .into_iter()
            .chain(attributes(&text))
            .filter(|text| text.split(|c: char| !c.is_alphabetic()).any(|word| word.len() > 2));
        // The product's name is the same in every language.
        wrong.extend(words.filter(|text| text != "LocalAIStack").map(|text| format!("{path}: {text}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn manifests_and_policies_of_the_tree_are_accepted() {
    let root = repository();
    let artefacts =
        Artefacts::load(Path::new(&std::env::var("LAS_RESOURCES").unwrap()).join("builtin").as_path())
            .unwrap();
    let registry = Registry::load(&root.join("registry"), &artefacts);
    let rejected: Vec<_> =
        registry.rejected().iter().map(|one| format!("{}: {}", one.path, one.failure)).collect();
    assert!(rejected.is_empty(), "{rejected:#?}");
    assert!(registry.modules().count() >= 2);
    let policies = las_registry::load_policies(&root.join("policies"), "default").unwrap();
    assert!(policies.iter().any(|policy| policy.tier.is_some()));
}
