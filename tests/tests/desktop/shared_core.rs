//! One core for the window and the command line.

use las_tests::{Browser, CHAT_MODEL, ENGINE, Seat, Workstation, parent, running_from};

fn state_of(window: &Browser, module: &str) -> Option<String> {
    window.attributes(&format!("[data-testid=\"module-row\"][data-name=\"{module}\"]"), "data-state").pop()
}

pub(crate) fn is_used_by_both() {
    let machine = Workstation::new();
    let seat = Seat::new(&machine);
    let window = Browser::window(&machine, &seat);
    window.click("nav-modules");
    let before = window.wait("the engine among the modules", |window| state_of(window, ENGINE));
    assert_ne!(before, "installed");
    machine.json(&["serve", "--addr", "127.0.0.1:0"]).fails("core-busy", 1);

    // Installed in the terminal, seen in the window.
    machine.install();
    window.wait("the module that was installed elsewhere", |window| {
        (state_of(window, ENGINE)? == "installed"
            && state_of(window, CHAT_MODEL).is_none_or(|state| state == "installed"))
        .then_some(())
    });

    // The engine that a command asked for is kept by a child of the window's process, which put it into its sandbox, and stays
    // when the command has ended.
    machine.las(&["run", CHAT_MODEL, "What is VRAM?"]).ok();
    let status = machine.json(&["status"]).ok().json();
    assert_eq!(status["services"][0]["state"], "ready", "{status:#}");
    let [engine] = running_from(machine.home())[..] else { panic!("not one engine") };
    let mut above = std::iter::successors(parent(engine), |process| parent(*process));
    assert!(above.any(|process| process == window.process()));
    window.click("nav-services");
    window.wait("the service that was started elsewhere", |window| {
        window.attributes("service-row", "data-state").contains(&"ready".to_owned()).then_some(())
    });

    // What it said is there, line by line.
    window.click("service-open");
    window.click("[data-tab=\"log\"]");
    window.wait("the log of the service", |window| {
        let said = window.texts("service-log-line");
        (!said.is_empty()).then_some(())
    });
    // Stopped in the window, seen in the terminal.
    window.click("service-stop");
    window.wait("the service's end", |window| {
        (window.attributes("service-state", "data-state") == ["stopped"]).then_some(())
    });
    let services = machine.json(&["service", "list"]).ok().json();
    assert_eq!(services[0]["state"], "stopped", "{services:#}");
}
