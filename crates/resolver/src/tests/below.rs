//! Needs of what lies below a module, against machines that have it and that lack it.

use super::fixture::{self, Fixture, Module, render};
use las_types::{Code, Gpu, GpuVendor, PackageSystem};

fn gpu(vendor: GpuVendor, driver: &str, runtime: &str, target: &str) -> Gpu {
    Gpu {
        driver: Some(driver.into()),
        target: Some(target.into()),
        runtime: (!runtime.is_empty()).then(|| runtime.into()),
        ..fixture::gpu(vendor, 0, "x", "8GB")
    }
}

fn nvidia(cuda: &str, target: &str) -> Gpu {
    gpu(GpuVendor::Nvidia, "nvidia 550.54.14", cuda, target)
}

/// What an installation of `a`, which needs these, comes to.
fn outcome(needs: &str, gpus: Vec<Gpu>) -> Result<Vec<String>, (String, String)> {
    let more = format!("dependencies: {{ runtime: [{needs}] }}\n");
    let mut fixture = Fixture::new(&[("a 1.0.0", &[], more.as_str())]);
    fixture.profile.gpus = gpus;
    fixture.profile.os.kernel = "5.15.0-105-generic".into();
    fixture.profile.os.libc = Some("glibc 2.36".into());
    fixture.install(&["a"]).map(|draft| render(&draft)).map_err(|failure| {
        assert_eq!((failure.code, failure.args["name"].as_str()), (Code::RuntimeUnmet, "a"));
        (failure.args["need"].clone(), failure.args["have"].clone())
    })
}

#[test]
fn what_a_constraint_needs_is_compared_with_what_was_found() {
    let met = |needs: &str, gpus: Vec<Gpu>| assert!(outcome(needs, gpus.clone()).is_ok(), "{needs} {gpus:?}");
    let unmet = |needs: &str, gpus: Vec<Gpu>, need: &str, have: &str| {
        assert_eq!(outcome(needs, gpus), Err((need.to_owned(), have.to_owned())));
    };
    met("kernel>=5.15, glibc>=2.36", vec![]);
    unmet("kernel>=6.1", vec![], "kernel>=6.1", "Linux 5.15.0-105-generic");
    unmet("glibc>=2.39", vec![], "glibc>=2.39", "glibc 2.36");
    met("cuda>=12.1", vec![nvidia("CUDA 12.4", "8.9")]);
    unmet("cuda>=12.1", vec![nvidia("CUDA 11.8", "8.9")], "cuda>=12.1", "CUDA 11.8");
    unmet("cuda>=12.1", vec![], "cuda>=12.1", "none");
    // AMD's card has no CUDA, whatever its driver is numbered.
    let amd = gpu(GpuVendor::Amd, "amdgpu 6.12.12", "ROCm 6.4.1-83", "gfx1100");
    unmet("cuda>=12.1", vec![amd.clone()], "cuda>=12.1", "none");
    unmet("compute-capability>=8.0", vec![amd.clone()], "compute-capability>=8.0", "none");
    met("rocm>=6", vec![amd.clone()]);
    met("driver>=6.10", vec![amd]);
    met("driver>=550", vec![nvidia("", "8.9")]);
    unmet("driver>=560", vec![nvidia("", "8.9")], "driver>=560", "nvidia 550.54.14");
    unmet("compute-capability>=8.0", vec![nvidia("", "7.5")], "compute-capability>=8.0", "7.5 (x)");
    met("compute-capability>=8.0, cuda>=12.1", vec![nvidia("", "7.5"), nvidia("CUDA 12.4", "8.9")]);
}

#[test]
fn what_is_asked_of_a_gpu_is_asked_of_one_gpu() {
    // One has the runtime, the other the capability; neither has both.
    let both = vec![nvidia("CUDA 12.4", "7.5"), nvidia("CUDA 11.8", "9.0")];
    assert!(outcome("cuda>=12.1", both.clone()).is_ok());
    assert!(outcome("compute-capability>=8.0", both.clone()).is_ok());
    let refused = outcome("\"cuda>=12.1\", \"compute-capability>=8.0\"", both).unwrap_err();
    assert_eq!(refused, ("compute-capability>=8.0".to_owned(), "7.5 (x)".to_owned()));
}

#[test]
fn an_older_version_that_the_driver_serves_is_chosen() {
    let modules: &[Module<'_>] =
        &[("a 1.0.0", &[], ""), ("a 2.0.0", &[], "dependencies: { runtime: [cuda>=12.1] }\n")];
    assert_eq!(render(&Fixture::new(modules).install(&["a"]).unwrap()), ["store-add a 1.0.0"]);
    let mut fixture = Fixture::new(modules);
    fixture.profile.gpus = vec![nvidia("CUDA 12.4", "8.9")];
    assert_eq!(render(&fixture.install(&["a"]).unwrap()), ["store-add a 2.0.0"]);
}

#[test]
fn missing_packages_are_named_with_the_command_that_installs_them() {
    let modules: &[Module<'_>] = &[("a 1.0.0", &[], "dependencies: { system: [cmake, g++, git] }\n")];
    let mut fixture = Fixture::new(modules);
    let failure = fixture.install(&["a"]).unwrap_err();
    assert_eq!(
        (failure.code, failure.args["packages"].as_str()),
        (Code::SystemPackagesUnknown, "cmake, g++, git")
    );
    fixture.packages.system = Some(PackageSystem::Dpkg);
    fixture.packages.names = vec!["git"];
    let failure = fixture.install(&["a"]).unwrap_err();
    assert_eq!(failure.code, Code::SystemPackagesMissing);
    let args = ["name", "version", "packages", "command"].map(|key| failure.args[key].as_str());
    assert_eq!(args, ["a", "1.0.0", "cmake, g++", "sudo apt-get install cmake g++"]);
    fixture.packages.names = vec!["git", "cmake", "g++"];
    assert_eq!(render(&fixture.install(&["a"]).unwrap()), ["store-add a 1.0.0"]);
}

#[test]
fn what_runs_only_in_a_container_and_names_no_image_is_refused_and_an_older_native_version_comes() {
    let container = "runtime: { modes: [container] }\n";
    let both = "runtime: { modes: [container, native] }\n";
    let modules: &[Module<'_>] = &[
        ("boxed 1.0.0", &[], container),
        ("mixed 1.0.0", &[], both),
        ("mixed 2.0.0", &[], container),
        ("user 1.0.0", &["boxed"], ""),
    ];
    let fixture = Fixture::new(modules);
    assert_eq!(render(&fixture.install(&["mixed"]).unwrap()), ["store-add mixed 1.0.0"]);
    for wanted in ["boxed", "user", "mixed@2"] {
        let failure = fixture.install(&[wanted]).unwrap_err();
        assert_eq!(failure.code, Code::RuntimeModeUnsupported, "{wanted}: {failure:?}");
        assert_eq!(failure.args["name"], if wanted == "mixed@2" { "mixed" } else { "boxed" });
    }
}
