//! D2: hygiene. No unsafe code, no hidden panic in the core, and the lists that say so are true.

use super::{Report, Run, Scale};
use crate::repository;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Crates that decide: nothing in them may panic or lose a number silently.
const CORE: [&str; 5] = ["types", "policy", "resolver", "state", "control"];
const CORE_LINTS: [&str; 3] = ["clippy::as_conversions", "clippy::indexing_slicing", "clippy::string_slice"];
/// What the whole workspace refuses.
const DENIED: [&str; 8] = [
    "unwrap_used",
    "expect_used",
    "panic",
    "dbg_macro",
    "todo",
    "print_stdout",
    "print_stderr",
    "disallowed_methods",
];
/// Lints that no place of the core is excepted from.
const NEVER_EXCEPTED: [&str; 6] =
    ["unwrap_used", "expect_used", "clippy::panic", "indexing_slicing", "as_conversions", "string_slice"];
const INVENTORY: &str = "docs/unsafe.md";

enum Case {
    /// A crate's manifest.
    Manifest(PathBuf),
    /// A source file, and whether it is of the core.
    Source(PathBuf, bool),
    /// A core crate's root.
    Root(PathBuf),
    /// The workspace's lints.
    Workspace,
    /// The strategy of a panic.
    Panic,
    /// The inventory.
    Inventory(usize),
    /// Clippy over the core.
    Clippy,
}

fn text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let built =
            path.file_name().is_some_and(|name| name == "target" || name == "gen" || name == "corpus");
        if path.is_dir() && !path.is_symlink() && !built {
            sources(&path, found);
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
}

/// Code without its comments and texts: what is left is read by the compiler as words.
fn code(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut quoted = false;
        let mut before = ' ';
        for (at, c) in line.char_indices() {
            if !quoted && line.get(at..).is_some_and(|rest| rest.starts_with("//")) {
                break;
            }
            if c == '"' && before != '\\' && before != '\'' {
                quoted = !quoted;
            }
            if !quoted {
                out.push(c);
            }
            before = if before == '\\' { ' ' } else { c };
        }
        out.push('\n');
    }
    out
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn check(case: &Case) -> Result<(), String> {
    let wrong = |what: &str| Err(what.to_owned());
    match case {
        Case::Manifest(path) => {
            let manifest = text(path)?;
            let inherits = manifest.contains("[lints]\nworkspace = true");
            let forbids = manifest.contains("[lints.rust]\nunsafe_code = \"forbid\"");
            if inherits || forbids { Ok(()) } else { wrong("does not forbid unsafe code") }
        }
        Case::Source(path, core) => {
            let whole = text(path)?;
            if words(&code(&whole)).any(|word| word == "unsafe") {
                return wrong("has unsafe code");
            }
            // Tests of a core crate may panic: that is how they fail.
            let product = whole.split("#[cfg(test)]").next().unwrap_or_default();
            let excepted = product.lines().filter(|line| line.contains("allow(") || line.contains("expect("));
            let hidden = excepted.filter(|line| NEVER_EXCEPTED.iter().any(|lint| line.contains(lint)));
            match hidden.map(str::trim).next() {
                Some(line) if *core => Err(format!("is excepted from what holds for the core: {line}")),
                _ => Ok(()),
            }
        }
        Case::Root(path) => {
            let root = text(path)?;
            let denied = root.lines().find(|line| line.starts_with("#![cfg_attr(not(test), deny("));
            let missing = CORE_LINTS.iter().find(|lint| !denied.is_some_and(|line| line.contains(**lint)));
            missing.map_or(Ok(()), |lint| Err(format!("does not deny {lint}")))
        }
        Case::Workspace => {
            let manifest = text(&repository().join("Cargo.toml"))?;
            if !manifest.contains("unsafe_code = \"forbid\"") {
                return wrong("unsafe code is not forbidden");
            }
            let denies = |lint: &&str| manifest.contains(&format!("\n{lint} = \"deny\""));
            DENIED
                .iter()
                .find(|lint| !denies(lint))
                .map_or(Ok(()), |lint| Err(format!("{lint} is not denied")))
        }
        // One request that panics must not take the core, its engines and every other request with it.
        Case::Panic => {
            let manifest = text(&repository().join("Cargo.toml"))?;
            if manifest.contains("panic = \"abort\"") { wrong("a panic ends the whole core") } else { Ok(()) }
        }
        Case::Inventory(members) => {
            let inventory = text(&repository().join(INVENTORY))?;
            let says = inventory.contains(&format!("{members} crates")) && inventory.contains("0 places");
            if says {
                Ok(())
            } else {
                Err(format!("{INVENTORY} does not speak of {members} crates with 0 places"))
            }
        }
        Case::Clippy => {
            let packages = CORE.iter().flat_map(|name| ["-p".to_owned(), format!("las-{name}")]);
            let mut command = Command::new("cargo");
            command
                .args(["clippy", "--quiet", "--locked", "--lib"])
                .args(packages)
                .args(["--", "-D", "warnings"]);
            let output = command.current_dir(repository()).output().map_err(|error| error.to_string())?;
            let said = String::from_utf8_lossy(&output.stderr);
            if output.status.success() {
                Ok(())
            } else {
                Err(said.lines().take(5).collect::<Vec<_>>().join(" "))
            }
        }
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let root = repository();
    let mut crates: Vec<PathBuf> = vec![root.join("src-tauri"), root.join("tests")];
    let found = std::fs::read_dir(root.join("crates")).map_err(|error| error.to_string())?;
    crates.extend(found.flatten().map(|entry| entry.path()).filter(|path| path.join("Cargo.toml").exists()));
    crates.sort();
    let name = |path: &Path| path.strip_prefix(&root).unwrap_or(path).display().to_string();
    let mut cases = vec![
        ("workspace".to_owned(), Case::Workspace),
        ("panic".to_owned(), Case::Panic),
        ("inventory".to_owned(), Case::Inventory(crates.len())),
    ];
    for folder in &crates {
        let manifest = folder.join("Cargo.toml");
        cases.push((name(&manifest), Case::Manifest(manifest)));
        let core = CORE.iter().any(|core| folder.ends_with(Path::new("crates").join(core)));
        if core {
            cases.push((format!("{}: root", name(folder)), Case::Root(folder.join("src/lib.rs"))));
        }
        let mut all = Vec::new();
        sources(folder, &mut all);
        let own = folder.join("src");
        cases.extend(all.into_iter().map(|path| {
            // Examples, benches and a crate's own tests are no product.
            let product = core
                && path.starts_with(&own)
                && !path.ends_with("tests.rs")
                && !name(&path).contains("/tests/");
            (name(&path), Case::Source(path, product))
        }));
    }
    if run.scale == Scale::Release {
        cases.push(("clippy".to_owned(), Case::Clippy));
    }
    let report = run.each(cases, check);
    let figure = format!("{} violations in {} crates", report.failures.len(), crates.len());
    Ok(report.with_figure(figure))
}

#[cfg(test)]
mod tests {
    use super::{code, words};

    #[test]
    fn comments_and_texts_are_no_code() {
        let has = |text: &str| words(&code(text)).any(|word| word == "unsafe");
        for text in [
            "// unsafe",
            "let a = \"unsafe\";",
            "/// unsafe { }",
            "unsafe_code = 1",
            "let a = \"\\\"unsafe\";",
        ] {
            assert!(!has(text), "{text}");
        }
        for text in
            ["unsafe { a() }", "let a = \"//\"; unsafe {}", "pub unsafe fn a() {}", "let c = '\"'; unsafe {}"]
        {
            assert!(has(text), "{text}");
        }
    }
}
