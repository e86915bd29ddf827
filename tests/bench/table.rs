//! The table and the JSON of a benchmark: ours next to a peer, the ratio, the goal, the verdict.
//! Used by the programs of this folder and, by path, by those that are examples of a crate.

use std::io::Write;
use std::time::{Duration, Instant};

/// What a row has to reach, as a median over all rounds.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "not every benchmark has each kind of goal")]
pub(crate) enum Goal {
    /// None of its own: it shows how another row's figure grows.
    Growth,
    /// Ours at most this, in the row's unit.
    AtMost(f64),
    /// Ours at least this, in the row's unit.
    AtLeast(f64),
    /// Ours at most so many times the peer's.
    TimesAtMost(f64),
    /// Ours at least so many times the peer's.
    TimesAtLeast(f64),
}

/// One comparison.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) unit: &'static str,
    pub(crate) goal: Goal,
    pub(crate) peer_name: String,
    pub(crate) ours: Vec<f64>,
    pub(crate) peer: Vec<f64>,
}

impl Row {
    pub(crate) fn new(name: &str, unit: &'static str, goal: Goal, peer_name: &str) -> Self {
        Self {
            name: name.to_owned(),
            unit,
            goal,
            peer_name: peer_name.to_owned(),
            ours: Vec::new(),
            peer: Vec::new(),
        }
    }

    /// Measures both, now ours first, now the peer: neither always comes after the other.
    pub(crate) fn round(&mut self, round: usize, ours: impl FnOnce() -> f64, peer: impl FnOnce() -> f64) {
        if round.is_multiple_of(2) {
            self.ours.push(ours());
            self.peer.push(peer());
        } else {
            self.peer.push(peer());
            self.ours.push(ours());
        }
    }

    fn ratio(&self) -> f64 {
        quantile(&self.ours, 0.5) / quantile(&self.peer, 0.5)
    }

    fn holds(&self) -> bool {
        let ours = quantile(&self.ours, 0.5);
        match self.goal {
            Goal::Growth => true,
            Goal::AtMost(most) => ours <= most,
            Goal::AtLeast(least) => ours >= least,
            Goal::TimesAtMost(most) => self.ratio() <= most,
            Goal::TimesAtLeast(least) => self.ratio() >= least,
        }
    }

    fn goal(&self) -> String {
        match self.goal {
            Goal::Growth => "growth".to_owned(),
            Goal::AtMost(most) => format!("<= {most} {}", self.unit),
            Goal::AtLeast(least) => format!(">= {least} {}", self.unit),
            Goal::TimesAtMost(most) => format!("<= {most}x"),
            Goal::TimesAtLeast(least) => format!(">= {least}x"),
        }
    }

    /// The peer's best: what the machine allows, as far as that was seen.
    fn limit(&self) -> f64 {
        quantile(
            &self.peer,
            if matches!(self.goal, Goal::AtLeast(_) | Goal::TimesAtLeast(_) | Goal::Growth) {
                1.0
            } else {
                0.0
            },
        )
    }

    fn json(&self) -> String {
        format!(
            "{{\"name\":\"{}\",\"unit\":\"{}\",\"goal\":\"{}\",\"median\":{:.4},\"peer\":\"{}\",\
             \"peer_median\":{:.4},\"limit\":{:.4},\"ratio\":{:.3},\"holds\":{},\"samples\":{},\"peer_samples\":{}}}",
            self.name,
            self.unit,
            self.goal(),
            quantile(&self.ours, 0.5),
            self.peer_name,
            quantile(&self.peer, 0.5),
            self.limit(),
            self.ratio(),
            self.holds(),
            list(&self.ours),
            list(&self.peer)
        )
    }
}

/// How long something takes, in milliseconds.
pub(crate) fn milliseconds<T>(work: impl FnOnce() -> T) -> f64 {
    let begun = Instant::now();
    let done = std::hint::black_box(work());
    let took: Duration = begun.elapsed();
    drop(done); // what was made is given back outside the measurement
    took.as_secs_f64() * 1e3
}

/// The sample below which that part of all lies.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a few samples"
)]
pub(crate) fn quantile(samples: &[f64], part: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * part).round() as usize]
}

fn cell(samples: &[f64]) -> String {
    let [low, middle, high] = [0.1, 0.5, 0.9].map(|part| quantile(samples, part));
    if middle >= 1000.0 {
        format!("{middle:.0} [{low:.0}..{high:.0}]")
    } else {
        format!("{middle:.2} [{low:.2}..{high:.2}]")
    }
}

fn list(samples: &[f64]) -> String {
    let all: Vec<String> = samples.iter().map(|sample| format!("{sample:.4}")).collect();
    format!("[{}]", all.join(","))
}

/// The value of the first line of a file that begins so.
fn value_in(path: &str, key: &str) -> String {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with(key)).unwrap_or_default();
    line.rsplit(": ").next().unwrap_or_default().trim().replace('"', "'")
}

/// Prints the table and writes the JSON; the last line is the summary.
#[allow(clippy::disallowed_methods, reason = "figures go to the build folder")]
pub(crate) fn report(bench: &str, out: &str, rows: &[Row]) -> std::io::Result<()> {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    let cpu = value_in("/proc/cpuinfo", "model name");
    let rounds = rows.iter().map(|row| row.ours.len()).max().unwrap_or(0);
    let mut to = std::io::stdout().lock();
    writeln!(to, "{rounds} rounds: median [10 %..90 %]; load {load}; {cpu}")?;
    writeln!(
        to,
        "{:<34} {:>6} {:<24} {:<24} {:<22} {:>8} {:>7} {:>14}  verdict",
        "", "", "ours", "peer", "", "limit", "ratio", "goal"
    )?;
    for row in rows {
        writeln!(
            to,
            "{:<34} {:>6} {:<24} {:<24} {:<22} {:>8.2} {:>6.2}x {:>14}  {}",
            row.name,
            row.unit,
            cell(&row.ours),
            cell(&row.peer),
            row.peer_name,
            row.limit(),
            row.ratio(),
            row.goal(),
            if row.holds() { "holds" } else { "falls short" }
        )?;
    }
    let documents: Vec<String> = rows.iter().map(Row::json).collect();
    let document = format!(
        "{{\"bench\":\"{bench}\",\"rounds\":{rounds},\"load\":\"{load}\",\"cpu\":\"{cpu}\",\"rows\":[\n{}\n]}}\n",
        documents.join(",\n")
    );
    std::fs::write(out, document)?;
    writeln!(to, "{bench}: {} of {} hold; {out}", rows.iter().filter(|row| row.holds()).count(), rows.len())
}
