//! What lies below a module: drivers and runtimes of GPUs, the C library, the kernel, packages.

use crate::World;
use crate::admit::graphics;
use las_types::{
    Code, DottedVersion, Failure, Gpu, GpuVendor, HardwareProfile, Layer, Manifest, PackageName,
    RuntimeConstraint,
};

/// Refuses a manifest that needs something else below it than there is.
///
/// Codes: `runtime-unmet`, `system-packages-missing`, `system-packages-unknown`.
pub(crate) fn below(world: &World<'_>, manifest: &Manifest) -> Result<(), Failure> {
    constraints(world.profile, manifest)?;
    packages(world, manifest)
}

fn constraints(profile: &HardwareProfile, manifest: &Manifest) -> Result<(), Failure> {
    let constraints = &manifest.dependencies.runtime;
    let unmet = |constraint: &RuntimeConstraint, gpu: Option<&Gpu>| {
        let have = found(constraint.layer(), profile, gpu).map_or("none".to_owned(), |(text, _)| text);
        let failure = Failure::new(Code::RuntimeUnmet)
            .with("name", &manifest.name)
            .with("version", &manifest.version)
            .with("need", constraint)
            .with("have", have);
        let of_a_gpu = constraint.layer().is_of_a_gpu();
        if of_a_gpu { failure.detailed(graphics(profile)) } else { failure }
    };
    let holds = |constraint: &RuntimeConstraint, gpu: Option<&Gpu>| {
        found(constraint.layer(), profile, gpu).is_some_and(|(_, version)| constraint.holds(&version))
    };
    for constraint in constraints.iter().filter(|constraint| !constraint.layer().is_of_a_gpu()) {
        if !holds(constraint, None) {
            return Err(unmet(constraint, None));
        }
    }
    // All that is asked of a GPU is asked of the same one: the one that meets most.
    let of_gpus = || constraints.iter().filter(|constraint| constraint.layer().is_of_a_gpu());
    let met = |gpu: &&Gpu| of_gpus().filter(|constraint| holds(constraint, Some(gpu))).count();
    let best = profile.gpus.iter().rev().max_by_key(met);
    match of_gpus().find(|constraint| !holds(constraint, best)) {
        Some(constraint) => Err(unmet(constraint, best)),
        None => Ok(()),
    }
}

/// What the machine has of a kind, as it is called and as it is compared.
fn found(layer: Layer, profile: &HardwareProfile, gpu: Option<&Gpu>) -> Option<(String, DottedVersion)> {
    let own = |vendor: GpuVendor| gpu.filter(|gpu| gpu.vendor == vendor);
    // `CUDA 12.8`, `nvidia 550.54.14`, `glibc 2.36`: a name, then the version.
    let after = |text: &str, name: &str| Some(text.strip_prefix(name)?.trim_start().to_owned());
    let (text, version) = match layer {
        Layer::Cuda => {
            let runtime = own(GpuVendor::Nvidia)?.runtime.clone()?;
            (runtime.clone(), after(&runtime, "CUDA")?)
        }
        Layer::Rocm => {
            let runtime = own(GpuVendor::Amd)?.runtime.clone()?;
            (runtime.clone(), after(&runtime, "ROCm")?)
        }
        Layer::Driver => {
            let driver = gpu?.driver.clone()?;
            (driver.clone(), driver.split_once(' ')?.1.to_owned())
        }
        Layer::ComputeCapability => {
            let gpu = own(GpuVendor::Nvidia)?;
            let target = gpu.target.clone()?;
            (format!("{target} ({})", gpu.model), target)
        }
        Layer::Glibc => {
            let library = profile.os.libc.clone()?;
            (library.clone(), after(&library, "glibc")?)
        }
        Layer::Kernel => (format!("Linux {}", profile.os.kernel), profile.os.kernel.clone()),
    };
    DottedVersion::leading(&version).map(|version| (text, version))
}

fn packages(world: &World<'_>, manifest: &Manifest) -> Result<(), Failure> {
    let needed = &manifest.dependencies.system;
    if needed.is_empty() {
        return Ok(());
    }
    let failure = |code, packages: &[&PackageName]| {
        let names: Vec<&str> = packages.iter().map(|name| name.as_str()).collect();
        Failure::new(code)
            .with("name", &manifest.name)
            .with("version", &manifest.version)
            .with("packages", names.join(", "))
    };
    let Some(system) = world.packages.system() else {
        // Going on would promise what nobody has looked at.
        return Err(failure(Code::SystemPackagesUnknown, &needed.iter().collect::<Vec<_>>()));
    };
    let missing: Vec<&PackageName> = needed.iter().filter(|name| !world.packages.has(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let command = system.install_command(&missing);
    Err(failure(Code::SystemPackagesMissing, &missing).with("command", command))
}
