//! Whether this machine may have a module: its hardware and its policies.

use crate::World;
use crate::below::below;
use las_types::{
    ByteSize, Category, Code, Detail, Failure, HardwareProfile, Manifest, ModuleName, ParameterCount, Reason,
    RuntimeMode, Verdict,
};
use std::fmt::Display;

/// Refuses a manifest that this machine doesn't meet or may not run.
///
/// Codes: `runtime-mode-unsupported`, `hardware-insufficient`, `policy-denied`, `override-denies`, and those of what lies below.
pub(crate) fn admit(world: &World<'_>, manifest: &Manifest) -> Result<(), Failure> {
    mode(manifest)?;
    hardware(world, manifest)?;
    if manifest.category == Category::Runtime {
        runtime(world, &manifest.name)?;
    }
    if let Some(model) = &manifest.model {
        let key = (manifest.name.clone(), manifest.version.clone());
        // The header counts; the manifest is what its author says.
        let parameters = world.facts.get(&key).map_or(model.parameters, |facts| facts.parameters);
        model_size(world, parameters)?;
    }
    below(world, manifest)
}

/// Everything runs as a process of this machine so far; what says nothing of how it runs can.
fn mode(manifest: &Manifest) -> Result<(), Failure> {
    let modes = &manifest.runtime.modes;
    if modes.is_empty() || modes.contains(&RuntimeMode::Native) {
        return Ok(());
    }
    Err(Failure::new(Code::RuntimeModeUnsupported)
        .with("name", &manifest.name)
        .with("version", &manifest.version))
}

fn hardware(world: &World<'_>, manifest: &Manifest) -> Result<(), Failure> {
    let required = &manifest.hardware;
    let profile = world.profile;
    let short = |field: &str, need: &dyn Display, have: &dyn Display| {
        Failure::new(Code::HardwareInsufficient)
            .with("name", &manifest.name)
            .with("version", &manifest.version)
            .with("field", field)
            .with("need", need)
            .with("have", have)
    };
    let bytes = |field: &str, need: Option<ByteSize>, have: ByteSize| match need {
        Some(need) if have < need => Err(short(field, &need, &have)),
        _ => Ok(()),
    };
    if let Some(need) = required.cpu.cores_min
        && profile.cpu.cores < need
    {
        return Err(short("cores", &need, &profile.cpu.cores));
    }
    bytes("ram", required.memory.ram_min, profile.memory.total)?;
    bytes("gpu_vram", required.gpu.vram_min, profile.largest_vram())
        .map_err(|failure| failure.detailed(graphics(profile)))?;
    if required.gpu.multi_gpu == Some(true) && profile.gpus.len() < 2 {
        return Err(short("gpu_count", &2, &profile.gpus.len()).detailed(graphics(profile)));
    }
    Ok(())
}

/// The GPUs that were found, and those that are there and can't be used.
pub(crate) fn graphics(profile: &HardwareProfile) -> Vec<Detail> {
    let found = profile.gpus.iter().map(|gpu| {
        let key =
            if gpu.unified_memory && gpu.vram == ByteSize::default() { "gpu-shared" } else { "gpu-found" };
        Detail::new(key).with("index", gpu.index).with("model", &gpu.model).with("vram", gpu.vram)
    });
    let unusable = profile
        .absent
        .iter()
        .filter(|absence| absence.part.starts_with("gpu-") && absence.reason != "no-device")
        .map(|absence| {
            Detail::new("gpu-unusable").with("part", &absence.part).with("reason", &absence.reason)
        });
    let all: Vec<Detail> = found.chain(unusable).collect();
    if all.is_empty() { vec![Detail::new("gpu-none")] } else { all }
}

fn runtime(world: &World<'_>, name: &ModuleName) -> Result<(), Failure> {
    let capability = format!("runtime:{name}");
    let verdicts = &world.capabilities.verdicts;
    match verdicts.iter().find(|verdict| verdict.capability == capability) {
        Some(verdict) if verdict.allowed => Ok(()),
        Some(verdict) => Err(denied(&capability, &verdict.reasons)),
        // Verdicts exist for runtimes that some rule names. If a rule that holds here allows others
        // by name, it doesn't allow this one; an override of another changes nothing about that.
        None => verdicts
            .iter()
            .filter(|other| other.capability.starts_with("runtime:"))
            .map(by_rules)
            .find(|(allowed, reasons)| *allowed && !reasons.is_empty())
            .map_or(Ok(()), |(_, reasons)| Err(denied(&capability, reasons))),
    }
}

/// What the policies alone say of a runtime.
fn by_rules(verdict: &Verdict) -> (bool, &[Reason]) {
    match verdict.reasons.split_first() {
        Some((first, rest)) if first.overridden_by.is_some() => (!verdict.allowed, rest),
        _ => (verdict.allowed, &verdict.reasons),
    }
}

/// Refuses a model with more parameters than the policies allow.
pub(crate) fn model_size(world: &World<'_>, parameters: ParameterCount) -> Result<(), Failure> {
    match world.capabilities.max_model_size {
        Some(most) if parameters > most => {
            let verdict =
                world.capabilities.verdicts.iter().find(|verdict| verdict.capability == "model-size");
            Err(denied(&format!("model-size:{parameters}"), verdict.map_or(&[], |verdict| &verdict.reasons)))
        }
        _ => Ok(()),
    }
}

/// The failure of something that rules, or an override, deny for these reasons.
pub fn denied(capability: &str, reasons: &[Reason]) -> Failure {
    if let Some(by) = reasons.first().and_then(|reason| reason.overridden_by.as_ref()) {
        return Failure::new(Code::OverrideDenies)
            .with("capability", capability)
            .with("id", by.id)
            .with("reason", &by.reason);
    }
    let failure = Failure::new(Code::PolicyDenied).with("capability", capability);
    match reasons.first() {
        Some(reason) => {
            failure.with("rule", &reason.rule).with("file", &reason.file).with("line", reason.line)
        }
        None => failure.with("rule", "").with("file", "").with("line", 0),
    }
}
