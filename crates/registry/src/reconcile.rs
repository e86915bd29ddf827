//! The policy of reconciliation, from its file in a policy set.

#[cfg(test)]
mod tests;

use crate::files::read_text;
use crate::yaml::{line_of, parse};
use jiff::SignedDuration;
use las_types::{Code, Failure, ModuleName, ReconcilePolicy};
use serde::Deserialize;
use std::path::Path;

/// Its name within a set. It holds no rules about machines, so those who read the rules leave it out.
pub(crate) const FILE: &str = "reconcile.yaml";
const BYTES_MAX: u64 = 64 << 10;
const LEAST: SignedDuration = SignedDuration::from_secs(1);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReconcileFile {
    reconcile: ReconcilePolicy,
}

/// The policy of `<root>/<set>/reconcile.yaml`; the defaults where a set has none.
///
/// Code: `policy-invalid` with line and what would be right.
pub fn load_reconcile(root: &Path, set: &str) -> Result<ReconcilePolicy, Failure> {
    let shown = format!("{set}/{FILE}");
    let invalid = |line: u64, detail: String| {
        Failure::new(Code::PolicyInvalid).with("path", &shown).with("line", line).with("detail", detail)
    };
    if set.parse::<ModuleName>().is_err() {
        return Err(invalid(1, "not the name of a set of policies".to_owned()));
    }
    let path = root.join(set).join(FILE);
    if !path.exists() {
        return Ok(ReconcilePolicy::default());
    }
    let text = read_text(&path, BYTES_MAX)?;
    let ReconcileFile { reconcile } = parse(&text).map_err(|error| invalid(error.line, error.detail))?;
    let times = [
        ("every", reconcile.every),
        ("hardware_every", reconcile.hardware_every),
        ("rehash_after", reconcile.rehash_after),
        ("window", reconcile.window),
    ];
    match times.into_iter().find(|(_, time)| *time < LEAST) {
        Some((key, time)) => {
            Err(invalid(line_of(&text, key), format!("{key}: {time:#} is less than a second")))
        }
        None => Ok(reconcile),
    }
}
