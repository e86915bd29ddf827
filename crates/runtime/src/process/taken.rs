//! What families take of the machine now.

use super::Family;
use las_types::{ByteSize, Failure, Taken};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What `/proc/<pid>/stat` says of a process: fields 4 (its parent), 14 and 15 (clock ticks of processors), and 24 (pages in
/// main memory), as proc(5) counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Process {
    parent: i32,
    ticks: u64,
    pages: u64,
}

/// Of each family in the order given, by one look at all processes however many families there are.
///
/// Whoever loses its parent below a keeper becomes its child, so that a family is what is below its keeper; one whose
/// keeper has ended is told by its mark.
///
/// Code: `io-failed` if it can't be told who belongs to one.
pub(crate) fn taken(families: &[Family]) -> Result<Vec<Taken>, Failure> {
    let processes = Path::new("/proc");
    let all = look(processes).map_err(|error| Failure::io(processes, error))?;
    let of = |family: &Family| {
        // Asked after what was read, which so was of its children.
        Ok(match family.keeper() {
            Some(keeper) => sum(&all, &below(&all, keeper)),
            None => sum(&all, &family.pids()?),
        })
    };
    families.iter().map(of).collect()
}

fn look(processes: &Path) -> std::io::Result<BTreeMap<i32, Process>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(processes)? {
        let entry = entry?;
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        // One that has ended meanwhile takes nothing.
        let Ok(stat) = std::fs::read(entry.path().join("stat")) else { continue };
        if let Some(process) = read(&stat) {
            all.insert(pid, process);
        }
    }
    Ok(all)
}

fn read(stat: &[u8]) -> Option<Process> {
    // Its program's name is in parentheses and may hold anything; behind it come the fields from the third on.
    let behind = stat.iter().rposition(|byte| *byte == b')')? + 1;
    let fields: Vec<&str> = std::str::from_utf8(stat.get(behind..)?).ok()?.split_whitespace().collect();
    let field = |number: usize| fields.get(number - 3)?.parse::<u64>().ok();
    Some(Process {
        parent: i32::try_from(field(4)?).ok()?,
        ticks: field(14)? + field(15)?,
        pages: field(24)?,
    })
}

/// Who descends from a process, without it.
fn below(all: &BTreeMap<i32, Process>, root: i32) -> BTreeSet<i32> {
    let mut children: BTreeMap<i32, Vec<i32>> = BTreeMap::new();
    for (pid, process) in all {
        children.entry(process.parent).or_default().push(*pid);
    }
    let (mut found, mut left) = (BTreeSet::new(), vec![root]);
    while let Some(parent) = left.pop() {
        // What was read one after another may hold a number twice, but nobody is found twice.
        let new = children.remove(&parent).unwrap_or_default();
        left.extend(new.iter().copied().filter(|pid| found.insert(*pid)));
    }
    found
}

fn sum(all: &BTreeMap<i32, Process>, members: &BTreeSet<i32>) -> Taken {
    let mut taken = Taken::default();
    for process in members.iter().filter_map(|pid| all.get(pid)) {
        taken.processes += 1;
        let bytes = process.pages.saturating_mul(rustix::param::page_size() as u64);
        taken.memory = taken.memory.saturating_add(ByteSize::new(bytes));
        taken.cpu_ms += process.ticks.saturating_mul(1000) / rustix::param::clock_ticks_per_second().max(1);
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::{Process, below, look, read};
    use std::collections::{BTreeMap, BTreeSet};
    use std::path::Path;

    #[test]
    fn a_process_is_read_whatever_its_program_is_called() {
        let stat =
            b"7 (a ) b (c) S 3 7 7 0 -1 4194560 1 2 3 4 50 6 7 8 20 0 1 0 9 10000 250 18446744073709551615";
        assert_eq!(read(stat), Some(Process { parent: 3, ticks: 56, pages: 250 }));
        let all =
            [&b""[..], b"7", b"7 (a)", b"7 (a) S 3", b"7 (a) S x 7 7 0 -1 1 1 2 3 4 5 6 7 8 9 0 1 0 9 1 2"];
        assert!(all.iter().all(|stat| read(stat).is_none()));
    }

    #[test]
    fn a_process_takes_memory_and_is_below_who_started_it() {
        let all = look(Path::new("/proc")).unwrap();
        let own = i32::try_from(std::process::id()).unwrap();
        let bytes = all[&own].pages * rustix::param::page_size() as u64;
        assert!(bytes > 1 << 20 && bytes < 1 << 40, "{bytes}");
        assert!(below(&all, all[&own].parent).contains(&own) && !below(&all, own).contains(&own));
    }

    #[test]
    fn who_descends_from_a_process_is_found_once_even_where_numbers_go_round() {
        let process = |parent| Process { parent, ticks: 0, pages: 0 };
        let all = BTreeMap::from([
            (2, process(1)),
            (3, process(2)),
            (4, process(3)),
            (5, process(9)),
            (9, process(5)),
        ]);
        assert_eq!(below(&all, 2), BTreeSet::from([3, 4]));
        assert_eq!(below(&all, 9), BTreeSet::from([5, 9]));
        assert_eq!(below(&all, 8), BTreeSet::new());
    }
}
