//! The published form of a manifest.

/// The JSON schema of a manifest, as published in `registry/schema/manifest.schema.json`.
pub fn manifest_schema() -> serde_json::Value {
    schemars::schema_for!(las_types::Manifest).to_value()
}

#[cfg(test)]
mod tests {
    use super::manifest_schema;
    use std::path::Path;

    /// Run with `LAS_UPDATE_SCHEMA=1` after a change to the form to write the file anew.
    #[test]
    fn the_published_schema_is_the_current_one() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../registry/schema/manifest.schema.json");
        let current = serde_json::to_string_pretty(&manifest_schema()).unwrap() + "\n";
        if std::env::var_os("LAS_UPDATE_SCHEMA").is_some() {
            #[expect(clippy::disallowed_methods, reason = "regenerates a file of the source tree")]
            std::fs::write(&path, &current).unwrap();
        }
        assert!(std::fs::read_to_string(&path).unwrap() == current, "run this test with LAS_UPDATE_SCHEMA=1");
    }

    #[test]
    fn the_form_is_closed() {
        let schema = manifest_schema();
        assert_eq!(schema["additionalProperties"], false);
        assert_eq!(schema["$defs"]["RuntimeSection"]["additionalProperties"], false);
    }
}
