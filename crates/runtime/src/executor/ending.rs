//! The end of a core: its services are stopped in their order.

use super::NativeExecutor;
use crate::supervisor::Service;
use las_types::ServiceName;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Whom each service waits for: those of these that need it. Only what comes later can, so nobody waits in a circle.
fn waits(
    running: &BTreeSet<ServiceName>,
    needs: &[(ServiceName, BTreeSet<ServiceName>)],
) -> BTreeMap<ServiceName, BTreeSet<ServiceName>> {
    let place = |name: &ServiceName| needs.iter().position(|(other, _)| other == name);
    let waits_for = |name: &ServiceName| {
        let above = needs.iter().enumerate().filter(|(at, (other, below))| {
            running.contains(other) && below.contains(name) && place(name).is_some_and(|own| own < *at)
        });
        above.map(|(_, (other, _))| other.clone()).collect()
    };
    running.iter().map(|name| (name.clone(), waits_for(name))).collect()
}

impl NativeExecutor {
    /// Stops every service when those that need it have ended. Each has its own grace and is then ended by force, so that
    /// the longest chain bounds the whole.
    pub(super) async fn stop_all(&self, needs: &[(ServiceName, BTreeSet<ServiceName>)]) {
        let services: BTreeMap<ServiceName, Arc<Service>> = self.known().clone();
        let order = waits(&services.keys().cloned().collect(), needs);
        let ends: BTreeMap<ServiceName, watch::Sender<bool>> =
            services.keys().map(|name| (name.clone(), watch::Sender::new(false))).collect();
        let mut stops = JoinSet::new();
        for (name, service) in services {
            let above = order.get(&name).into_iter().flatten().filter_map(|name| ends.get(name));
            let above: Vec<watch::Receiver<bool>> = above.map(watch::Sender::subscribe).collect();
            let ended = ends.get(&name).cloned();
            stops.spawn(async move {
                for mut other in above {
                    // An error means that nobody stops it any more: there is nothing to wait for.
                    let _ = other.wait_for(|ended| *ended).await;
                }
                service.stop().await;
                if let Some(ended) = ended {
                    ended.send_replace(true);
                }
            });
        }
        // Whoever ends without a word holds up nobody.
        drop(ends);
        stops.join_all().await;
    }
}

#[cfg(test)]
mod tests {
    use super::waits;
    use las_types::ServiceName;
    use std::collections::BTreeSet;

    fn names(list: &[&str]) -> BTreeSet<ServiceName> {
        list.iter().map(|name| name.parse().unwrap()).collect()
    }

    fn one(name: &str) -> ServiceName {
        name.parse().unwrap()
    }

    #[test]
    fn who_is_needed_waits_for_those_that_need_him_and_nobody_waits_in_a_circle() {
        let needs: Vec<(ServiceName, BTreeSet<ServiceName>)> = [
            ("store", &[][..]),
            ("app", &["store"][..]),
            ("top", &["app", "store"][..]),
            ("beside", &[][..]),
        ]
        .iter()
        .map(|(name, below)| (name.parse().unwrap(), names(below)))
        .collect();
        let waits_of = |running: &[&str], name: &str| waits(&names(running), &needs)[&one(name)].clone();
        assert_eq!(waits_of(&["store", "app", "top", "beside"], "store"), names(&["app", "top"]));
        assert_eq!(
            waits_of(&["store", "top"], "store"),
            names(&["top"]),
            "what does not run is not waited for"
        );
        assert!(waits_of(&["store", "app", "beside"], "beside").is_empty());
        assert!(waits_of(&["store", "unknown"], "unknown").is_empty());
        let circle: Vec<_> = [("a", "b"), ("b", "a")]
            .iter()
            .map(|(name, below)| (name.parse().unwrap(), names(&[below])))
            .collect();
        let waits = waits(&names(&["a", "b"]), &circle);
        assert_eq!((waits[&one("a")].clone(), waits[&one("b")].clone()), (names(&["b"]), names(&[])));
    }
}
