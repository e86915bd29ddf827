//! Every field can be stated, is looked up, and has a name in every language.

use super::{Field, Unit};
use crate::bound::bounds;
use las_types::{Allowance, Conditions, Policy};
use std::collections::BTreeSet;

/// One condition for each field, as a person would write it.
fn every_condition() -> Conditions {
    let condition = |field: &Field| {
        let name = field.name();
        match field.unit() {
            Unit::Bytes | Unit::Rate => format!("{name}_min: 1GB"),
            Unit::Count => format!("{name}_min: 1"),
            Unit::Release => format!("{name}_min: 12.1"),
            Unit::Flag => format!("{name}: true"),
            Unit::Names => format!("{name}: [a, b]"),
        }
    };
    let text: Vec<String> = Field::ALL.iter().map(condition).collect();
    serde_yaml::from_str(&text.join("\n")).unwrap()
}

#[test]
fn every_field_can_be_stated() {
    let rule = Policy {
        name: "all".into(),
        description: String::new(),
        tier: None,
        conditions: every_condition(),
        allow: Allowance::default(),
        deny: Vec::new(),
        file: String::new(),
        line: 1,
    };
    let stated: BTreeSet<Field> = bounds(&rule).into_iter().map(|bound| bound.field).collect();
    assert_eq!(stated, Field::ALL.iter().copied().collect());
}

#[test]
fn every_field_has_a_name_in_every_language() {
    let locales = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../locales");
    for language in ["en", "zh-CN"] {
        let text = std::fs::read_to_string(locales.join(language).join("domain.ftl")).unwrap();
        for field in Field::ALL {
            assert!(text.contains(&format!("[{}] ", field.name())), "{language}: {}", field.name());
        }
    }
}
