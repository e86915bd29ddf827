//! Who may depend on whom.

use las_tests::repository;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const EVERYTHING: &[&str] = &[
    "types", "registry", "hardware", "policy", "resolver", "models", "state", "secrets", "control",
    "runtime", "hub", "gateway", "api", "app", "i18n", "server",
];

/// Our crates, and which of ours each may name.
const MAY_SEE: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("registry", &["types"]),
    ("hardware", &["types"]),
    ("policy", &["types"]),
    ("resolver", &["types", "registry", "policy"]),
    ("models", &["types", "policy"]),
    ("state", &["types"]),
    ("secrets", &["types"]),
    ("control", &["types", "registry", "hardware", "policy", "resolver", "models", "state"]),
    ("runtime", &["types"]),
    ("hub", &["types"]),
    ("gateway", &["types", "api"]),
    ("api", &["types"]),
    (
        "app",
        &[
            "types", "registry", "hardware", "policy", "resolver", "models", "state", "control", "runtime",
            "secrets", "hub", "gateway", "api", "i18n",
        ],
    ),
    ("i18n", &[]),
    ("server", &["api", "app", "i18n"]),
    ("cli", &["api", "app", "i18n", "server"]),
    ("desktop", &["api", "app", "i18n", "server"]),
    ("tests", EVERYTHING),
];

/// Foreign crates with a home: only these of ours may name them. None at all means that nobody does yet.
const HOMES: &[(&str, &[&str])] = &[
    ("bollard", &["runtime"]),
    ("hf-hub", &["hub"]),
    ("secret-service", &["secrets"]),
    ("nvml-wrapper", &["hardware"]),
    ("sysinfo", &["hardware"]),
    ("sqlx", &["state"]),
    // The router type crosses the composition root.
    ("axum", &["server", "gateway", "app"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("indicatif", &["cli"]),
    ("tauri", &["desktop"]),
    ("fluent", &["i18n"]),
    ("serde-saphyr", &["registry"]),
    ("toml_edit", &["app"]),
];

/// The crates that do nothing but work things out must not be able to do anything else.
const PURE: &[&str] = &["types", "policy", "resolver", "models"];
const IMPURE_VENDORS: &[&str] = &["tokio", "rustix", "hyper", "rand", "reqwest", "tempfile"];

struct Package {
    name: String,
    /// Crates that its products are built with; tests and examples may name others.
    dependencies: BTreeSet<String>,
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(repository())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = |package: &Value| Package {
        name: package["name"].as_str().unwrap().to_owned(),
        dependencies: package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"] != "dev")
            .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
            .collect(),
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn short(name: &str) -> &str {
    name.strip_prefix("las-").unwrap_or(name)
}

pub(super) fn hold() {
    let table: BTreeMap<_, _> = MAY_SEE.iter().copied().collect();
    let homes: BTreeMap<_, _> = HOMES.iter().copied().collect();
    let mut wrong = Vec::new();
    for package in packages() {
        let own = short(&package.name);
        let Some(allowed) = table.get(own) else {
            wrong.push(format!("{own} is not in the table"));
            continue;
        };
        for dependency in &package.dependencies {
            let ours = dependency.starts_with("las-");
            if ours && !allowed.contains(&short(dependency)) {
                wrong.push(format!("{own} may not see {dependency}"));
            }
            if homes.get(dependency.as_str()).is_some_and(|homes| !homes.contains(&own)) {
                wrong.push(format!("{dependency} has no home in {own}"));
            }
            if PURE.contains(&own) && IMPURE_VENDORS.contains(&dependency.as_str()) {
                wrong.push(format!("{own} is pure and may not name {dependency}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
