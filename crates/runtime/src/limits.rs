//! How much of the machine a service and all that it starts may take: by a control group where there is one to be had, and
//! by limits of each process otherwise.
//!
//! The keeper enters the group, starts the program, which so is in it from its first instruction on, and leaves again.

mod groups;

use groups::{Group, Groups};
use las_types::{Code, Failure, LimitLevel, LimitsSection};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Limits in force for whatever is started now.
pub(crate) struct Limits {
    groups: Vec<Group>,
    /// Own limits as they were.
    before: Vec<(Resource, Rlimit)>,
    level: LimitLevel,
}

/// What a limit is called in a control group, and what it is set to.
struct Wanted {
    controller: &'static str,
    /// File and text, in the second version and in the first.
    v2: (&'static str, String),
    v1: Vec<(&'static str, String)>,
    /// The limit of a single process that comes nearest, if there is one.
    process: Option<(Resource, u64)>,
}

/// The period that time of processors is measured in, in microseconds: the kernel's own.
const PERIOD: u64 = 100_000;

fn wanted(section: &LimitsSection) -> Vec<Wanted> {
    let mut all = Vec::new();
    if let Some(memory) = section.memory {
        let bytes = memory.bytes();
        all.push(Wanted {
            controller: "memory",
            v2: ("memory.max", bytes.to_string()),
            v1: vec![("memory.limit_in_bytes", bytes.to_string())],
            process: Some((Resource::As, bytes)),
        });
    }
    if let Some(processes) = section.processes {
        all.push(Wanted {
            controller: "pids",
            v2: ("pids.max", processes.to_string()),
            v1: vec![("pids.max", processes.to_string())],
            // The administrator's processes are not counted.
            process: (!rustix::process::geteuid().is_root()).then_some((Resource::Nproc, processes.into())),
        });
    }
    if let Some(percent) = section.cpu_percent {
        let quota = u64::from(percent) * PERIOD / 100;
        all.push(Wanted {
            controller: "cpu",
            v2: ("cpu.max", format!("{quota} {PERIOD}")),
            v1: vec![("cpu.cfs_period_us", PERIOD.to_string()), ("cpu.cfs_quota_us", quota.to_string())],
            process: None,
        });
    }
    all
}

impl Limits {
    /// Puts limits into force, for whatever this process starts from now on, and for itself.
    ///
    /// Code: `limits-unavailable` if they can't be held as well as is demanded.
    pub(crate) fn begin(section: &LimitsSection, mark: &str) -> Result<Self, Failure> {
        let mut limits = Self { groups: Vec::new(), before: Vec::new(), level: LimitLevel::Group };
        let wanted = wanted(section);
        let groups = if wanted.is_empty() { Groups::default() } else { Groups::of_this_process() };
        for one in &wanted {
            match groups.enter(one, mark, &mut limits.groups) {
                Ok(()) => {}
                Err(reason) => {
                    tracing::debug!(controller = one.controller, %reason, "no control group");
                    let level = match one.process {
                        Some((resource, most)) if limits.lower(resource, most) => LimitLevel::Process,
                        _ => LimitLevel::Partly,
                    };
                    limits.level = limits.level.min(level);
                }
            }
        }
        if let Some(files) = section.files
            && !limits.lower(Resource::Nofile, files.into())
        {
            limits.level = LimitLevel::Partly;
        }
        match section.at_least {
            Some(least) if limits.level < least => {
                let level = limits.level;
                limits.leave();
                limits.end();
                let failure = Failure::new(Code::LimitsUnavailable);
                Err(failure.with("wanted", word(least)).with("level", word(level)))
            }
            _ => Ok(limits),
        }
    }

    pub(crate) fn level(&self) -> LimitLevel {
        self.level
    }

    /// Lowers an own limit for a while; it can be raised again up to where it was.
    fn lower(&mut self, resource: Resource, most: u64) -> bool {
        let before = getrlimit(resource);
        let most = before.maximum.map_or(most, |maximum| maximum.min(most));
        let lowered = setrlimit(resource, Rlimit { current: Some(most), maximum: before.maximum }).is_ok();
        if lowered {
            self.before.push((resource, before));
        }
        lowered
    }

    /// Takes this process out of them; what was started stays.
    pub(crate) fn leave(&mut self) {
        for (resource, before) in self.before.drain(..) {
            // It only goes back to where it was.
            let _ = setrlimit(resource, before);
        }
        for group in &self.groups {
            group.leave();
        }
    }

    /// Removes the groups, once nothing is in them.
    pub(crate) fn end(self) {
        self.groups.iter().for_each(Group::remove);
    }
}

/// Removes the groups that a keeper which was killed left.
pub(crate) fn remove_left(mark: &str) {
    Groups::of_this_process().remove(mark);
}

/// The word of a level.
pub(crate) fn word(level: LimitLevel) -> &'static str {
    match level {
        LimitLevel::Partly => "partly",
        LimitLevel::Process => "process",
        LimitLevel::Group => "group",
    }
}
