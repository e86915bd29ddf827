//! Processes, sockets, addresses.

use super::{program, watched};
use las_tests::{CHAT_MODEL, Workstation, until};
use rustix::process::{Signal, kill_process};
use serde_json::json;
use std::process::Command;

#[test]
fn a_killed_engine_is_started_again_and_told() {
    let (machine, core) = watched("");
    machine.las(&["service", "start", CHAT_MODEL]).ok();
    kill_process(core.engine_process(CHAT_MODEL), Signal::KILL).unwrap();
    let found = core.puts_right("service-killed", 1);
    assert_eq!(found["finding"]["args"]["name"], CHAT_MODEL, "{found:#}");
    core.engine_process(CHAT_MODEL);
    core.calms_down();
    machine.is_healthy();
}

#[test]
fn an_engine_whose_socket_is_gone_is_started_again() {
    let (machine, core) = watched("");
    machine.las(&["service", "start", CHAT_MODEL]).ok();
    let before = core.engine_process(CHAT_MODEL);
    let socket = machine.home().join("services").join(CHAT_MODEL).join("run/engine.sock");
    std::fs::remove_file(&socket).unwrap();
    core.puts_right("service-unreachable", 1);
    assert_ne!(core.engine_process(CHAT_MODEL), before);
    machine.las(&["run", CHAT_MODEL, "What is VRAM?"]).ok();
    core.calms_down();
}

#[test]
fn somebody_else_at_an_engine_s_socket_is_named_and_the_engine_gets_its_own_again() {
    let (machine, core) = watched("");
    machine.las(&["service", "start", CHAT_MODEL]).ok();
    core.engine_process(CHAT_MODEL);
    let socket = machine.home().join("services").join(CHAT_MODEL).join("run/engine.sock");
    std::fs::remove_file(&socket).unwrap();
    // This process listens in its place.
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let found = until("who it is, or that nobody answered for a moment", || {
        let view = core.reconciled()["repaired"].clone();
        let found = view.as_array()?.iter().find(|one| {
            let key = one["finding"]["key"].as_str().unwrap();
            key == "service-foreign" || key == "service-unreachable"
        });
        found.cloned()
    });
    if found["finding"]["key"] == "service-foreign" {
        assert_eq!(found["finding"]["args"]["pid"], std::process::id().to_string(), "{found:#}");
    }
    drop(listener);
    machine.las(&["run", CHAT_MODEL, "What is VRAM?"]).ok();
    core.calms_down();
}

#[test]
fn a_program_of_ours_that_nobody_started_here_is_named() {
    let (machine, core) = watched("");
    let copy = program(&machine).with_file_name("sleeper");
    std::fs::copy("/bin/sleep", &copy).unwrap();
    let mut child = Command::new(&copy).arg("600").spawn().unwrap();
    let found = core.names("process-foreign");
    assert_eq!(found["args"]["pid"], child.id().to_string(), "{found:#}");
    assert_eq!(found["args"]["path"], copy.to_str().unwrap(), "{found:#}");
    // It is not ours to end.
    core.looks_again(2);
    assert!(child.try_wait().unwrap().is_none());
    child.kill().unwrap();
    child.wait().unwrap();
    std::fs::remove_file(&copy).unwrap();
    core.calms_down();
}

#[test]
fn the_core_s_socket_is_opened_again() {
    let (machine, core) = watched("");
    let socket = machine.home().join("core.sock");
    std::fs::remove_file(&socket).unwrap();
    core.puts_right("core-socket-gone", 1);
    machine.las(&["status"]).ok();
    // Also where something else has its name.
    std::fs::remove_file(&socket).unwrap();
    std::fs::write(&socket, "").unwrap();
    core.puts_right("core-socket-gone", 2);
    machine.las(&["status"]).ok();
    machine.is_healthy();
}

#[test]
fn an_endpoint_that_is_not_where_it_should_be_is_named() {
    let machine = Workstation::new().reconciling("");
    // Taken by this or by something else: it makes no difference.
    let _taken = std::net::TcpListener::bind(("127.0.0.1", las_tests::DEFAULT_PORT));
    let core = machine.serve_at(&format!("127.0.0.1:{}", las_tests::DEFAULT_PORT));
    let found = core.names("endpoint-moved");
    assert_eq!(found["args"]["wanted"], format!("127.0.0.1:{}", las_tests::DEFAULT_PORT), "{found:#}");
    assert_eq!(found["args"]["address"], core.address(), "{found:#}");
    assert_eq!(found["outcome"], json!("named"));
}
