//! Why NVIDIA's GPUs can't be asked, by what the machine's files say beside the library's answer.

use super::nvidia::{Asked, Refusal};
use super::{NVIDIA, absence, access, card};
use crate::Roots;
use las_types::Absence;

/// Part of the profile that this is about.
const PART: &str = "gpu-nvidia";

/// The absence that a refusal comes to.
pub(super) fn explain(roots: &Roots, refusal: Refusal) -> Absence {
    // A missing driver is only worth a word where there is something to drive.
    let present = card::display_devices(roots, NVIDIA);
    // The kernel's half of the driver shows itself here.
    let loaded = roots.text("/proc/driver/nvidia/version").is_some();
    let reason = match refusal.asked {
        Asked::NoLibrary if loaded => "no-library",
        // The library says this too where it finds no file to reach the loaded driver by, as in a container
        // that it was not handed into.
        Asked::NotLoaded if loaded => {
            return access::judged(roots, PART, &nodes(roots))
                .unwrap_or_else(|| absence(PART, "driver-error", Some(refusal.detail)));
        }
        Asked::NoLibrary | Asked::NotLoaded if present.is_empty() => return absence(PART, "no-device", None),
        Asked::NoLibrary | Asked::NotLoaded => "no-driver",
        Asked::Mismatch => "driver-mismatch",
        Asked::Forbidden => "no-device-permission",
        Asked::Failed => "driver-error",
    };
    let said = present.into_iter().chain([refusal.detail]).filter(|text| !text.is_empty());
    absence(PART, reason, Some(said.collect::<Vec<_>>().join("; ")))
}

/// The driver's control file, and one for each GPU that it has.
fn nodes(roots: &Roots) -> Vec<String> {
    let gpus = roots.names("/proc/driver/nvidia/gpus").into_iter().filter_map(|address| {
        let about = roots.text(format!("/proc/driver/nvidia/gpus/{address}/information"))?;
        let minor = about.lines().find_map(|line| line.strip_prefix("Device Minor:"))?.trim().parse::<u32>();
        Some(format!("/dev/nvidia{}", minor.ok()?))
    });
    std::iter::once("/dev/nvidiactl".to_owned()).chain(gpus).collect()
}

#[cfg(test)]
mod tests {
    use super::explain;
    use crate::Roots;
    use crate::gpu::nvidia::{Asked, Refusal};
    use std::path::Path;

    #[expect(clippy::disallowed_methods, reason = "a fixture, not a file of the product")]
    fn file(root: &Path, path: &str, text: &str) {
        let full = root.join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, text).unwrap();
    }

    fn said(root: &Path, asked: Asked) -> (String, String) {
        let refusal = Refusal { asked, detail: "what the library said".to_owned() };
        let absence = explain(&Roots::at(root), refusal);
        (absence.reason, absence.detail.unwrap_or_default())
    }

    fn is(reason: &str, detail: &str) -> (String, String) {
        (reason.to_owned(), detail.to_owned())
    }

    #[test]
    fn a_container_without_device_files_is_told_to_be_handed_them_and_not_to_install_a_library() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path();
        assert_eq!(said(root, Asked::NotLoaded), is("no-device", ""));
        file(root, "sys/bus/pci/devices/0000:05:00.0/class", "0x030200\n");
        file(root, "sys/bus/pci/devices/0000:05:00.0/vendor", "0x10de\n");
        file(root, "sys/bus/pci/devices/0000:05:00.0/device", "0x2684\n");
        assert_eq!(
            said(root, Asked::NotLoaded),
            is("no-driver", "0000:05:00.0 10de:2684; what the library said")
        );
        // The kernel's half is shared with the machine; the files are not.
        file(root, "proc/driver/nvidia/version", "NVRM version: 570.195.03\n");
        file(root, "proc/driver/nvidia/gpus/0000:05:00.0/information", "Model: X\nDevice Minor: \t 1\n");
        assert_eq!(said(root, Asked::NotLoaded), is("no-node", "/dev/nvidiactl; /dev/nvidia1"));
        file(root, "dev/nvidiactl", "");
        assert_eq!(said(root, Asked::NotLoaded), is("no-node", "/dev/nvidia1"));
        file(root, "dev/nvidia1", "");
        assert_eq!(said(root, Asked::NotLoaded), is("driver-error", "what the library said"));
        assert_eq!(said(root, Asked::NoLibrary).0, "no-library");
        assert_eq!(said(root, Asked::Mismatch).0, "driver-mismatch");
        assert_eq!(said(root, Asked::Forbidden).0, "no-device-permission");
    }
}
