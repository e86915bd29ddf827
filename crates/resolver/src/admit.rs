//! Whether this machine may have a module: its hardware and its policies.

use crate::World;
use crate::below::below;
use crate::mode;
use las_types::{
    ByteSize, CapabilitySet, Category, Code, Detail, Failure, GpuVendor, HardwareProfile, Installed,
    Manifest, ModuleName, ParameterCount, Privilege, Reason, RuntimeMode, Verdict,
};
use std::fmt::Display;

/// Main memory that is read at this rate a second serves a GPU; two channels of DDR5 reach 60 to 90 GB.
const FAST_MEMORY: ByteSize = ByteSize::new(100_000_000_000);

/// Refuses a manifest that this machine doesn't meet or may not run.
///
/// Codes: `runtime-mode-unsupported`, `runtime-mode-not-offered`, `hardware-insufficient`, `policy-denied`, `override-denies`, and those of what lies below.
pub(crate) fn admit(world: &World<'_>, manifest: &Manifest) -> Result<(), Failure> {
    admit_as(world, manifest, mode::choose(world, manifest)?.0)
}

/// The same in a mode that is chosen already.
pub(crate) fn admit_as(world: &World<'_>, manifest: &Manifest, mode: RuntimeMode) -> Result<(), Failure> {
    hardware(world, manifest)?;
    admit_in(world, manifest, mode)?;
    if manifest.category == Category::Runtime {
        permitted(world.capabilities, &format!("runtime:{}", manifest.name))?;
    }
    if let Some(model) = &manifest.model {
        let key = (manifest.name.clone(), manifest.version.clone());
        // The header counts; the manifest is what its author says.
        let parameters = world.facts.get(&key).map_or(model.parameters, |facts| facts.parameters);
        model_size(world.capabilities, parameters)?;
    }
    below(world, manifest)
}

/// Refuses a mode that rules, or an override, deny, and privileges that a module asks for in it.
///
/// Codes: `policy-denied`, `override-denies`.
pub(crate) fn admit_in(world: &World<'_>, manifest: &Manifest, mode: RuntimeMode) -> Result<(), Failure> {
    permitted(world.capabilities, &mode.capability())?;
    privileged(world.capabilities, manifest, mode)
}

/// Refuses a module that asks for a privilege which rules, or an override, deny.
///
/// Codes: `policy-denied`, `override-denies`.
fn privileged(capabilities: &CapabilitySet, manifest: &Manifest, mode: RuntimeMode) -> Result<(), Failure> {
    Privilege::of(manifest, mode).into_iter().try_for_each(|one| permitted(capabilities, &one.capability()))
}

/// Refuses something installed whose mode, or a privilege that it asks for, rules or an override deny, also if they did so
/// after it was installed.
///
/// Codes: `policy-denied`, `override-denies`.
pub fn admit_privileges(world: &World<'_>, item: &Installed) -> Result<(), Failure> {
    match world.manifest(&item.name, &item.version) {
        Some(manifest) => admit_in(world, manifest, item.mode()),
        None => Ok(()),
    }
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
    bytes("gpu_vram", required.gpu.vram_min, graphics_memory(profile))
        .map_err(|failure| failure.detailed(graphics(profile)))?;
    // One inside a processor is no second card.
    let cards =
        profile.gpus.iter().filter(|gpu| !gpu.unified_memory && gpu.vram > ByteSize::default()).count();
    if required.gpu.multi_gpu == Some(true) && cards < 2 {
        return Err(short("gpu_count", &2, &cards).detailed(graphics(profile)));
    }
    Ok(())
}

/// The memory that the best GPU works in: its own, or main memory that it shares, if that is more.
///
/// Shared memory counts as policies count it (decision 0006): nearly every processor has a small GPU inside, so it says
/// something only where it was measured to be read fast. NVIDIA makes no such small ones: theirs count unmeasured.
fn graphics_memory(profile: &HardwareProfile) -> ByteSize {
    let fast = profile.memory.bandwidth.is_some_and(|measured| measured.per_second >= FAST_MEMORY);
    let shares =
        profile.gpus.iter().any(|gpu| gpu.unified_memory && (fast || gpu.vendor == GpuVendor::Nvidia));
    let main_memory = if shares { profile.memory.total } else { ByteSize::default() };
    main_memory.max(profile.largest_vram())
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

/// Refuses to load what rules, or an override, have denied, also if they did so after it was installed: the engine that
/// would run the model, or a model of this size.
///
/// Codes: `policy-denied`, `override-denies`.
pub fn admit_load(
    capabilities: &CapabilitySet,
    engine: &ModuleName,
    parameters: ParameterCount,
) -> Result<(), Failure> {
    permitted(capabilities, &format!("runtime:{engine}"))?;
    model_size(capabilities, parameters)
}

/// Refuses a model with more parameters than the policies allow.
///
/// Codes: `policy-denied`, `override-denies`.
pub fn admit_model(capabilities: &CapabilitySet, parameters: ParameterCount) -> Result<(), Failure> {
    model_size(capabilities, parameters)
}

/// Refuses a runtime or a feature (`runtime:NAME`, `feature:NAME`) that rules, or an override, deny.
///
/// Codes: `policy-denied`, `override-denies`.
pub fn permitted(capabilities: &CapabilitySet, capability: &str) -> Result<(), Failure> {
    let verdicts = &capabilities.verdicts;
    let kind = capability.split_once(':').map_or(capability, |(kind, _)| kind);
    let alike = |other: &Verdict| other.capability.split_once(':').is_some_and(|(other, _)| other == kind);
    match verdicts.iter().find(|verdict| verdict.capability == capability) {
        Some(verdict) if verdict.allowed => Ok(()),
        Some(verdict) => Err(denied(capability, &verdict.reasons)),
        // Verdicts exist for what some rule names. If a rule that holds here allows others of the kind
        // by name, it doesn't allow this one; an override of another changes nothing about that.
        None => verdicts
            .iter()
            .filter(|other| alike(other))
            .map(by_rules)
            .find(|(allowed, reasons)| *allowed && !reasons.is_empty())
            .map_or(Ok(()), |(_, reasons)| Err(denied(capability, reasons))),
    }
}

/// What the policies alone say.
fn by_rules(verdict: &Verdict) -> (bool, &[Reason]) {
    match verdict.reasons.split_first() {
        Some((first, rest)) if first.overridden_by.is_some() => (!verdict.allowed, rest),
        _ => (verdict.allowed, &verdict.reasons),
    }
}

/// Refuses a model with more parameters than the policies allow.
pub(crate) fn model_size(capabilities: &CapabilitySet, parameters: ParameterCount) -> Result<(), Failure> {
    match capabilities.max_model_size {
        Some(most) if parameters > most => {
            let verdict = capabilities.verdicts.iter().find(|verdict| verdict.capability == "model-size");
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
