//! Measures how long commands take from start to end, each interleaved with a peer, and prints one table:
//! `measure OUT.json ROUNDS PEER {NAME GOAL_MS COMMAND}…`. Built by `run.sh` with `rustc -O`; no dependencies.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

struct Row {
    name: String,
    goal: f64,
    command: Vec<String>,
    ours: Vec<f64>,
    peer: Vec<f64>,
}

fn milliseconds(command: &[String]) -> f64 {
    let begun = Instant::now();
    let status = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("the command runs");
    let took: Duration = begun.elapsed();
    assert!(status.success(), "{command:?}: {status}");
    took.as_secs_f64() * 1e3
}

fn sorted(samples: &[f64]) -> Vec<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The sample below which that part of all lies.
fn quantile(samples: &[f64], part: f64) -> f64 {
    let sorted = sorted(samples);
    sorted[((sorted.len() - 1) as f64 * part).round() as usize]
}

fn cell(samples: &[f64]) -> String {
    format!("{:.2} [{:.2}..{:.2}]", quantile(samples, 0.5), quantile(samples, 0.1), quantile(samples, 0.9))
}

fn first_line(path: &str, start: &str) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(start)).unwrap_or_default();
    line.rsplit(": ").next().unwrap_or_default().trim().replace('"', "'")
}

fn json(samples: &[f64]) -> String {
    let all: Vec<String> = samples.iter().map(|sample| format!("{sample:.4}")).collect();
    format!("[{}]", all.join(","))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, rounds, peer, rows @ ..] = &arguments[..] else {
        panic!("measure OUT ROUNDS PEER {{NAME GOAL COMMAND}}…")
    };
    let rounds: usize = rounds.parse().expect("a number of rounds");
    let peer = vec![peer.clone()];
    let row = |part: &[String]| Row {
        name: part[0].clone(),
        goal: part[1].parse().expect("a goal in milliseconds"),
        command: part[2].split_whitespace().map(str::to_owned).collect(),
        ours: Vec::new(),
        peer: Vec::new(),
    };
    let mut rows: Vec<Row> = rows.chunks_exact(3).map(row).collect();
    // Files into the cache, the engine of the clock into its pace.
    for row in &rows {
        for _ in 0..3 {
            milliseconds(&row.command);
            milliseconds(&peer);
        }
    }
    for round in 0..rounds {
        for row in &mut rows {
            // A B, then B A: neither always comes after the other.
            if round % 2 == 0 {
                row.ours.push(milliseconds(&row.command));
                row.peer.push(milliseconds(&peer));
            } else {
                row.peer.push(milliseconds(&peer));
                row.ours.push(milliseconds(&row.command));
            }
        }
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    let cpu = first_line("/proc/cpuinfo", "model name");
    println!("{rounds} rounds, milliseconds: median [10 %..90 %]; load {load}; {cpu}");
    println!(
        "{:<14} {:<22} {:<22} {:>6} {:>7} {:>8}  verdict",
        "", "ours", "empty Rust program", "limit", "ratio", "goal"
    );
    let mut documents = Vec::new();
    let mut held = 0;
    for row in &rows {
        let (ours, base) = (quantile(&row.ours, 0.5), quantile(&row.peer, 0.5));
        let limit = quantile(&row.peer, 0.0);
        let holds = ours <= row.goal;
        held += usize::from(holds);
        println!(
            "{:<14} {:<22} {:<22} {limit:>6.2} {:>6.1}x {:>8}  {}",
            row.name,
            cell(&row.ours),
            cell(&row.peer),
            ours / base,
            format!("<= {}", row.goal),
            if holds { "holds" } else { "falls short" }
        );
        documents.push(format!(
            "{{\"name\":\"{}\",\"unit\":\"ms\",\"goal\":{},\"median\":{ours:.4},\"peer\":\"empty Rust program\",\"peer_median\":{base:.4},\
             \"limit\":{limit:.4},\"ratio\":{:.3},\"holds\":{holds},\"samples\":{},\"peer_samples\":{}}}",
            row.name,
            row.goal,
            ours / base,
            json(&row.ours),
            json(&row.peer)
        ));
    }
    let document = format!(
        "{{\"bench\":\"start\",\"rounds\":{rounds},\"load\":\"{load}\",\"cpu\":\"{cpu}\",\"rows\":[\n{}\n]}}\n",
        documents.join(",\n")
    );
    std::fs::write(out, document).expect("the results are written");
    println!("start: {held} of {} hold; {out}", rows.len());
}
