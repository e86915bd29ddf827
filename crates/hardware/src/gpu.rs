//! GPUs: NVIDIA's through its management library, a Jetson's without it through its device tree, the others
//! through `/sys`.

mod access;
mod amd;
mod card;
mod intel;
mod names;
mod nvidia;
mod refused;
mod tegra;

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
        Ok((gpus, Some(refusal))) => (gpus, Some(refused::explain(roots, refusal))),
        Ok((gpus, None)) if gpus.is_empty() => integrated(roots, || absence("gpu-nvidia", "no-device", None)),
        Ok((gpus, None)) => (gpus, None),
        Err(refusal) => integrated(roots, || refused::explain(roots, refusal)),
    }
}

/// The GPU inside this chip; without one, what the library's silence means.
fn integrated(roots: &Roots, silence: impl FnOnce() -> Absence) -> (Vec<Gpu>, Option<Absence>) {
    match tegra::gpu(roots) {
        Some((gpu, refusal)) => (vec![gpu], refusal),
        None => (Vec::new(), Some(silence())),
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
