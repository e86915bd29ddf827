#![expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]

use crate::load_policies;
use las_types::{Code, Failure, Policy, Tier};

fn load(files: &[(&str, &str)]) -> Result<Vec<Policy>, Failure> {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join("default")).unwrap();
    for (name, text) in files {
        std::fs::write(root.path().join("default").join(name), text).unwrap();
    }
    load_policies(root.path(), "default")
}

const TIERS: &str = "\
# Tiers.
policies:
  - name: small
    description: Below eight gigabytes.
    tier: 1
    conditions: { gpu_vram_max: 8GB }
    allow: { max_model_size: 3B, runtimes: [llama.cpp] }

  # From eight gigabytes on.
  - name: large
    description: The rest.
    tier: 2
    conditions:
      gpu_vram_min: 8GB
    deny: [training]
";

#[test]
fn rules_know_their_file_and_line() {
    let policies = load(&[("tiers.yaml", TIERS), ("a.txt", "not: policies")]).unwrap();
    let places: Vec<_> = policies.iter().map(|p| (p.name.as_str(), p.file.as_str(), p.line)).collect();
    assert_eq!(places, [("small", "default/tiers.yaml", 3), ("large", "default/tiers.yaml", 10)]);
    assert_eq!(policies[0].tier, Some(Tier(1)));
    assert_eq!(policies[0].allow.max_model_size.unwrap().parameters(), 3_000_000_000);
    assert_eq!(policies[1].deny, ["training"]);
}

#[test]
fn what_is_not_of_the_form_is_refused_with_its_line() {
    let rule = |rest: &str| format!("policies:\n  - name: a\n    description: b\n{rest}");
    let cases = [
        (rule("    scripts: [rm]\n"), 4),
        (rule("    tier: 0\n"), 2),
        (rule("    conditions: { ram_min: 8 GB, ram_max: 8GB }\n"), 2),
        (rule("    conditions:\n      vram: 8GB\n"), 5),
        (rule("    conditions:\n      ram_min: 8 apples\n"), 5),
        (rule("  - name: a\n    description: again\n"), 4),
        ("policies:\n  - name: a\n".to_owned(), 2),
        (rule("    conditions: { gpu_vendor: nvida }\n"), 2),
        (rule("    conditions: { cpu_features: [] }\n"), 2),
        (rule("    conditions: { cuda_min: 12.1, cuda_max: 12.1 }\n"), 2),
        (rule("    conditions:\n      cuda_min: new\n"), 5),
        (rule("    conditions:\n      on_battery: maybe\n"), 5),
        (rule("    deny: ['privilege:netwrok']\n"), 2),
        (rule("    deny: ['mode:vm']\n"), 2),
        (format!("version: 2\n{}", rule("")), 1),
        ("policies: []\n".to_owned(), 1),
        ("rules: []\n".to_owned(), 1),
    ];
    for (text, line) in cases {
        let failure = load(&[("x.yaml", &text)]).expect_err(&text);
        assert_eq!(failure.code, Code::PolicyInvalid, "{text}");
        assert_eq!(failure.args["line"], line.to_string(), "{text}{failure}");
    }
}

/// The form of the first documents, and every kind of condition that came after them.
#[test]
fn documents_of_the_first_form_load_and_so_does_every_condition() {
    let first = "policies:\n  - name: entry\n    description: Small machines.\n    conditions: { gpu_vram_min: 4GB, \
        gpu_vram_max: 12GB, ram_min: 8GB, ram_max: 64GB, gpu_count_min: 1, nvlink: false }\n    allow: { \
        max_model_size: 14B, runtimes: [llama.cpp], features: [chat] }\n    deny: [training]\n";
    assert_eq!(load(&[("x.yaml", first)]).unwrap()[0].conditions.nvlink, Some(false));
    let more = "version: 1\npolicies:\n  - name: all\n    description: Of each kind one.\n    conditions:\n      \
        unified_memory_min: 48GB\n      bandwidth_min: 100GB\n      gpu_vendor: nvidia\n      compute_capability_min: 8.9\n      \
        driver_min: 550.54.15\n      cpu_features: [avx2, fma]\n      disk_kind: [nvme, ssd]\n      on_battery: false\n    \
        allow: { max_parallel: 4, max_memory: 32GB, max_vram: 24GB }\n";
    let rule = &load(&[("x.yaml", more)]).unwrap()[0];
    assert_eq!(rule.conditions.compute_capability_min.unwrap().to_string(), "8.9");
    assert_eq!(rule.conditions.gpu_vendor.as_ref().unwrap().as_slice(), ["nvidia"]);
    assert_eq!(rule.allow.max_parallel, Some(4));
}

#[test]
fn a_set_that_is_not_there_or_leads_elsewhere_is_refused() {
    let root = tempfile::tempdir().unwrap();
    for set in ["default", "../default", ""] {
        assert_eq!(load_policies(root.path(), set).unwrap_err().code, Code::PolicyInvalid, "{set}");
    }
}

#[test]
fn a_set_names_the_tiers_that_it_likes_from_one_upward() {
    let text = TIERS.replace("tier: 1", "tier: 3").replace("tier: 2", "tier: 9");
    let policies = load(&[("tiers.yaml", &text)]).unwrap();
    assert_eq!(policies.iter().map(|rule| rule.tier).collect::<Vec<_>>(), [Some(Tier(3)), Some(Tier(9))]);
}
