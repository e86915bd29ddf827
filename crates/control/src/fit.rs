//! How models stand to this machine, before anything of them is fetched or loaded. Search, pull, load and whoever asks are
//! answered by the same judgement (`las_models::judge`).

use crate::ControlPlane;
use crate::load::{DEFAULT_CONTEXT, PARALLEL};
use las_models::{Asked, Candidate, Known, Rooms, Told};
use las_types::{
    ByteSize, CacheType, CapabilitySet, Code, CuratedModel, Failure, FileRole, FitPlacement, FoundModel,
    MeasuredLoad, ModelFacts, ModelFit, ModelFitReport, ModelRepository, ParameterCount, RepositoryFile,
    RepositoryId, RepositoryPath, SpeedUnknown,
};

/// How somebody wants to load a model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FitAsked {
    /// Context of one conversation, in tokens; what a load gives without being asked if absent.
    pub context: Option<u32>,
    /// Type of keys and values.
    pub cache: CacheType,
}

impl FitAsked {
    /// A load gives no more than the model knows.
    fn of(self, most: Option<u32>, parallel: u32) -> Asked {
        let usual = most.filter(|most| *most > 0).map_or(DEFAULT_CONTEXT, |most| most.min(DEFAULT_CONTEXT));
        Asked { context: self.context.unwrap_or(usual).max(1), cache: self.cache, parallel }
    }
}

/// Of a repository: how each of its models stands to the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepositoryFit {
    /// Each model in it whose size, or parameters, are known.
    pub models: Vec<ModelFitReport>,
    /// Which of them a pull would choose.
    pub chosen: Option<usize>,
}

/// The file beside a model that turns pictures into what it reads.
fn projector(one: &Candidate) -> Option<&RepositoryFile> {
    let is_one = |file: &&RepositoryFile| FileRole::of(name_of(&file.path)) == Some(FileRole::Projector);
    one.beside.iter().find(is_one)
}

fn name_of(path: &RepositoryPath) -> &str {
    path.as_str().rsplit('/').next().unwrap_or_default()
}

/// What was published of a model in a repository.
fn told<'a>(
    found: &FoundModel,
    curated: Option<&CuratedModel>,
    candidate: Option<&'a Candidate>,
) -> Told<'a> {
    Told {
        size: candidate.map_or(found.size, |one| one.size),
        quantisation: candidate.and_then(|one| one.quantisation),
        parameters: curated.map(|model| model.parameters).or(found.parameters),
        active: curated.and_then(|model| model.active),
        shape: curated.and_then(|model| model.shape),
        context: curated.map(|model| model.context),
        projector: candidate.and_then(projector).and_then(|file| file.size).unwrap_or_default(),
    }
}

/// What the policies say of its size goes before what the memory says.
fn allowed(mut placed: FitPlacement, has: Option<ParameterCount>, set: &CapabilitySet) -> FitPlacement {
    let most = set.max_model_size;
    if has.zip(most).is_some_and(|(has, most)| has > most) {
        placed.verdict.fit = ModelFit::TooLarge;
        placed.verdict.allowed = most;
        placed.verdict.sure = true;
        placed.verdict.limits.clear();
        placed.verdict.offer = None;
    }
    placed
}

fn counted(facts: &ModelFacts) -> Option<ParameterCount> {
    Some(facts.parameters).filter(|count| count.parameters() > 0)
}

impl ControlPlane {
    /// The memory that models of this machine may take together: by its policies, and beside everything else.
    pub fn room(&self) -> ByteSize {
        self.main_room().main
    }

    fn main_room(&self) -> Rooms {
        las_models::main_room(&self.machine(), &self.capabilities())
    }

    /// What the list of well-known models has of a repository.
    fn curated_of(&self, id: &RepositoryId) -> Option<&CuratedModel> {
        self.curated.iter().find(|model| model.id == *id || model.model_scope.as_ref() == Some(id))
    }

    /// The repository of a well-known model by what people call it: `qwen3-8b` for Qwen3 8B.
    pub fn curated_named(&self, name: &str) -> Option<&RepositoryId> {
        let plain = |text: &str| text.to_lowercase().replace([' ', '_', '.'], "-");
        let name = plain(name);
        let named = |model: &&CuratedModel| {
            let repository = plain(model.id.as_str().rsplit('/').next().unwrap_or_default());
            plain(&model.title) == name
                || repository == name
                || repository.strip_suffix("-gguf") == Some(&name)
        };
        self.curated.iter().find(named).map(|model| &model.id)
    }

    fn told_of<'a>(&self, repository: &ModelRepository, one: &'a Candidate) -> Told<'a> {
        let told = told(&repository.model, self.curated_of(&repository.model.id), Some(one));
        Told { context: told.context.or(repository.context), ..told }
    }

    /// Conversations at once, as a load gives them.
    pub(crate) fn parallel(&self) -> u32 {
        PARALLEL.min(self.capabilities().max_parallel.unwrap_or(PARALLEL)).max(1)
    }

    /// How a model that was found stands to this machine; none where neither its size nor its parameters are published.
    /// What says no size is judged as Q4_K_M, the least that is still good.
    pub fn fit(&self, found: &FoundModel) -> Option<ModelFit> {
        let mut told = told(found, self.curated_of(&found.id), None);
        told.quantisation = told.size.is_none().then_some("Q4_K_M");
        let asked = FitAsked::default().of(told.context, self.parallel());
        let placed = las_models::judge(&Known::of(told)?, &self.main_room(), asked, &[]);
        Some(allowed(placed, told.parameters, &self.capabilities()).verdict.fit)
    }

    /// How one of a repository's models stands to this machine, as a load would give it; none where nothing is known of it.
    pub(crate) fn fit_of(&self, repository: &ModelRepository, one: &Candidate) -> Option<FitPlacement> {
        let told = self.told_of(repository, one);
        let asked = FitAsked::default().of(told.context, self.parallel());
        let placed = las_models::judge(&Known::of(told)?, &self.main_room(), asked, &[]);
        Some(allowed(placed, told.parameters, &self.capabilities()))
    }

    /// How each model of a repository stands to this machine, or the one that has this file. What is here already is judged
    /// by its header.
    ///
    /// Codes: `model-file-not-found`, `model-none-suitable` for a file that is no model; those of the database.
    pub async fn fit_repository(
        &self,
        repository: &ModelRepository,
        file: Option<&RepositoryPath>,
        asked: FitAsked,
    ) -> Result<RepositoryFit, Failure> {
        let all = las_models::candidates(&repository.files);
        let named = file.map(|_| self.chosen(repository, &all, file)).transpose()?;
        let chosen = match named {
            Some((one, _)) => Some(one),
            None => self.chosen(repository, &all, None).ok().map(|(one, _)| one),
        };
        let installed = self.installed().await?;
        let mut fit = RepositoryFit { models: Vec::new(), chosen: None };
        for one in all.iter().filter(|one| named.is_none_or(|(named, _)| named == *one)) {
            let digest = one.files.first().and_then(|file| file.sha256).filter(|_| one.files.len() == 1);
            let here = installed.iter().find(|item| Some(item.digest) == digest);
            let told = self.told_of(repository, one);
            let header = here.and_then(|item| Some((item, item.model.as_ref()?)));
            let (known, loads) = match header {
                Some((item, facts)) => {
                    (Some(Known::of_header(facts)), self.loads_now(item, &installed).await?)
                }
                None => (Known::of(told), Vec::new()),
            };
            let Some(known) = known else { continue };
            let mut report = self.report(&known, asked, &loads);
            report.name = here.map(|item| item.name.to_string());
            report.id = Some(repository.model.id.clone());
            report.source = Some(repository.model.source.clone());
            report.file = one.files.first().map(|file| file.path.clone());
            report.quantisation = one.quantisation.map(str::to_owned).or(report.quantisation);
            report.parameters = told.parameters.or(report.parameters);
            if chosen == Some(one) {
                fit.chosen = Some(fit.models.len());
            }
            fit.models.push(report);
        }
        if fit.models.is_empty() {
            // Why there is none is what a pull would say.
            self.chosen(repository, &all, file)?;
        }
        Ok(fit)
    }

    /// How a model that is here stands to this machine.
    ///
    /// Codes: `model-not-found`, `adapter-base-missing` for what can't be loaded alone; those of the database.
    pub async fn fit_installed(&self, name: &str, asked: FitAsked) -> Result<ModelFitReport, Failure> {
        let installed = self.installed().await?;
        let missing = || Failure::new(Code::ModelNotFound).with("name", name);
        let item = installed.iter().find(|item| item.name.as_str() == name).ok_or_else(missing)?;
        let facts = item.model.as_ref().ok_or_else(missing)?;
        if facts.abilities.contains(&las_types::Ability::Adapter) {
            return Err(Failure::new(Code::AdapterBaseMissing).with("name", name));
        }
        let loads = self.loads_now(item, &installed).await?;
        let mut report = self.report(&Known::of_header(facts), asked, &loads);
        report.name = Some(item.name.to_string());
        Ok(report)
    }

    fn report(&self, known: &Known, asked: FitAsked, loads: &[MeasuredLoad]) -> ModelFitReport {
        let (machine, set) = (self.machine(), self.capabilities());
        let facts = known.likely();
        let parallel = self.parallel();
        let asked = asked.of(Some(facts.context), parallel);
        let judged = |rooms: &Rooms, loads: &[MeasuredLoad]| {
            allowed(las_models::judge(known, rooms, asked, loads), counted(facts), &set)
        };
        let here = judged(&self.main_room(), loads);
        let rate = machine.memory.bandwidth;
        let speed = rate.and_then(|rate| las_models::speed(known, &here, parallel, rate.per_second));
        let unknown = match (speed, here.verdict.fit) {
            (Some(_), _) => None,
            (None, ModelFit::TooLarge) => Some(SpeedUnknown::TooLarge),
            (None, _) => Some(SpeedUnknown::NotMeasured),
        };
        let so = Asked { context: here.context, cache: here.cache, parallel };
        ModelFitReport {
            name: None,
            id: None,
            source: None,
            file: None,
            quantisation: Some(facts.quantisation.clone()).filter(|name| !name.is_empty()),
            parameters: counted(facts),
            size: facts.tensor_bytes,
            parallel,
            with_gpus: las_models::rooms_with_gpus(&machine, &set).map(|rooms| judged(&rooms, &[])),
            speed,
            speed_unknown: unknown,
            measured: las_models::measured(loads, so).cloned(),
            here,
        }
    }
}
