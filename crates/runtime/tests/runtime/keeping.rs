//! What becomes of services whose core is killed, and of those whose keeper is.

use crate::bench::{Bench, next, start, step};
use crate::services::{line, log, script, server, stop};
use las_types::{Executor, Failure, LogLine, ServiceState};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use std::time::Duration;
use tokio::time::sleep;

fn lives(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let ended = stat.rsplit_once(')').is_none_or(|(_, rest)| rest.starts_with(" Z"));
    Pid::from_raw(pid).is_some_and(|pid| test_kill_process(pid).is_ok()) && !ended
}

fn kill(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), signal).unwrap();
}

fn parent(pid: u32) -> u32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(')').unwrap().1.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// The number that a script wrote as `name=NUMBER`.
fn number(bench: &Bench, name: &str) -> i32 {
    let said = log(bench);
    said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok()).expect(name)
}

#[tokio::test]
async fn a_service_is_gone_on_with_by_core_after_core() {
    let bench = Bench::new();
    let (spec, port) = server(&bench);
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let first = bench.executor.services().pop().unwrap();
    bench.executor.leave();
    for _ in 0..5 {
        let core = next(&bench);
        assert_eq!(core.take_over().await.unwrap(), [""; 0]);
        let found = core.services();
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].pid, found[0].state, found[0].since),
            (first.pid, ServiceState::Ready, first.since)
        );
        assert_eq!(core.inspect_services().await.unwrap(), []);
        // A command's core lets it be; a start that finds it starts nothing.
        core.execute(step(2, 0), &start(&spec), bench.reporter.as_ref()).await.unwrap();
        assert_eq!(core.services()[0].pid, first.pid);
        core.leave_found();
        assert_eq!(core.services(), []);
        core.shut_down(&[]).await;
    }
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
    let core = next(&bench);
    core.take_over().await.unwrap();
    core.execute(step(3, 0), &stop(), bench.reporter.as_ref()).await.unwrap();
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(next(&bench).take_over().await.unwrap().is_empty());
}

/// The next core restarts what it went on with, as the one before would have.
#[tokio::test]
async fn what_was_gone_on_with_is_started_again_when_it_ends() {
    let mut bench = Bench::new();
    bench
        .execute(step(1, 0), &start(&script(&bench, "echo ready; exec sleep 600", line("ready"))))
        .await
        .unwrap();
    bench.executor.leave();
    let core = next(&bench);
    core.take_over().await.unwrap();
    let first = core.services().pop().unwrap();
    kill(first.pid.unwrap(), Signal::KILL);
    assert_eq!(bench.until_restarting().await.restarts, 1);
    let again = bench.until(ServiceState::Ready).await;
    assert_ne!(again.pid, first.pid);
    core.shut_down(&[]).await;
    assert!(!lives(i32::try_from(again.pid.unwrap()).unwrap()));
}

/// Redis overwrites the mark that says whose it is; below its keeper it is known all the same.
#[tokio::test]
async fn what_was_not_ready_when_its_core_was_killed_is_ended_whatever_it_did_to_hide() {
    let bench = Bench::new();
    let text = "exec env -i PATH=/usr/bin:/bin sh -c 'setsid env -i sh -c \"(sleep 600 & echo far=\\$!) & sleep 600\" & \
                echo own=$$; sleep 600'";
    let spec = script(&bench, text, line("never"));
    let action = start(&spec);
    let starting = bench.execute(step(1, 0), &action);
    tokio::pin!(starting);
    let started = async {
        while !(bench.home.logs().join("notes/current.log").exists() && log(&bench).contains("far=")) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        ended = &mut starting => { ended.unwrap_err(); }
        () = started => {}
    }
    let (own, far) = (number(&bench, "own"), number(&bench, "far"));
    assert!(lives(own) && lives(far));
    assert_eq!(next(&bench).take_over().await.unwrap(), ["notes"]);
    assert!(!lives(own) && !lives(far));
    bench.executor.shut_down(&[]).await;
}

/// Whatever its keeper dies of, the service is not left alone with it.
#[tokio::test]
async fn a_service_whose_keeper_is_killed_or_halted_is_started_again_and_never_twice() {
    let mut bench = Bench::new();
    let spec = script(&bench, "(setsid sleep 600 &); echo own=$$; echo ready; exec sleep 600", line("ready"));
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let first = bench.until(ServiceState::Ready).await.pid.unwrap();
    kill(parent(first), Signal::KILL);
    assert_eq!(bench.until_restarting().await.restarts, 1);
    let second = bench.until(ServiceState::Ready).await.pid.unwrap();
    assert!(!lives(i32::try_from(first).unwrap()));
    assert_eq!(bench.executor.inspect_services().await.unwrap(), []);
    bench.executor.shut_down(&[]).await;
    assert!(!lives(i32::try_from(second).unwrap()));
}

/// What it started is gone before, also what left its group, session and parent.
#[tokio::test]
async fn what_ends_by_itself_is_started_again_by_the_keeper_that_it_had() {
    let mut bench = Bench::new();
    let text = "(setsid sleep 600 & echo far=$!); echo ready; exec sleep 600";
    bench.execute(step(1, 0), &start(&script(&bench, text, line("ready")))).await.unwrap();
    let first = bench.until(ServiceState::Ready).await.pid.unwrap();
    let (keeper, far) = (parent(first), number(&bench, "far"));
    assert!(lives(far));
    kill(first, Signal::KILL);
    assert_eq!(bench.until_restarting().await.restarts, 1);
    let second = bench.until(ServiceState::Ready).await.pid.unwrap();
    assert_eq!(parent(second), keeper);
    assert!(second != first && !lives(far));
    // Another core finds it as it is now.
    bench.executor.leave();
    let core = next(&bench);
    assert_eq!(core.take_over().await.unwrap(), [""; 0]);
    assert_eq!(core.services()[0].pid, Some(second));
    kill(second, Signal::KILL);
    bench.until_restarting().await;
    // A keeper that is gone by the time that it is needed is replaced.
    kill(keeper, Signal::KILL);
    let third = bench.until(ServiceState::Ready).await.pid.unwrap();
    assert!(parent(third) != keeper && !lives(i32::try_from(keeper).unwrap()));
    assert_eq!(core.inspect_services().await.unwrap(), []);
    core.shut_down(&[]).await;
    assert!(!lives(i32::try_from(third).unwrap()));
}

/// It has nothing to keep, and nobody is there any more who could say that it is to start something.
#[tokio::test]
async fn a_keeper_that_waits_to_start_a_service_again_ends_with_its_core() {
    let mut bench = Bench::new();
    let spec = script(&bench, "echo ready; exec sleep 600", line("ready"));
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let first = bench.until(ServiceState::Ready).await.pid.unwrap();
    let keeper = i32::try_from(parent(first)).unwrap();
    kill(first, Signal::KILL);
    bench.until_restarting().await;
    assert!(lives(keeper));
    bench.executor.leave();
    while lives(keeper) {
        sleep(Duration::from_millis(5)).await;
    }
    // What waited is the next core's to start.
    let core = next(&bench);
    assert_eq!(core.take_over().await.unwrap(), [""; 0]);
    bench.until(ServiceState::Ready).await;
    // One that is stopped in its pause leaves nothing either.
    let again = core.services()[0].pid.unwrap();
    let keeper = i32::try_from(parent(again)).unwrap();
    kill(again, Signal::KILL);
    bench.until_restarting().await;
    core.execute(step(3, 0), &stop(), bench.reporter.as_ref()).await.unwrap();
    while lives(keeper) {
        sleep(Duration::from_millis(5)).await;
    }
    let left = std::fs::read_dir(bench.home.service(&spec.name)).unwrap().flatten();
    assert_eq!(left.map(|entry| entry.file_name()).collect::<Vec<_>>(), ["data"]);
}

/// It is started after what was left of its pause, and the next pause is that which would have come.
#[tokio::test]
async fn what_waited_to_be_started_again_when_its_core_was_killed_is_started_by_the_next_one() {
    let mut bench = Bench::new();
    let spec = script(&bench, "echo ready; exec sleep 600", line("ready"));
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    kill(bench.until(ServiceState::Ready).await.pid.unwrap(), Signal::KILL);
    bench.until_restarting().await;
    bench.executor.leave();
    // The core of a command that ends in the pause leaves it as it is, too.
    for _ in 0..2 {
        let passing = next(&bench);
        assert_eq!(passing.take_over().await.unwrap(), [""; 0]);
        let waits = passing.services().pop().unwrap();
        assert_eq!((waits.state, waits.restarts), (ServiceState::Restarting, 1));
        passing.leave_found();
        passing.shut_down(&[]).await;
    }
    let core = next(&bench);
    assert_eq!(core.take_over().await.unwrap(), [""; 0]);
    assert_eq!(bench.until_restarting().await.restarts, 1);
    let again = bench.until(ServiceState::Ready).await;
    assert_eq!(again.restarts, 1);
    let states = again.moments.iter().map(|moment| moment.state).collect::<Vec<_>>();
    assert_eq!(states, [ServiceState::Ready, ServiceState::Restarting, ServiceState::Ready]);
    // The second end in a row: its pause is twice the first one.
    kill(again.pid.unwrap(), Signal::KILL);
    while bench.until_restarting().await.restarts < 2 {}
    let second = bench.until(ServiceState::Ready).await;
    let (ended, ready) = (second.moments[3].at, second.moments[4].at);
    assert!(ready.duration_since(ended).as_secs() >= 2, "{ended} {ready}");
    core.shut_down(&[]).await;
    assert!(!lives(i32::try_from(second.pid.unwrap()).unwrap()));
    // One that was stopped in its order waits for nothing.
    let core = next(&bench);
    core.take_over().await.unwrap();
    assert_eq!(core.services(), []);
}

/// Its pause was over and its program had begun when the core was killed.
#[tokio::test]
async fn what_was_about_to_serve_again_when_its_core_was_killed_is_started_by_the_next_one() {
    let mut bench = Bench::new();
    let text = "cd ${data}; [ -e again ] && { touch begun; [ -e on ] || exec sleep 600; }; touch again; echo ready; exec sleep 600";
    let spec = script(&bench, text, line("ready"));
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    kill(bench.until(ServiceState::Ready).await.pid.unwrap(), Signal::KILL);
    bench.until_restarting().await;
    let data = bench.home.service(&spec.name).join("data");
    while !data.join("begun").exists() {
        sleep(Duration::from_millis(5)).await;
    }
    // The program may be quicker than the word that it was started.
    let half = loop {
        if let Some(pid) = bench.executor.services().pop().unwrap().pid {
            break pid;
        }
        sleep(Duration::from_millis(5)).await;
    };
    bench.executor.leave();
    crate::bench::put(&data.join("on"), b"");
    let core = next(&bench);
    assert_eq!(core.take_over().await.unwrap(), [""; 0]);
    assert!(!lives(i32::try_from(half).unwrap()));
    assert_eq!(bench.until(ServiceState::Ready).await.restarts, 1);
    core.shut_down(&[]).await;
}

/// The core was killed, and then the keeper: the next core ends what they left.
#[tokio::test]
async fn what_a_killed_keeper_and_a_killed_core_left_is_ended() {
    let bench = Bench::new();
    bench
        .execute(step(1, 0), &start(&script(&bench, "echo ready; exec sleep 600", line("ready"))))
        .await
        .unwrap();
    let pid = bench.executor.services().pop().unwrap().pid.unwrap();
    bench.executor.leave();
    kill(parent(pid), Signal::KILL);
    let core = next(&bench);
    assert_eq!(core.take_over().await.unwrap(), ["notes"]);
    assert!(core.services().is_empty() && !lives(i32::try_from(pid).unwrap()));
    // Nothing of it hinders the next start.
    core.execute(
        step(2, 0),
        &start(&script(&bench, "echo ready; exec sleep 600", line("ready"))),
        bench.reporter.as_ref(),
    )
    .await
    .unwrap();
    core.shut_down(&[]).await;
}

/// It ended while there was no core: nothing is left of it, and its log says what it said.
#[tokio::test]
async fn what_ends_while_there_is_no_core_leaves_nothing_but_its_log() {
    let bench = Bench::new();
    let text = "echo ready; (sleep 0.3; echo late >&2; kill $$) & exec sleep 600";
    bench.execute(step(1, 0), &start(&script(&bench, text, line("ready")))).await.unwrap();
    let pid = bench.executor.services().pop().unwrap().pid.unwrap();
    let keeper = i32::try_from(parent(pid)).unwrap();
    bench.executor.leave();
    while lives(keeper) {
        sleep(Duration::from_millis(5)).await;
    }
    let core = next(&bench);
    core.take_over().await.unwrap();
    assert_eq!(core.services(), []);
    let said = std::fs::read_to_string(bench.home.logs().join("notes/current.log")).unwrap();
    let lines: Vec<LogLine> = said.lines().map(|line| LogLine::read(line).unwrap()).collect();
    let said: Vec<_> = lines.iter().map(|line| (line.stream.word(), line.text.as_str())).collect();
    assert_eq!(said, [("out", "ready"), ("err", "late")]);
}

/// Children without a parent become the keeper's, which reaps them.
#[tokio::test]
async fn nothing_that_a_service_started_and_let_go_stays_as_a_zombie() {
    let bench = Bench::new();
    let text = "n=0; while [ $n -lt 300 ]; do n=$((n+1)); (sleep 0 & ) ; done; echo ready; exec sleep 600";
    bench.execute(step(1, 0), &start(&script(&bench, text, line("ready")))).await.unwrap();
    let keeper = parent(bench.executor.services().pop().unwrap().pid.unwrap());
    let zombies = || {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
        let is_one = |pid: &u32| {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            let mut fields = stat.rsplit_once(')').unwrap_or_default().1.split_whitespace();
            fields.next() == Some("Z") && fields.next() == Some(&keeper.to_string())
        };
        pids.filter(is_one).count()
    };
    for _ in 0..1000 {
        if zombies() == 0 {
            break;
        }
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(zombies(), 0);
    bench.executor.shut_down(&[]).await;
}

#[tokio::test]
async fn without_the_program_of_keepers_that_is_what_is_said() {
    let bench = Bench::without_keeper();
    let spec = script(&bench, "echo ready; exec sleep 600", line("ready"));
    let failure: Failure = bench.execute(step(1, 0), &start(&spec)).await.unwrap_err();
    assert_eq!(
        (failure.code, failure.args["part"].as_str()),
        (las_types::Code::ResourceMissing, "las-keeper")
    );
}
