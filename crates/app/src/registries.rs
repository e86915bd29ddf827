//! Loading the registries, and keeping what was read and seen of them.

use crate::Options;
use las_registry::{Artefacts, Registry, Root, Seen, Sources, Standing, Unsigned};
use las_runtime::Home;
use las_types::{Allowance, Clock, Code, Failure, HardwareProfile, Origin, Policy};
use std::collections::BTreeMap;

/// The feature that a policy denies where every registry has to be signed.
const UNSIGNED: &str = "feature:unsigned-registry";

/// Whether the policies of this machine let registries be loaded that nobody signed: they do unless
/// a rule that holds here denies it. Features that a rule allows by name are those of the machine;
/// that it names no registry says nothing of registries.
pub(crate) fn unsigned(profile: &HardwareProfile, set: &str, policies: &[Policy]) -> Unsigned {
    // A signature is asked for by a denial alone: what rules allow is about models and engines. Overrides lift
    // none: who may set one could as well sign.
    let denials: Vec<Policy> =
        policies.iter().map(|policy| Policy { allow: Allowance::default(), ..policy.clone() }).collect();
    let allowed = las_policy::explain(profile, set, &denials, &[], UNSIGNED).allowed;
    if allowed { Unsigned::Allowed } else { Unsigned::Refused }
}

/// The manifests of every registry of this machine and user. Of the same version in several, the
/// user's counts before the organisation's, and that before the application's.
pub(crate) fn load(
    options: &Options,
    home: &Home,
    artefacts: &Artefacts,
    clock: &dyn Clock,
    unsigned: Unsigned,
) -> Result<Registry, Failure> {
    let (own, organisation) = (home.root(), &options.organisation);
    let organisation_keys = organisation.join("trusted-keys");
    let roots = vec![
        Root {
            origin: Origin::User,
            path: own.join("registry"),
            keys: vec![own.join("trusted-keys"), organisation_keys.clone()],
        },
        // The user's keys vouch for nothing of the organisation's.
        Root {
            origin: Origin::Organisation,
            path: organisation.join("registry"),
            keys: vec![organisation_keys],
        },
        Root::builtin(options.resources.join("registry")),
    ];
    let seen = seen(home)?;
    let cache = home.registry_cache();
    let (registry, bytes) = Registry::gather(&Sources {
        roots,
        artefacts,
        cache: Some(&cache),
        now: clock.now(),
        unsigned,
        seen: seen.clone(),
    });
    // Without it the next start only takes longer.
    if let Some(bytes) = bytes
        && let Err(failure) = home.keep_registry_cache(&bytes)
    {
        tracing::warn!(%failure, "what was read of the registries could not be kept");
    }
    // Where nothing can be written nothing can be installed either; the next start sees it again.
    if let Err(failure) = see(home, &registry, &seen) {
        tracing::warn!(%failure, "which indices were believed could not be recorded");
    }
    Ok(registry)
}

/// The index that each signed registry had before. Code: `registry-record-damaged` if that can't be read: it
/// would protect from nothing if it could be damaged away.
fn seen(home: &Home) -> Result<BTreeMap<String, Seen>, Failure> {
    let path = home.registries_seen();
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(Failure::io(&path, error)),
    };
    serde_json::from_str(&text).map_err(|error| {
        Failure::new(Code::RegistryRecordDamaged).with("path", path.display()).with("detail", error)
    })
}

/// Records the indices that were believed now.
fn see(home: &Home, registry: &Registry, before: &BTreeMap<String, Seen>) -> Result<(), Failure> {
    let mut seen = before.clone();
    for loaded in registry.roots() {
        if let Standing::Signed { index, .. } = &loaded.standing {
            seen.insert(loaded.root.path.display().to_string(), index.clone());
        }
    }
    if seen == *before {
        return Ok(());
    }
    let text = serde_json::to_string_pretty(&seen).map_err(Failure::internal)?;
    home.keep_registries_seen(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::unsigned;
    use las_registry::Unsigned;
    use las_types::{Allowance, Conditions, Policy};

    fn rule(allow: &[&str], deny: &[&str], ram_max: Option<&str>) -> Policy {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Policy {
            name: "rule".into(),
            description: String::new(),
            tier: None,
            conditions: Conditions {
                ram_max: ram_max.map(|text| text.parse().unwrap()),
                ..Conditions::default()
            },
            allow: Allowance { features: Some(texts(allow)), ..Allowance::default() },
            deny: texts(deny),
            file: "test.yaml".into(),
            line: 1,
        }
    }

    #[test]
    fn a_registry_without_signature_is_refused_only_where_a_rule_denies_it() {
        let profile = las_hardware::probe(las_types::Timestamp::UNIX_EPOCH);
        for (rules, expected) in [
            (vec![], Unsigned::Allowed),
            // The default tiers allow features by name.
            (vec![rule(&["chat"], &[], None)], Unsigned::Allowed),
            (vec![rule(&["chat"], &["unsigned-registry"], None)], Unsigned::Refused),
            (vec![rule(&["unsigned-registry"], &["feature:unsigned-registry"], None)], Unsigned::Refused),
            // A rule for other machines.
            (vec![rule(&[], &["unsigned-registry"], Some("1MB"))], Unsigned::Allowed),
        ] {
            assert_eq!(unsigned(&profile, "test", &rules), expected, "{rules:?}");
        }
    }
}
