//! The executor: each step's action to the module that does it.

mod ending;
mod fetching;
mod images;
mod leaving;
mod look;
mod services;
mod settings;
mod taking;

use crate::adopting;
use crate::blobs;
use crate::blocking;
use crate::containers::{Containers, EngineWish};
use crate::fetch::{self, Pace};
use crate::helpers::Helpers;
use crate::home::Home;
use crate::inspect::{self, Proven, disk, records};
use crate::supervisor::{self, Restarts, Service, Surroundings, history};
use crate::{data, process, service, store, stray, tree, viewing};
use async_trait::async_trait;
use las_types::{
    AdoptionMethod, ByteSize, Clock, Depth, Digest, Drift, Executor, Failure, Generation, HardwareProfile,
    Installed, LaidOut, LaidState, LastRead, NoSecrets, OperationId, Partial, Patience, Placement, PortName,
    Reporter, Secrets, ServiceMoment, ServiceName, ServiceSpec, ServiceStatus, StepAction, StepContext,
    ViewLink,
};
use services::is_up;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

/// Executes steps on this machine.
pub struct NativeExecutor {
    artefacts: PathBuf,
    surroundings: Surroundings,
    services: Mutex<BTreeMap<ServiceName, Arc<Service>>>,
    proven: Arc<Proven>,
    pace: Arc<Pace>,
    last_look: taking::LastLook,
    /// Where the data directory lay when it was opened.
    opened: Option<disk::Place>,
    secrets: OnceLock<Arc<dyn Secrets>>,
}

impl NativeExecutor {
    /// With the folder of the shipped artefacts (`<artefact>/artefact.json`, `<artefact>/files/`), the programs that are
    /// run beside this one, the reporter that hears of services' changes outside any step, when what ends is started
    /// again, and which container engine is used.
    pub fn new(
        home: Arc<Home>,
        artefacts_root: PathBuf,
        helpers: Helpers,
        clock: Arc<dyn Clock>,
        reporter: Arc<dyn Reporter>,
        restarts: Restarts,
        containers: EngineWish,
    ) -> Arc<Self> {
        let (proven, opened) = (Arc::new(Proven::open(&home)), disk::place(&home));
        Arc::new(Self {
            artefacts: artefacts_root,
            surroundings: Surroundings {
                home,
                helpers: Arc::new(helpers),
                containers: Arc::new(Containers::new(containers)),
                clock,
                reporter,
                restarts,
            },
            services: Mutex::default(),
            proven,
            pace: Arc::default(),
            last_look: taking::LastLook::default(),
            opened,
            secrets: OnceLock::new(),
        })
    }

    /// How fast is fetched at most; to be changed at any time.
    pub fn pace(&self) -> Arc<Pace> {
        Arc::clone(&self.pace)
    }

    /// Says who keeps the secrets that plans name by handle; until then there are none. Said once.
    pub fn ask_for_secrets(&self, secrets: Arc<dyn Secrets>) {
        self.secrets.get_or_init(|| secrets);
    }

    fn secrets(&self) -> Arc<dyn Secrets> {
        self.secrets.get().map_or_else(|| Arc::new(NoSecrets) as Arc<dyn Secrets>, Arc::clone)
    }

    /// Goes on with the services that a killed core left and that serve; ends whatever else it left, never what is
    /// another's, and gives the services that this was of. For the start of a core that holds the lock, before its first
    /// step.
    pub async fn take_over(&self) -> Result<Vec<String>, Failure> {
        let (home, now) = (Arc::clone(self.home()), self.surroundings.clock.now());
        blocking::run_unwatched(move || fetch::tidy(&home, now)).await?;
        let left = supervisor::find_left(&self.surroundings).await?;
        self.known().extend(left.found.into_iter().map(|service| (service.spec.name.clone(), service)));
        self.remember_ends(&left.ended).await?;
        Ok(left.ended)
    }

    fn home(&self) -> &Arc<Home> {
        &self.surroundings.home
    }
}

#[async_trait]
impl Executor for NativeExecutor {
    async fn execute(
        &self,
        context: StepContext,
        action: &StepAction,
        reporter: &dyn Reporter,
    ) -> Result<(), Failure> {
        let (home, artefacts) = (Arc::clone(self.home()), self.artefacts.clone());
        match action.clone() {
            StepAction::StoreAdd { mut item, source } => {
                let done = self.fetch(context, &mut item, &source, reporter).await?;
                blocking::run_on(context, reporter, done, move |meter| {
                    store::add(&home, &artefacts, context, &item, &source, meter)
                })
                .await
            }
            StepAction::BlobAdd { mut item, source } => {
                let done = self.fetch(context, &mut item, &source, reporter).await?;
                blocking::run_on(context, reporter, done, move |meter| {
                    blobs::add(&home, &artefacts, context, &item, &source, meter)
                })
                .await
            }
            StepAction::StoreRemove { item } => {
                self.forget(&item);
                blocking::run_unwatched(move || store::remove(&home, context, &item)).await
            }
            StepAction::BlobRemove { item } => {
                self.forget(&item);
                blocking::run_unwatched(move || blobs::remove(&home, context, &item)).await
            }
            StepAction::DataRemove { service } => {
                blocking::run_unwatched(move || data::remove(&home, context, &service)).await
            }
            StepAction::ProgramVerify { item, program, proof } => {
                process::verify_program(&home, &self.surroundings.helpers, context, &item, &program, &proof)
                    .await
            }
            StepAction::GenerationWrite { generation } => {
                blocking::run_unwatched(move || records::write_generation(&home, &generation)).await
            }
            StepAction::StrayRemove { path } => {
                blocking::run_unwatched(move || stray::remove(&home, context, &path)).await
            }
            StepAction::MachineRecord { profile } => {
                blocking::run_unwatched(move || records::write_machine(&home, &profile)).await
            }
            StepAction::ServiceStart { spec } => self.start_service(context, &spec, reporter).await,
            StepAction::ServiceStop { service, .. } => {
                if let Some(service) = self.service(&service) {
                    service.stop().await;
                }
                Ok(())
            }
            StepAction::ViewAdd { item, view } => {
                blocking::run_unwatched(move || viewing::add(&home, context, &item, &view)).await
            }
            StepAction::ViewRemove { item, view } => {
                blocking::run_unwatched(move || viewing::remove(&home, context, &item, &view)).await
            }
            StepAction::ConfigWrite { path, before, after } => {
                blocking::run_unwatched(move || settings::write(path.as_ref(), before.as_deref(), &after))
                    .await
            }
        }
    }

    /// A started service is stopped; one that was stopped is started as it ran before, and the step is
    /// undone when it is ready.
    async fn undo(&self, context: StepContext, action: &StepAction) -> Result<(), Failure> {
        let home = Arc::clone(self.home());
        match action.clone() {
            StepAction::StoreAdd { item, .. } => {
                self.undo_pull(context, &item).await?;
                blocking::run_unwatched(move || store::undo_add(&home, context, &item)).await
            }
            StepAction::StoreRemove { item } => {
                blocking::run_unwatched(move || store::undo_remove(&home, context, &item)).await
            }
            StepAction::BlobAdd { item, .. } => {
                blocking::run_unwatched(move || blobs::undo_add(&home, context, &item)).await
            }
            StepAction::BlobRemove { item } => {
                blocking::run_unwatched(move || blobs::undo_remove(&home, context, &item)).await
            }
            StepAction::DataRemove { service } => {
                blocking::run_unwatched(move || data::undo_remove(&home, context, &service)).await
            }
            StepAction::ProgramVerify { .. } => {
                blocking::run_unwatched(move || {
                    crate::staging::Staging::of(&home, context.operation).tidy(context)
                })
                .await
            }
            StepAction::ServiceStart { spec } => {
                self.undo_start(&spec).await;
                Ok(())
            }
            StepAction::StrayRemove { path } => {
                blocking::run_unwatched(move || stray::undo_remove(&home, context, &path)).await
            }
            StepAction::ViewAdd { item, view } => {
                blocking::run_unwatched(move || viewing::undo_add(&home, context, &item, &view)).await
            }
            StepAction::ViewRemove { item, view } => {
                blocking::run_unwatched(move || viewing::undo_remove(&home, context, &item, &view)).await
            }
            StepAction::ServiceStop { spec: Some(spec), .. } => self.start_again(&spec).await,
            // Records say again what holds anyway.
            StepAction::GenerationWrite { .. }
            | StepAction::MachineRecord { .. }
            | StepAction::ServiceStop { spec: None, .. } => Ok(()),
            StepAction::ConfigWrite { path, before, after } => {
                blocking::run_unwatched(move || settings::undo(path.as_ref(), before.as_deref(), &after))
                    .await
            }
        }
    }

    async fn finish(&self, operation: OperationId) -> Result<(), Failure> {
        self.drop_images(operation).await?;
        let home = Arc::clone(self.home());
        blocking::run_unwatched(move || stray::finish(&home, operation)).await
    }

    async fn drop_fetched(&self, action: &StepAction) -> Result<(), Failure> {
        self.drop_fetched(action).await
    }

    async fn partials(&self) -> Result<Vec<Partial>, Failure> {
        let home = Arc::clone(self.home());
        blocking::run_unwatched(move || fetch::held(&home)).await
    }

    async fn write_generation(&self, generation: &Generation) -> Result<(), Failure> {
        let (home, generation) = (Arc::clone(self.home()), generation.clone());
        blocking::run_unwatched(move || records::write_generation(&home, &generation)).await
    }

    async fn inspect(&self, item: &Installed, depth: Depth) -> Result<Vec<Drift>, Failure> {
        self.look_at(item.clone(), depth).await
    }

    async fn inspect_patiently(
        &self,
        item: &Installed,
        depth: Depth,
        patience: &dyn Patience,
    ) -> Result<Vec<Drift>, Failure> {
        self.look_patiently(item.clone(), depth, patience).await
    }

    async fn last_read(&self, item: &Installed) -> Option<LastRead> {
        self.last_reading(item.clone()).await
    }

    async fn stray(&self, items: &[Installed]) -> Result<Vec<String>, Failure> {
        let (home, items) = (Arc::clone(self.home()), items.to_vec());
        blocking::run_unwatched(move || stray::find(&home, &items)).await
    }

    async fn inspect_generation(&self, generation: &Generation) -> Result<Option<Drift>, Failure> {
        let (home, generation) = (Arc::clone(self.home()), generation.clone());
        blocking::run_unwatched(move || records::generation(&home, &generation)).await
    }

    async fn inspect_services(&self) -> Result<Vec<Drift>, Failure> {
        self.look_at_services().await
    }

    async fn inspect_disk(&self, least_free: ByteSize) -> Result<Vec<Drift>, Failure> {
        let (home, opened) = (Arc::clone(self.home()), self.opened);
        blocking::run_unwatched(move || disk::look(&home, opened, least_free)).await
    }

    async fn remembered_machine(&self) -> Result<Option<HardwareProfile>, Failure> {
        let home = Arc::clone(self.home());
        blocking::run_unwatched(move || Ok(records::machine(&home))).await
    }

    async fn remember_machine(&self, profile: &HardwareProfile) -> Result<(), Failure> {
        let (home, profile) = (Arc::clone(self.home()), profile.clone());
        blocking::run_unwatched(move || records::write_machine(&home, &profile)).await
    }

    async fn can_restore(&self, item: &Installed) -> bool {
        let (home, artefacts, item) = (Arc::clone(self.home()), self.artefacts.clone(), item.clone());
        blocking::run_unwatched(move || Ok(inspect::can_restore(&home, &artefacts, &item)))
            .await
            .unwrap_or(false)
    }

    fn spec_of(&self, service: &ServiceName) -> Option<ServiceSpec> {
        self.service(service).map(|service| service.spec.clone())
    }

    async fn history_of(&self, service: &ServiceName) -> Result<Vec<ServiceMoment>, Failure> {
        let (home, service) = (Arc::clone(self.home()), service.clone());
        blocking::run_unwatched(move || Ok(history::read(&home, &service))).await
    }

    async fn data_of(&self, service: &ServiceName) -> Result<Option<ByteSize>, Failure> {
        let (home, service) = (Arc::clone(self.home()), service.clone());
        blocking::run_unwatched(move || data::size(&home, &service)).await
    }

    async fn ports_for(
        &self,
        service: &ServiceName,
        wanted: &BTreeMap<PortName, u16>,
        given: &BTreeSet<u16>,
    ) -> Result<BTreeMap<PortName, u16>, Failure> {
        let (home, service) = (Arc::clone(self.home()), service.clone());
        let (wanted, given) = (wanted.clone(), given.clone());
        blocking::run_unwatched(move || service::chosen(&home, &service, &wanted, given)).await
    }

    fn digest_of(&self, item: &Installed) -> Digest {
        blobs::digest_of(self.home(), item).unwrap_or(item.digest)
    }

    async fn is_shared_outside(&self, item: &Installed) -> Result<bool, Failure> {
        let (home, item) = (Arc::clone(self.home()), item.clone());
        blocking::run_unwatched(move || adopting::is_shared(&home, &item)).await
    }

    async fn adoption_of(&self, path: &Path) -> Result<AdoptionMethod, Failure> {
        let (home, path) = (Arc::clone(self.home()), path.to_owned());
        blocking::run_unwatched(move || adopting::method(&home, &path)).await
    }

    async fn view_place(&self, item: &Installed, folder: &Path) -> Result<(String, ViewLink), Failure> {
        let (home, item, folder) = (Arc::clone(self.home()), item.clone(), folder.to_owned());
        blocking::run_unwatched(move || viewing::place(&home, &item, &folder)).await
    }

    async fn view_states(&self, item: &Installed, view: &LaidOut) -> Result<Vec<LaidState>, Failure> {
        let (home, item, view) = (Arc::clone(self.home()), item.clone(), view.clone());
        blocking::run_unwatched(move || viewing::states(&home, &item, &view)).await
    }

    fn path_of(&self, item: &Installed, file: Option<&str>) -> String {
        let path = match &item.placement {
            Placement::Store { path } => self.home().store().join(path),
            Placement::Blob => blobs::blob(self.home(), item.digest),
            Placement::Reference { path } => PathBuf::from(path),
        };
        // A file that would lie outside is not named: the folder can't be run in its place.
        let file = file.and_then(|file| tree::inside(file).ok());
        file.map_or_else(|| path.clone(), |file| path.join(file)).display().to_string()
    }

    async fn speed_of(&self, service: &ServiceName) -> Option<u64> {
        let connection = self.engine(service)?;
        crate::engine::speed(&connection).await
    }

    fn runs(&self, spec: &ServiceSpec) -> bool {
        self.service(&spec.name).is_some_and(|service| service.spec == *spec && is_up(&service))
    }

    async fn free_space(&self) -> Result<ByteSize, Failure> {
        let root = self.home().root().to_owned();
        blocking::run_unwatched(move || {
            let found = rustix::fs::statvfs(&root).map_err(|error| Failure::io(&root, error.into()))?;
            Ok(ByteSize::new(found.f_bavail.saturating_mul(found.f_frsize)))
        })
        .await
    }

    fn services(&self) -> Vec<ServiceStatus> {
        self.known().values().map(|service| service.now().status).collect()
    }

    fn running(&self) -> Vec<ServiceSpec> {
        self.known().values().filter(|service| is_up(service)).map(|service| service.spec.clone()).collect()
    }

    async fn shut_down(&self, needs: &[(ServiceName, BTreeSet<ServiceName>)]) {
        self.stop_all(needs).await;
    }
}
