//! What a killed core left is ended; what merely has its number is not.

use crate::bench::{Bench, next, put, start, step};
use las_types::{Executor, ServiceState};
use std::path::Path;

#[tokio::test]
async fn the_next_core_goes_on_with_the_engine_of_the_last() {
    let mut bench = Bench::shipped();
    let spec = bench.install_engine().await;
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let first = bench.until(ServiceState::Ready).await;
    let connection = bench.executor.engine(&spec.name).unwrap();
    let next = next(&bench);
    assert!(next.take_over().await.unwrap().is_empty());
    let found = next.services().pop().unwrap();
    assert_eq!((found.pid, found.since, found.restarts), (first.pid, first.since, 0));
    assert!(found.report.is_some() && found.report == first.report);
    let again = next.engine(&spec.name).unwrap();
    assert_eq!((&again.socket, again.key.expose()), (&connection.socket, connection.key.expose()));
    assert_eq!(next.spec_of(&spec.name), Some(spec.clone()));
    // The same start finds it there, and nothing is started twice.
    next.execute(step(2, 0), &start(&spec), bench.reporter.as_ref()).await.unwrap();
    assert_eq!(next.services().pop().unwrap().pid, first.pid);
    assert_eq!(next.inspect_services().await.unwrap(), []);
    // The first one sees it gone, which proves that it was that process.
    next.shut_down(&[]).await;
    let restarting = bench.until_restarting().await;
    assert_eq!((restarting.pid, restarting.restarts), (None, 1));
    bench.executor.shut_down(&[]).await;
    assert!(next.take_over().await.unwrap().is_empty() && next.running().is_empty());
}

/// A process, with the record that a core would have written of it.
fn spawn(program: &Path, arguments: &[&str]) -> (tokio::process::Child, serde_json::Value) {
    #[expect(clippy::disallowed_methods, reason = "a process that is not the runtime's")]
    let child = tokio::process::Command::new(program)
        .args(arguments)
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let pid = child.id().unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let ticks: u64 = stat.rsplit_once(')').unwrap().1.split_whitespace().nth(19).unwrap().parse().unwrap();
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap();
    (child, serde_json::json!({ "pid": pid, "start_time": ticks, "boot_id": boot.trim() }))
}

#[tokio::test]
async fn a_process_that_only_has_the_number_is_left_alone() {
    type Alter = fn(&mut serde_json::Value);
    let bench = Bench::new();
    let own = bench.home.store().join("own/1.0.0-abc/sleep");
    put(&own, b"");
    std::fs::copy("/bin/sleep", &own).unwrap();
    let record = bench.home.services().join("own/process.json");
    let cases: [(&str, &Path, Alter, bool); 4] = [
        ("ours", &own, |_| {}, true),
        ("another program", Path::new("/bin/sleep"), |_| {}, false),
        ("another start", &own, |record| record["start_time"] = 1.into(), false),
        ("another boot", &own, |record| record["boot_id"] = "x".into(), false),
    ];
    for (name, program, alter, ours) in cases {
        let (mut child, mut written) = spawn(program, &["600"]);
        alter(&mut written);
        put(&record, written.to_string().as_bytes());
        assert_eq!(bench.executor.take_over().await.unwrap().len(), usize::from(ours), "{name}");
        assert!(!record.exists(), "{name}");
        if ours {
            assert!(!child.wait().await.unwrap().success(), "{name}");
        } else {
            assert!(child.try_wait().unwrap().is_none(), "{name}");
            child.kill().await.unwrap();
        }
    }
    // A record that can't be read names no process.
    put(&record, b"{");
    assert!(bench.executor.take_over().await.unwrap().is_empty() && !record.exists());
}
