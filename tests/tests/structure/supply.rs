//! What is built in: its licences, where it comes from, and what is banned. The lists are those of `deny.toml`.

use las_tests::repository;
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;
use toml_edit::DocumentMut;

fn lists() -> DocumentMut {
    std::fs::read_to_string(repository().join("deny.toml")).unwrap().parse().unwrap()
}

fn texts<'a>(items: &'a toml_edit::Item, field: Option<&str>) -> BTreeSet<&'a str> {
    let text = |value: &'a toml_edit::Value| match field {
        None => value.as_str().unwrap(),
        Some(field) => value.as_inline_table().unwrap().get(field).unwrap().as_str().unwrap(),
    };
    items.as_array().unwrap().iter().map(text).collect()
}

#[test]
fn every_crate_comes_from_the_registry_with_its_checksum_and_none_is_banned() {
    let lists = lists();
    let banned = texts(&lists["bans"]["deny"], Some("name"));
    let lock: DocumentMut =
        std::fs::read_to_string(repository().join("Cargo.lock")).unwrap().parse().unwrap();
    let packages = lock["package"].as_array_of_tables().unwrap();
    assert!(packages.len() > 100, "the lock was read");
    let mut wrong = Vec::new();
    for package in packages {
        let field = |name: &str| package.get(name).and_then(|item| item.as_str());
        let name = field("name").unwrap();
        match field("source") {
            None if name.starts_with("las-") => {}
            Some(source) if source.starts_with("registry+") && field("checksum").is_some() => {}
            other => wrong.push(format!("{name} comes from {other:?}")),
        }
        if banned.contains(name) {
            wrong.push(format!("{name} is banned"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_crate_has_a_licence_that_is_allowed() {
    let lists = lists();
    let allowed: Vec<spdx::Licensee> = texts(&lists["licenses"]["allow"], None)
        .into_iter()
        .map(|licence| spdx::Licensee::parse(licence).unwrap())
        .collect();
    // What this system would build; Cargo fetches nothing that is here already.
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--filter-platform",
            "x86_64-unknown-linux-gnu",
        ])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    assert!(packages.len() > 100, "the metadata was read");
    let refused = |package: &Value| {
        let said = package["license"].as_str().unwrap_or_default();
        // `A/B` is how older manifests wrote `A OR B`.
        let expression = spdx::Expression::parse_mode(said, spdx::ParseMode::LAX);
        let fits = expression.is_ok_and(|expression| {
            expression.evaluate(|required| allowed.iter().any(|licence| licence.satisfies(required)))
        });
        (!fits).then(|| format!("{} {}: {said:?}", package["name"], package["version"]))
    };
    let refused: Vec<String> = packages.iter().filter_map(refused).collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn a_licence_that_asks_for_more_is_refused() {
    let allowed = [spdx::Licensee::parse("MIT").unwrap()];
    let fits = |text: &str| {
        let expression = spdx::Expression::parse_mode(text, spdx::ParseMode::LAX).unwrap();
        expression.evaluate(|required| allowed.iter().any(|licence| licence.satisfies(required)))
    };
    assert!(fits("MIT OR GPL-3.0-only") && fits("MIT/Apache-2.0"));
    assert!(!fits("AGPL-3.0-only") && !fits("MIT AND GPL-3.0-only"));
}
