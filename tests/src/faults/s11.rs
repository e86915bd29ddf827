//! S11: hostile manifests of modules that run in containers. Each is refused when it is read, or what an engine would be
//! asked to make of it is looked at and can do no harm. No engine is needed for that.

mod corpus;

use super::{Report, Run};
use corpus::{Due, Hostile, corpus};
use las_registry::{Artefacts, Registry};
use las_types::{
    Code, ContainerSettings, Gpu, GpuVendor, HardwareProfile, KernelCapability, Manifest, ProgramSettings,
};
use serde_json::{Value, json};
use std::path::Path;

/// What a container of ours may have said of it; everything else an engine has to be left to its safest.
const SAID: &[&str] = &[
    "AttachStdin",
    "Cmd",
    "Entrypoint",
    "Env",
    "ExposedPorts",
    "Healthcheck",
    "HostConfig",
    "Image",
    "Labels",
    "OpenStdin",
    "StopSignal",
    "Tty",
    "User",
];
const SAID_OF_THE_HOST: &[&str] = &[
    "AutoRemove",
    "Binds",
    "CapAdd",
    "CapDrop",
    "DeviceRequests",
    "Devices",
    "GroupAdd",
    "IpcMode",
    "LogConfig",
    "Memory",
    "MemorySwap",
    "Mounts",
    "NanoCpus",
    "NetworkMode",
    "PidMode",
    "PidsLimit",
    "PortBindings",
    "Privileged",
    "PublishAllPorts",
    "ReadonlyRootfs",
    "RestartPolicy",
    "SecurityOpt",
    "Tmpfs",
    "UTSMode",
    "Ulimits",
];

/// The manifests of a folder with this one, and the first reason against it.
fn read(folder: &Path, manifest: &Value) -> Result<Manifest, String> {
    let path = folder.join("registry/tool/hostile/1.0.0.yaml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::create_dir_all(folder.join("builtin")).unwrap();
    std::fs::write(&path, manifest.to_string()).unwrap();
    let artefacts = Artefacts::load(&folder.join("builtin")).unwrap();
    let registry = Registry::load(&folder.join("registry"), &artefacts);
    match registry.rejected() {
        [] => Ok(registry.modules().next().unwrap().clone()),
        [one] if one.failure.code == Code::ManifestInvalid => Err(one.failure.args["detail"].clone()),
        other => panic!("refused otherwise: {other:?}"),
    }
}

/// One of each maker.
fn gpus() -> Vec<Gpu> {
    let text = include_str!("../../profiles/rtx-4090-24gb.json");
    let profile: HardwareProfile = serde_json::from_str(text).unwrap();
    let makers = [GpuVendor::Nvidia, GpuVendor::Amd, GpuVendor::Intel];
    let one = |vendor| Gpu { vendor, ..profile.gpus[0].clone() };
    makers.map(one).to_vec()
}

fn compiled(manifest: &Manifest, folder: &Path) -> Result<Value, String> {
    let service = manifest.runtime.service.clone().ok_or("no service")?;
    let runs = ProgramSettings {
        folder: String::new(),
        ports: service.ports.clone(),
        connects: las_types::PeerPorts::new(),
        container: ContainerSettings::of(manifest, &gpus()),
        service,
    };
    let program = manifest.runtime.program.clone().unwrap_or_default();
    let name = manifest.name.as_str().parse().unwrap();
    las_runtime::compiled_container(&name, &program, &runs, folder).map_err(|failure| failure.to_string())
}

fn expect(what: &str, found: &Value, expected: &Value) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("accepted: {what} is {found}")) }
}

fn only(known: &[&str], found: &Value) -> Result<(), String> {
    let fields = found.as_object().ok_or("accepted: no object")?;
    let other = fields.iter().find(|(key, value)| !value.is_null() && !known.contains(&key.as_str()));
    other.map_or(Ok(()), |(key, value)| Err(format!("accepted: {key} is {value}")))
}

fn list(found: &Value) -> impl Iterator<Item = &str> {
    found.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// With a grant a container has GPUs and no other device; without one it has none, whatever its image would be given.
fn devices(spec: &Value, granted: bool) -> Result<(), String> {
    let host = &spec["HostConfig"];
    let nodes = host["Devices"].as_array().into_iter().flatten();
    let bad = |node: &&Value| {
        let path = node["PathOnHost"].as_str().unwrap_or_default();
        let known = path == "/dev/kfd" || path.starts_with("/dev/dri/renderD");
        !granted
            || !known
            || node["PathInContainer"] != node["PathOnHost"]
            || node["CgroupPermissions"] != "rw"
    };
    if let Some(bad) = nodes.clone().find(bad) {
        return Err(format!("accepted: the device {bad}"));
    }
    let asked = json!([{ "Driver": "nvidia", "Count": -1, "Capabilities": [["gpu"]] }]);
    expect("what is asked for", &host["DeviceRequests"], if granted { &asked } else { &Value::Null })?;
    if host["GroupAdd"].is_array() != granted || (nodes.count() > 0) != granted {
        return Err(format!("accepted: the groups {} and the devices {}", host["GroupAdd"], host["Devices"]));
    }
    let visible: Vec<&str> =
        list(&spec["Env"]).filter(|one| one.starts_with("NVIDIA_VISIBLE_DEVICES=")).collect();
    let due = if granted { "NVIDIA_VISIBLE_DEVICES=all" } else { "NVIDIA_VISIBLE_DEVICES=void" };
    if visible == [due] { Ok(()) } else { Err(format!("accepted: {visible:?}")) }
}

/// What the engine is asked for reaches nothing of the machine but the service's own folders and its ports on loopback.
fn harmless(spec: &Value, folder: &Path, granted: bool) -> Result<(), String> {
    let host = &spec["HostConfig"];
    only(SAID, spec)?;
    only(SAID_OF_THE_HOST, host)?;
    for (key, value) in [
        ("Privileged", json!(false)),
        ("PublishAllPorts", json!(false)),
        ("CapDrop", json!(["ALL"])),
        ("SecurityOpt", json!(["no-new-privileges"])),
        ("Binds", json!([])),
        ("IpcMode", json!("private")),
        ("PidMode", json!("private")),
        ("UTSMode", json!("private")),
        ("ReadonlyRootfs", json!(true)),
    ] {
        expect(key, &host[key], &value)?;
    }
    devices(spec, granted)?;
    let names = KernelCapability::ALL.map(KernelCapability::kernel_name);
    if let Some(other) = list(&host["CapAdd"]).find(|right| !names.contains(right)) {
        return Err(format!("accepted: the right {other}"));
    }
    if !["none", "bridge"].contains(&host["NetworkMode"].as_str().unwrap_or_default()) {
        return Err(format!("accepted: the network {}", host["NetworkMode"]));
    }
    for binding in host["PortBindings"].as_object().unwrap().values().flat_map(|all| all.as_array().unwrap())
    {
        expect("an address", &binding["HostIp"], &json!("127.0.0.1"))?;
    }
    let own = [folder.join("data"), folder.join("run")].map(|path| json!(path));
    for mount in host["Mounts"].as_array().unwrap() {
        expect("a mount", &mount["Type"], &json!("bind"))?;
        if !own.contains(&mount["Source"]) {
            return Err(format!("accepted: a mount of {}", mount["Source"]));
        }
    }
    for options in host["Tmpfs"].as_object().unwrap().values() {
        if !options.as_str().unwrap().starts_with("rw,nosuid,nodev,noexec,size=") {
            return Err(format!("accepted: a folder in memory with {options}"));
        }
    }
    let limited: Vec<_> = host["Ulimits"].as_array().unwrap().iter().map(|one| &one["Name"]).collect();
    if limited != ["nofile", "nproc"] {
        return Err(format!("accepted: limits {limited:?}"));
    }
    if !spec["Image"].as_str().unwrap().contains("@sha256:") {
        return Err(format!("accepted: an image without a digest, {}", spec["Image"]));
    }
    if let Some(bad) = list(&spec["Env"]).find(|one| one.starts_with("LD_") || one.starts_with("PATH=")) {
        return Err(format!("accepted: the variable {bad}"));
    }
    let labels = spec["Labels"].as_object().unwrap();
    match labels.keys().find(|key| !key.starts_with("io.localaistack.")) {
        Some(label) => Err(format!("accepted: the label {label}")),
        None => Ok(()),
    }
}

fn check(hostile: &Hostile, parent: &Path) -> Result<(), String> {
    let folder = tempfile::tempdir_in(parent).map_err(|error| error.to_string())?;
    match (read(folder.path(), &hostile.manifest), hostile.due) {
        (Err(_), Due::Refused) => Ok(()),
        (Err(detail), Due::Harmless) => Err(format!("refused: what does no harm: {detail}")),
        (Ok(_), Due::Refused) => Err("accepted: it was read".to_owned()),
        (Ok(manifest), Due::Harmless) => {
            let granted = manifest.runtime.service.as_ref().is_some_and(|service| service.sandbox.gpu);
            harmless(&compiled(&manifest, folder.path())?, folder.path(), granted)
        }
    }
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let parent = tempfile::tempdir().map_err(|error| error.to_string())?;
    let all = corpus();
    let harmless = all.iter().filter(|hostile| hostile.due == Due::Harmless).count();
    let cases = all.into_iter().map(|hostile| (hostile.name.clone(), hostile)).collect();
    let report = run.each(cases, |hostile| check(hostile, parent.path()));
    let figure = format!(
        "{} hostile manifests: {} accepted that do harm; {} are refused when they are read, {harmless} compiled and looked at",
        report.cases,
        report.count("accepted"),
        report.cases.saturating_sub(harmless),
    );
    Ok(report.with_figure(figure))
}

#[cfg(test)]
mod tests {
    use super::corpus::corpus;
    use std::collections::BTreeSet;

    #[test]
    fn there_are_two_hundred_of_them_each_with_a_name_of_its_own() {
        let all = corpus();
        let names: BTreeSet<&str> = all.iter().map(|hostile| hostile.name.as_str()).collect();
        assert!(all.len() >= 200 && names.len() == all.len(), "{} {}", all.len(), names.len());
    }
}
