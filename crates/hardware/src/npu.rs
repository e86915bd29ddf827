//! Neural processors, as the kernel's `accel` class shows them.

use crate::Roots;
use las_types::{Absence, Npu};

/// Every one, or why there is none.
pub(crate) fn npus(roots: &Roots) -> (Vec<Npu>, Option<Absence>) {
    let class = "/sys/class/accel";
    let mut names = roots.names(class);
    if names.is_empty() {
        // In a container the devices can be there without the class.
        names = roots.names("/dev/accel");
    }
    names.retain(|name| name.starts_with("accel"));
    let npu = |name: &String| {
        let folder = format!("{class}/{name}/device");
        let number =
            |file: &str| Some(roots.text(format!("{folder}/{file}"))?.trim_start_matches("0x").to_owned());
        Npu {
            device: format!("/dev/accel/{name}"),
            driver: roots.link_name(format!("{folder}/driver")),
            id: number("vendor").and_then(|vendor| Some(format!("{vendor}:{}", number("device")?))),
        }
    };
    let found: Vec<Npu> = names.iter().map(npu).collect();
    let absence = found.is_empty().then(|| Absence {
        part: "npu".to_owned(),
        reason: "no-device".to_owned(),
        detail: None,
    });
    (found, absence)
}
