//! `./x bench resolve`: from manifests in memory to a draft, next to the bare solver on the same
//! graph; and a registry of 10,000 manifests loaded from files that are in the cache.
//! Arguments: the JSON to write, the number of rounds.

mod graph;
#[path = "../../../../tests/bench/table.rs"]
mod table;

use graph::{Graph, Machine};
use las_registry::{Artefacts, Registry};
use table::{Goal, Row, milliseconds, report};

fn compare(name: &str, graph: &Graph, rounds: usize) -> Result<Row, las_types::Failure> {
    let machine = Machine::new(graph);
    let peer = graph.provider();
    let mut row = Row::new(name, "ms", Goal::TimesAtMost(2.0), "bare pubgrub");
    // Once before: both must come to a solution, or the figures say nothing.
    let draft = machine.install(&graph.wish())?;
    let bare = graph::bare(&peer);
    assert!(bare.is_some() && !draft.steps.is_empty(), "{name}: both come to a solution");
    for round in 0..rounds {
        let ours = || milliseconds(|| machine.install(&graph.wish()));
        row.round(round, ours, || milliseconds(|| graph::bare(&peer)));
    }
    Ok(row)
}

/// Loaded whole, each manifest read and checked; the peer only reads the files.
fn loading(rounds: usize) -> Result<Row, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    graph::write(folder.path(), 1_000, 10)?;
    let artefacts = Artefacts::load(&folder.path().join("builtin"))?;
    let root = folder.path().join("registry");
    let files = graph::files(&root)?;
    let registry = Registry::load(&root, &artefacts);
    assert_eq!((registry.modules().count(), registry.rejected().len()), (10_000, 0));
    let mut row =
        Row::new("registry of 10,000 manifests, warm", "ms", Goal::AtMost(50.0), "reading the files");
    for round in 0..rounds {
        let ours = || milliseconds(|| Registry::load(&root, &artefacts));
        let read = || files.iter().filter_map(|path| std::fs::read(path).ok()).collect::<Vec<_>>();
        row.round(round, ours, || milliseconds(read));
    }
    Ok(row)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let out = arguments.next().ok_or("the JSON to write")?;
    let rounds: usize = arguments.next().ok_or("the number of rounds")?.parse()?;
    let rows = [
        compare("100 packages x 20", &Graph::open(100, 20), rounds)?,
        compare("1,000 packages x 20", &Graph::open(1_000, 20), rounds)?,
        compare("5,000 packages x 50", &Graph::open(5_000, 50), rounds)?,
        compare("constrained 1,000 x 20", &Graph::constrained(1_000, 20), rounds)?,
        compare("deep backtracking 200 x 20", &Graph::chain(200, 20), rounds)?,
        loading(rounds)?,
    ];
    Ok(report("resolve", &out, &rows)?)
}
