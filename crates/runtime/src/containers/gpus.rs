//! GPUs of a container: what its grant comes to on this machine and with this engine, and the variables by which what engines
//! put into containers by themselves gives none without a grant.

use super::engine::{Engine, Maker, Nature};
use bollard::models::{DeviceMapping, DeviceRequest};
use las_types::{Code, Failure, GpuGrant, GpuVendor, ServiceName};
use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// By this name the container device interface knows every GPU of NVIDIA's.
const CDI: &str = "nvidia.com/gpu=all";
/// Where descriptions for that interface lie.
const CDI_FOLDERS: [&str; 2] = ["/etc/cdi", "/var/run/cdi"];
/// Through this file programs compute on every GPU of AMD's.
const KFD: &str = "/dev/kfd";

/// How an engine hands out GPUs of NVIDIA's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nvidia {
    /// By the container device interface.
    Described,
    /// By NVIDIA's own part of Docker.
    Own,
}

/// What a container has of GPUs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Gpus {
    pub(crate) nvidia: Option<Nvidia>,
    /// Nodes of other makers' GPUs, each with the group that may open it.
    pub(crate) nodes: Vec<(String, u32)>,
}

/// A node of this machine, whose it is, and the group that may open it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) path: String,
    pub(crate) vendor: GpuVendor,
    pub(crate) group: u32,
}

impl Node {
    /// One of each kind, as they are called everywhere.
    pub(crate) fn examples() -> Vec<Self> {
        let node = |path: &str, vendor| Self { path: path.to_owned(), vendor, group: 44 };
        vec![
            node("/dev/dri/renderD128", GpuVendor::Amd),
            node(KFD, GpuVendor::Amd),
            node("/dev/dri/renderD129", GpuVendor::Intel),
        ]
    }
}

impl Gpus {
    /// What a service's grant comes to with this engine. One that can be given none runs without, unless it needs one.
    ///
    /// Code: `gpu-unavailable`.
    pub(crate) fn granted(
        name: &ServiceName,
        grant: Option<&GpuGrant>,
        engine: &Engine,
    ) -> Result<Self, Failure> {
        let Some(grant) = grant else { return Ok(Self::default()) };
        let found = Self::of(Some(grant), engine.nvidia(described()), &nodes());
        Self::met(name, grant, found)
    }

    fn met(name: &ServiceName, grant: &GpuGrant, found: Self) -> Result<Self, Failure> {
        let reason = if grant.vendors.is_empty() { "none" } else { "engine" };
        if found.is_empty() && grant.required {
            return Err(Failure::new(Code::GpuUnavailable).with("name", name).with("reason", reason));
        }
        if found.is_empty() {
            tracing::info!(service = %name, reason, "a service that may use GPUs runs without");
        }
        Ok(found)
    }

    /// What a grant comes to: of each maker's GPUs that the plan names, what there is and the engine can give.
    pub(crate) fn of(grant: Option<&GpuGrant>, nvidia: Option<Nvidia>, nodes: &[Node]) -> Self {
        let Some(grant) = grant else { return Self::default() };
        let granted = |node: &&Node| grant.vendors.contains(&node.vendor);
        Self {
            nvidia: nvidia.filter(|_| grant.vendors.contains(&GpuVendor::Nvidia)),
            nodes: nodes.iter().filter(granted).map(|node| (node.path.clone(), node.group)).collect(),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.nvidia.is_none() && self.nodes.is_empty()
    }

    /// What the engine is asked for; none without a GPU of NVIDIA's.
    pub(super) fn requests(&self) -> Option<Vec<DeviceRequest>> {
        let request = match self.nvidia? {
            Nvidia::Described => DeviceRequest {
                driver: Some("cdi".to_owned()),
                device_ids: Some(vec![CDI.to_owned()]),
                ..DeviceRequest::default()
            },
            Nvidia::Own => DeviceRequest {
                driver: Some("nvidia".to_owned()),
                count: Some(-1),
                capabilities: Some(vec![vec!["gpu".to_owned()]]),
                ..DeviceRequest::default()
            },
        };
        Some(vec![request])
    }

    pub(super) fn devices(&self) -> Vec<DeviceMapping> {
        let device = |(path, _): &(String, u32)| DeviceMapping {
            path_on_host: Some(path.clone()),
            path_in_container: Some(path.clone()),
            cgroup_permissions: Some("rw".to_owned()),
        };
        self.nodes.iter().map(device).collect()
    }

    /// The groups that may open the nodes. In a rootless engine's container numbers of groups are others.
    pub(super) fn groups(&self, nature: Nature) -> Option<Vec<String>> {
        let groups: BTreeSet<u32> = self.nodes.iter().map(|(_, group)| *group).collect();
        (!groups.is_empty() && !nature.rootless).then(|| groups.iter().map(u32::to_string).collect())
    }

    /// Variables that hold whatever a manifest or an image says: which GPUs an engine's own part puts into the container, and
    /// that libraries see none where there is to be none.
    pub(super) fn variables(&self) -> &'static [(&'static str, &'static str)] {
        const NONE: &[(&str, &str)] = &[
            ("CUDA_VISIBLE_DEVICES", "-1"),
            ("HIP_VISIBLE_DEVICES", "-1"),
            ("NVIDIA_VISIBLE_DEVICES", "void"),
            ("ROCR_VISIBLE_DEVICES", "-1"),
        ];
        match self.nvidia {
            None if self.nodes.is_empty() => NONE,
            // The interface gives them; NVIDIA's own part is not to give them once more.
            None | Some(Nvidia::Described) => &[("NVIDIA_VISIBLE_DEVICES", "void")],
            Some(Nvidia::Own) => {
                &[("NVIDIA_DRIVER_CAPABILITIES", "compute,utility"), ("NVIDIA_VISIBLE_DEVICES", "all")]
            }
        }
    }
}

/// How an engine hands out GPUs of NVIDIA's; none if it can't. `own` says that it has NVIDIA's part, `described` that a
/// description lies where it looks, `version` is the engine's.
pub(super) fn nvidia(maker: Maker, own: bool, described: bool, version: &str) -> Option<Nvidia> {
    let part =
        |index: usize| version.split('.').nth(index).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let at_least = |wanted: (u32, u32)| (part(0), part(1)) >= wanted;
    match maker {
        Maker::Docker if own => Some(Nvidia::Own),
        // On without a setting from 28.2 on.
        Maker::Docker => (described && at_least((28, 2))).then_some(Nvidia::Described),
        // One before does not read such requests, and says nothing of it.
        Maker::Podman => (described && at_least((5, 4))).then_some(Nvidia::Described),
    }
}

/// Whether a description of NVIDIA's GPUs lies on this machine.
fn described() -> bool {
    let entries = CDI_FOLDERS.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        let known = path.extension().is_some_and(|form| form == "yaml" || form == "json");
        known && std::fs::read_to_string(&path).is_ok_and(|text| text.contains("nvidia.com/gpu"))
    })
}

/// The nodes of AMD's and Intel's GPUs that this machine has.
fn nodes() -> Vec<Node> {
    let entries = std::fs::read_dir("/sys/class/drm").into_iter().flatten().flatten();
    let rendering = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok().filter(|name| name.starts_with("renderD"))?;
        let vendor = match std::fs::read_to_string(entry.path().join("device/vendor")).ok()?.trim() {
            "0x1002" => GpuVendor::Amd,
            "0x8086" => GpuVendor::Intel,
            _ => return None,
        };
        node(format!("/dev/dri/{name}"), vendor)
    });
    let mut all: Vec<Node> = rendering.collect();
    all.sort_by(|one, other| one.path.cmp(&other.path));
    if all.iter().any(|node| node.vendor == GpuVendor::Amd) {
        all.extend(node(KFD.to_owned(), GpuVendor::Amd));
    }
    all
}

fn node(path: String, vendor: GpuVendor) -> Option<Node> {
    let found = Path::new(&path).metadata().ok()?;
    Some(Node { path, vendor, group: found.gid() })
}

#[cfg(test)]
mod tests {
    use super::{Gpus, Maker, Node, Nvidia, nvidia};
    use las_types::{GpuGrant, GpuVendor};

    fn grant(vendors: &[GpuVendor]) -> GpuGrant {
        GpuGrant { vendors: vendors.iter().copied().collect(), required: false }
    }

    #[test]
    fn a_grant_gives_what_the_plan_names_the_machine_has_and_the_engine_knows() {
        let nodes = Node::examples();
        let both = grant(&[GpuVendor::Nvidia, GpuVendor::Amd]);
        let found = Gpus::of(Some(&both), Some(Nvidia::Own), &nodes);
        let amd = ["/dev/dri/renderD128", "/dev/kfd"].map(|path| (path.to_owned(), 44));
        assert_eq!(found, Gpus { nvidia: Some(Nvidia::Own), nodes: amd.to_vec() });
        assert!(Gpus::of(None, Some(Nvidia::Own), &nodes).is_empty());
        assert!(Gpus::of(Some(&grant(&[])), Some(Nvidia::Own), &nodes).is_empty());
        assert!(Gpus::of(Some(&grant(&[GpuVendor::Nvidia])), None, &nodes).is_empty());
    }

    #[test]
    fn only_a_service_that_needs_a_gpu_is_refused_without_one() {
        let met = |vendors: &[GpuVendor], required| {
            let grant = GpuGrant { required, ..grant(vendors) };
            Gpus::met(&"talk".parse().unwrap(), &grant, Gpus::default())
                .map_err(|failure| failure.args["reason"].clone())
        };
        assert_eq!(met(&[], false), Ok(Gpus::default()));
        assert_eq!(met(&[GpuVendor::Nvidia], false), Ok(Gpus::default()));
        assert_eq!(met(&[], true), Err("none".to_owned()));
        assert_eq!(met(&[GpuVendor::Nvidia], true), Err("engine".to_owned()));
    }

    #[test]
    fn an_engine_that_would_drop_a_request_in_silence_is_not_asked() {
        for (maker, own, described, version, expected) in [
            (Maker::Docker, true, false, "20.10.24", Some(Nvidia::Own)),
            (Maker::Docker, true, true, "28.3.0", Some(Nvidia::Own)),
            (Maker::Docker, false, true, "28.3.0", Some(Nvidia::Described)),
            (Maker::Docker, false, true, "20.10.24", None),
            (Maker::Docker, false, false, "28.3.0", None),
            (Maker::Podman, false, true, "5.4.0", Some(Nvidia::Described)),
            (Maker::Podman, true, true, "4.9.3", None),
            (Maker::Podman, true, false, "5.4.0", None),
            (Maker::Podman, true, true, "odd", None),
        ] {
            assert_eq!(nvidia(maker, own, described, version), expected, "{maker:?} {version}");
        }
    }
}
