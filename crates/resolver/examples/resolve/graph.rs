//! Graphs of modules, as manifests for ours and as packages for the bare solver.

use las_registry::{Artefacts, Registry};
use las_resolver::{Draft, World, install};
use las_types::{
    ArtefactIndex, CapabilitySet, Digest, Failure, HardwareProfile, Manifest, ModuleRequest, tree_digest,
};
use pubgrub::{OfflineDependencyProvider, Ranges, resolve};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The versions that a need allows: from the first to before the second, as minor numbers.
type Need = (usize, u32, u32);

/// For each module, for each of its versions `1.N.0`, what it needs. The first is what is asked for.
pub(crate) struct Graph {
    modules: Vec<Vec<Vec<Need>>>,
    roots: usize,
}

/// The same numbers in every run (a linear congruence, Knuth's constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((self.0 >> 33) % u64::from(bound)).unwrap_or(0)
    }
}

impl Graph {
    /// Each version needs up to five later modules in versions around its own or newer.
    pub(crate) fn open(modules: u32, versions: u32) -> Self {
        Self::random(modules, versions, |numbers, version| (numbers.below(version + 1), versions))
    }

    /// Each version needs up to five later modules within a few versions of its own.
    pub(crate) fn constrained(modules: u32, versions: u32) -> Self {
        Self::random(modules, versions, |numbers, version| {
            let low = version.saturating_sub(numbers.below(4));
            (low, (version + 1 + numbers.below(3)).min(versions))
        })
    }

    fn random(modules: u32, versions: u32, range: impl Fn(&mut Numbers, u32) -> (u32, u32)) -> Self {
        let mut numbers = Numbers(1);
        let needs = |module: u32, version: u32, numbers: &mut Numbers| {
            let later = modules - module - 1;
            let mut needs: BTreeMap<usize, (u32, u32)> = BTreeMap::new();
            for _ in 0..later.min(5) {
                // Near ones more often, so that the whole registry is reached.
                let distance = 1 + numbers.below(later.min(40));
                needs.insert((module + distance) as usize, range(numbers, version));
            }
            needs.into_iter().map(|(module, (low, high))| (module, low, high)).collect()
        };
        let all = |module| (0..versions).map(|version| needs(module, version, &mut numbers)).collect();
        let all: Vec<_> = (0..modules).map(all).collect();
        Self { modules: all, roots: modules.min(20) as usize }
    }

    /// Each version needs the same version of the next module; the last exists only in the oldest.
    pub(crate) fn chain(modules: usize, versions: u32) -> Self {
        let needs = |module, version| {
            if module + 1 < modules { vec![(module + 1, version, version + 1)] } else { vec![] }
        };
        let count = |module| if module + 1 < modules { versions } else { 1 };
        let all = |module| (0..count(module)).map(|version| needs(module, version)).collect();
        Self { modules: (0..modules).map(all).collect(), roots: 1 }
    }

    fn manifests(&self) -> impl Iterator<Item = Manifest> {
        let of_module = |(module, versions): (usize, &Vec<Vec<Need>>)| {
            let manifest = |(version, needs): (u32, &Vec<Need>)| {
                let needs: Vec<String> = needs.iter().map(|need| text(*need)).collect();
                serde_json::from_value(serde_json::json!({
                    "name": name(module), "version": format!("1.{version}.0"), "category": "tool",
                    "description": "", "dependencies": { "modules": needs },
                    "source": { "kind": "builtin", "artefact": artefact(version) },
                }))
                .ok()
            };
            (0..).zip(versions).filter_map(manifest).collect::<Vec<Manifest>>()
        };
        self.modules.iter().enumerate().flat_map(of_module)
    }

    pub(crate) fn wish(&self) -> Vec<ModuleRequest> {
        (0..self.roots).filter_map(|module| name(module).parse().ok()).collect()
    }

    /// The same for the bare crate: names as text, versions as semver has them.
    pub(crate) fn provider(&self) -> Bare {
        let mut provider = Bare::new();
        let version = |minor| semver::Version::new(1, u64::from(minor), 0);
        let roots = (0..self.roots).map(|module| (name(module), Ranges::full()));
        provider.add_dependencies("wish".to_owned(), version(0), roots);
        for (module, versions) in self.modules.iter().enumerate() {
            for (minor, needs) in (0..).zip(versions) {
                let needs = needs.iter().map(|(module, low, high)| {
                    (name(*module), Ranges::between(version(*low), version(*high)))
                });
                provider.add_dependencies(name(module), version(minor), needs);
            }
        }
        provider
    }
}

pub(crate) type Bare = OfflineDependencyProvider<String, Ranges<semver::Version>>;

/// How many modules the bare crate chooses; none without a solution.
pub(crate) fn bare(provider: &Bare) -> Option<usize> {
    let chosen = resolve(provider, "wish".to_owned(), semver::Version::new(1, 0, 0)).ok()?;
    Some(chosen.iter().count() - 1)
}

fn name(module: usize) -> String {
    format!("module-{module:05}")
}

fn artefact(version: u32) -> String {
    format!("any-1.{version}.0")
}

fn text((module, low, high): Need) -> String {
    format!("{}@>=1.{low}, <1.{high}", name(module))
}

fn index(version: u32) -> Option<ArtefactIndex> {
    serde_json::from_value(serde_json::json!({
        "name": artefact(version), "version": format!("1.{version}.0"),
        "source": Digest::of(b"source"), "digest": tree_digest(&[]), "files": [],
    }))
    .ok()
}

/// A machine that meets everything, and a registry.
pub(crate) struct Machine {
    registry: Registry,
    artefacts: Artefacts,
    capabilities: CapabilitySet,
    profile: HardwareProfile,
}

impl Machine {
    pub(crate) fn new(graph: &Graph) -> Self {
        let profile = las_hardware::probe(las_types::Timestamp::UNIX_EPOCH);
        let capabilities = las_policy::evaluate(&profile, "bench", &[], &[]);
        let artefacts = (0..100).filter_map(index).collect();
        Self { registry: graph.manifests().collect(), artefacts, capabilities, profile }
    }

    pub(crate) fn install(&self, wish: &[ModuleRequest]) -> Result<Draft, Failure> {
        let world = World {
            registry: &self.registry,
            artefacts: &self.artefacts,
            installed: &[],
            services: &[],
            running: las_resolver::Running::NOTHING,
            pins: &[],
            modes: las_resolver::Modes::default(),
            capabilities: &self.capabilities,
            profile: &self.profile,
            packages: &las_hardware::Packages::system(),
            facts: &BTreeMap::new(),
        };
        install(&world, wish)
    }
}

/// Writes a registry and its artefacts as files.
#[expect(clippy::disallowed_methods, reason = "a temporary folder")]
pub(crate) fn write(root: &Path, modules: u32, versions: u32) -> std::io::Result<()> {
    for version in 0..versions {
        let folder = root.join("builtin").join(artefact(version));
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("artefact.json"), serde_json::to_vec(&index(version))?)?;
    }
    let graph = Graph::open(modules, versions);
    for manifest in graph.manifests() {
        let folder = root.join("registry/tool").join(manifest.name.as_str());
        std::fs::create_dir_all(&folder)?;
        let mut text = format!(
            "name: {}\nversion: {}\ncategory: tool\ndescription: One of many.\nlicense: MIT\n\
             hardware:\n  cpu: {{ cores_min: 1 }}\n  memory: {{ ram_min: 64MB }}\ndependencies:\n  modules:\n",
            manifest.name, manifest.version
        );
        for need in &manifest.dependencies.modules {
            let _ = writeln!(text, "    - \"{need}\"");
        }
        if manifest.dependencies.modules.is_empty() {
            text = text.replace("dependencies:\n  modules:\n", "");
        }
        if let Some(las_types::SourceSection::Builtin { artefact }) = &manifest.source {
            let _ = writeln!(text, "source: {{ kind: builtin, artefact: {artefact} }}");
        }
        std::fs::write(folder.join(format!("{}.yaml", manifest.version)), text)?;
    }
    Ok(())
}
