//! Models that can be had.

use crate::App;
use crate::hubs::{self, Source};
use las_api::{
    ErrorBody, FoundModelView, ModelRepositoryView, ModelSearchRequest, ModelSearchView, ModelShowRequest,
};
use las_types::{
    Arrival, Code, ExitStatus, Failure, FoundModel, FoundPage, ModelFit, ModelPackage, ModelQuery, ModelTool,
    RepositoryId, Revision, Secrets, SourceName,
};
use std::sync::Arc;

/// The sources to ask: the one that is named, or all that are switched on.
fn chosen(app: &App, named: Option<&SourceName>) -> Result<Vec<Source>, Failure> {
    let secrets = Arc::clone(&app.secrets) as Arc<dyn Secrets>;
    let mut all = hubs::enabled(&app.configuration.follow_changes().borrow(), &secrets)?;
    let Some(name) = named else { return Ok(all) };
    all.push(hubs::catalogue(app)?);
    all.retain(|source| source.name() == name);
    if all.is_empty() { Err(Failure::new(Code::ModelSourceUnknown).with("name", name)) } else { Ok(all) }
}

/// Whether a failure means that there is no network, or none that leads there.
fn is_offline(failure: &Failure) -> bool {
    failure.code.exit_status() == ExitStatus::NeedsNetwork
}

/// Asks each source at the same time; the answers in the order of the sources.
async fn ask_all(sources: Vec<Source>, query: &ModelQuery) -> Vec<(Source, Result<FoundPage, Failure>)> {
    let ask = |source: Source| {
        let query = query.clone();
        tokio::spawn(async move {
            let answer = source.search(&query).await;
            (source, answer)
        })
    };
    let asked: Vec<_> = sources.into_iter().map(ask).collect();
    let mut answers = Vec::new();
    for one in asked {
        // A source that ended badly has no answer; the others have.
        match one.await {
            Ok(answer) => answers.push(answer),
            Err(error) => tracing::error!(%error, "a source of models ended badly"),
        }
    }
    answers
}

/// Models with how they stand to this machine.
fn judged(app: &App, found: Vec<FoundModel>, fits: bool) -> impl Iterator<Item = FoundModelView> {
    let all = found.into_iter().map(|found| FoundModelView { fit: app.control.fit(&found), found });
    all.filter(move |view| !fits || view.fit.is_some_and(|fit| fit != ModelFit::TooLarge))
}

/// What is installed from a repository, from whichever source.
async fn installed(app: &App, id: &RepositoryId) -> Result<Vec<ModelPackage>, Failure> {
    let of = |package: &ModelPackage| match &package.arrival {
        Arrival::Pulled { origin } => origin.id == *id,
        // Elsewhere a name means something else.
        Arrival::Adopted { adoption, .. } => {
            adoption.tool == ModelTool::HuggingFace && adoption.id.as_deref() == Some(id.as_str())
        }
        Arrival::Imported { .. } | Arrival::Shipped => false,
    };
    Ok(app.control.installed().await?.iter().filter_map(ModelPackage::of).filter(of).collect())
}

pub(super) async fn search(app: &Arc<App>, request: ModelSearchRequest) -> Result<ModelSearchView, Failure> {
    let fits = request.fits;
    let query = request.query();
    if query.cursor.is_some() && query.source.is_none() {
        return Err(Failure::new(Code::RequestInvalid).with("detail", "cursor: only with source"));
    }
    let sources = chosen(app, query.source.as_ref())?;
    let alone = sources.len() == 1;
    let networked = sources.iter().filter(|source| source.kind().needs_network()).count();
    let mut view = ModelSearchView { models: Vec::new(), next: None, offline: false, failures: Vec::new() };
    let mut answered = 0;
    for (source, answer) in ask_all(sources, &query).await {
        match answer {
            Ok(page) => {
                answered += usize::from(source.kind().needs_network());
                view.next = page.next.filter(|_| alone);
                view.models.extend(judged(app, page.models, fits));
            }
            // Somebody who asks one source wants to know why it does not answer.
            Err(failure) if query.source.is_some() && !is_offline(&failure) => return Err(failure),
            Err(failure) => view.failures.push(failure.into()),
        }
    }
    view.offline = answered == 0 && (networked > 0 || query.source.is_none());
    if view.offline {
        let query = ModelQuery { cursor: None, ..query };
        let known = hubs::catalogue(app)?.search(&query).await?.models;
        view.models.extend(judged(app, known, fits));
    }
    Ok(view)
}

pub(super) async fn show(app: &Arc<App>, request: ModelShowRequest) -> Result<ModelRepositoryView, Failure> {
    let invalid = |given: &str| Failure::new(Code::ModelIdInvalid).with("given", given);
    let id: RepositoryId = request.id.parse().map_err(|_| invalid(&request.id))?;
    let revision = request.revision.as_deref().filter(|revision| !revision.is_empty());
    let revision: Option<Revision> =
        revision.map(|text| text.parse().map_err(|_| invalid(text))).transpose()?;
    let installed = installed(app, &id).await?;
    let mut failed: Vec<Failure> = Vec::new();
    for source in chosen(app, request.source.as_ref())? {
        match source.show(&id, revision.as_ref()).await {
            Ok(repository) => {
                let failures = failed.iter().map(ErrorBody::from).collect();
                return Ok(ModelRepositoryView { repository, installed, offline: false, failures });
            }
            Err(failure) => failed.push(failure),
        }
    }
    // What the list knows is better than nothing where nobody can be asked; where somebody was, his word holds.
    let offline = failed.iter().all(is_offline);
    let known = if offline { hubs::catalogue(app)?.show(&id, revision.as_ref()).await.ok() } else { None };
    if let Some(repository) = known {
        let failures = failed.iter().map(ErrorBody::from).collect();
        return Ok(ModelRepositoryView { repository, installed, offline, failures });
    }
    // What a source says of the repository says more than that another can't be reached.
    let said = failed.iter().position(|failure| !is_offline(failure)).unwrap_or(0);
    let missing = || Failure::new(Code::ModelRepositoryNotFound).with("source", "catalogue").with("id", &id);
    Err(if failed.is_empty() { missing() } else { failed.swap_remove(said) })
}
