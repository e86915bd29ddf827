//! `./x bench fetch`: how fast a file is fetched from a server on loopback, hashed and brought to the disk, next to curl, aria2c and
//! huggingface_hub. Arguments: the JSON to write, the number of rounds, a folder on a disk, one in memory, and the
//! programs `curl`, `aria2c` and a `python3` that has huggingface_hub. With `one HOME URL SIZE DIGEST` it is the one who fetches.
//!
//! Everybody is a process of its own, with a start and an end; of huggingface_hub only the download is timed, without Python's start
//! and its imports. “On the disk” is everybody's file synced when the time is taken, which only ours does by itself.

mod peers;
mod server;
#[path = "../../../../tests/bench/table.rs"]
#[allow(dead_code, reason = "several are measured in one round here")]
mod table;

use las_runtime::{Beginning, Binding, Home, Pace, Wanted, fetch};
use las_types::{ByteSize, Digest, Event, OperationId, Reporter, StepContext, Timestamp};
use peers::{Peer, Took};
use server::Server;
use sha2::Digest as _;
use std::path::{Path, PathBuf};
use std::time::Instant;
use table::{Goal, Row, report};

type Failed = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Failed>;

/// The file, and a smaller one that shows what of the memory is the file's.
const SIZE: u64 = 1 << 30;
const SMALLER: u64 = 256 << 20;

struct Silent;

impl Reporter for Silent {
    fn progressed(&self, _: StepContext, _: ByteSize) {}
    fn happened(&self, _: Event) {}
    fn is_cancelled(&self, _: OperationId) -> bool {
        false
    }
}

/// Fetches as the executor does.
#[tokio::main]
async fn one(arguments: &[String]) -> Result<()> {
    let [home, url, size, digest] = arguments else { return Err("one HOME URL SIZE DIGEST".into()) };
    let (home, urls, size) = (Home::open(home.into())?, [url.parse()?], ByteSize::new(size.parse()?));
    let binding = Binding::Digest(digest.parse()?);
    let wanted =
        Wanted { urls: &urls, redirects: &[], size, binding, begins: Beginning::Any, authorization: None };
    let context = StepContext { operation: OperationId::new(Timestamp::UNIX_EPOCH, [0; 10]), step: 0 };
    fetch(&home, &wanted, &Pace::default(), context, &Silent).await?;
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a rate")]
fn rate(bytes: u64, took: &Took) -> f64 {
    bytes as f64 / f64::from(1 << 20) / took.seconds
}

/// How fast bytes are hashed that lie in the cache of a processor: what no one who hashes can beat with one thread.
#[allow(clippy::cast_precision_loss, reason = "a rate")]
fn hashed() -> f64 {
    let (part, times) = (vec![7_u8; 1 << 20], 512_u32);
    let (begun, mut hasher) = (Instant::now(), sha2::Sha256::new());
    for _ in 0..times {
        hasher.update(&part);
    }
    std::hint::black_box(hasher.finalize());
    f64::from(times) / begun.elapsed().as_secs_f64()
}

/// What everybody took in one place, round by round.
#[derive(Default)]
struct Samples {
    rates: Vec<Vec<f64>>,
    memory: Vec<Vec<f64>>,
}

/// All of them once, in an order that changes.
fn round(
    number: usize,
    peers: &[Peer],
    server: &Server,
    folder: &Path,
    synced: bool,
    into: &mut Samples,
) -> Result<()> {
    into.rates.resize(peers.len(), Vec::new());
    into.memory.resize(peers.len(), Vec::new());
    for at in 0..peers.len() {
        let at = (at + number) % peers.len();
        let place = tempfile::Builder::new().prefix("las-fetch-").tempdir_in(folder)?;
        let took = peers[at].fetch(server, place.path(), synced)?;
        into.rates[at].push(rate(server.size(), &took));
        into.memory[at].push(took.memory);
        drop(place);
        // What the one before left to be written is not paid by the next.
        rustix::fs::sync();
    }
    Ok(())
}

fn row(name: &str, unit: &'static str, goal: Goal, peer: &str, ours: &[f64], theirs: &[f64]) -> Row {
    let mut row = Row::new(name, unit, goal, peer);
    (row.ours, row.peer) = (ours.to_vec(), theirs.to_vec());
    row
}

fn at_most(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a.min(*b)).collect()
}

fn compared(arguments: &[String]) -> Result<()> {
    let [out, rounds, disk, memory, curl, aria2c, python] = arguments else {
        return Err("OUT ROUNDS DISK MEMORY CURL ARIA2C PYTHON".into());
    };
    let (rounds, disk, memory): (usize, PathBuf, PathBuf) = (rounds.parse()?, disk.into(), memory.into());
    let server = Server::start(&memory, SIZE)?;
    let smaller = Server::start(&memory, SMALLER)?;
    let own = std::env::current_exe()?;
    let peers = [
        Peer::ours(&own),
        Peer::curl(curl.as_ref()),
        Peer::aria2c(aria2c.as_ref()),
        Peer::hub(python.as_ref()),
    ];
    let (mut passing, mut kept, mut small, mut sha) =
        (Samples::default(), Samples::default(), Samples::default(), Vec::new());
    for number in 0..rounds {
        sha.push(hashed());
        round(number, &peers, &server, &memory, false, &mut passing)?;
        round(number, &peers, &server, &disk, true, &mut kept)?;
        round(number, &peers[..1], &smaller, &memory, false, &mut small)?;
    }
    let limit = at_most(&passing.rates[1], &sha);
    let ours = &passing.rates[0];
    let rows = [
        row("in memory", "MiB/s", Goal::TimesAtLeast(0.9), "min(curl, SHA-256)", ours, &limit),
        row("in memory", "MiB/s", Goal::Growth, "curl", ours, &passing.rates[1]),
        row("in memory", "MiB/s", Goal::Growth, "SHA-256 alone", ours, &sha),
        row("in memory", "MiB/s", Goal::Growth, "aria2c", ours, &passing.rates[2]),
        row("in memory", "MiB/s", Goal::TimesAtLeast(2.0), "huggingface_hub", ours, &passing.rates[3]),
        row(
            "on the disk",
            "MiB/s",
            Goal::TimesAtLeast(0.9),
            "curl, then sync",
            &kept.rates[0],
            &kept.rates[1],
        ),
        row("on the disk", "MiB/s", Goal::Growth, "aria2c, then sync", &kept.rates[0], &kept.rates[2]),
        row(
            "on the disk",
            "MiB/s",
            Goal::Growth,
            "huggingface_hub, then sync",
            &kept.rates[0],
            &kept.rates[3],
        ),
        row("memory, 1 GiB", "MiB", Goal::AtMost(64.0), "curl", &passing.memory[0], &passing.memory[1]),
        row("memory, 1 GiB", "MiB", Goal::Growth, "aria2c", &passing.memory[0], &passing.memory[2]),
        row("memory, 1 GiB", "MiB", Goal::Growth, "huggingface_hub", &passing.memory[0], &passing.memory[3]),
        row("memory, to the disk", "MiB", Goal::AtMost(64.0), "curl", &kept.memory[0], &kept.memory[1]),
        row("memory, 1 GiB", "MiB", Goal::Growth, "ours, 256 MiB", &passing.memory[0], &small.memory[0]),
    ];
    Ok(report("fetch", out, &rows)?)
}

/// The digest of the server's file.
fn digest(path: &Path) -> Result<Digest> {
    Ok(Digest::of_reader(&mut std::fs::File::open(path)?)?.0)
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((word, rest)) if word == "one" => one(rest),
        _ => compared(&arguments),
    }
}
