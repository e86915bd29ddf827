//! Models.

use crate::App;
use las_api::{
    ByName, ChatTemplateView, ErrorBody, ModelScanRequest, ModelScanView, ModelVerification, ModelView,
    NoArguments, ScannedModelView, VerifyRequest,
};
use las_types::{Code, Digest, Executor, Failure, Installed, LaidOutNow, ModelPackage};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Every installed model as interfaces show it.
pub(crate) async fn views(app: &Arc<App>) -> Result<Vec<ModelView>, Failure> {
    let installed = app.control.installed().await?;
    let services = app.control.services();
    let mut last_reads = BTreeMap::new();
    for item in installed.iter().filter(|item| item.model.is_some()) {
        last_reads.insert(&item.name, app.executor.last_read(item).await);
    }
    let view = |item: &Installed| {
        let facts = item.model.clone()?;
        let base = las_control::base_of(&facts, &installed);
        let base = base.and_then(|base| installed.iter().find(|other| other.digest == base));
        Some(ModelView {
            name: item.name.clone(),
            version: item.version.clone(),
            size: item.size,
            digest: item.digest.to_string(),
            placement: item.placement.clone(),
            base: base.map(|base| base.name.clone()),
            loaded: services
                .iter()
                .find(|service| service.model.as_ref() == Some(&item.name))
                .map(|service| service.state),
            package: ModelPackage::of(item)?,
            last_read: last_reads.get(&item.name).copied().flatten(),
            facts,
        })
    };
    Ok(installed.iter().filter_map(view).collect())
}

pub(super) async fn list(app: &Arc<App>, _: NoArguments) -> Result<Vec<ModelView>, Failure> {
    views(app).await
}

/// Reads every byte of the models asked for and compares their digests.
pub(super) async fn verify(
    app: &Arc<App>,
    request: VerifyRequest,
) -> Result<Vec<ModelVerification>, Failure> {
    let installed = app.control.installed().await?;
    let wanted: Vec<_> = installed
        .iter()
        .filter(|item| item.model.is_some() && request.name.as_ref().is_none_or(|name| *name == item.name))
        .collect();
    if let (Some(name), true) = (&request.name, wanted.is_empty()) {
        return Err(Failure::new(Code::ModelNotFound).with("name", name));
    }
    let mut all = Vec::new();
    for item in wanted {
        let failure = app.executor.verify(item).await.err().map(ErrorBody::from);
        all.push(ModelVerification { name: item.name.clone(), failure });
    }
    Ok(all)
}

/// The chat templates of a model, as they were pinned.
pub(super) async fn templates(app: &Arc<App>, request: ByName) -> Result<Vec<ChatTemplateView>, Failure> {
    let all = app.control.chat_templates(&request.name).await?;
    let view = |(name, text): (String, String)| {
        let digest = Digest::of(text.as_bytes());
        ChatTemplateView { name, digest, text }
    };
    Ok(all.into_iter().map(view).collect())
}

/// Every view of a model for another tool.
pub(super) async fn laid_out(app: &Arc<App>, _: NoArguments) -> Result<Vec<LaidOutNow>, Failure> {
    app.control.views().await
}

/// Finds what other tools keep; changes nothing.
pub(super) async fn scan(app: &Arc<App>, request: ModelScanRequest) -> Result<ModelScanView, Failure> {
    let folder = request.folder.filter(|folder| !folder.is_empty()).map(PathBuf::from);
    if let Some(folder) = folder.as_ref().filter(|folder| !folder.is_absolute()) {
        let detail = format!("{} is not an absolute path", folder.display());
        return Err(Failure::new(Code::RequestInvalid).with("detail", detail));
    }
    let found = app.control.scan(folder).await?;
    let view = |(scanned, refusal): (_, Option<Failure>)| ScannedModelView {
        scanned,
        refusal: refusal.map(ErrorBody::from),
    };
    Ok(ModelScanView {
        models: found.models.into_iter().map(view).collect(),
        failures: found.failures.into_iter().map(ErrorBody::from).collect(),
    })
}
