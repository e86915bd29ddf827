use super::{Hard, Marks, Request, compile};
use crate::containers::engine::{Maker, Nature};
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
    ContainerSettings { image: "127.0.0.1:5000/redis".parse().unwrap(), digest, section, inner_ports }
}

const NATURE: Nature = Nature { maker: Maker::Podman, rootless: false };
const HARD: Hard = Hard { files: Some(20_000), processes: 9_000 };

fn body(settings: &ContainerSettings, limits: &LimitsSection, nature: Nature, hard: Hard) -> Value {
    let ports: BTreeMap<PortName, u16> =
        settings.inner_ports.keys().map(|name| (name.clone(), 7001)).collect();
    let mounts: Vec<_> =
        settings.section.data.iter().map(|inner| (Path::new("/home/ada/data"), inner)).collect();
    let request = Request {
        marks: &Marks::new(Path::new("/home/ada"), &"redis".parse().unwrap(), "17"),
        settings,
        program: "/bin/redis-server",
        arguments: &["--port".to_owned(), "6379".to_owned()],
        environment: &[("TZ".to_owned(), "UTC".to_owned())],
        ports: &ports,
        mounts: &mounts,
        user: InnerUser { uid: 1000, gid: 1000 },
        limits,
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
        "Env": ["TZ=UTC"],
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
