//! The registries: which there are, who vouches for them, what was set aside.

use crate::App;
use las_api::{ErrorBody, NoArguments, RegistryStanding, RegistryView, RejectedView};
use las_registry::{Loaded, Registry, Standing};
use las_types::{Failure, Origin};
use std::sync::Arc;

pub(super) async fn list(app: &Arc<App>, _: NoArguments) -> Result<Vec<RegistryView>, Failure> {
    let registry = app.control.registry();
    Ok(registry.roots().iter().map(|loaded| view(registry, loaded)).collect())
}

fn view(registry: &Registry, loaded: &Loaded) -> RegistryView {
    let origin = loaded.root.origin;
    let mut view = RegistryView {
        origin,
        path: loaded.root.path.display().to_string(),
        standing: RegistryStanding::Absent,
        index: None,
        key: None,
        expires: None,
        failure: None,
        manifests: count(registry, origin),
        rejected: registry.rejected().iter().filter(|one| one.origin == origin).map(rejected).collect(),
    };
    view.standing = match &loaded.standing {
        Standing::Shipped => RegistryStanding::Shipped,
        Standing::Absent => RegistryStanding::Absent,
        Standing::Unsigned => RegistryStanding::Unsigned,
        Standing::Signed { key, index, expires } => {
            view.key = Some(key.clone());
            view.index = Some(format!("{} {}", index.name, index.version));
            view.expires = Some(*expires);
            RegistryStanding::Signed
        }
        Standing::Refused(failure) => {
            view.failure = Some(ErrorBody::from(failure));
            RegistryStanding::Refused
        }
    };
    view
}

fn rejected(rejected: &las_registry::Rejected) -> RejectedView {
    RejectedView { path: rejected.path.clone(), failure: ErrorBody::from(&rejected.failure) }
}

fn count(registry: &Registry, origin: Origin) -> u32 {
    let of = registry.names().flat_map(|(_, module)| module.releases()).filter(|one| one.origin == origin);
    u32::try_from(of.count()).unwrap_or(u32::MAX)
}
