//! A process's lines: in a rotated file, the last of them in memory, however many and long they are.

use crate::durable::{self, passing};
use las_types::{ByteSize, Failure, LogLine, LogStream, Timestamp};
use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Bytes that a process can say before they are taken, and that are taken and written at once: each costs whoever follows
/// the file, too.
pub(super) const AT_ONCE: usize = 256 << 10;
const KEPT_LINES: usize = 50;
const LONGEST_LINE: usize = 4 << 10;
/// The largest file of a service's log.
pub(crate) const LARGEST_FILE: ByteSize = ByteSize::new(4 << 20);
/// How long the room of a file that was rotated away is kept.
const ROOM_KEPT: Duration = Duration::from_secs(1);

/// Shown each line, which it may have made into a text.
type Watcher = Box<dyn Fn(&dyn Fn() -> String) + Send + Sync>;

/// Where the lines of one process go.
pub(crate) struct LineLog {
    inner: Mutex<Inner>,
    watcher: Option<Watcher>,
}

struct Inner {
    /// As they came.
    last: VecDeque<Vec<u8>>,
    file: Option<(LogFile, Budget)>,
    /// Lines that were not written since one was.
    left_out: u64,
    /// For one write to the file.
    text: Vec<u8>,
}

impl LineLog {
    /// Keeps the last lines only.
    pub(crate) fn in_memory() -> Self {
        Self::with(None, None)
    }

    /// Writes to the file too, and shows each line to the watcher.
    pub(crate) fn new(file: LogFile, watcher: Watcher) -> Self {
        Self::with(Some((file, Budget::new())), Some(watcher))
    }

    fn with(file: Option<(LogFile, Budget)>, watcher: Option<Watcher>) -> Self {
        let inner = Inner { last: VecDeque::new(), file, left_out: 0, text: Vec::new() };
        Self { inner: Mutex::new(inner), watcher }
    }

    /// The last 50 lines, oldest first.
    pub(crate) fn last_lines(&self) -> Vec<String> {
        self.lock().last.iter().map(|line| shown(line)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a line of a moment that is known; what is longer than a line may be is cut.
    pub(crate) fn take_one(&self, at: Timestamp, stream: LogStream, line: &[u8]) {
        let mut whole = cut(line).to_vec();
        whole.push(b'\n');
        self.take_at(at, stream, &whole);
    }

    /// Takes whole lines that came at the same moment, each with its end.
    fn take(&self, stream: LogStream, lines: &[u8]) {
        if !lines.is_empty() {
            self.take_at(Timestamp::now(), stream, lines);
        }
    }

    fn take_at(&self, at: Timestamp, stream: LogStream, lines: &[u8]) {
        let now = Instant::now();
        let mut inner = self.lock();
        let Inner { last, file, left_out, text } = &mut *inner;
        text.clear();
        // What every line of them begins with.
        let head = LogLine { at, stream, text: String::new() }.to_string();
        for line in each(lines) {
            if let Some(watcher) = &self.watcher {
                watcher(&|| shown(line));
            }
            let Some((_, budget)) = file else { continue };
            if budget.allows(line.len(), now) {
                if *left_out > 0 {
                    add(text, &LogLine::left_out(at, *left_out));
                    *left_out = 0;
                }
                text.extend_from_slice(head.as_bytes());
                if is_plain(line) {
                    text.extend_from_slice(line.trim_ascii_end());
                } else {
                    text.extend_from_slice(shown(line).as_bytes());
                }
                text.push(b'\n');
            } else {
                *left_out += 1;
            }
        }
        keep_last(last, lines);
        if let Some((file, _)) = file
            && let Err(failure) = file.write_lines(text)
        {
            // A full disk must not end a service that works.
            tracing::warn!(%failure, "lines of a log were lost");
        }
    }

    /// Takes a line that came in parts, and empties it.
    fn end_and_take(&self, stream: LogStream, line: &mut Vec<u8>) {
        line.push(b'\n');
        self.take(stream, line);
        line.clear();
    }

    /// Says at the end how much was left out there.
    pub(crate) fn end(&self) {
        let mut inner = self.lock();
        let Inner { file, left_out, .. } = &mut *inner;
        if let Some((file, _)) = file
            && *left_out > 0
        {
            let line = LogLine::left_out(Timestamp::now(), *left_out);
            *left_out = 0;
            if let Err(failure) = file.write(&line.to_string()) {
                tracing::warn!(%failure, "lines of a log were lost");
            }
        }
    }
}

fn add(text: &mut Vec<u8>, line: &LogLine) {
    let _ = writeln!(text, "{line}"); // writing to memory can't fail
}

/// Each of some whole lines without its end, and cut to what a line may be.
fn each(lines: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'\n', lines);
    ends.scan(0, |begin, end| Some(cut(&lines[std::mem::replace(begin, end + 1)..end])))
}

/// Keeps the last of some whole lines, in the places of those that are the last no more.
fn keep_last(last: &mut VecDeque<Vec<u8>>, lines: &[u8]) {
    // The end before the first of them.
    let end = memchr::memrchr_iter(b'\n', lines).nth(KEPT_LINES);
    let begin = end.map_or(0, |end| end + 1);
    for line in each(&lines[begin..]) {
        let mut kept = if last.len() == KEPT_LINES { last.pop_front() } else { None }.unwrap_or_default();
        kept.clear();
        kept.extend_from_slice(line);
        last.push_back(kept);
    }
}

/// Whether a line is shown as it is, but for spaces at its end: text without anything that acts on a terminal. It is looked
/// at in one go, since nearly every line is such a one.
fn is_plain(line: &[u8]) -> bool {
    let plain = |byte: u8| matches!(byte, b'\t' | b' '..=b'~');
    line.iter().fold(true, |all, byte| all & plain(*byte))
}

/// Escapes and other controls would act on the terminal of whoever reads the log.
fn shown(line: &[u8]) -> String {
    let shown = |c: char| if c.is_control() && c != '\t' { '\u{fffd}' } else { c };
    String::from_utf8_lossy(line).trim_end().chars().map(shown).collect()
}

/// How much of a flood is written down: a disk is not worn out by a program that says the same for ever.
struct Budget {
    /// Bytes.
    left: u64,
    since: Instant,
}

impl Budget {
    /// Bytes at once, and bytes a second for as long as it lasts.
    const BURST: u64 = 8_000_000;
    const RATE: u64 = 1_000_000;
    /// What a line takes beside its own bytes.
    const BESIDE: u64 = 30;

    fn new() -> Self {
        Self { left: Self::BURST, since: Instant::now() }
    }

    fn allows(&mut self, length: usize, now: Instant) -> bool {
        let cost = length as u64 + Self::BESIDE;
        if self.left < cost {
            let passed = u64::try_from(now.duration_since(self.since).as_millis()).unwrap_or(u64::MAX);
            let left = self.left.saturating_add(passed.saturating_mul(Self::RATE / 1000)).min(Self::BURST);
            // Not by every line: a flood is told once in a while, not after each of its lines.
            if left < Self::BURST / 8 {
                return false;
            }
            self.left = left;
            self.since = now;
        }
        self.left -= cost;
        true
    }
}

/// A rotated log: two files of its largest size at most, `current.log` and `previous.log`.
#[derive(Debug)]
pub struct LogFile {
    folder: PathBuf,
    file: File,
    size: u64,
    largest: u64,
}

impl LogFile {
    /// Opens `current.log` in the folder, which is made if missing.
    pub fn open(folder: &Path, largest: ByteSize) -> Result<Self, Failure> {
        durable::make_dir(folder)?;
        let path = folder.join("current.log");
        let file = durable::open_append(&path)?;
        let size = file.metadata().map_err(|error| Failure::io(&path, error))?.len();
        Ok(Self { folder: folder.to_owned(), file, size, largest: largest.bytes() })
    }

    /// Writes a line.
    pub fn write(&mut self, line: &str) -> Result<(), Failure> {
        self.write_lines(format!("{line}\n").as_bytes())
    }

    /// Writes whole lines into one file.
    fn write_lines(&mut self, lines: &[u8]) -> Result<(), Failure> {
        let length = lines.len() as u64;
        if length == 0 {
            return Ok(());
        }
        if self.size > 0 && self.size + length > self.largest {
            let previous = self.folder.join("previous.log");
            let outgoing = File::open(&previous);
            // Its lines are not synced, so that their names need not be either. What is replaced by a rename has file systems
            // write what replaces it to the disk at once; what is removed before has not.
            passing::remove(&previous)?;
            passing::rename(&self.folder.join("current.log"), &previous)?;
            if let Ok(outgoing) = outgoing {
                // Its room is given back with its last descriptor, which takes a good part of what writing it took:
                // not while more is said. Where no thread can be had, it is given back here.
                let _ = std::thread::Builder::new().spawn(move || {
                    std::thread::sleep(ROOM_KEPT);
                    drop(outgoing);
                });
            }
            *self = Self::open(&self.folder, ByteSize::new(self.largest))?;
        }
        let written = self.file.write_all(lines);
        written.map_err(|error| Failure::io(&self.folder.join("current.log"), error))?;
        self.size += length;
        Ok(())
    }
}

/// Copies lines until the stream ends; what is longer than a line may be is cut.
pub(super) async fn copy_lines(name: LogStream, mut stream: impl AsyncRead + Unpin, log: Arc<LineLog>) {
    let mut chunk = vec![0; AT_ONCE];
    // The beginning of a line whose end is not there yet.
    let mut begun: Vec<u8> = Vec::new();
    while let Ok(count @ 1..) = stream.read(&mut chunk).await {
        let mut rest = &chunk[..count];
        if !begun.is_empty() {
            let Some(end) = memchr::memchr(b'\n', rest) else {
                extend(&mut begun, rest);
                continue;
            };
            extend(&mut begun, &rest[..end]);
            log.end_and_take(name, &mut begun);
            rest = &rest[end + 1..];
        }
        let whole = memchr::memrchr(b'\n', rest).map_or(0, |last| last + 1);
        log.take(name, &rest[..whole]);
        extend(&mut begun, &rest[whole..]);
    }
    if !begun.is_empty() {
        log.end_and_take(name, &mut begun);
    }
    log.end();
}

fn cut(line: &[u8]) -> &[u8] {
    &line[..line.len().min(LONGEST_LINE)]
}

fn extend(begun: &mut Vec<u8>, more: &[u8]) {
    let room = LONGEST_LINE.saturating_sub(begun.len());
    begun.extend_from_slice(&more[..more.len().min(room)]);
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_LINE, LineLog, LogFile, copy_lines};
    use las_types::{ByteSize, LogLine, LogStream};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[tokio::test]
    async fn floods_are_bounded_and_escapes_are_harmless() {
        let log = Arc::new(LineLog::in_memory());
        let mut text = b"\x1b[31mred\x00\xff\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', 10 << 20));
        text.extend(b"\nlast");
        copy_lines(LogStream::Out, text.as_slice(), Arc::clone(&log)).await;
        let lines = log.last_lines();
        assert_eq!(lines[0], "\u{fffd}[31mred\u{fffd}\u{fffd}");
        assert_eq!((lines[1].len(), lines[2].as_str(), lines.len()), (LONGEST_LINE, "last", 3));
        copy_lines(LogStream::Err, "y\n".repeat(1000).as_bytes(), Arc::clone(&log)).await;
        assert_eq!(log.last_lines().len(), 50);
    }

    #[test]
    fn the_file_is_rotated_at_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = LogFile::open(folder.path(), ByteSize::new(100)).unwrap();
        for number in 0..100 {
            file.write(&format!("line {number}")).unwrap();
        }
        let size = |name: &str| folder.path().join(name).metadata().unwrap().len();
        assert!(size("current.log") <= 100 && size("previous.log") <= 100);
        let current = std::fs::read_to_string(folder.path().join("current.log")).unwrap();
        assert!(current.ends_with("line 99\n"), "{current}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[tokio::test]
    async fn a_flood_is_written_in_part_and_how_much_is_not_is_said() {
        const LINES: u64 = 2_000_000;
        let folder = tempfile::tempdir().unwrap();
        let largest = ByteSize::new(4 << 20);
        let file = LogFile::open(folder.path(), largest).unwrap();
        let watched = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&watched);
        let count = Box::new(move |_: &dyn Fn() -> String| {
            seen.fetch_add(1, Ordering::Relaxed);
        });
        let log = Arc::new(LineLog::new(file, count));
        let text = "y\n".repeat(usize::try_from(LINES).unwrap());
        copy_lines(LogStream::Out, text.as_bytes(), Arc::clone(&log)).await;
        assert_eq!(watched.load(Ordering::Relaxed), LINES);
        assert_eq!(log.last_lines(), vec!["y"; 50]);
        let (mut written, mut left_out) = (0, 0);
        for name in ["previous.log", "current.log"] {
            let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
            assert!(text.len() as u64 <= largest.bytes());
            for line in text.lines().map(|line| LogLine::read(line).unwrap()) {
                match line.stream {
                    LogStream::Note => left_out += line.text.parse::<u64>().unwrap(),
                    _ => written += 1,
                }
            }
        }
        // What was rotated away is neither; the rest adds up.
        assert!(
            left_out > LINES / 2 && written > 10_000 && written + left_out <= LINES,
            "{written} {left_out}"
        );
    }
}
