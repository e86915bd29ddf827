//! Neural processors, as far as the kernel's `accel` class shows them.

use crate::Roots;
use las_types::Absence;

/// The absence of any, if there is none.
pub(crate) fn absence(roots: &Roots) -> Option<Absence> {
    let found = ["/sys/class/accel", "/dev/accel"].iter().any(|folder| !roots.names(folder).is_empty());
    (!found).then(|| Absence { part: "npu".to_owned(), reason: "no-device".to_owned(), detail: None })
}
