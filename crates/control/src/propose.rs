//! From an intent to a stored plan.

use crate::{ControlPlane, configure, overrides};
use las_resolver::Draft;
use las_types::{
    ByteSize, Code, DesiredModel, ExecutionPlan, Failure, Generation, GenerationNumber, Intent, PlanId,
    PlanTotals,
};

/// Space that stays free whatever is installed: the database and the logs must go on.
const RESERVE: ByteSize = ByteSize::new(16 << 20);

impl ControlPlane {
    /// Makes the plan for an intent and keeps it. Nothing else happens.
    pub async fn propose(&self, intent: Intent) -> Result<ExecutionPlan, Failure> {
        let current = self.current().await?;
        let draft = self.draft(&current, &intent).await?;
        self.check_space(&draft.totals).await?;
        let now = self.clock.now();
        let plan = ExecutionPlan {
            id: PlanId::new(now, self.random()),
            made_at: now,
            intent,
            base: current.number,
            steps: draft.steps,
            totals: draft.totals,
            hosts: Vec::new(),
            ports: Vec::new(),
            licenses: draft.licenses,
            needs_administrator: false,
            outcome: draft.outcome,
            notes: draft.notes,
        };
        self.state.add_plan(&plan).await?;
        Ok(plan)
    }

    /// Why an intent can't be planned; none if it can. Nothing is kept.
    pub async fn would_refuse(&self, intent: &Intent) -> Option<Failure> {
        let current = match self.current().await {
            Ok(current) => current,
            Err(failure) => return Some(failure),
        };
        self.draft(&current, intent).await.err()
    }

    async fn draft(&self, current: &Generation, intent: &Intent) -> Result<Draft, Failure> {
        let installed = &current.items;
        let services = self.services();
        let capabilities = self.capabilities();
        let machine = self.machine();
        let world = self.world(installed, &services, &capabilities, &machine);
        match intent {
            Intent::ModuleInstall { modules } => las_resolver::install(&world, modules),
            Intent::ModuleRemove { modules } => las_resolver::remove(&world, modules),
            Intent::ModelImport { path, mode, name, base } => {
                let wanted =
                    DesiredModel { path: path.clone(), mode: *mode, name: name.clone(), base: base.clone() };
                self.draft_import(installed, &wanted).await
            }
            Intent::ModelLoad { model } => self.draft_load(installed, model),
            Intent::ServiceStop { service } => self.draft_stop(installed, service),
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
            Intent::StateApply { desired } => self.draft_apply(installed, desired).await,
            Intent::LockApply { lock } => self.draft_lock(installed, lock).await,
        }
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

    async fn check_space(&self, totals: &PlanTotals) -> Result<(), Failure> {
        if totals.disk == ByteSize::default() {
            return Ok(());
        }
        let free = self.executor.free_space().await?;
        let needed = totals.disk.saturating_add(RESERVE);
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
