//! R10: a database of any schema comes to the newest one and back, and a kill on the way loses nothing.

use super::inject::{Harm, Point, harmed, points, strace};
use super::{Report, Run};
use crate::{Workstation, repository};
use las_state::State;
use std::collections::BTreeMap;

/// One way of one fixture, and where it is killed; at no point it is only gone.
struct Case {
    from: i64,
    to: i64,
    killed: Option<Point>,
}

fn fixture(schema: i64) -> String {
    let path = repository().join(format!("crates/state/tests/fixtures/schema-{schema}.sql"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn machine(schema: i64) -> Workstation {
    let machine = Workstation::in_memory();
    std::fs::create_dir_all(machine.home()).unwrap();
    let path = machine.home().join("state.db");
    super::database::runtime().block_on(State::make_from(&path, &fixture(schema))).unwrap();
    machine
}

fn text(machine: &Workstation) -> String {
    super::database::runtime().block_on(State::dump_of(&machine.home().join("state.db"))).unwrap()
}

fn go(machine: &Workstation, to: i64) {
    machine.las(&["doctor", "--schema", &to.to_string()]).ok();
}

/// From the fixture to that schema and to the newest one, without a kill.
fn undisturbed(from: i64, to: i64) -> (String, String) {
    let machine = machine(from);
    go(&machine, to);
    let there = text(&machine);
    go(&machine, State::newest_schema());
    (there, text(&machine))
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let strace = strace()?;
    let newest = State::newest_schema();
    let ways: Vec<(i64, i64)> =
        (1..=newest).flat_map(|from| (1..=newest).map(move |to| (from, to))).collect();
    let mut expected = BTreeMap::new();
    let mut cases = Vec::new();
    let mut kills = Vec::new();
    for (from, to) in ways {
        expected.insert((from, to), undisturbed(from, to));
        cases.push((format!("{from}-{to}"), Case { from, to, killed: None }));
        let walked = machine(from);
        for point in points(&walked, &strace, &["doctor", "--schema", &to.to_string()]) {
            kills.push((format!("{from}-{to}/{point}"), Case { from, to, killed: Some(point) }));
        }
    }
    cases.extend(run.sample(kills, run.choose(30, usize::MAX)));
    Ok(run.each(cases, |case| {
        let (there, forward) = &expected[&(case.from, case.to)];
        let machine = machine(case.from);
        if let Some(point) = &case.killed {
            let to = case.to.to_string();
            harmed(&machine, &strace, point, Harm::Kill, &["doctor", "--schema", &to]);
        }
        go(&machine, case.to);
        if text(&machine) != *there {
            return Err(format!("lost: schema {} is not as it would be without the kill", case.to));
        }
        go(&machine, newest);
        let same_as_ever = *forward == expected[&(case.from, newest)].1;
        if text(&machine) == *forward && same_as_ever {
            Ok(())
        } else {
            Err("lost: forward again is something else".to_owned())
        }
    }))
}
