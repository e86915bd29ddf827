//! The hostile manifests: what is asked for, and every place where it could be.

mod gpus;

use serde_json::{Value, json};

/// What must become of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// It is refused when it is read.
    Refused,
    /// It is read, and its container reaches nothing.
    Harmless,
}

/// One of them.
pub(super) struct Hostile {
    pub(super) name: String,
    pub(super) manifest: Value,
    pub(super) due: Due,
}

fn plain() -> Value {
    json!({
        "name": "hostile",
        "category": "tool",
        "version": "1.0.0",
        "description": "Means no good.",
        "runtime": {
            "modes": ["container"],
            "service": {
                "arguments": ["${port.main}", "${data}"],
                "environment": { "GREETING": "hello" },
                "ports": { "main": 8080 },
                "files": { "note": "on ${port.main}" },
                "ready": { "kind": "tcp", "port": "main" },
                "limits": { "memory": "64MiB" },
            },
            "container": {
                "data": "/srv/data",
                "run": "/srv/run",
                "tmpfs": { "/scratch": "1MiB" },
                "network": "published",
            },
        },
        "source": { "kind": "oci", "image": "127.0.0.1:5000/hostile", "size": "1MB" },
        "integrity": { "checksum": format!("sha256:{}", "5".repeat(64)) },
    })
}

struct Corpus(Vec<Hostile>);

impl Corpus {
    /// A manifest with something else at a place, which is a pointer into it; a place that isn't there is made.
    fn put(&mut self, name: impl Into<String>, place: &str, value: Value, due: Due) {
        let mut manifest = plain();
        let (above, key) = place.rsplit_once('/').unwrap();
        manifest.pointer_mut(above).unwrap()[key.replace("~1", "/")] = value;
        self.0.push(Hostile { name: name.into(), manifest, due });
    }

    fn refused(&mut self, name: &str, place: &str, values: &[Value]) {
        for (number, value) in values.iter().enumerate() {
            self.put(format!("{name}-{number}"), place, value.clone(), Due::Refused);
        }
    }

    fn harmless(&mut self, name: &str, place: &str, values: &[Value]) {
        for (number, value) in values.iter().enumerate() {
            self.put(format!("{name}-{number}"), place, value.clone(), Due::Harmless);
        }
    }
}

/// What engines and their files know, and a manifest must not.
fn options() -> Vec<(&'static str, Value)> {
    vec![
        ("privileged", json!(true)),
        ("devices", json!(["/dev/mem:/dev/mem"])),
        ("volumes", json!(["/:/host"])),
        ("volumes_from", json!(["other"])),
        ("binds", json!(["/var/run/docker.sock:/var/run/docker.sock"])),
        ("mounts", json!([{ "type": "bind", "source": "/etc", "target": "/etc" }])),
        ("network_mode", json!("host")),
        ("pid", json!("host")),
        ("ipc", json!("host")),
        ("uts", json!("host")),
        ("userns_mode", json!("host")),
        ("cgroup_parent", json!("/")),
        ("cap_add", json!(["ALL"])),
        ("security_opt", json!(["seccomp=unconfined", "apparmor=unconfined"])),
        ("sysctls", json!({ "kernel.core_pattern": "|/bin/sh" })),
        ("entrypoint", json!(["/bin/sh", "-c"])),
        ("command", json!("sh -c 'id'")),
        ("env_file", json!("/etc/shadow")),
        ("secrets", json!(["hf-token"])),
        ("extra_hosts", json!(["huggingface.co:6.6.6.6"])),
        ("gpus", json!("all")),
        ("labels", json!({ "io.localaistack.home": "0" })),
        ("restart", json!("always")),
        ("script", json!("curl x | sh")),
    ]
}

fn unknown_options(corpus: &mut Corpus) {
    for place in ["", "/runtime", "/runtime/container", "/runtime/service", "/source"] {
        let at = if place.is_empty() { "manifest" } else { place.rsplit('/').next().unwrap() };
        for (option, value) in options() {
            corpus.put(format!("{option}-in-{at}"), &format!("{place}/{option}"), value, Due::Refused);
        }
    }
}

fn folders(corpus: &mut Corpus) {
    let bad = [
        "/",
        "",
        "data",
        "/..",
        "/../etc",
        "/srv/../../etc",
        "/./srv",
        "//srv",
        "/proc",
        "/proc/1/root",
        "/sys/fs/cgroup",
        "/dev/mem",
        "/etc:/etc",
        "/var/run/docker.sock:/x:rw",
        "/a,source=/etc",
        "/a b",
        "/a\nb",
        "/${data}",
        "~",
        "C:\\data",
    ];
    for (number, path) in bad.into_iter().enumerate() {
        for place in ["data", "run"] {
            let at = format!("/runtime/container/{place}");
            corpus.put(format!("folder-{place}-{number}"), &at, json!(path), Due::Refused);
        }
        let tmpfs = json!({ path: "1MiB" });
        corpus.put(format!("folder-tmpfs-{number}"), "/runtime/container/tmpfs", tmpfs, Due::Refused);
    }
    // Within the container it may be called what it wants: its own folder lies there.
    corpus.harmless(
        "folder-named",
        "/runtime/container/data",
        &[json!("/var/run/docker.sock"), json!("/etc"), json!("/root/.ssh")],
    );
    corpus.refused(
        "folder-in-another",
        "/runtime/container/run",
        &[json!("/srv/data"), json!("/srv/data/run"), json!("/srv"), json!("/scratch/run")],
    );
    corpus.refused(
        "memory-size",
        "/runtime/container/tmpfs",
        &[
            json!({ "/tmp": "1" }),
            json!({ "/tmp": "100TiB" }),
            json!({ "/tmp": "-1" }),
            json!({ "/tmp": "1MiB,exec,suid" }),
        ],
    );
}

fn images(corpus: &mut Corpus) {
    let long = format!("docker.io/{}", "a".repeat(300));
    let digest = format!("docker.io/redis@sha256:{}", "1".repeat(64));
    corpus.refused(
        "image",
        "/source/image",
        &[
            json!("docker.io/library/redis:latest"),
            json!("127.0.0.1:5000/redis:7"),
            json!(digest),
            json!("redis"),
            json!("library/redis"),
            json!("docker.io/Redis"),
            json!("https://docker.io/redis"),
            json!("file:///etc"),
            json!("docker.io/../../etc"),
            json!("docker.io/redis redis"),
            json!("docker.io/--privileged"),
            json!("docker.io/redis;id"),
            json!("docker.io/redis?x=1"),
            json!("docker.io/redis#x"),
            json!("user:secret@docker.io/redis"),
            json!("host:0/redis"),
            json!("host:99999/redis"),
            json!(long),
            json!(""),
            Value::Null,
        ],
    );
    corpus.refused(
        "digest",
        "/integrity/checksum",
        &[
            Value::Null,
            json!("latest"),
            json!("sha256:abc"),
            json!(format!("md5:{}", "1".repeat(32))),
            json!(format!("sha512:{}", "1".repeat(128))),
            json!(format!("sha256:{}", "z".repeat(64))),
        ],
    );
}

fn rights(corpus: &mut Corpus) {
    for right in [
        "ALL",
        "all",
        "CAP_SYS_ADMIN",
        "SYS_ADMIN",
        "sys_admin",
        "sys_ptrace",
        "sys_module",
        "sys_rawio",
        "net_admin",
        "net_raw",
        "mknod",
        "dac_read_search",
        "setfcap",
        "bpf",
        "",
    ] {
        let name = format!("right-{}", if right.is_empty() { "none" } else { right });
        corpus.put(name, "/runtime/container/capabilities", json!([right]), Due::Refused);
    }
    let every = json!(["chown", "dac_override", "fowner", "kill", "setgid", "setuid"]);
    corpus.harmless("rights-of-the-list", "/runtime/container/capabilities", &[every]);
    corpus.refused(
        "user",
        "/runtime/container/user",
        &[
            json!("root"),
            json!("0"),
            json!("-1:0"),
            json!("4294967295:0"),
            json!("0:0:0"),
            json!("$(id -u):0"),
            json!("keep-id"),
        ],
    );
    // The administrator of a container, without a single right.
    corpus.harmless("user-number", "/runtime/container/user", &[json!("0:0"), json!("65534:65534")]);
    corpus.refused("root-writable", "/runtime/container/writable_root", &[json!("yes"), json!(1)]);
}

fn network(corpus: &mut Corpus) {
    corpus.refused(
        "network",
        "/runtime/container/network",
        &[
            json!("host"),
            json!("bridge"),
            json!("container:other"),
            json!("ns:/proc/1/ns/net"),
            json!("none"),
            json!(["published", "host"]),
        ],
    );
    corpus.refused(
        "port",
        "/runtime/service/ports/main",
        &[
            json!(0),
            json!(22),
            json!(443),
            json!(-1),
            json!(70_000),
            json!("0.0.0.0:8080"),
            json!("0.0.0.0:8080:8080"),
            json!("8080-9090"),
            json!({ "host_ip": "0.0.0.0", "port": 8080 }),
        ],
    );
    corpus.refused(
        "port-name",
        "/runtime/service/ports",
        &[json!({ "main": 8080, "../x": 8081 }), json!({ "main": 8080, "other": 8080 })],
    );
    corpus.harmless(
        "ports",
        "/runtime/service/ports",
        &[json!({ "main": 8080, "other": 8081 }), json!({ "main": 8080, "0.0.0.0": 8081 })],
    );
    corpus.refused(
        "probe",
        "/runtime/service/ready",
        &[
            json!({ "kind": "http", "port": "main", "path": "http://169.254.169.254/" }),
            json!({ "kind": "http", "port": "main", "path": "/a\r\nHost: x" }),
            json!({ "kind": "http", "port": "main", "path": "/", "host": "169.254.169.254" }),
            json!({ "kind": "exec", "program": "bin/sh" }),
            json!({ "kind": "exec", "program": "../../bin/sh" }),
            json!({ "kind": "exec", "program": "/bin/sh", "privileged": true }),
            json!({ "kind": "exec", "program": "/bin/sh", "arguments": ["${module}"] }),
        ],
    );
}

fn texts(corpus: &mut Corpus) {
    for name in [
        "LD_PRELOAD",
        "LD_LIBRARY_PATH",
        "LD_AUDIT",
        "PATH",
        "HOME",
        "LAS_FAMILY",
        "lower",
        "A=B",
        "A\nB",
        "",
    ] {
        let value = json!({ name: "/data/x.so" });
        corpus.put(
            format!("variable-{}", name.escape_debug()),
            "/runtime/service/environment",
            value,
            Due::Refused,
        );
    }
    let holes = [
        "${env.HF_TOKEN}",
        "${secret.hf}",
        "${file./etc/shadow}",
        "${module}",
        "${new}",
        "${home}",
        "${",
        "a\0b",
    ];
    for (number, hole) in holes.into_iter().enumerate() {
        let at = |place: &str| format!("hole-{place}-{number}");
        corpus.put(at("argument"), "/runtime/service/arguments", json!([hole]), Due::Refused);
        corpus.put(at("variable"), "/runtime/service/environment", json!({ "TOKEN": hole }), Due::Refused);
        corpus.put(at("file"), "/runtime/service/files", json!({ "note": hole }), Due::Refused);
    }
    // Words of a program stay words: nothing reads them but it.
    for (number, word) in
        ["--privileged", "-v=/:/host", "; cat /etc/shadow", "$(id)", "`id`", "--network=host"]
            .into_iter()
            .enumerate()
    {
        corpus.put(format!("word-{number}"), "/runtime/service/arguments", json!([word]), Due::Harmless);
        corpus.put(
            format!("text-{number}"),
            "/runtime/service/environment",
            json!({ "A": word }),
            Due::Harmless,
        );
    }
    for (number, path) in ["../run", "/etc/passwd", "a/../../b", "", ".."].into_iter().enumerate() {
        corpus.put(format!("file-{number}"), "/runtime/service/files", json!({ path: "x" }), Due::Refused);
    }
    corpus.refused(
        "program",
        "/runtime/program",
        &[
            json!("bin/sh"),
            json!("../bin/sh"),
            json!("/bin/../sh"),
            json!("/proc/self/exe"),
            json!("/bin/sh -c id"),
            json!(""),
        ],
    );
    corpus.harmless("program-named", "/runtime/program", &[json!("/bin/sh")]);
    corpus.refused("proof", "/runtime/proof", &[json!(["--version"])]);
    let prepare = json!([{ "folder": "x", "program": "bin/sh", "arguments": ["${new}"] }]);
    corpus.refused("prepare", "/runtime/service/prepare", &[prepare]);
    corpus.refused("mode", "/runtime/modes", &[json!(["native"]), json!(["host"]), json!("container")]);
    corpus.refused("source", "/source/kind", &[json!("docker"), json!("builtin"), json!("archive")]);
    corpus.refused("name", "/name", &[json!("../x"), json!("a/b"), json!("x".repeat(300)), json!("other")]);
    corpus.refused(
        "limit",
        "/runtime/service/limits",
        &[
            json!({ "memory": "1" }),
            json!({ "memory": "-1" }),
            json!({ "processes": 0 }),
            json!({ "oom_kill_disable": true }),
        ],
    );
}

/// Every one.
pub(super) fn corpus() -> Vec<Hostile> {
    let mut corpus =
        Corpus(vec![Hostile { name: "plain".to_owned(), manifest: plain(), due: Due::Harmless }]);
    for part in [unknown_options, folders, images, rights, network, texts, gpus::add] {
        part(&mut corpus);
    }
    corpus.0
}
