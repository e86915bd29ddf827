//! `./x bench upgrade`: an upgrade to a version that never becomes healthy, and how long after that is known the version
//! before answers again, next to how long that takes to stop. Arguments: the JSON to write, the number of rounds.

#[path = "../../bench/table.rs"]
#[allow(dead_code, reason = "both sides are measured in one go here")]
mod table;

use las_tests::{CHAT_MODEL, Condition, Core, EngineVersions, Workstation};
use las_types::Timestamp;
use serde_json::{Value, json};
use table::{Goal, Row, milliseconds, report};

type Failed = Box<dyn std::error::Error>;
/// Beyond its stop time.
const GOAL_MS: f64 = 10_000.0;

fn answer(core: &Core) -> Result<(), Failed> {
    let question =
        json!({ "model": CHAT_MODEL, "max_tokens": 4, "messages": [{ "role": "user", "content": "Hello" }] });
    let answer = core.client().post("/v1/chat/completions", &question);
    if answer.status == 200 { Ok(()) } else { Err(answer.body.into()) }
}

fn moment(value: &Value) -> Result<Timestamp, Failed> {
    Ok(value.as_str().ok_or("a moment")?.parse()?)
}

/// From the journal line that says that the new version failed to the end of the operation, and on to an answer.
fn gives_way(machine: &Workstation, core: &Core) -> Result<f64, Failed> {
    let refused = machine.las(&["module", "upgrade", "--yes"]);
    let mut first = Ok(());
    let answered = milliseconds(|| first = answer(core));
    first?;
    if refused.status != Some(1) {
        return Err(refused.to_string().into());
    }
    let operations = core.client().get("/v1/operations").json();
    let mut all = operations.as_array().into_iter().flatten();
    let id = all.find_map(|one| (one["intent"]["kind"] == "module_upgrade").then(|| one["id"].as_str())?);
    let shown = core.client().get(&format!("/v1/operations/{}", id.ok_or("an upgrade")?)).json();
    let mut journal = shown["journal"].as_array().into_iter().flatten();
    let failed = journal.find(|entry| entry["phase"] == "failed").ok_or("a step that failed")?;
    let took = moment(&shown["operation"]["ended_at"])?.duration_since(moment(&failed["at"])?);
    Ok(took.as_secs_f64() * 1e3 + answered)
}

fn main() -> Result<(), Failed> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("the JSON to write")?;
    let rounds: usize = arguments.next().ok_or("the number of rounds")?.parse()?;
    let own = std::env::current_exe()?;
    let (machine, versions) =
        EngineVersions::beside(Workstation::new(), &own.with_file_name("las-sick-engine"));
    machine.install();
    versions.offer("0.6.0", Condition::Hangs(3));
    let core = machine.serve();
    let (mut back, mut stops) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        machine.las(&["service", "start", CHAT_MODEL]).ok();
        answer(&core)?;
        back.push(gives_way(&machine, &core)?);
        stops.push(milliseconds(|| machine.las(&["service", "stop", CHAT_MODEL]).ok()));
    }
    let goal = Goal::AtMost(table::quantile(&stops, 0.5) + GOAL_MS);
    let mut row = Row::new("the version before answers again", "ms", goal, "its stop");
    (row.ours, row.peer) = (back, stops);
    Ok(report("upgrade", &out, &[row])?)
}
