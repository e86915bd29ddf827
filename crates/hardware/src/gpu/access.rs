//! Whether this user may open what a GPU's driver offers.

use super::{AMD, absence};
use crate::Roots;
use crate::gpu::card::{self, Card};
use las_types::Absence;
use rustix::fs::Access;
use rustix::io::Errno;

/// Through this file programs compute on every GPU of AMD's.
const KFD: &str = "/dev/kfd";

/// Why cards that have a driver can't be computed on; none if they all can.
pub(super) fn refusal(roots: &Roots, part: &str, cards: &[&Card]) -> Option<Absence> {
    let mut wanted: Vec<String> = cards.iter().flat_map(|card| card::render_nodes(roots, card)).collect();
    let has_kfd = !roots.names("/sys/class/kfd").is_empty();
    if has_kfd && cards.iter().any(|card| card.vendor == AMD) {
        wanted.push(KFD.to_owned());
    }
    judged(roots, part, &wanted)
}

/// Why one of these files can't be opened; none if they all can.
pub(super) fn judged(roots: &Roots, part: &str, wanted: &[String]) -> Option<Absence> {
    judge(part, wanted, |file| rustix::fs::access(roots.path(file), Access::READ_OK | Access::WRITE_OK))
}

/// A file that is forbidden before one that is missing: groups are mended more easily than a container.
fn judge(part: &str, wanted: &[String], open: impl Fn(&str) -> Result<(), Errno>) -> Option<Absence> {
    let failing = |which: &[Errno]| -> Vec<String> {
        let failed = wanted.iter().filter(|file| open(file).is_err_and(|error| which.contains(&error)));
        failed.cloned().collect()
    };
    let cases = [
        ("no-device-permission", failing(&[Errno::ACCESS, Errno::PERM])),
        ("no-node", failing(&[Errno::NOENT])),
    ];
    let found = cases.into_iter().find(|(_, files)| !files.is_empty());
    found.map(|(reason, files)| absence(part, reason, Some(files.join("; "))))
}

#[cfg(test)]
mod tests {
    use super::judge;
    use rustix::io::Errno;

    #[test]
    fn a_forbidden_file_and_a_missing_one_are_told_apart() {
        let wanted = ["/dev/dri/renderD128".to_owned(), "/dev/kfd".to_owned()];
        let said = |answer: [Result<(), Errno>; 2]| {
            let absence = judge("gpu-amd", &wanted, |file| answer[usize::from(file == "/dev/kfd")])?;
            Some((absence.reason, absence.detail.unwrap_or_default()))
        };
        let is = |reason: &str, files: &str| Some((reason.to_owned(), files.to_owned()));
        assert_eq!(said([Ok(()), Ok(())]), None);
        assert_eq!(said([Ok(()), Err(Errno::ACCESS)]), is("no-device-permission", "/dev/kfd"));
        assert_eq!(said([Err(Errno::NOENT), Ok(())]), is("no-node", "/dev/dri/renderD128"));
        assert_eq!(said([Err(Errno::NOENT), Err(Errno::PERM)]), is("no-device-permission", "/dev/kfd"));
        assert_eq!(
            said([Err(Errno::ACCESS); 2]),
            is("no-device-permission", "/dev/dri/renderD128; /dev/kfd")
        );
    }
}
