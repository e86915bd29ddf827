//! Loading a model behind the endpoint, and unloading it.

use crate::bases::{base_of, is_adapter};
use crate::ceiling::Taken;
use crate::pull::ENGINES_OF_SAFETENSORS;
use crate::{ControlPlane, Sight};
use las_models::{Asked, Known, Rooms};
use las_resolver::Draft;
use las_types::{
    ByteSize, CacheType, Category, Code, EngineSettings, Failure, FitPlacement, Installed, MeasuredLoad,
    ModelFacts, ModelFit, ModuleName, Note, PlanStep, PlanTotals, Serves, ServiceSpec, ServiceState,
    ServiceStatus, StepAction,
};
use std::sync::PoisonError;

/// The longest context given to one conversation without being asked for more, in tokens.
pub(crate) const DEFAULT_CONTEXT: u32 = 8192;
/// Conversations at once, where the policies don't allow fewer.
pub(crate) const PARALLEL: u32 = 2;
/// The shipped engine is built without a GPU backend.
const GPU_LAYERS: u32 = 0;
/// The module whose program serves models.
pub(crate) const ENGINE: &str = "llama.cpp";
/// What it loads.
const GGUF: &str = "gguf";

fn is_adapter_of(item: &Installed, base: &Installed, installed: &[Installed]) -> bool {
    item.model.as_ref().is_some_and(|facts| {
        is_adapter(facts) && facts.format == GGUF && base_of(facts, installed) == Some(base.digest)
    })
}

/// That a model is loaded with less than usual.
pub(crate) fn limited(placed: &FitPlacement) -> Note {
    Note::new("model-limited").with("context", placed.context).with("cache", placed.cache.as_str())
}

/// What it takes may be known better by now than when it was started; it is the same service all the same.
fn as_it_runs(sight: &Sight<'_>, spec: ServiceSpec) -> ServiceSpec {
    let so = |memory| ServiceSpec { memory, ..spec.clone() };
    sight.specs.iter().find(|running| so(running.memory) == **running).cloned().unwrap_or(spec)
}

fn step(index: usize, action: StepAction, undo: &str) -> PlanStep {
    PlanStep::next(index, action, ByteSize::default(), undo)
}

impl ControlPlane {
    /// What loading a model means: which settings, how much memory, what must make room.
    pub(crate) async fn draft_load(&self, sight: &Sight<'_>, model: &ModuleName) -> Result<Draft, Failure> {
        let installed = sight.installed;
        let item = installed
            .iter()
            .find(|item| item.name == *model && item.category == Category::Model)
            .ok_or_else(|| Failure::new(Code::ModelNotFound).with("name", model))?;
        let facts =
            item.model.as_ref().ok_or_else(|| Failure::new(Code::ModelNotFound).with("name", model))?;
        if is_adapter(facts) {
            return Err(Failure::new(Code::AdapterBaseMissing).with("name", model));
        }
        if facts.format != GGUF {
            return Err(Failure::new(Code::ModelEngineMissing)
                .with("name", model)
                .with("format", &facts.format)
                .with("engines", ENGINES_OF_SAFETENSORS));
        }
        let engine = installed.iter().find(|item| item.name.as_str() == ENGINE);
        let (Some(engine), Some(program)) = (engine, engine.and_then(|engine| engine.program.as_ref()))
        else {
            return Err(Failure::new(Code::EngineNotInstalled));
        };
        las_resolver::admit_load(&sight.capabilities, &engine.name, facts.parameters)?;
        let adapters: Vec<_> =
            installed.iter().filter(|other| is_adapter_of(other, item, installed)).collect();
        let loads = self.loads_of(item, installed).await?;
        let placed = self.placed(sight, model, facts, &loads)?;
        let takes = Taken::of(facts, &placed.memory, GPU_LAYERS);
        let machine = self.machine();
        let cpu = &machine.cpu;
        let mut parts = self.model_files(item).into_iter();
        let model_path = parts.next().ok_or_else(|| Failure::internal("a model without weights"))?;
        let settings = EngineSettings {
            model_path,
            more_parts: parts.collect(),
            projector: self.projector_of(item),
            model_digest: item.digest,
            context: placed.context,
            parallel: self.parallel(),
            // More threads than cores make generation slower, not faster (performance.md, row h).
            threads: cpu.cores.min(cpu.threads).max(1),
            gpu_layers: GPU_LAYERS,
            cache: placed.cache,
            adapters: adapters
                .iter()
                .filter_map(|item| Some((item.name.clone(), self.model_files(item).into_iter().next()?)))
                .collect(),
        };
        let spec = ServiceSpec {
            name: model.as_str().parse().map_err(Failure::internal)?,
            module: engine.name.clone(),
            program: self.executor.path_of(engine, Some(program)),
            serves: Serves::Model { model: model.clone(), settings: Box::new(settings) },
            memory: placed.memory.total,
            start_limit_seconds: self.start_limit(engine),
        };
        let mut draft = self.draft_start(sight, as_it_runs(sight, spec), takes);
        if placed.verdict.fit == ModelFit::Limits && !draft.steps.is_empty() {
            draft.notes.push(limited(&placed));
        }
        Ok(draft)
    }

    /// How it is loaded: as usual, or with less where that is all that is free; as it runs, if it does.
    ///
    /// Codes: `policy-denied`, `override-denies`, `model-too-large`.
    fn placed(
        &self,
        sight: &Sight<'_>,
        model: &ModuleName,
        facts: &ModelFacts,
        loads: &[MeasuredLoad],
    ) -> Result<FitPlacement, Failure> {
        let context = facts.context.clamp(1, DEFAULT_CONTEXT);
        let usual = Asked { context, cache: CacheType::default(), parallel: self.parallel() };
        let (known, ceiling) = (Known::of_header(facts), sight.capabilities.max_memory);
        let judge =
            |asked, room| las_models::judge(&known, &Rooms { main: room, gpus: Vec::new() }, asked, loads);
        let most = ceiling.unwrap_or(ByteSize::new(u64::MAX));
        // Beside itself it would find less room than it has.
        if let Some(running) =
            Self::runs_so(sight, model).filter(|running| running.parallel == usual.parallel)
        {
            let so = judge(running, most);
            if (so.context, so.cache) == (running.context, running.cache) {
                return Ok(so);
            }
        }
        let available = self.current_profile().memory.available;
        let placed = judge(usual, available.min(most));
        if placed.verdict.fit == ModelFit::TooLarge {
            Taken::of(facts, &placed.memory, GPU_LAYERS).within(&sight.capabilities)?;
            return Err(Failure::new(Code::ModelTooLarge)
                .with("name", model)
                .with("needed", placed.memory.total)
                .with("available", available));
        }
        Ok(placed)
    }

    /// How a model runs now, if it does.
    fn runs_so(sight: &Sight<'_>, model: &ModuleName) -> Option<Asked> {
        let spec = sight.specs.iter().find(|spec| spec.model() == Some(model))?;
        let (_, settings) = spec.engine()?;
        Some(Asked { context: settings.context, cache: settings.cache, parallel: settings.parallel })
    }

    /// Refuses a model that rules, or an override, have denied since it was loaded.
    ///
    /// Codes: `policy-denied`, `override-denies`.
    pub async fn may_answer(&self, model: &str) -> Result<(), Failure> {
        let judged = self.judged();
        let answering = || judged.answering.lock().unwrap_or_else(PoisonError::into_inner);
        if answering().contains(model) {
            return Ok(());
        }
        let installed = self.installed().await?;
        let named = |name: &str| installed.iter().find(|item| item.name.as_str() == name);
        let facts = named(model).and_then(|item| item.model.as_ref());
        if let (Some(engine), Some(facts)) = (named(ENGINE), facts) {
            las_resolver::admit_load(&judged.capabilities, &engine.name, facts.parameters)?;
            answering().insert(model.to_owned());
        }
        Ok(())
    }

    /// Refuses a runtime or a feature that rules, or an override, deny.
    ///
    /// Codes: `policy-denied`, `override-denies`.
    pub fn permits(&self, capability: &str) -> Result<(), Failure> {
        las_resolver::permitted(&self.capabilities(), capability)
    }

    /// How long a service of a module may take to become ready: as its manifest says.
    fn start_limit(&self, module: &Installed) -> u32 {
        let versions = self.registry.versions(&module.name);
        let manifest = versions.iter().find(|manifest| manifest.version == module.version);
        manifest
            .and_then(|manifest| manifest.runtime.start_limit_seconds)
            .unwrap_or(las_types::START_LIMIT_SECONDS)
    }

    /// What a loaded model was estimated to take.
    fn taken_by(&self, sight: &Sight<'_>, service: &ServiceStatus) -> Taken {
        let item = sight.installed.iter().find(|item| Some(&item.name) == service.model.as_ref());
        let Some(facts) = item.and_then(|item| item.model.as_ref()) else { return Taken::default() };
        let spec = sight.spec(&service.name);
        let settings = spec.as_ref().and_then(|spec| spec.engine()).map(|(_, settings)| settings);
        let usual = (facts.context.clamp(1, DEFAULT_CONTEXT), CacheType::default());
        let (context, cache) = settings.map_or(usual, |settings| (settings.context, settings.cache));
        let estimate = las_models::estimate_with(facts, context, self.parallel(), cache);
        Taken::of(facts, &estimate, settings.map_or(0, |settings| settings.gpu_layers))
    }

    /// The steps: nothing if it is loaded so already; else what must go, then the start.
    fn draft_start(&self, sight: &Sight<'_>, spec: ServiceSpec, takes: Taken) -> Draft {
        let services = &sight.services;
        let mut draft = Draft {
            totals: PlanTotals { memory: spec.memory, ..PlanTotals::default() },
            outcome: sight.installed.to_vec(),
            ..Draft::default()
        };
        let alive =
            |state| matches!(state, ServiceState::Starting | ServiceState::Ready | ServiceState::Restarting);
        let same = services.iter().any(|service| service.name == spec.name && alive(service.state));
        if same && self.executor.runs(&spec) {
            draft.totals = PlanTotals::default();
            return draft;
        }
        // Only models make room for models.
        let is_other = |service: &&ServiceStatus| {
            service.name != spec.name && service.model.is_some() && alive(service.state)
        };
        let mut others: Vec<_> = services.iter().filter(is_other).collect();
        others.sort_by_key(|service| service.since);
        let limit = usize::try_from(self.capabilities().max_loaded_models.unwrap_or(1).max(1)).unwrap_or(1);
        let excess = (others.len() + 1).saturating_sub(limit);
        // Together the loaded models stay below the policies' ceilings, the oldest giving way.
        let fits = |gone: &usize| {
            let stay = others.get(*gone..).unwrap_or_default().iter();
            let together = stay.map(|service| self.taken_by(sight, service)).fold(takes, Taken::and);
            together.within(&sight.capabilities).is_ok()
        };
        let excess = (excess..others.len()).find(fits).unwrap_or(others.len());
        for service in others.into_iter().take(excess) {
            let spec = sight.spec(&service.name);
            let action = StepAction::ServiceStop { service: service.name.clone(), spec };
            draft.steps.push(step(draft.steps.len(), action, "start-service"));
            let note = Note::new("makes-room");
            if !draft.notes.contains(&note) {
                draft.notes.push(note);
            }
        }
        draft.steps.push(step(
            draft.steps.len(),
            StepAction::ServiceStart { spec: Box::new(spec) },
            "stop-service",
        ));
        draft
    }
}
