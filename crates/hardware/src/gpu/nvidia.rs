//! NVIDIA's GPUs, by the driver's management library (NVML).

use las_types::{ByteSize, Gpu, GpuVendor, PcieLink};
use nvml_wrapper::error::NvmlError;
use nvml_wrapper::{Device, Nvml, cuda_driver_version_major, cuda_driver_version_minor};

/// NVML numbers at most this many links per device (NVML_NVLINK_MAX_LINKS).
const MOST_LINKS: u32 = 36;

/// How the library refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// There is no library, or it can't be loaded.
    NoLibrary,
    /// It says that the kernel's half of the driver is not there.
    NotLoaded,
    /// The two halves of the driver have different versions.
    Mismatch,
    /// This user may not.
    Forbidden,
    /// Anything else.
    Failed,
}

/// Why the library gave nothing.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) asked: Asked,
    pub(super) detail: String,
}

impl Refusal {
    pub(super) fn no_library() -> Self {
        Self { asked: Asked::NoLibrary, detail: String::new() }
    }

    fn of(error: &NvmlError) -> Self {
        let asked = match error {
            NvmlError::LibloadingError(_) | NvmlError::LibraryNotFound => Asked::NoLibrary,
            NvmlError::DriverNotLoaded => Asked::NotLoaded,
            // After an update of the driver, until the machine is started again.
            NvmlError::LibRmVersionMismatch => Asked::Mismatch,
            NvmlError::NoPermission => Asked::Forbidden,
            _ => Asked::Failed,
        };
        Self { asked, detail: error.to_string() }
    }
}

/// Every GPU that the driver lists, and the last refusal if one of them doesn't answer.
pub(super) fn ask() -> Result<(Vec<Gpu>, Option<Refusal>), Refusal> {
    let library = Nvml::init().map_err(|error| Refusal::of(&error))?;
    let driver = library.sys_driver_version().ok().map(|version| format!("nvidia {version}"));
    let runtime = library.sys_cuda_driver_version().ok().map(|version| {
        format!("CUDA {}.{}", cuda_driver_version_major(version), cuda_driver_version_minor(version))
    });
    let count = library.device_count().map_err(|error| Refusal::of(&error))?;
    let (mut gpus, mut links, mut failed) = (Vec::new(), Vec::new(), None);
    for index in 0..count {
        let outcome = library.device_by_index(index).and_then(|device| {
            let gpu = gpu(&device, index, driver.clone(), runtime.clone())?;
            // Links only matter between several.
            let peers = if count > 1 { linked_addresses(&device) } else { Vec::new() };
            Ok((gpu, peers))
        });
        match outcome {
            Ok((gpu, peers)) => {
                gpus.push(gpu);
                links.push(peers);
            }
            Err(error) => failed = Some(Refusal::of(&error)),
        }
    }
    join_peers(&mut gpus, &links);
    Ok((gpus, failed))
}

fn gpu(
    device: &Device<'_>,
    index: u32,
    driver: Option<String>,
    runtime: Option<String>,
) -> Result<Gpu, NvmlError> {
    // Where GPU and processor share their memory, the driver has none to report.
    let (vram, free, unified_memory) = match device.memory_info() {
        Ok(memory) => (memory.total, memory.free, false),
        Err(NvmlError::NotSupported) => (0, 0, true),
        Err(error) => return Err(error),
    };
    let address = device.pci_info().ok().map(|pci| short_address(&pci.bus_id));
    let target = device.cuda_compute_capability().ok();
    let pcie = || {
        let (generation, width) = (device.max_pcie_link_gen().ok()?, device.max_pcie_link_width().ok()?);
        (generation > 0 && width > 0).then_some(PcieLink { generation, width })
    };
    Ok(Gpu {
        index,
        vendor: GpuVendor::Nvidia,
        model: device.name()?,
        vram: ByteSize::new(vram),
        vram_free: ByteSize::new(free),
        pci_address: address,
        driver,
        target: target.map(|version| format!("{}.{}", version.major, version.minor)),
        nvlink_peers: Vec::new(),
        xgmi_peers: Vec::new(),
        runtime,
        pcie: pcie(),
        unified_memory,
    })
}

/// The PCI addresses at the other ends of a device's active links.
fn linked_addresses(device: &Device<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for number in 0..MOST_LINKS {
        let link = device.link_wrapper_for(number);
        match link.is_active() {
            Ok(true) => found.extend(link.remote_pci_info().ok().map(|pci| short_address(&pci.bus_id))),
            Ok(false) => {}
            // Past the last link, or a device without any.
            Err(_) => break,
        }
    }
    found
}

/// Two GPUs are peers when a link of one ends at the other, or both end at the same switch.
fn join_peers(gpus: &mut [Gpu], links: &[Vec<String>]) {
    let addresses: Vec<Option<String>> = gpus.iter().map(|gpu| gpu.pci_address.clone()).collect();
    let indices: Vec<u32> = gpus.iter().map(|gpu| gpu.index).collect();
    for (place, gpu) in gpus.iter_mut().enumerate() {
        for (other, address) in addresses.iter().enumerate().filter(|(other, _)| *other != place) {
            let direct = address.as_ref().is_some_and(|address| links[place].contains(address));
            let switched = links[place].iter().any(|end| links[other].contains(end));
            if direct || switched {
                gpu.nvlink_peers.push(indices[other]);
            }
        }
    }
}

/// The library writes the domain with eight digits, the kernel with four: `0000:01:00.0`.
fn short_address(long: &str) -> String {
    let address = long.trim().to_ascii_lowercase();
    match address.strip_prefix("0000") {
        Some(rest) if rest.find(':') == Some(4) => rest.to_owned(),
        _ => address,
    }
}

#[cfg(test)]
mod tests {
    use super::{join_peers, short_address};
    use las_types::{ByteSize, Gpu, GpuVendor};

    fn gpu(index: u32, address: &str) -> Gpu {
        Gpu {
            index,
            vendor: GpuVendor::Nvidia,
            model: String::new(),
            vram: ByteSize::new(1),
            vram_free: ByteSize::new(1),
            pci_address: Some(address.to_owned()),
            driver: None,
            target: None,
            nvlink_peers: Vec::new(),
            xgmi_peers: Vec::new(),
            runtime: None,
            pcie: None,
            unified_memory: false,
        }
    }

    #[test]
    fn addresses_are_the_kernels() {
        assert_eq!(short_address("00000000:0A:00.0"), "0000:0a:00.0");
        assert_eq!(short_address("0000:0a:00.0"), "0000:0a:00.0");
        assert_eq!(short_address("00010000:0A:00.0"), "00010000:0a:00.0");
    }

    #[test]
    fn peers_are_joined_directly_or_by_a_switch() {
        let mut gpus = vec![gpu(0, "a"), gpu(1, "b"), gpu(2, "c"), gpu(3, "d")];
        let ends = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        join_peers(&mut gpus, &[ends(&["b", "b"]), ends(&["a", "s"]), ends(&["s"]), ends(&[])]);
        let peers: Vec<_> = gpus.iter().map(|gpu| gpu.nvlink_peers.clone()).collect();
        assert_eq!(peers, [vec![1], vec![0, 2], vec![1], vec![]]);
    }
}
