//! Measures how long commands take from start to end, each interleaved with a peer:
//! `measure BENCH OUT.json ROUNDS {NAME GOAL COMMAND PEER_NAME PEER_COMMAND}…`; a goal is `20` (milliseconds) or
//! `1.0x` (times the peer). Built by `run.sh` with `rustc -O`; no dependencies.

mod table;

use std::process::{Command, Stdio};
use table::{Goal, Row, milliseconds, report};

struct Pair {
    row: Row,
    ours: Vec<String>,
    peer: Vec<String>,
}

fn took(command: &[String]) -> f64 {
    milliseconds(|| {
        let status = Command::new(&command[0])
            .args(&command[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .expect("the command runs");
        assert!(status.success(), "{command:?}: {status}");
    })
}

fn goal(text: &str) -> Goal {
    let number = |text: &str| text.parse().expect("a goal is a number");
    text.strip_suffix('x').map_or_else(|| Goal::AtMost(number(text)), |times| Goal::TimesAtMost(number(times)))
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [bench, out, rounds, rows @ ..] = &arguments[..] else {
        panic!("measure BENCH OUT ROUNDS {{NAME GOAL COMMAND PEER_NAME PEER_COMMAND}}…")
    };
    let rounds: usize = rounds.parse().expect("a number of rounds");
    let pair = |part: &[String]| Pair {
        row: Row::new(&part[0], "ms", goal(&part[1]), &part[3]),
        ours: words(&part[2]),
        peer: words(&part[4]),
    };
    let mut pairs: Vec<Pair> = rows.chunks_exact(5).map(pair).collect();
    // Files into the cache, the engine of the clock into its pace.
    for pair in &pairs {
        for _ in 0..3 {
            took(&pair.ours);
            took(&pair.peer);
        }
    }
    for round in 0..rounds {
        for pair in &mut pairs {
            pair.row.round(round, || took(&pair.ours), || took(&pair.peer));
        }
    }
    let rows: Vec<Row> = pairs.into_iter().map(|pair| pair.row).collect();
    report(bench, out, &rows).expect("the results are written");
}
