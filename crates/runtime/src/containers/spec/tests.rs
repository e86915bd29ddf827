use super::{Hard, Marks, Request, compile};
use crate::containers::engine::{Maker, Nature};
use crate::containers::gpus::{Gpus, Nvidia};
use las_types::{
    ByteSize, ContainerNetwork, ContainerSection, ContainerSettings, Digest, InnerUser, KernelCapability,
    LimitsSection, PortName, StopSignal,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

fn settings(section: ContainerSection, ports: &[(&str, u16)]) -> ContainerSettings {
    let digest = Digest::of(b"an image");
    let inner_ports = ports.iter().map(|(name, port)| (name.parse().unwrap(), *port)).collect();
    let image = "127.0.0.1:5000/redis".parse().unwrap();
    ContainerSettings { image, digest, section, inner_ports, gpu: None }
}

const NATURE: Nature = Nature { maker: Maker::Podman, rootless: false };
const HARD: Hard = Hard { files: Some(20_000), processes: 9_000 };

fn body(settings: &ContainerSettings, limits: &LimitsSection, nature: Nature, hard: Hard) -> Value {
    with_gpus(settings, limits, nature, hard, &Gpus::default())
}

fn with_gpus(
    settings: &ContainerSettings,
    limits: &LimitsSection,
    nature: Nature,
    hard: Hard,
    gpus: &Gpus,
) -> Value {
    let ports: BTreeMap<PortName, u16> =
        settings.inner_ports.keys().map(|name| (name.clone(), 7001)).collect();
    let mounts: Vec<_> =
        settings.section.data.iter().map(|inner| (Path::new("/home/ada/data"), inner)).collect();
    let request = Request {
        marks: &Marks::new(Path::new("/home/ada"), &"redis".parse().unwrap(), "17"),
        settings,
        program: "/bin/redis-server",
        arguments: &["--port".to_owned(), "6379".to_owned()],
        environment: &[("TZ", "UTC"), ("NVIDIA_VISIBLE_DEVICES", "all"), ("CUDA_VISIBLE_DEVICES", "1")]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        ports: &ports,
        mounts: &mounts,
        user: InnerUser { uid: 1000, gid: 1000 },
        limits,
        gpus,
        signal: StopSignal::Int,
        hard,
        nature,
    };
    serde_json::to_value(compile(&request).unwrap()).unwrap()
}

/// What is said, without what isn't.
fn said(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let said = fields.iter().filter(|(_, value)| !value.is_null());
            Value::Object(said.map(|(key, value)| (key.clone(), self::said(value))).collect())
        }
        other => other.clone(),
    }
}

#[test]
fn a_container_has_what_its_manifest_names_and_nothing_else() {
    let section = ContainerSection {
        data: Some("/var/lib/redis".parse().unwrap()),
        tmpfs: [("/tmp".parse().unwrap(), ByteSize::new(1 << 20))].into(),
        capabilities: [KernelCapability::Setuid, KernelCapability::Chown].into(),
        network: ContainerNetwork::Published,
        ..ContainerSection::default()
    };
    let settings = settings(section, &[("main", 6379)]);
    let limits = LimitsSection {
        memory: Some(ByteSize::new(64 << 20)),
        cpu_percent: Some(50),
        processes: Some(20),
        files: Some(500),
        at_least: None,
    };
    let home = Digest::of(b"/home/ada").short();
    let expected = json!({
        "Image": format!("127.0.0.1:5000/redis@{}", Digest::of(b"an image")),
        "User": "1000:1000",
        "Entrypoint": ["/bin/redis-server"],
        "Cmd": ["--port", "6379"],
        "Env": [
            "TZ=UTC",
            "CUDA_VISIBLE_DEVICES=-1",
            "HIP_VISIBLE_DEVICES=-1",
            "NVIDIA_VISIBLE_DEVICES=void",
            "ROCR_VISIBLE_DEVICES=-1",
        ],
        "Labels": {
            "io.localaistack.family": "17",
            "io.localaistack.home": home,
            "io.localaistack.service": "redis",
        },
        "ExposedPorts": { "6379/tcp": {} },
        "Healthcheck": { "Test": ["NONE"] },
        "StopSignal": "SIGINT",
        "Tty": false,
        "OpenStdin": false,
        "AttachStdin": false,
        "HostConfig": {
            "Privileged": false,
            "ReadonlyRootfs": true,
            "CapDrop": ["ALL"],
            "CapAdd": ["CHOWN", "SETUID"],
            "SecurityOpt": ["no-new-privileges"],
            "Devices": [],
            "NetworkMode": "bridge",
            "PortBindings": { "6379/tcp": [{ "HostIp": "127.0.0.1", "HostPort": "7001" }] },
            "PublishAllPorts": false,
            "IpcMode": "private",
            "PidMode": "private",
            "UTSMode": "private",
            "Binds": [],
            "Mounts": [{
                "Type": "bind",
                "Source": "/home/ada/data",
                "Target": "/var/lib/redis",
                "ReadOnly": false,
                "BindOptions": {},
            }],
            "Tmpfs": { "/tmp": "rw,nosuid,nodev,noexec,size=1048576" },
            "Memory": 64 << 20,
            "MemorySwap": 64 << 20,
            "NanoCpus": 500_000_000,
            "PidsLimit": 20,
            "Ulimits": [
                { "Name": "nofile", "Soft": 500, "Hard": 500 },
                { "Name": "nproc", "Soft": 9000, "Hard": 9000 },
            ],
            "LogConfig": { "Type": "k8s-file", "Config": { "max-size": "4m" } },
            "RestartPolicy": { "Name": "no" },
            "AutoRemove": false,
        },
    });
    let found = said(&body(&settings, &limits, NATURE, HARD));
    // Key by key: what differs is then seen.
    for (key, value) in expected["HostConfig"].as_object().unwrap() {
        assert_eq!(&found["HostConfig"][key], value, "{key}");
    }
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&found[key], value, "{key}");
    }
    assert_eq!(found, expected);
}

#[test]
fn without_a_word_a_container_has_no_network_no_folder_and_no_right() {
    let found = body(&settings(ContainerSection::default(), &[]), &LimitsSection::default(), NATURE, HARD);
    let host = &found["HostConfig"];
    assert_eq!(host["NetworkMode"], "none");
    for empty in ["PortBindings", "Tmpfs"] {
        assert_eq!(host[empty], json!({}), "{empty}");
    }
    for empty in ["Mounts", "Binds", "Devices", "CapAdd"] {
        assert_eq!(host[empty], json!([]), "{empty}");
    }
    for none in ["Memory", "NanoCpus", "PidsLimit"] {
        assert_eq!(host[none], Value::Null, "{none}");
    }
}

#[test]
fn limits_of_a_process_are_never_more_than_this_machine_gives() {
    let ulimits = |files: Option<u32>, hard: Hard| {
        let limits = LimitsSection { files, ..LimitsSection::default() };
        let found = body(&settings(ContainerSection::default(), &[]), &limits, NATURE, hard);
        let each = found["HostConfig"]["Ulimits"].as_array().unwrap().clone();
        each.into_iter().map(|one| one["Hard"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!(ulimits(None, HARD), [20_000, 9_000]);
    assert_eq!(ulimits(Some(100_000), HARD), [20_000, 9_000]);
    assert_eq!(ulimits(None, Hard { files: None, processes: 9_000 }), [65_536, 9_000]);
    let numbers = std::fs::read_to_string("/proc/sys/kernel/pid_max").unwrap();
    assert!(Hard::own().processes <= numbers.trim().parse().unwrap());
}

#[test]
fn dockers_words_are_its_own() {
    let nature = Nature { maker: Maker::Docker, rootless: true };
    let found = body(&settings(ContainerSection::default(), &[]), &LimitsSection::default(), nature, HARD);
    let host = &found["HostConfig"];
    assert_eq!((&host["PidMode"], &host["UTSMode"]), (&Value::Null, &Value::Null));
    assert_eq!(host["LogConfig"]["Type"], "json-file");
    assert_eq!(Request::owner(nature), InnerUser { uid: 0, gid: 0 });
}

#[test]
fn a_container_of_ours_is_known_by_its_labels() {
    let marks =
        |service: &str, family: &str| Marks::new(Path::new("/home/ada"), &service.parse().unwrap(), family);
    let own = marks("redis", "1");
    assert!(own.are(&own.labels()) && own.are_of_service(&marks("redis", "2").labels()));
    assert!(!own.are(&marks("redis", "2").labels()) && !own.are_of_service(&marks("other", "1").labels()));
    assert!(!own.are(&std::collections::HashMap::new()));
}

fn given(gpus: &Gpus, nature: Nature) -> Value {
    let settings = settings(ContainerSection::default(), &[]);
    let found = said(&with_gpus(&settings, &LimitsSection::default(), nature, HARD, gpus));
    let of_host = |key: &str| found["HostConfig"].get(key).cloned().unwrap_or_default();
    json!({
        "Env": found["Env"],
        "Devices": of_host("Devices"),
        "DeviceRequests": of_host("DeviceRequests"),
        "GroupAdd": of_host("GroupAdd"),
    })
}

#[test]
fn without_a_grant_there_is_no_gpu_whatever_an_image_or_an_engine_would_give() {
    let found = given(&Gpus::default(), NATURE);
    assert_eq!((&found["Devices"], &found["DeviceRequests"]), (&json!([]), &Value::Null));
    assert!(found["Env"].as_array().unwrap().contains(&json!("NVIDIA_VISIBLE_DEVICES=void")), "{found}");
}

#[test]
fn a_gpu_of_nvidias_is_asked_for_in_the_words_of_each_engine() {
    let with = |nvidia, maker| {
        given(&Gpus { nvidia: Some(nvidia), nodes: Vec::new() }, Nature { maker, rootless: false })
    };
    assert_eq!(
        with(Nvidia::Own, Maker::Docker),
        json!({
            "Env": [
                "TZ=UTC",
                "CUDA_VISIBLE_DEVICES=1",
                "NVIDIA_DRIVER_CAPABILITIES=compute,utility",
                "NVIDIA_VISIBLE_DEVICES=all",
            ],
            "Devices": [],
            "DeviceRequests": [{ "Driver": "nvidia", "Count": -1, "Capabilities": [["gpu"]] }],
            "GroupAdd": null,
        })
    );
    assert_eq!(
        with(Nvidia::Described, Maker::Podman),
        json!({
            "Env": ["TZ=UTC", "CUDA_VISIBLE_DEVICES=1", "NVIDIA_VISIBLE_DEVICES=void"],
            "Devices": [],
            "DeviceRequests": [{ "Driver": "cdi", "DeviceIDs": ["nvidia.com/gpu=all"] }],
            "GroupAdd": null,
        })
    );
}

#[test]
fn gpus_of_other_makers_are_their_nodes_and_the_groups_that_may_open_them() {
    let nodes =
        [("/dev/dri/renderD128", 106), ("/dev/kfd", 106)].map(|(path, group)| (path.to_owned(), group));
    let gpus = Gpus { nvidia: None, nodes: nodes.to_vec() };
    let device =
        |path: &str| json!({ "PathOnHost": path, "PathInContainer": path, "CgroupPermissions": "rw" });
    let found = given(&gpus, NATURE);
    assert_eq!(found["Devices"], json!([device("/dev/dri/renderD128"), device("/dev/kfd")]));
    assert_eq!((&found["DeviceRequests"], &found["GroupAdd"]), (&Value::Null, &json!(["106"])));
    // In a rootless engine's container a group of this machine is another one.
    assert_eq!(given(&gpus, Nature { rootless: true, ..NATURE })["GroupAdd"], Value::Null);
}
