//! What is left of a process and of those that it started.

use super::{
    Family, Helpers, Identity, Launch, LineLog, NativeProcess, Record, Sandbox, Stopping, reap_orphan,
};
use crate::Home;
use las_types::{Code, Failure};
use rustix::process::{Pid, test_kill_process};
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

/// A shell with this script, which has come to the line `ready`.
async fn shell(script: &str) -> NativeProcess {
    let log = Arc::new(LineLog::in_memory());
    let arguments = ["-c".into(), script.into()];
    let launch = Launch {
        program: Path::new("/bin/sh"),
        arguments: &arguments,
        environment: &[],
        folder: Path::new("/tmp"),
        stopping: Stopping::default(),
        limits: None,
        sandbox: None,
    };
    let process = NativeProcess::start(&launch, Arc::clone(&log)).await.unwrap();
    while !log.last_lines().iter().any(|line| line == "ready") {
        assert!(process.child.id().is_some());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    process
}

/// The number that a script writes as `name=NUMBER`, once it has.
async fn number(process: &NativeProcess, name: &str) -> Pid {
    loop {
        let lines = process.log.last_lines();
        let found = lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok());
        if let Some(pid) = found.and_then(Pid::from_raw) {
            return pid;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn lives(pid: Pid) -> bool {
    // One that has ended and waits for its parent has a number as well.
    let stat = std::fs::read(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    test_kill_process(pid).is_ok() && !stat.is_ok_and(|stat| stat.windows(4).any(|part| part == b") Z "))
}

/// Writes down that it is the service of a folder.
fn written(process: &NativeProcess, service: &Path) {
    let first = Identity::of(process.pid()).unwrap();
    let record = Record { first: Some(first), family: Some(process.family()), ..Record::default() };
    record.write(service).unwrap();
}

async fn stopped(process: NativeProcess) -> Result<ExitStatus, Failure> {
    let family = process.family.clone();
    let status = process.stop().await;
    assert_eq!(family.count(), 0);
    status
}

#[tokio::test]
async fn what_left_the_group_the_session_and_the_parent_is_ended_too() {
    let process = shell(
        "sh -c 'setsid sh -c \"sleep 600 & echo child=\\$!; exec sleep 600\" & echo session=$!; exit' ; \
         sleep 600 & echo own=$!; echo ready; wait",
    )
    .await;
    let mut started = Vec::new();
    for name in ["child", "session", "own"] {
        started.push(number(&process, name).await);
    }
    assert!(started.iter().all(|pid| lives(*pid)), "{:?}", process.log.last_lines());
    stopped(process).await.unwrap();
    assert!(!started.iter().any(|pid| lives(*pid)));
}

/// `bwrap` that was killed alone in its first moments left a child that waited for ever to be let in: so ended a question to
/// a service that had ended meanwhile.
#[tokio::test]
async fn what_is_let_go_of_while_it_is_put_into_its_sandbox_leaves_nothing() {
    let helpers = Helpers { keeper: "/bin/true".into(), bwrap: Some("/usr/bin/bwrap".into()) };
    assert!(helpers.bwrap.as_ref().unwrap().exists());
    let sandbox = Sandbox::of(&helpers, Vec::new(), Vec::new());
    let launch = Launch {
        program: Path::new("/bin/true"),
        arguments: &[],
        environment: &[],
        folder: Path::new("/tmp"),
        stopping: Stopping::default(),
        limits: None,
        sandbox: Some(&sandbox),
    };
    let mut families = Vec::new();
    for moment in 0..200 {
        let family = Family::new();
        let begun = NativeProcess::start_in(family.clone(), &launch, Arc::new(LineLog::in_memory()));
        // Let go of at a moment of its own each, from before there is anybody until it has ended.
        drop(tokio::time::timeout(Duration::from_micros(moment * 20), begun).await);
        families.push(family);
    }
    for family in families {
        while family.count() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn what_will_not_listen_or_is_halted_is_ended_after_its_grace() {
    for script in
        ["trap '' TERM HUP INT; echo ready; while :; do sleep 600; done", "echo ready; kill -STOP $$"]
    {
        assert!(!stopped(shell(script).await).await.unwrap().success());
    }
}

#[tokio::test]
async fn what_starts_more_and_more_is_ended_with_all_of_them() {
    // Each starts the next and stays; all of them together end after a while by themselves should this fail.
    let storm = "n=0; while [ $n -lt 400 ]; do n=$((n+1)); (setsid sleep 20 &); \
                 if [ $n = 30 ]; then echo ready; fi; done; sleep 20";
    let process = shell(storm).await;
    assert!(process.family.count() >= 20);
    stopped(process).await.unwrap();
}

#[tokio::test]
async fn what_gave_itself_a_name_that_is_no_text_is_ended_too() {
    let process = shell(
        "sh -c 'printf \"\\377\\376\" > /proc/$$/comm; echo named=$$; while :; do sleep 600; done' & \
         echo ready; wait",
    )
    .await;
    let named = number(&process, "named").await;
    assert!(std::fs::read_to_string(format!("/proc/{}/stat", named.as_raw_nonzero())).is_err());
    stopped(process).await.unwrap();
    assert!(!lives(named));
}

/// Redis, for one, writes its title over its environment: it was taken for a stranger on its own port.
#[tokio::test]
async fn the_first_without_its_mark_is_of_its_family_with_all_that_it_started() {
    let process = shell(
        "exec env -i PATH=/usr/bin:/bin sh -c 'setsid sleep 600 & echo session=$!; sleep 600 & echo own=$!; \
         echo ready; wait'",
    )
    .await;
    let started = [number(&process, "session").await, number(&process, "own").await];
    let pids = process.family().pids().unwrap();
    assert!(pids.contains(&process.group.as_raw_nonzero().get()), "{pids:?}");
    stopped(process).await.unwrap();
    assert!(!started.iter().any(|pid| lives(*pid)));
}

/// The same, left by a core that was killed.
#[tokio::test]
async fn the_next_core_ends_what_was_started_by_one_that_has_its_mark_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path().join("home")).unwrap();
    let service = home.services().join("own");
    std::fs::create_dir_all(&service).unwrap();
    // Its program must lie in our store.
    let program = home.store().join("sh");
    std::fs::copy("/bin/sh", &program).unwrap();
    let program = program.display();
    let process = shell(&format!(
        "exec env -i PATH=/usr/bin:/bin {program} -c 'setsid sleep 600 & echo session=$!; echo ready; wait'"
    ))
    .await;
    let session = number(&process, "session").await;
    written(&process, &service);
    let first = process.group;
    std::mem::forget(process);
    assert!(reap_orphan(&home, &service).await.unwrap());
    assert!(!lives(first) && !lives(session));
}

#[test]
fn a_family_that_can_not_be_looked_for_is_not_one_without_members() {
    let folder = tempfile::tempdir().unwrap();
    let family = Family::new();
    assert_eq!(family.count_in(folder.path()).unwrap(), 0);
    let failure = family.count_in(&folder.path().join("proc")).unwrap_err();
    assert_eq!(failure.code, Code::IoFailed);
    // What the kernel says of one of them makes no sense.
    let own = folder.path().join(std::os::unix::process::parent_id().to_string());
    std::fs::create_dir(&own).unwrap();
    std::fs::File::create(own.join("stat")).unwrap();
    assert_eq!(family.count_in(folder.path()).unwrap_err().code, Code::IoFailed);
}

#[tokio::test]
async fn another_family_is_left_alone() {
    let (one, other) = (shell("echo ready; sleep 600").await, shell("echo ready; sleep 600").await);
    stopped(one).await.unwrap();
    assert!(other.family.count() >= 1);
    stopped(other).await.unwrap();
}

#[tokio::test]
async fn the_next_core_ends_what_is_left_of_a_family_whose_first_process_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path().join("home")).unwrap();
    let service = home.services().join("own");
    std::fs::create_dir_all(&service).unwrap();
    let process = shell("(setsid sleep 600 &); echo ready; sleep 600").await;
    let family = process.family();
    written(&process, &service);
    // As a core that is killed, whose first process ends with it and nothing else.
    let group = process.group;
    let _ = rustix::process::kill_process(group, rustix::process::Signal::KILL);
    std::mem::forget(process);
    while lives(group) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(family.count() >= 1);
    assert!(reap_orphan(&home, &service).await.unwrap());
    assert_eq!(family.count(), 0);
    assert!(!reap_orphan(&home, &service).await.unwrap(), "the record went with it");
    // The mark is read again as it was written.
    let text = serde_json::to_string(&family).unwrap();
    let read: Family = serde_json::from_str(&text).unwrap();
    assert_eq!(read.variable(), family.variable());
}
