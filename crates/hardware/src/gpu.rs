//! GPUs: NVIDIA's through its management library, the others through `/sys`.

mod access;
mod amd;
mod card;
mod intel;
mod names;
mod nvidia;

use crate::Roots;
use crate::roots::NvidiaLibrary;
use card::Card;
use las_types::{Absence, Gpu};

const NVIDIA: u32 = 0x10de;
const AMD: u32 = 0x1002;
const INTEL: u32 = 0x8086;

/// Reads what a vendor's driver shows of a card.
type Reader = fn(&Roots, &Card, u32) -> Gpu;

fn absence(part: &str, reason: &str, detail: Option<String>) -> Absence {
    Absence { part: part.to_owned(), reason: reason.to_owned(), detail }
}

/// NVIDIA's GPUs, and why there are none or not all.
pub(crate) fn nvidia(roots: &Roots) -> (Vec<Gpu>, Option<Absence>) {
    let outcome = match roots.nvidia {
        NvidiaLibrary::Load => nvidia::ask(),
        NvidiaLibrary::LeaveOut => Err(nvidia::Refusal::no_library()),
    };
    match outcome {
        // One of several that doesn't answer is told of, beside those that do.
        Ok((gpus, Some(refusal))) => {
            (gpus, Some(absence("gpu-nvidia", refusal.reason, Some(refusal.detail))))
        }
        Ok((gpus, None)) if gpus.is_empty() => (gpus, Some(absence("gpu-nvidia", "no-device", None))),
        Ok((gpus, None)) => (gpus, None),
        Err(refusal) => {
            // A missing driver is only worth a word where there is something to drive.
            let present = card::display_devices(roots, NVIDIA);
            // The kernel's half of the driver shows itself here; then only the library is missing.
            let loaded = roots.text("/proc/driver/nvidia/version").is_some();
            let reason = if loaded && refusal.reason == "no-driver" { "no-library" } else { refusal.reason };
            let absence = if present.is_empty() && reason == "no-driver" {
                absence("gpu-nvidia", "no-device", None)
            } else {
                let said = present.into_iter().chain([refusal.detail]).filter(|text| !text.is_empty());
                absence("gpu-nvidia", reason, Some(said.collect::<Vec<_>>().join("; ")))
            };
            (Vec::new(), Some(absence))
        }
    }
}

/// What is reported when NVIDIA's library took its thread down.
pub(crate) fn nvidia_broken() -> (Vec<Gpu>, Option<Absence>) {
    (Vec::new(), Some(absence("gpu-nvidia", "driver-error", None)))
}

/// AMD's and Intel's GPUs, and which of them are absent or can't be used by this user.
pub(crate) fn sysfs(roots: &Roots) -> (Vec<Gpu>, Vec<Absence>) {
    let cards = card::cards(roots);
    let (mut found, mut absent) = (Vec::new(), Vec::new());
    let kinds: [(&str, u32, Reader); 2] = [("gpu-amd", AMD, amd::gpu), ("gpu-intel", INTEL, intel::gpu)];
    for (part, vendor, read) in kinds {
        let of_vendor: Vec<&Card> = cards.iter().filter(|card| card.vendor == vendor).collect();
        absent.extend(access::refusal(roots, part, &of_vendor));
        found.extend((0_u32..).zip(&of_vendor).map(|(index, card)| read(roots, card, index)));
        if of_vendor.is_empty() {
            let present = card::display_devices(roots, vendor);
            let reason = if present.is_empty() { "no-device" } else { "no-driver" };
            absent.push(absence(part, reason, (!present.is_empty()).then(|| present.join("; "))));
        }
    }
    amd::join_peers(roots, &mut found);
    (found, absent)
}
