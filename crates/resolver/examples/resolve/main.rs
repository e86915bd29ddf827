//! `./x bench resolve`: from manifests in memory to a draft, next to the bare solver on the same
//! graph; and a registry of 10,000 manifests, of which is kept what was read before.
//! Arguments: the JSON to write, the number of rounds.

mod graph;
#[path = "../../../../tests/bench/table.rs"]
mod table;

use graph::{Graph, Machine};
use las_registry::{Artefacts, Registry, Sources};
use std::path::{Path, PathBuf};
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

/// A registry of 10,000 files; what was read of it before lies beside it.
struct Files {
    _folder: tempfile::TempDir,
    root: PathBuf,
    cache: PathBuf,
    artefacts: Artefacts,
}

impl Files {
    #[expect(clippy::disallowed_methods, reason = "a temporary folder")]
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        graph::write(folder.path(), 1_000, 10)?;
        let artefacts = Artefacts::load(&folder.path().join("builtin"))?;
        let (root, cache) = (folder.path().join("registry"), folder.path().join("cache"));
        let files = Self { _folder: folder, root, cache, artefacts };
        // As if an hour later: what changed a moment ago is not kept.
        let (registry, bytes) = files.load(Some(&files.cache));
        assert_eq!((registry.modules().count(), registry.rejected().len()), (10_000, 0));
        std::fs::write(&files.cache, bytes.ok_or("nothing to keep")?)?;
        let (registry, bytes) = files.load(Some(&files.cache));
        assert!(bytes.is_none() && registry.modules().count() == 10_000, "all of it was kept");
        Ok(files)
    }

    fn load(&self, cache: Option<&Path>) -> (Registry, Option<Vec<u8>>) {
        let now = las_types::Timestamp::now() + std::time::Duration::from_hours(1);
        Registry::gather(&Sources { cache, now, ..Sources::builtin(&self.root, &self.artefacts) })
    }
}

/// Loading, next to the bare solver on the largest graph: the goal is stated for the machine that
/// does that in 55 ms, and this is whichever machine it is, as busy as it is.
fn loading(rounds: usize) -> Result<Row, Box<dyn std::error::Error>> {
    let files = Files::new()?;
    let peer = Graph::open(5_000, 50).provider();
    let goal = Goal::TimesAtMost(50.0 / 55.0);
    let mut row = Row::new("registry of 10,000 manifests, warm", "ms", goal, "bare pubgrub, 5,000 x 50");
    for round in 0..rounds {
        let ours = || milliseconds(|| files.load(Some(&files.cache)).0.names().count());
        row.round(round, ours, || milliseconds(|| graph::bare(&peer)));
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
