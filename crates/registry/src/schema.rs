//! The published forms of a manifest and of a desired state.

/// The JSON schema of a manifest, as published in `registry/schema/manifest.schema.json`.
pub fn manifest_schema() -> serde_json::Value {
    schemars::schema_for!(las_types::Manifest).to_value()
}

/// The JSON schema of a `las.yaml`, as published in `registry/schema/las.schema.json`.
pub fn desired_schema() -> serde_json::Value {
    schemars::schema_for!(las_types::DesiredState).to_value()
}

/// The JSON schema of what stands under `reconcile` in a set's `reconcile.yaml`, as published in
/// `registry/schema/reconcile.schema.json`.
pub fn reconcile_schema() -> serde_json::Value {
    schemars::schema_for!(las_types::ReconcilePolicy).to_value()
}

/// The JSON schema of an entry of the list of models, as published in `registry/schema/model.schema.json`.
pub fn curated_schema() -> serde_json::Value {
    schemars::schema_for!(las_types::CuratedModel).to_value()
}

#[cfg(test)]
mod tests {
    use super::{curated_schema, desired_schema, manifest_schema, reconcile_schema};
    use crate::policy_schema;
    use std::path::Path;

    /// Run with `LAS_UPDATE_SCHEMA=1` after a change to a form to write its file anew.
    #[test]
    fn the_published_schema_is_the_current_one() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../registry/schema");
        let all = [
            ("manifest.schema.json", manifest_schema()),
            ("las.schema.json", desired_schema()),
            ("model.schema.json", curated_schema()),
            ("policy.schema.json", policy_schema()),
            ("reconcile.schema.json", reconcile_schema()),
        ];
        for (name, schema) in all {
            let path = folder.join(name);
            let current = serde_json::to_string_pretty(&schema).unwrap() + "\n";
            if std::env::var_os("LAS_UPDATE_SCHEMA").is_some() {
                #[expect(clippy::disallowed_methods, reason = "regenerates a file of the source tree")]
                std::fs::write(&path, &current).unwrap();
            }
            let published = std::fs::read_to_string(&path).unwrap();
            assert!(published == current, "{name}: run this test with LAS_UPDATE_SCHEMA=1");
        }
    }

    #[test]
    fn the_form_is_closed() {
        assert_eq!(desired_schema()["additionalProperties"], false);
        let policies = policy_schema();
        assert_eq!(policies["additionalProperties"], false);
        for part in ["Rule", "Conditions", "Allowance"] {
            assert_eq!(policies["$defs"][part]["additionalProperties"], false, "{part}");
        }
        let schema = manifest_schema();
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["$defs"]["RuntimeSection"]["additionalProperties"], false);
    }
}
