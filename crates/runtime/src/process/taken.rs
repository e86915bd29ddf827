//! What a family takes of the machine now.

use super::Family;
use las_types::{ByteSize, Failure, Taken};
use std::path::Path;

/// Code: `io-failed` if it can't be told who belongs to it.
pub(crate) fn taken(family: &Family) -> Result<Taken, Failure> {
    let mut all = Taken::default();
    for pid in family.pids()? {
        // One that has ended meanwhile takes nothing.
        if let Some((memory, ticks)) = of(&Path::new("/proc").join(pid.to_string())) {
            all.processes += 1;
            all.memory = all.memory.saturating_add(memory);
            all.cpu_ms += ticks * 1000 / rustix::param::clock_ticks_per_second().max(1);
        }
    }
    Ok(all)
}

/// Main memory, and clock ticks of processors: `/proc/<pid>/statm`, field 2, and `/proc/<pid>/stat`, fields 14 and 15.
fn of(process: &Path) -> Option<(ByteSize, u64)> {
    let read = |name: &str| std::fs::read(process.join(name)).ok();
    let statm = String::from_utf8(read("statm")?).ok()?;
    let pages: u64 = statm.split_whitespace().nth(1)?.parse().ok()?;
    let stat = read("stat")?;
    let stat = String::from_utf8_lossy(&stat);
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    Some((ByteSize::new(pages * rustix::param::page_size() as u64), ticks()? + ticks()?))
}

#[cfg(test)]
mod tests {
    use super::of;
    use std::path::Path;

    #[test]
    fn a_process_takes_memory_and_time_and_one_that_is_not_there_takes_nothing() {
        let mut sum = 0_u64;
        while of(Path::new("/proc/self")).unwrap().1 == 0 {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        let (memory, _) = of(Path::new("/proc/self")).unwrap();
        assert!(memory.bytes() > 1 << 20 && memory.bytes() < 1 << 40, "{memory}");
        assert_eq!(of(Path::new("/proc/0")), None);
    }
}
