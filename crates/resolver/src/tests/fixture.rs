//! A registry in a temporary folder, and a machine in memory.
#![expect(clippy::disallowed_methods, reason = "fixtures in a temporary folder")]

use crate::{Draft, World, install};
use las_registry::{Artefacts, Registry};
use las_types::{
    Ability, ArtefactFile, ByteSize, CapabilitySet, Category, Cpu, Digest, EngineSettings, Failure,
    Generation, GenerationNumber, Gpu, GpuVendor, HardwareProfile, Installed, ModelFacts, ModuleName,
    OperatingSystem, PackageName, PackageSystem, ParameterCount, Pin, Placement, Policy, ProfileSource,
    Serves, ServiceSpec, ServiceState, ServiceStatus, Source, StepAction, SystemPackages, Timestamp, Version,
    tree_digest,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// One manifest: `name version`, what it depends on, more YAML (`{}` for none).
pub(crate) type Module<'a> = (&'a str, &'a [&'a str], &'a str);

/// What the operating system has.
#[derive(Default)]
pub(crate) struct Packages {
    pub(crate) system: Option<PackageSystem>,
    pub(crate) names: Vec<&'static str>,
}

impl SystemPackages for Packages {
    fn system(&self) -> Option<PackageSystem> {
        self.system
    }
    fn has(&self, name: &PackageName) -> bool {
        self.names.contains(&name.as_str())
    }
}

pub(crate) struct Fixture {
    _folder: tempfile::TempDir,
    registry: Registry,
    artefacts: Artefacts,
    pub(crate) installed: Vec<Installed>,
    pub(crate) services: Vec<ServiceStatus>,
    pub(crate) specs: Vec<ServiceSpec>,
    pub(crate) pins: Vec<Pin>,
    pub(crate) capabilities: CapabilitySet,
    pub(crate) profile: HardwareProfile,
    pub(crate) packages: Packages,
    pub(crate) modes: crate::Modes<'static>,
    facts: BTreeMap<(ModuleName, Version), ModelFacts>,
}

pub(crate) const RUNTIME: &str = "category: runtime\nruntime: { modes: [native], program: run }\n";
pub(crate) const MODEL: &str = "category: model\n\
    model: { file: m.gguf, size: 5, parameters: 2M, context: 8, abilities: [chat], demonstration: true, origin: x }\n";

impl Fixture {
    pub(crate) fn new(modules: &[Module<'_>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut facts = BTreeMap::new();
        for (title, dependencies, more) in modules {
            let (name, version) = title.split_once(' ').unwrap();
            write_artefact(folder.path(), name, version);
            write_manifest(folder.path(), name, version, dependencies, more);
            facts.insert((name.parse().unwrap(), version.parse().unwrap()), model_facts(2_000_000));
        }
        let artefacts = Artefacts::load(&folder.path().join("builtin")).unwrap();
        let registry = Registry::load(&folder.path().join("registry"), &artefacts);
        assert!(registry.rejected().is_empty(), "{:?}", registry.rejected());
        let profile = profile();
        let capabilities = las_policy::evaluate(&profile, "test", &[], &[]);
        Self {
            _folder: folder,
            registry,
            artefacts,
            installed: Vec::new(),
            services: Vec::new(),
            specs: Vec::new(),
            pins: Vec::new(),
            capabilities,
            profile,
            packages: Packages::default(),
            modes: crate::Modes::default(),
            facts,
        }
    }

    pub(crate) fn policies(mut self, policies: &[Policy]) -> Self {
        self.capabilities = las_policy::evaluate(&self.profile, "test", policies, &[]);
        self
    }

    /// With these policies and one override.
    pub(crate) fn overridden(mut self, policies: &[Policy], capability: &str, value: &str) -> Self {
        let moment = las_types::Timestamp::UNIX_EPOCH;
        let one = las_types::Override {
            id: las_types::OverrideId::new(moment, [7; 10]),
            capability: capability.to_owned(),
            value: value.to_owned(),
            reason: "measured".to_owned(),
            set_at: moment,
            actor: "test".to_owned(),
            reverted_at: None,
        };
        self.capabilities = las_policy::evaluate(&self.profile, "test", policies, &[one]);
        self
    }

    pub(crate) fn world(&self) -> World<'_> {
        World {
            registry: &self.registry,
            artefacts: &self.artefacts,
            installed: &self.installed,
            services: &self.services,
            running: crate::Running { specs: &self.specs, path_of: &place },
            capabilities: &self.capabilities,
            profile: &self.profile,
            pins: &self.pins,
            modes: self.modes,
            packages: &self.packages,
            facts: &self.facts,
        }
    }

    pub(crate) fn install(&self, requests: &[&str]) -> Result<Draft, Failure> {
        let requests: Vec<_> = requests.iter().map(|text| text.parse().unwrap()).collect();
        install(&self.world(), &requests)
    }

    /// Installs and takes the outcome for the machine's state, as an operation would.
    pub(crate) fn installed(mut self, requests: &[&str]) -> Self {
        self.installed = self.install(requests).unwrap().outcome;
        self
    }

    pub(crate) fn generation(&self) -> Generation {
        Generation {
            schema: 1,
            number: GenerationNumber(1),
            operation: None,
            made_at: Timestamp::UNIX_EPOCH,
            command: "module_install".into(),
            items: self.installed.clone(),
        }
    }

    /// Holds a module at a version.
    pub(crate) fn pinned(mut self, name: &str, version: &str) -> Self {
        self.pins.push(pin(name, version));
        self
    }

    pub(crate) fn runs(&mut self, module: &str, model: &str, state: ServiceState) {
        if state != ServiceState::Stopped {
            self.specs.push(spec(module, model));
        }
        let status =
            ServiceStatus::new(model.parse().unwrap(), module.parse().unwrap(), state, Timestamp::UNIX_EPOCH);
        self.services.push(ServiceStatus { model: Some(model.parse().unwrap()), ..status });
    }
}

/// Where the file of a module would lie.
fn place(item: &Installed, file: &str) -> String {
    format!("/store/{}/{}/{file}", item.name, item.version)
}

fn spec(module: &str, model: &str) -> ServiceSpec {
    ServiceSpec {
        name: model.parse().unwrap(),
        module: module.parse().unwrap(),
        program: "/store/before/run".to_owned(),
        serves: Serves::Model {
            model: model.parse().unwrap(),
            settings: Box::new(EngineSettings {
                model_path: "/blobs/model".to_owned(),
                more_parts: Vec::new(),
                projector: None,
                model_digest: Digest::of(b"model"),
                context: 8,
                parallel: 1,
                threads: 1,
                gpu_layers: 0,
                cache: las_types::CacheType::default(),
                adapters: Vec::new(),
            }),
        },
        memory: ByteSize::new(7),
        start_limit_seconds: 60,
    }
}

pub(crate) fn pin(name: &str, version: &str) -> Pin {
    Pin {
        module: name.parse().unwrap(),
        version: version.parse().unwrap(),
        pinned_at: Timestamp::UNIX_EPOCH,
        actor: "test".to_owned(),
        unpinned_at: None,
    }
}

fn write_artefact(root: &Path, name: &str, version: &str) {
    let file = |path: &str, content: String, size: u64, executable: bool| ArtefactFile {
        path: path.to_owned(),
        size: ByteSize::new(size),
        sha256: Digest::of(content.as_bytes()).hex(),
        executable,
        link: None,
    };
    let files = vec![
        file("m.gguf", format!("{name} {version}"), 5, false),
        file("run", format!("run {name} {version}"), 10, true),
    ];
    let artefact = format!("{name}-{version}");
    let index = serde_json::json!({
        "name": artefact, "version": version, "source": Digest::of(b"source"),
        "digest": tree_digest(&files), "files": files,
    });
    let folder = root.join("builtin").join(&artefact);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("artefact.json"), index.to_string()).unwrap();
}

fn write_manifest(root: &Path, name: &str, version: &str, dependencies: &[&str], more: &str) {
    let category = if more.contains("category:") { "" } else { "category: tool\n" };
    let mut text = format!(
        "name: {name}\nversion: {version}\n{category}description: x\nlicense: MIT\n\
         source: {{ kind: builtin, artefact: {name}-{version} }}\n{more}"
    );
    if !dependencies.is_empty() {
        text += "dependencies:\n  modules:\n";
    }
    for dependency in dependencies {
        let _ = writeln!(text, "    - \"{dependency}\"");
    }
    let folder = root.join("registry/any").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{version}.yaml")), text).unwrap();
}

pub(crate) fn model_facts(parameters: u64) -> ModelFacts {
    ModelFacts {
        format: "gguf".into(),
        name: None,
        architecture: "llama".into(),
        parameters: ParameterCount::new(parameters),
        quantisation: "F32".into(),
        context: 8,
        layers: 1,
        embedding_length: 4,
        kv_bytes_per_token: ByteSize::new(16),
        tensor_bytes: ByteSize::new(5),
        has_chat_template: true,
        license: None,
        abilities: vec![Ability::Chat],
        base: None,
        ..ModelFacts::default()
    }
}

/// A model that somebody imported: `content` stands for its bytes.
pub(crate) fn imported(name: &str, content: &str, placement: Placement) -> Installed {
    Installed {
        name: name.parse().unwrap(),
        category: Category::Model,
        version: "0.0.0+abc".parse().unwrap(),
        digest: Digest::of(content.as_bytes()),
        size: ByteSize::new(100),
        placement,
        source: Source::LocalFile { path: "/m.gguf".into(), adopted: None },
        license: None,
        program: None,
        model: Some(model_facts(1_000)),
        views: Vec::new(),
    }
}

pub(crate) fn profile() -> HardwareProfile {
    HardwareProfile {
        schema: 1,
        source: ProfileSource::Detected,
        taken_at: Timestamp::UNIX_EPOCH,
        cpu: Cpu {
            model: String::new(),
            vendor: String::new(),
            architecture: "x86_64".into(),
            sockets: 1,
            cores: 4,
            threads: 8,
            numa_nodes: 1,
            virtual_machine: false,
            caches: las_types::Caches::default(),
            features: Vec::new(),
        },
        memory: las_types::Memory {
            total: "8GB".parse().unwrap(),
            available: "8GB".parse().unwrap(),
            swap: ByteSize::default(),
            limit: None,
            bandwidth: None,
        },
        gpus: Vec::new(),
        npus: Vec::new(),
        volumes: Vec::new(),
        os: OperatingSystem {
            name: String::new(),
            id: String::new(),
            version: String::new(),
            kernel: String::new(),
            libc: None,
        },
        sandbox: las_types::Sandbox::default(),
        network: las_types::NetworkMode::default(),
        battery: None,
        container_engines: Vec::new(),
        absent: Vec::new(),
    }
}

/// A draft's steps, one a line.
pub(crate) fn render(draft: &Draft) -> Vec<String> {
    let of = |kind: &str, item: &Installed| format!("{kind} {} {}", item.name, item.version);
    let line = |action: &StepAction| match action {
        StepAction::StoreAdd { item, .. } => of("store-add", item),
        StepAction::StoreRemove { item } => of("store-remove", item),
        StepAction::BlobAdd { item, .. } => of("blob-add", item),
        StepAction::BlobRemove { item } => of("blob-remove", item),
        StepAction::ProgramVerify { item, program, .. } => format!("{} {program}", of("verify", item)),
        StepAction::ServiceStart { spec } => format!("start {}", spec.name),
        StepAction::ServiceStop { service, .. } => format!("stop {service}"),
        #[allow(unreachable_patterns, reason = "the list of actions may grow")]
        _ => "other".to_owned(),
    };
    for (index, step) in draft.steps.iter().enumerate() {
        assert_eq!(step.index as usize, index);
    }
    draft.steps.iter().map(|step| line(&step.action)).collect()
}

pub(crate) fn names(items: &[Installed]) -> Vec<String> {
    items.iter().map(|item| format!("{} {}", item.name, item.version)).collect()
}

pub(crate) fn module_names(names: &[&str]) -> Vec<ModuleName> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// A GPU with all of its memory free, and nothing known of what lies below it.
pub(crate) fn gpu(vendor: GpuVendor, index: u32, model: &str, vram: &str) -> Gpu {
    Gpu {
        index,
        vendor,
        model: model.into(),
        vram: vram.parse().unwrap(),
        vram_free: vram.parse().unwrap(),
        pci_address: None,
        driver: None,
        target: None,
        nvlink_peers: Vec::new(),
        pcie: None,
        runtime: None,
        unified_memory: false,
        xgmi_peers: Vec::new(),
    }
}
