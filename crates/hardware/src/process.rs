//! What a running process takes of the machine.

use las_types::ByteSize;
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// Main memory that a process holds now (its resident set); none if there is no such process. Asks only
/// for this process and only for this figure, so it costs a few file reads.
pub fn process_memory(pid: u32) -> Option<ByteSize> {
    let pid = Pid::from_u32(pid);
    let mut system = System::new().ok()?;
    let only_memory = ProcessRefreshKind::nothing().with_memory().without_tasks();
    system.refresh_processes_specifics(ProcessesToUpdate::Some(&[pid]), true, only_memory);
    system.process(pid).map(|process| ByteSize::new(process.memory()))
}

/// The most main memory that a process ever held; none if there is no such process, or it may not be looked at.
pub fn process_peak(pid: u32) -> Option<ByteSize> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    kibibytes.checked_mul(1 << 10).map(ByteSize::new)
}

#[cfg(test)]
mod tests {
    use super::{process_memory, process_peak};

    #[test]
    fn a_process_has_memory_and_no_process_has_none() {
        let own = process_memory(std::process::id()).unwrap();
        // This test's process holds at least a megabyte and less than the machine has.
        assert!(own.bytes() > 1 << 20 && own.bytes() < 1 << 40, "{own}");
        // Linux gives no process an id above 2^22.
        assert_eq!((process_memory(1 << 30), process_peak(1 << 30)), (None, None));
        assert!(process_peak(std::process::id()).unwrap().bytes() > 1 << 20);
    }
}
