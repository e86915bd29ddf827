//! Registries of the user and the organisation, as the command line shows them and plans from them.

use las_tests::{ENGINE, Workstation};
use las_types::Digest;
use minisign::KeyPair;
use serde_json::{Value, json};

/// The shipped manifest of the engine, and its version.
fn engine(machine: &Workstation) -> (String, String) {
    let shown = machine.json(&["module", "show", ENGINE]).ok().json();
    let version = shown["versions"][0].as_str().unwrap().to_owned();
    let path = machine.resources().join("registry").join(shown["releases"][0]["path"].as_str().unwrap());
    (std::fs::read_to_string(path).unwrap(), version)
}

fn write(path: &std::path::Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn registry<'a>(all: &'a Value, origin: &str) -> &'a Value {
    all.as_array().unwrap().iter().find(|one| one["origin"] == origin).unwrap()
}

#[test]
fn a_users_manifest_hides_the_shipped_one_and_every_place_says_so() {
    let machine = Workstation::new();
    let (text, version) = engine(&machine);
    let file = machine.home().join(format!("registry/runtime/{ENGINE}/{version}.yaml"));
    let deprecation = "deprecation: { since: 2026-11-01, reason: tried out, superseded_by: other@>=2 }\n";
    write(&file, &format!("{text}{deprecation}"));
    let registries = machine.json(&["registry", "list"]).ok().json();
    let own = registry(&registries, "user");
    assert_eq!((&own["standing"], &own["manifests"]), (&json!("unsigned"), &json!(1)));
    assert_eq!(registry(&registries, "organisation")["standing"], "absent");
    assert_eq!(registry(&registries, "builtin")["standing"], "shipped");
    let shown = machine.json(&["module", "show", ENGINE]).ok().json();
    assert_eq!(shown["releases"][0]["origin"], "user");
    assert_eq!(shown["releases"][0]["hides"], json!(["builtin"]));
    assert_eq!(shown["deprecation"]["superseded_by"], "other@>=2");
    for language in ["en_GB.UTF-8", "zh_CN.UTF-8"] {
        let mut command = machine.las_command(&["module", "show", ENGINE]);
        command.env("LANG", language);
        let text = las_tests::Ran::run(command).ok().stdout;
        assert!(text.contains(file.to_str().unwrap()) && text.contains("tried out"), "{text}");
        assert!(text.contains("other@>=2"), "{text}");
    }
    let list = machine.las(&["module", "list"]).ok().stdout;
    assert!(list.contains(machine.home().join("registry").to_str().unwrap()), "{list}");
    let plan = machine.json(&["module", "plan", ENGINE]).ok().json();
    let keys: Vec<&str> =
        plan["notes"].as_array().unwrap().iter().map(|note| note["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["superseded", "from-registry"]);
    let words = machine.las(&["module", "plan", ENGINE]).ok().stdout;
    assert!(words.contains("tried out") && words.contains(file.to_str().unwrap()), "{words}");
}

#[test]
fn a_set_of_policies_is_the_organisations_before_the_users_as_a_whole_and_says_whose_it_is() {
    let machine = Workstation::new();
    let organisation = machine.outside("organisation");
    let shown = |arguments: &[&str]| {
        let mut command = machine.las_command(arguments);
        command.env("LAS_ORGANISATION", &organisation);
        las_tests::Ran::run(command).ok()
    };
    let found = || {
        let policy = shown(&["policy", "show", "--json"]).json();
        let rules = policy["policies"].as_array().unwrap().iter();
        let names: Vec<String> = rules.map(|rule| rule["name"].as_str().unwrap().to_owned()).collect();
        (policy["origin"].as_str().unwrap().to_owned(), names)
    };
    assert_eq!(found().0, "builtin");
    let rule = |name: &str| {
        format!(
            "policies:\n  - {{ name: {name}, description: x, tier: 7, allow: {{ max_model_size: 3B }} }}\n"
        )
    };
    write(&machine.home().join("policies/default/all.yaml"), &rule("mine"));
    assert_eq!(found(), ("user".to_owned(), vec!["mine".to_owned()]));
    let text = shown(&["policy", "show"]).stdout;
    assert!(text.contains("Tier 7") && text.contains("default (yours)"), "{text}");
    write(&organisation.join("policies/default/all.yaml"), &rule("theirs"));
    assert_eq!(found(), ("organisation".to_owned(), vec!["theirs".to_owned()]));
    // Another name is another set.
    write(&organisation.join("policies/lab/all.yaml"), &rule("lab"));
    shown(&["config", "set", "policy.set", "lab", "--yes"]);
    assert_eq!(found(), ("organisation".to_owned(), vec!["lab".to_owned()]));
    shown(&["doctor"]);
}

#[test]
fn a_signed_registry_is_offered_and_nothing_of_a_forged_one_is() {
    let machine = Workstation::new();
    let organisation = machine.outside("organisation");
    let ask = |arguments: &[&str]| {
        let mut all = arguments.to_vec();
        all.push("--json");
        let mut command = machine.las_command(&all);
        command.env("LAS_ORGANISATION", &organisation);
        las_tests::Ran::run(command)
    };
    let manifest = "name: remote\ncategory: tool\nversion: 1.0.0\ndescription: Of the organisation.\n";
    let path = "tool/remote/1.0.0.yaml";
    write(&organisation.join("registry").join(path), manifest);
    let pair = KeyPair::generate_unencrypted_keypair().unwrap();
    write(&organisation.join("trusted-keys/it.pub"), &pair.pk.to_box().unwrap().into_string());
    let sign = |version: u64| {
        let index = json!({
            "schema": 1, "name": "example", "version": version, "expires": "2999-01-01T00:00:00Z",
            "manifests": [{
                "path": path, "size": manifest.len(), "sha256": Digest::of(manifest.as_bytes()).hex(),
            }],
        })
        .to_string();
        let signature = minisign::sign(None, &pair.sk, index.as_bytes(), None, None).unwrap();
        write(&organisation.join("registry/index.json"), &index);
        write(&organisation.join("registry/index.json.minisig"), &signature.into_string());
    };
    sign(7);
    assert_eq!(ask(&["module", "show", "remote"]).ok().json()["releases"][0]["origin"], "organisation");
    let registries = ask(&["registry", "list"]).ok().json();
    let theirs = registry(&registries, "organisation");
    assert_eq!(
        (&theirs["standing"], &theirs["key"], &theirs["index"]),
        (&json!("signed"), &json!("it"), &json!("example 7"))
    );
    // An older one, signed by the same key: what was seen is remembered.
    sign(6);
    let registries = ask(&["registry", "list"]).ok().json();
    assert_eq!(registry(&registries, "organisation")["failure"]["code"], "registry-rolled-back");
    ask(&["module", "show", "remote"]).fails("module-not-found", 5);
    sign(8);
    ask(&["module", "show", "remote"]).ok();
    // One letter of a manifest: it alone is left out, by name.
    write(&organisation.join("registry").join(path), &manifest.replace("Of the", "Of an"));
    ask(&["module", "show", "remote"]).fails("checksum-mismatch", 9);
    ask(&["module", "show", ENGINE]).ok();
    // One letter of the index: nothing is believed.
    let index = organisation.join("registry/index.json");
    let forged = std::fs::read_to_string(&index).unwrap().replace("\"version\":8", "\"version\":9");
    std::fs::write(&index, forged).unwrap();
    let registries = ask(&["registry", "list"]).ok().json();
    let theirs = registry(&registries, "organisation");
    assert_eq!(
        (&theirs["standing"], &theirs["failure"]["code"]),
        (&json!("refused"), &json!("registry-signature-invalid"))
    );
    // Without its index it would be one that nobody ever signed.
    for name in ["index.json", "index.json.minisig"] {
        std::fs::remove_file(organisation.join("registry").join(name)).unwrap();
    }
    let registries = ask(&["registry", "list"]).ok().json();
    assert_eq!(registry(&registries, "organisation")["failure"]["code"], "registry-rolled-back");
}
