//! How models stand to this machine.

use super::hubs;
use crate::App;
use las_api::{ModelFitRequest, ModelFitView, ModelShowRequest};
use las_control::FitAsked;
use las_types::{Code, Failure};
use std::sync::Arc;

pub(super) async fn show(app: &Arc<App>, request: ModelFitRequest) -> Result<ModelFitView, Failure> {
    let context = request.context.map(|tokens| u32::try_from(tokens).unwrap_or(u32::MAX));
    if context == Some(0) {
        return Err(Failure::new(Code::RequestInvalid).with("detail", "context: 0"));
    }
    let asked = FitAsked { context, cache: request.cache.unwrap_or_default() };
    let mut id = request.id;
    if !id.contains('/') {
        match app.control.fit_installed(&id, asked).await {
            Ok(report) => {
                return Ok(ModelFitView {
                    models: vec![report],
                    chosen: None,
                    offline: false,
                    failures: Vec::new(),
                });
            }
            Err(failure) if failure.code == Code::ModelNotFound => match app.control.curated_named(&id) {
                Some(known) => id = known.to_string(),
                None => return Err(failure),
            },
            Err(failure) => return Err(failure),
        }
    }
    let wanted = ModelShowRequest { id, source: request.source, revision: request.revision };
    let shown = hubs::show(app, wanted).await?;
    let fit = app.control.fit_repository(&shown.repository, request.file.as_ref(), asked).await?;
    Ok(ModelFitView {
        models: fit.models,
        chosen: fit.chosen.and_then(|place| u32::try_from(place).ok()),
        offline: shown.offline,
        failures: shown.failures,
    })
}
