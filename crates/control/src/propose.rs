//! From an intent to a stored plan.

use crate::pull::Pull;
use crate::viewing::Meant;
use crate::{ControlPlane, configure, overrides};
use las_resolver::{Decision, Draft, Wish, World};
use las_types::{
    ByteSize, Code, DesiredModel, Digest, ExecutionPlan, Failure, Generation, GenerationNumber, Intent,
    ModuleRequest, PlanId, PlanStep, PlannedOverride, RuntimeMode, Source, StepAction,
};
use std::collections::{BTreeMap, BTreeSet};

/// Space that stays free whatever is installed: the database and the logs must go on.
const RESERVE: ByteSize = ByteSize::new(16 << 20);

/// The ports that services are started on.
pub(crate) fn ports(steps: &[PlanStep]) -> BTreeSet<u16> {
    let started = steps.iter().filter_map(|step| match &step.action {
        StepAction::ServiceStart { spec } => Some(spec.ports().into_values()),
        _ => None,
    });
    started.flatten().collect()
}

/// Installs modules in a mode that is not to be chosen.
fn install_in<'a>(
    mut world: World<'a>,
    modules: &'a [ModuleRequest],
    mode: RuntimeMode,
    from: Decision,
) -> Result<Draft, Failure> {
    world.modes.wish = Some(Wish { modules, mode, from });
    las_resolver::install(&world, modules)
}

impl ControlPlane {
    /// Makes the plan for an intent and keeps it. Nothing else happens.
    pub async fn propose(&self, intent: Intent) -> Result<ExecutionPlan, Failure> {
        let plan = self.planned(intent).await?;
        self.state.add_plan(&plan).await?;
        Ok(plan)
    }

    /// The plan for an intent, kept nowhere.
    pub(crate) async fn planned(&self, intent: Intent) -> Result<ExecutionPlan, Failure> {
        let (intent, resumes) = self.taken_up(intent).await?;
        let current = self.current().await?;
        let overrides = self.planned_overrides(&intent)?;
        let mut draft = self.draft(&current, &intent, &overrides).await?;
        let here = self.take_off_fetched(&mut draft).await?;
        self.check_space(&draft, here).await?;
        let now = self.clock.now();
        Ok(ExecutionPlan {
            id: PlanId::new(now, self.random()),
            made_at: now,
            intent,
            base: current.number,
            ports: ports(&draft.steps).into_iter().collect(),
            steps: draft.steps,
            totals: draft.totals,
            hosts: draft.hosts,
            licenses: draft.licenses,
            needs_administrator: false,
            outcome: draft.outcome,
            notes: draft.notes,
            resumes,
            overrides,
        })
    }

    /// Why each of these modules can't be installed, as things are; none for one that can. Nothing is kept, and
    /// the machine is looked at once for all of them.
    pub async fn would_refuse(&self, modules: &[ModuleRequest]) -> Result<Vec<Option<Failure>>, Failure> {
        let installed = self.installed().await?;
        let sight = self.sight(&installed).await?;
        let world = sight.world();
        let refusal = |module| las_resolver::install(&world, std::slice::from_ref(module)).err();
        Ok(modules.iter().map(refusal).collect())
    }

    async fn draft(
        &self,
        current: &Generation,
        intent: &Intent,
        overrides: &[PlannedOverride],
    ) -> Result<Draft, Failure> {
        let installed = &current.items;
        let mut sight = self.sight(installed).await?;
        if !overrides.is_empty() {
            sight.capabilities = self.capabilities_after(overrides);
        }
        let world = sight.world();
        let draft = match intent {
            Intent::ModuleInstall { modules, mode: None } => las_resolver::install(&world, modules),
            Intent::ModuleInstall { modules, mode: Some(mode) } => {
                install_in(world, modules, *mode, Decision::Asked)
            }
            Intent::ModuleUpgrade { modules } => las_resolver::upgrade(&world, modules),
            Intent::ModulePin { module, version } => self.draft_pin(&sight, module, version),
            Intent::ModuleUnpin { module } => Self::draft_unpin(&sight, module),
            Intent::ModuleRollback { module } => {
                let (request, mode) = self.request_before(current, module).await?;
                install_in(world, &[request], mode, Decision::Before)
            }
            Intent::ModuleRemove { modules, purge: false } => self.draft_remove(&sight, modules).await,
            Intent::ModuleRemove { modules, purge: true } => self.draft_purge(&sight, modules).await,
            // A plan is made for what the operation was for, see `propose`.
            Intent::OperationResume { id } => Err(Failure::new(Code::OperationNotFound).with("id", id)),
            Intent::ModelImport { path, mode, name, base } => {
                let wanted =
                    DesiredModel { path: path.clone(), mode: *mode, name: name.clone(), base: base.clone() };
                self.draft_import(&sight, &wanted).await
            }
            Intent::ModelAdopt { paths, name, mode } => {
                self.draft_adopt(&sight, paths, name.as_ref(), *mode).await
            }
            Intent::ModelPull { id, file, source, revision, name } => {
                let wanted = Pull {
                    id,
                    file: file.as_ref(),
                    source: source.as_ref(),
                    revision: revision.as_ref(),
                    name: name.as_ref(),
                };
                self.draft_pull(&sight, wanted).await
            }
            Intent::ModelPullAddress { url, digest, name } => {
                self.draft_address(&sight, url, *digest, name.as_ref()).await
            }
            Intent::ModelViewAdd { model, tool, folder } => {
                self.draft_view_add(&sight, model, *tool, folder.as_deref()).await
            }
            Intent::ModelViewRemove { model, tool, folder } => {
                let meant = Meant { model, tool: *tool, folder: folder.as_deref() };
                self.draft_view_remove(&sight, meant).await
            }
            Intent::ModelLoad { model } => self.draft_load(&sight, model).await,
            Intent::ServiceStart { service } => self.draft_service_start(&sight, service).await,
            Intent::ServiceRestart { service } => self.draft_service_restart(&sight, service).await,
            Intent::ServiceStop { service } => Self::draft_service_stop(&sight, service),
            Intent::DoctorRepair { modules, others } => self.draft_repair(installed, modules, others).await,
            Intent::OverrideSet { capability, value, reason } => {
                overrides::draft_set(installed, capability, value, reason)
            }
            Intent::OverrideRevert { id } => self.draft_revert(installed, *id),
            Intent::ConfigSet { key, value } => configure::draft(installed, &*self.config, key, Some(value)),
            Intent::ConfigUnset { key } => configure::draft(installed, &*self.config, key, None),
            Intent::GenerationRollback { to } => {
                let target = self.rollback_target(current.number, *to).await?;
                las_resolver::rollback(&world, &target)
            }
            Intent::StateApply { desired } => {
                let mut draft = self.draft_apply(&sight, desired).await?;
                draft.notes.extend(overrides.iter().map(|planned| self.note_of(planned)));
                Ok(draft)
            }
            Intent::LockApply { lock } => self.draft_lock(&sight, lock).await,
        };
        let draft = self.with_views_that_stay(draft?).await?;
        self.with_new_ports(&sight, draft).await
    }

    async fn rollback_target(
        &self,
        current: GenerationNumber,
        to: Option<GenerationNumber>,
    ) -> Result<Generation, Failure> {
        let missing =
            |number: GenerationNumber| Failure::new(Code::GenerationNotFound).with("number", number);
        let wanted = match to {
            Some(number) => number,
            None => GenerationNumber(current.0.checked_sub(1).ok_or_else(|| missing(current))?),
        };
        self.generations()
            .await?
            .into_iter()
            .find(|generation| generation.number == wanted)
            .ok_or_else(|| missing(wanted))
    }

    /// Takes off the plan's download what is here already, from an operation that was cut off; how much that is in all.
    async fn take_off_fetched(&self, draft: &mut Draft) -> Result<ByteSize, Failure> {
        let sources = draft.steps.iter().filter_map(|step| step.action.source());
        let wanted: BTreeMap<Digest, ByteSize> = sources.flat_map(Source::fetched).collect();
        let (mut here, mut spared) = (ByteSize::default(), ByteSize::default());
        if !wanted.is_empty() {
            for part in self.executor.partials().await? {
                let Some(over) = part.digest.and_then(|digest| wanted.get(&digest)) else { continue };
                here = here.saturating_add(part.have);
                spared = spared.saturating_add(part.have.min(*over));
            }
        }
        draft.totals.download = draft.totals.download.saturating_sub(spared);
        Ok(here)
    }

    async fn check_space(&self, draft: &Draft, here: ByteSize) -> Result<(), Failure> {
        // What is fetched lies beside what is made from it, for as long as that takes.
        let sources = draft.steps.iter().filter_map(|step| step.action.source());
        let work: ByteSize = sources.map(Source::beside).sum();
        if draft.totals.disk == ByteSize::default() && work == ByteSize::default() {
            return Ok(());
        }
        let free = self.executor.free_space().await?;
        let needed = draft.totals.disk.saturating_add(work).saturating_sub(here).saturating_add(RESERVE);
        if needed > free {
            return Err(Failure::new(Code::DiskSpaceShort).with("needed", needed).with("free", free));
        }
        Ok(())
    }

    /// A plan by its id, whether or not it was run.
    pub async fn plan(&self, id: PlanId) -> Result<ExecutionPlan, Failure> {
        let stored =
            self.state.plan(id).await?.ok_or_else(|| Failure::new(Code::PlanNotFound).with("id", id))?;
        Ok(stored.plan)
    }
}
