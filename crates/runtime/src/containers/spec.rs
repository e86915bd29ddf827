//! What an engine is asked to make: one pure function from what a manifest says to the whole of a container. It has what
//! is named here and nothing else; everything that an engine could decide for itself is said.

use super::engine::{Maker, Nature};
use super::gpus::{Gpus, Node, Nvidia};
use bollard::models::{
    ContainerCreateBody, HealthConfig, HostConfig, HostConfigLogConfig, Mount, MountBindOptions, MountType,
    PortBinding, ResourcesUlimits, RestartPolicy, RestartPolicyNameEnum,
};
use las_types::{
    ContainerNetwork, ContainerSettings, Digest, Failure, InnerPath, InnerUser, LimitsSection, PortName,
    ProgramSettings, ServiceName, StopSignal,
};
use rustix::process::{Resource, getrlimit};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// Files that one process may have open where nothing else is said; the engine's own default may be more than it can give.
const FILES: u64 = 65_536;
/// Numbers for processes that every kernel has.
const PROCESSES: u64 = 32_768;
/// The size of the log that the engine keeps beside ours.
const LOG: &str = "4m";

/// How a container of ours is known again.
#[derive(Clone, Debug)]
pub(crate) struct Marks {
    /// Of the data directory.
    home: String,
    service: String,
    /// Of one start.
    family: String,
}

impl Marks {
    const HOME: &str = "io.localaistack.home";
    const SERVICE: &str = "io.localaistack.service";
    const FAMILY: &str = "io.localaistack.family";

    pub(crate) fn new(home: &Path, service: &ServiceName, family: &str) -> Self {
        use std::os::unix::ffi::OsStrExt as _;
        let home = Digest::of(home.as_os_str().as_bytes()).short();
        Self { home, service: service.to_string(), family: family.to_owned() }
    }

    /// The one name of a container of this service.
    pub(crate) fn name(&self) -> String {
        format!("las-{}-{}", self.home, self.service)
    }

    fn labels(&self) -> HashMap<String, String> {
        let own = [(Self::HOME, &self.home), (Self::SERVICE, &self.service), (Self::FAMILY, &self.family)];
        own.into_iter().map(|(key, value)| (key.to_owned(), value.clone())).collect()
    }

    /// Whether labels are those of this start.
    pub(crate) fn are(&self, labels: &HashMap<String, String>) -> bool {
        self.are_of_service(labels) && labels.get(Self::FAMILY) == Some(&self.family)
    }

    /// Whether labels are those of any start of this service.
    pub(crate) fn are_of_service(&self, labels: &HashMap<String, String>) -> bool {
        labels.get(Self::HOME) == Some(&self.home) && labels.get(Self::SERVICE) == Some(&self.service)
    }
}

/// The most that this process could give to one that it starts; an engine on the same machine most often has as much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hard {
    files: Option<u64>,
    processes: u64,
}

impl Hard {
    pub(crate) fn own() -> Self {
        let of = |resource| getrlimit(resource).maximum;
        // Podman limits itself to as many as there are numbers, and can't give more than it has.
        let numbers = std::fs::read_to_string("/proc/sys/kernel/pid_max").ok();
        let numbers = numbers.and_then(|text| text.trim().parse().ok()).unwrap_or(PROCESSES);
        Self {
            files: of(Resource::Nofile),
            processes: of(Resource::Nproc).map_or(numbers, |hard| hard.min(numbers)),
        }
    }
}

/// What a container is made for.
pub(crate) struct Request<'a> {
    pub(crate) marks: &'a Marks,
    pub(crate) settings: &'a ContainerSettings,
    /// Its program; that of its image if empty.
    pub(crate) program: &'a str,
    pub(crate) arguments: &'a [String],
    pub(crate) environment: &'a [(String, String)],
    /// The numbers of its ports on this machine.
    pub(crate) ports: &'a BTreeMap<PortName, u16>,
    /// Folders of this machine that it gets, and where.
    pub(crate) mounts: &'a [(&'a Path, &'a InnerPath)],
    /// As whom it runs.
    pub(crate) user: InnerUser,
    pub(crate) limits: &'a LimitsSection,
    pub(crate) gpus: &'a Gpus,
    pub(crate) signal: StopSignal,
    pub(crate) hard: Hard,
    pub(crate) nature: Nature,
}

impl Request<'_> {
    /// As whom its program runs where its manifest does not say: as whoever owns the data.
    pub(crate) fn owner(nature: Nature) -> InnerUser {
        if nature.rootless {
            // The administrator in there is this user out here.
            return InnerUser { uid: 0, gid: 0 };
        }
        InnerUser { uid: rustix::process::geteuid().as_raw(), gid: rustix::process::getegid().as_raw() }
    }
}

pub(crate) fn signal_name(signal: StopSignal) -> &'static str {
    match signal {
        StopSignal::Term => "SIGTERM",
        StopSignal::Int => "SIGINT",
        StopSignal::Quit => "SIGQUIT",
        StopSignal::Hup => "SIGHUP",
    }
}

/// The whole of a container.
pub(crate) fn compile(request: &Request<'_>) -> Result<ContainerCreateBody, Failure> {
    let Request { settings, .. } = request;
    let ports = published(request)?;
    // What says which GPUs it has holds whatever its manifest or its image says.
    let ours = request.gpus.variables();
    let own = request.environment.iter().filter(|(name, _)| ours.iter().all(|(ours, _)| name != ours));
    let own = own.map(|(name, value)| format!("{name}={value}"));
    let environment = own.chain(ours.iter().map(|(name, value)| format!("{name}={value}")));
    Ok(ContainerCreateBody {
        image: Some(settings.image.pinned(settings.digest)),
        user: Some(request.user.to_string()),
        entrypoint: (!request.program.is_empty()).then(|| vec![request.program.to_owned()]),
        cmd: (!request.arguments.is_empty() || !request.program.is_empty())
            .then(|| request.arguments.to_vec()),
        env: Some(environment.collect()),
        labels: Some(request.marks.labels()),
        exposed_ports: Some(ports.keys().cloned().collect()),
        // Whether it serves is asked by us; Podman's own clock for that needs systemd.
        healthcheck: Some(HealthConfig { test: Some(vec!["NONE".to_owned()]), ..HealthConfig::default() }),
        stop_signal: Some(signal_name(request.signal).to_owned()),
        tty: Some(false),
        open_stdin: Some(false),
        attach_stdin: Some(false),
        host_config: Some(host(request, ports)?),
        ..ContainerCreateBody::default()
    })
}

/// The port in the container, as engines write it, and where it is reached: on this machine only.
type Published = HashMap<String, Option<Vec<PortBinding>>>;

fn published(request: &Request<'_>) -> Result<Published, Failure> {
    let each = request.settings.inner_ports.iter().map(|(name, inner)| {
        let outer = request.ports.get(name).ok_or_else(|| Failure::internal(format!("no port '{name}'")))?;
        let binding =
            PortBinding { host_ip: Some("127.0.0.1".to_owned()), host_port: Some(outer.to_string()) };
        Ok((format!("{inner}/tcp"), Some(vec![binding])))
    });
    each.collect()
}

fn host(request: &Request<'_>, ports: Published) -> Result<HostConfig, Failure> {
    let Request { settings, limits, nature, hard, .. } = request;
    let section = &settings.section;
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let memory = limits.memory.map(|memory| number(memory.bytes()));
    let ulimit = |name: &str, most: u64| ResourcesUlimits {
        name: Some(name.to_owned()),
        soft: Some(number(most)),
        hard: Some(number(most)),
    };
    let files = limits.files.map_or(FILES, u64::from);
    let files = hard.files.map_or(files, |hard| files.min(hard));
    let mounts = request.mounts.iter().map(|(outer, inner)| mount(outer, inner));
    let tmpfs = section
        .tmpfs
        .iter()
        .map(|(path, size)| (path.to_string(), format!("rw,nosuid,nodev,noexec,size={}", size.bytes())));
    let network = match section.network {
        ContainerNetwork::None => "none",
        ContainerNetwork::Published => "bridge",
    };
    let (log, log_options) = match nature.maker {
        Maker::Docker => ("json-file", [("max-size", LOG), ("max-file", "1")].as_slice()),
        Maker::Podman => ("k8s-file", [("max-size", LOG)].as_slice()),
    };
    let options = log_options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    // Podman's may be the machine's own by its configuration; Docker's is never unless that is asked for.
    let own_processes = (nature.maker == Maker::Podman).then(|| "private".to_owned());
    Ok(HostConfig {
        privileged: Some(false),
        readonly_rootfs: Some(!section.writable_root),
        cap_drop: Some(vec!["ALL".to_owned()]),
        cap_add: Some(section.capabilities.iter().map(|one| one.kernel_name().to_owned()).collect()),
        security_opt: Some(vec!["no-new-privileges".to_owned()]),
        devices: Some(request.gpus.devices()),
        device_requests: request.gpus.requests(),
        group_add: request.gpus.groups(*nature),
        network_mode: Some(network.to_owned()),
        port_bindings: Some(ports),
        publish_all_ports: Some(false),
        ipc_mode: Some("private".to_owned()),
        pid_mode: own_processes.clone(),
        uts_mode: own_processes,
        binds: Some(Vec::new()),
        mounts: Some(mounts.collect::<Result<_, _>>()?),
        tmpfs: Some(tmpfs.collect()),
        memory,
        // As much again in the swap would be no limit.
        memory_swap: memory,
        nano_cpus: limits.cpu_percent.map(|percent| i64::from(percent) * 10_000_000),
        pids_limit: limits.processes.map(i64::from),
        ulimits: Some(vec![ulimit("nofile", files), ulimit("nproc", hard.processes)]),
        log_config: Some(HostConfigLogConfig { typ: Some(log.to_owned()), config: Some(options.collect()) }),
        restart_policy: Some(RestartPolicy {
            name: Some(RestartPolicyNameEnum::NO),
            maximum_retry_count: None,
        }),
        auto_remove: Some(false),
        ..HostConfig::default()
    })
}

fn mount(outer: &Path, inner: &InnerPath) -> Result<Mount, Failure> {
    let source =
        outer.to_str().ok_or_else(|| Failure::io(outer, std::io::ErrorKind::InvalidFilename.into()))?;
    Ok(Mount {
        typ: Some(MountType::BIND),
        source: Some(source.to_owned()),
        target: Some(inner.to_string()),
        read_only: Some(false),
        bind_options: Some(MountBindOptions::default()),
        ..Mount::default()
    })
}

/// What an engine would be asked to make for a service, as it goes to the engine; for whoever wants to look at it without
/// one. Nothing is made. Its holes are filled as at a start, its folders lie below `folder`; of GPUs that it has a grant for it
/// gets those that its plan names, as if the machine had a node of each and the engine knew them.
///
/// Codes: `internal` if the settings are not those of a container or contradict each other.
pub fn compiled_container(
    name: &ServiceName,
    program: &str,
    runs: &ProgramSettings,
    folder: &Path,
) -> Result<serde_json::Value, Failure> {
    let settings = runs.container.as_ref().ok_or_else(|| Failure::internal("no container"))?;
    let filled = crate::service::filled_inside(runs)?;
    let (data, run) = (folder.join("data"), folder.join("run"));
    let section = &settings.section;
    let mounts: Vec<(&Path, &InnerPath)> = [(&data, &section.data), (&run, &section.run)]
        .into_iter()
        .filter_map(|(outer, inner)| Some((outer.as_path(), inner.as_ref()?)))
        .collect();
    let nature = Nature { maker: Maker::Podman, rootless: false };
    let body = compile(&Request {
        marks: &Marks::new(folder, name, "0"),
        settings,
        program,
        arguments: &filled.arguments,
        environment: &filled.environment,
        ports: &runs.ports,
        mounts: &mounts,
        user: section.user.unwrap_or_else(|| Request::owner(nature)),
        limits: &runs.service.limits,
        gpus: &Gpus::of(settings.gpu.as_ref(), Some(Nvidia::Own), &Node::examples()),
        signal: runs.service.stop.signal,
        hard: Hard::own(),
        nature,
    })?;
    serde_json::to_value(body).map_err(Failure::internal)
}

#[cfg(test)]
mod tests;
