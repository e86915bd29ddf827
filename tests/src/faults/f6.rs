//! F6: archives that chance has changed, unpacked as an installation unpacks them.

use super::s15::corpus::{Due, corpus};
use super::s15::tar::gz;
use super::s15::tree;
use super::{Report, Run};
use las_types::{ArchiveFormat, ByteSize, Code};
use rustix::time::{ClockId, clock_gettime};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Mutex;

/// What may come out of one.
const FILES: u64 = 2_000;
const BYTES: u64 = 16 << 20;
/// Longer archives are left out: most of what changes there is the content of a file.
const LONGEST: usize = 64 << 10;
/// How long a processor may work on one, in seconds.
const WORK: i64 = 1;
/// How much memory this whole process may take.
const MEMORY: u64 = 256 << 20;
/// Bytes of a block of a tar, and where in one its checksum and its mark lie.
const BLOCK: usize = 512;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const MARK: std::ops::Range<usize> = 257..262;
/// Where numbers, kinds and names lie in a header of a tar: what a chance byte seldom meets.
const FIELDS: [std::ops::Range<usize>; 7] =
    [0..100, 100..108, 124..136, 156..157, 157..257, 263..265, 345..500];
/// What a reader could count on.
const NUMBERS: [&[u8]; 8] = [
    b"00000000000",
    b"77777777777",
    b"-0000000001",
    b"\x80\0\0\0\0\0\0\0\0\0\0\x01",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"../../../x",
];

struct Seed {
    ending: &'static str,
    /// As it is changed: a tar without its compression.
    bytes: Vec<u8>,
    packed: bool,
}

fn seeds(aim: &Path) -> Vec<Seed> {
    let short = corpus(aim).into_iter().filter(|one| one.due != Due::Stopped && one.bytes.len() <= LONGEST);
    short
        .map(|one| match unpacked(one.ending, &one.bytes) {
            Some(bytes) => Seed { ending: "tar.gz", bytes, packed: true },
            None => Seed { ending: one.ending, bytes: one.bytes, packed: false },
        })
        .filter(|seed| !seed.bytes.is_empty())
        .collect()
}

/// The tar in a gzip, if there is a whole one of some size.
fn unpacked(ending: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let limited = std::io::Read::take(flate2::read::GzDecoder::new(bytes), LONGEST as u64);
    (ending == "tar.gz" && std::io::copy(&mut { limited }, &mut out).is_ok()).then_some(out)
}

/// One archive of a seed: what follows from the number alone.
fn changed(seeds: &[Seed], number: u64) -> (&'static str, Vec<u8>) {
    let mut random = fastrand::Rng::with_seed(number);
    let seed = random.choice(seeds).unwrap();
    let mut bytes = seed.bytes.clone();
    for _ in 0..random.usize(1..6) {
        change(&mut bytes, seeds, &mut random);
    }
    // Otherwise most would end at the first header.
    if seed.ending != "zip" && random.u8(..) < 200 {
        bytes.chunks_exact_mut(BLOCK).filter(|block| &block[MARK] == b"ustar").for_each(correct);
    }
    (seed.ending, if seed.packed { gz(&bytes) } else { bytes })
}

fn change(bytes: &mut Vec<u8>, seeds: &[Seed], random: &mut fastrand::Rng) {
    if bytes.is_empty() {
        bytes.push(random.u8(..));
    }
    let at = random.usize(..bytes.len());
    match random.u8(..8) {
        0 => bytes[at] ^= 1 << random.u8(..8),
        1 => bytes[at] = random.u8(..),
        2 => bytes.truncate(at),
        // Something of another one, block for block.
        3 => {
            let other = &random.choice(seeds).unwrap().bytes;
            let from = random.usize(..other.len()) / BLOCK * BLOCK;
            let to = other.len().min(from + BLOCK * random.usize(1..4));
            let at = at / BLOCK * BLOCK;
            bytes.splice(at..at, other[from..to].iter().copied());
        }
        4 => {
            let to = bytes.len().min(at + random.usize(1..BLOCK));
            bytes.drain(at..to);
        }
        5 => {
            let to = bytes.len().min(at + random.usize(1..=BLOCK));
            let twice = bytes[at..to].to_vec();
            bytes.splice(at..at, twice);
        }
        6 => {
            let number = *random.choice(&NUMBERS).unwrap();
            let to = bytes.len().min(at + number.len());
            bytes[at..to].copy_from_slice(&number[..to - at]);
        }
        _ => {
            let field = random.choice(&FIELDS).unwrap().clone();
            let block = at / BLOCK * BLOCK;
            if let Some(field) = bytes.get_mut(block + field.start..block + field.end) {
                let number = *random.choice(&NUMBERS).unwrap();
                let length = number.len().min(field.len());
                field[..length].copy_from_slice(&number[..length]);
            }
        }
    }
}

/// Writes the sum of a header that it has to have.
fn correct(header: &mut [u8]) {
    header[CHECKSUM].fill(b' ');
    let sum: u32 = header.iter().copied().map(u32::from).sum();
    header[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
}

fn check(ending: &str, bytes: &[u8], aim: &Path) -> Result<(bool, i64), String> {
    let folder =
        tempfile::Builder::new().prefix("case-").tempdir_in(aim).map_err(|error| error.to_string())?;
    let archive = folder.path().join(format!("a.{ending}"));
    let into = folder.path().join("into");
    std::fs::write(&archive, bytes).map_err(|error| error.to_string())?;
    std::fs::create_dir(&into).map_err(|error| error.to_string())?;
    let format = ArchiveFormat::of_name(&archive.to_string_lossy()).ok_or("no format")?;
    let begun = clock_gettime(ClockId::ThreadCPUTime);
    let result = las_runtime::unpack_archive(&archive, format, FILES, ByteSize::new(BYTES), &into);
    let worked = clock_gettime(ClockId::ThreadCPUTime).tv_sec - begun.tv_sec;
    if std::fs::read_dir(folder.path()).map_err(|error| error.to_string())?.count() != 2 {
        return Err("outside: beside its folder".to_owned());
    }
    if let Err(failure) = &result
        && !matches!(failure.code, Code::ArchiveRefused | Code::ArchiveUnreadable)
    {
        return Err(format!("untyped: {failure:?}"));
    }
    inside(&into)?;
    Ok((result.is_ok(), worked))
}

/// What came out, also of what was refused half-way, lies inside, leads nowhere else and has no rights of its own.
fn inside(into: &Path) -> Result<(), String> {
    let root = into.canonicalize().map_err(|error| error.to_string())?;
    let (mut files, mut bytes) = (0, 0);
    for (name, (mode, _)) in tree(into) {
        let path = into.join(&name);
        let metadata = path.symlink_metadata().map_err(|error| error.to_string())?;
        if metadata.is_symlink() {
            let target = std::fs::read_link(&path).map_err(|error| error.to_string())?;
            if target.is_absolute() || path.canonicalize().is_ok_and(|place| !place.starts_with(&root)) {
                return Err(format!("outside: {name} leads there"));
            }
        } else if !metadata.is_dir() && (!metadata.is_file() || metadata.nlink() > 1) {
            return Err(format!("rights: {name} is no plain file"));
        } else if metadata.permissions().mode() & 0o7022 != 0 {
            return Err(format!("rights: {name} has {mode:o}"));
        }
        files += u64::from(!metadata.is_dir());
        bytes += if metadata.is_file() { metadata.len() } else { 0 };
    }
    if files > FILES || bytes > BYTES {
        Err(format!("outgrown: {files} files, {bytes} bytes"))
    } else {
        Ok(())
    }
}

/// The most memory that this process has had, in bytes: `VmHWM` of `/proc/self/status`, which counts KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|number| number.parse::<u64>().ok()).unwrap_or(u64::MAX / 1024)
        * 1024
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let memory = Path::new("/dev/shm");
    let parent = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let aim =
        tempfile::Builder::new().prefix("las-aim-").tempdir_in(parent).map_err(|error| error.to_string())?;
    let work = aim.path().join("work");
    std::fs::create_dir(&work).map_err(|error| error.to_string())?;
    std::fs::write(aim.path().join("canary"), b"alive").map_err(|error| error.to_string())?;
    let seeds = seeds(aim.path());
    let beside = || -> Vec<_> {
        tree(aim.path()).into_iter().filter(|(path, _)| !path.starts_with("work/")).collect()
    };
    let before = beside();
    let seen = Mutex::new((0_usize, 0_i64));
    let mut report = run.each(run.seeds(run.choose(1_500, 50_000)), |number| {
        let (ending, bytes) = changed(&seeds, *number);
        let (accepted, worked) = check(ending, &bytes, &work)?;
        let mut seen = seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *seen = (seen.0 + usize::from(accepted), seen.1.max(worked));
        if worked > WORK { Err(format!("slow: {worked} s of a processor")) } else { Ok(()) }
    });
    if beside() != before {
        report.failures.push("all: outside: the aim was reached".to_owned());
    }
    // Where other rows have run in this process before, theirs is counted too.
    let peak = peak();
    if peak > MEMORY {
        report.failures.push(format!("all: memory: {peak} bytes"));
    }
    let (accepted, worked) = seen.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    // Where nothing is accepted, or everything, nothing was tried.
    if run.only.is_none() && (accepted == 0 || accepted >= report.cases) {
        report.failures.push(format!("all: {accepted} accepted"));
    }
    let figure = format!(
        "{} changed archives, {accepted} unpacked to the end: {} outside, {} panics; {} MiB at most, {worked} s at most",
        report.cases,
        report.count("outside") + report.count("rights"),
        report.failures.len(),
        peak >> 20,
    );
    Ok(report.with_figure(figure))
}
