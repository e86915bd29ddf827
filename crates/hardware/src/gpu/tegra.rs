//! The GPU inside a Tegra (Jetson), where NVIDIA's management library shows none: older releases of Jetson
//! Linux have no such library.

use super::{absence, access};
use crate::Roots;
use las_types::{Absence, ByteSize, Gpu, GpuVendor};

/// A chip with a GPU that CUDA runs on.
struct Chip {
    /// As in the device tree: `nvidia,tegra234`.
    compatible: &'static str,
    /// As the kernel numbers it in `/sys/devices/soc0/soc_id` (its `include/soc/tegra/fuse.h`, in decimal).
    id: u64,
    /// What NVIDIA calls it.
    name: &'static str,
    /// Its compute capability ("CUDA GPU Compute Capability", developer.nvidia.com/cuda-gpus, Jetson).
    capability: &'static str,
}

const CHIPS: [Chip; 5] = [
    Chip { compatible: "nvidia,tegra210", id: 0x21, name: "Tegra X1 (GM20B)", capability: "5.3" },
    Chip { compatible: "nvidia,tegra186", id: 0x18, name: "Tegra X2 (GP10B)", capability: "6.2" },
    Chip { compatible: "nvidia,tegra194", id: 0x19, name: "Xavier (GV11B)", capability: "7.2" },
    Chip { compatible: "nvidia,tegra234", id: 0x23, name: "Orin (GA10B)", capability: "8.7" },
    Chip { compatible: "nvidia,tegra264", id: 0x26, name: "Thor", capability: "11.0" },
];

/// The files that programs compute through, by release: the first one that is there counts.
const CHANNELS: [&str; 3] = ["/dev/nvhost-gpu", "/dev/nvgpu/igpu0/channel", "/dev/nvidia0"];

/// The integrated GPU, and why it can't be used; none where this is no such chip.
pub(super) fn gpu(roots: &Roots) -> Option<(Gpu, Option<Absence>)> {
    let chip = chip(roots)?;
    let release = roots.text("/etc/nv_tegra_release").and_then(|text| release(&text));
    let gpu = Gpu {
        index: 0,
        vendor: GpuVendor::Nvidia,
        model: chip.name.to_owned(),
        vram: ByteSize::default(),
        vram_free: ByteSize::default(),
        pci_address: None,
        driver: release.map(|version| format!("L4T {version}")),
        target: Some(chip.capability.to_owned()),
        nvlink_peers: Vec::new(),
        xgmi_peers: Vec::new(),
        runtime: None,
        pcie: None,
        unified_memory: true,
    };
    let there = CHANNELS.into_iter().find(|file| roots.path(file).exists());
    let refused = match there {
        Some(file) => access::judged(roots, "gpu-nvidia", &[file.to_owned()]),
        None => Some(absence("gpu-nvidia", "no-node", Some(CHANNELS[0].to_owned()))),
    };
    Some((gpu, refused))
}

/// The device tree names board and chip, each ended by a zero; where it is hidden, as in many containers,
/// the kernel's own number of the chip may still be read.
fn chip(roots: &Roots) -> Option<&'static Chip> {
    let named = roots.text("/proc/device-tree/compatible").unwrap_or_default();
    let is_tegra = roots.text("/sys/devices/soc0/family").as_deref() == Some("Tegra");
    let number = is_tegra.then(|| roots.number("/sys/devices/soc0/soc_id")).flatten();
    let is_here =
        |chip: &&Chip| named.split('\0').any(|name| name == chip.compatible) || number == Some(chip.id);
    CHIPS.iter().find(is_here)
}

/// `# R35 (release), REVISION: 4.1, GCID: …` is 35.4.1.
fn release(text: &str) -> Option<String> {
    let mut parts = text.lines().next()?.trim_start_matches('#').split(',');
    let major = parts.next()?.trim().strip_prefix('R')?.split_whitespace().next()?.parse::<u32>().ok()?;
    let revision = parts.next()?.trim().strip_prefix("REVISION:")?.trim();
    let is_version = revision.split('.').all(|part| part.parse::<u32>().is_ok());
    is_version.then(|| format!("{major}.{revision}"))
}

#[cfg(test)]
mod tests {
    use super::release;

    #[test]
    fn a_release_is_written_as_people_know_it() {
        let line = "# R35 (release), REVISION: 4.1, GCID: 33958178, BOARD: t186ref, EABI: aarch64\n";
        assert_eq!(release(line).as_deref(), Some("35.4.1"));
        assert_eq!(release("# R36 (release), REVISION: 4.0\n").as_deref(), Some("36.4.0"));
        for nonsense in ["", "# R35", "# R35 (release), REVISION: x", "R (release), REVISION: 1"] {
            assert_eq!(release(nonsense), None, "{nonsense}");
        }
    }
}
