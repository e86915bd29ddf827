//! The end of a core: every service is stopped, those that need others first.

use crate::ControlPlane;
use las_types::{Failure, ServiceName};
use std::collections::BTreeSet;

impl ControlPlane {
    /// Stops every service. Where it can't be told what needs what, all at once: none may be left.
    pub async fn stop_services(&self) {
        self.keep_loads().await;
        let needs = self.service_needs().await.unwrap_or_else(|failure| {
            tracing::warn!(%failure, "it is not known which service needs which; all are stopped at once");
            Vec::new()
        });
        self.executor.shut_down(&needs).await;
    }

    async fn service_needs(&self) -> Result<Vec<(ServiceName, BTreeSet<ServiceName>)>, Failure> {
        let installed = self.installed().await?;
        let sight = self.sight(&installed).await?;
        // A service has the name of its module, or of its model.
        let named = |name: &las_types::ModuleName| name.as_str().parse::<ServiceName>().ok();
        let all = las_resolver::needs_in_order(&sight.world()).into_iter();
        Ok(all
            .filter_map(|(name, needs)| Some((named(&name)?, needs.iter().filter_map(named).collect())))
            .collect())
    }
}
