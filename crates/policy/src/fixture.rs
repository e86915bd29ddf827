//! Rules and a machine for the tests of single parts.

use las_types::{Allowance, HardwareProfile, Policy, Tier};

/// A rule with these conditions, of tier 1.
pub(crate) fn rule(name: &str, conditions: &str) -> Policy {
    Policy {
        name: name.to_owned(),
        description: String::new(),
        tier: Some(Tier(1)),
        conditions: serde_yaml::from_str(conditions).unwrap(),
        allow: Allowance::default(),
        deny: Vec::new(),
        file: "test/rules.yaml".to_owned(),
        line: 1,
    }
}

/// Two RTX 3090 with NVLink, an x86 processor with AVX2.
pub(crate) fn profile() -> HardwareProfile {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/profiles/two-3090-nvlink.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}
