//! What is told of a service's past: over its starts and stops, from core to core, and how it ended.

use crate::bench::{Bench, next, start, step};
use crate::services::{line, script, stop};
use las_types::{Code, Executor, Exit, ServiceMoment, ServiceState};
use rustix::process::{Pid, Signal, kill_process};

type Told = (ServiceState, Option<Code>, Option<Exit>);

fn told(moments: &[ServiceMoment]) -> Vec<Told> {
    moments.iter().map(|moment| (moment.state, moment.code, moment.exit)).collect()
}

const READY: Told = (ServiceState::Ready, None, None);
const STOPPED: Told = (ServiceState::Stopped, None, None);

#[tokio::test]
async fn a_history_goes_on_over_stop_and_start_and_from_core_to_core() {
    let mut bench = Bench::new();
    let spec = script(&bench, "echo ready; exec sleep 600", line("ready"));
    bench.execute(step(1, 0), &start(&spec)).await.unwrap();
    let first = bench.until(ServiceState::Ready).await;
    let pid = Pid::from_raw(i32::try_from(first.pid.unwrap()).unwrap()).unwrap();
    kill_process(pid, Signal::KILL).unwrap();
    bench.until_restarting().await;
    bench.until(ServiceState::Ready).await;
    let killed = (ServiceState::Restarting, Some(Code::ServiceEnded), Some(Exit::Signal { number: 9 }));
    let mut expected = vec![READY, killed, READY];
    assert_eq!(told(&bench.executor.services()[0].moments), expected);

    bench.execute(step(2, 0), &stop()).await.unwrap();
    bench.execute(step(3, 0), &start(&spec)).await.unwrap();
    expected.extend([STOPPED, READY]);
    assert_eq!(told(&bench.executor.services()[0].moments), expected);

    // A core that was killed, and one after it that ends in order.
    bench.executor.leave();
    let core = next(&bench);
    core.take_over().await.unwrap();
    core.shut_down(&[]).await;
    expected.push(STOPPED);
    let core = next(&bench);
    core.take_over().await.unwrap();
    assert_eq!(core.services(), []);
    assert_eq!(told(&core.history_of(&spec.name).await.unwrap()), expected);
    core.execute(step(4, 0), &start(&spec), bench.reporter.as_ref()).await.unwrap();
    expected.push(READY);
    assert_eq!(told(&core.services()[0].moments), expected);
    core.shut_down(&[]).await;
}

#[tokio::test]
async fn a_first_start_that_fails_says_with_which_status() {
    let bench = Bench::new();
    let spec = script(&bench, "exit 3", line("ready"));
    bench.execute(step(1, 0), &start(&spec)).await.unwrap_err();
    let failed = (ServiceState::Failed, Some(Code::ProgramStartFailed), Some(Exit::Status { number: 3 }));
    assert_eq!(told(&bench.executor.services()[0].moments), [failed]);
}
