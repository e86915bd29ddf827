//! A process's lines: in a rotated file, the last of them in memory, however many and long they are.

use crate::durable;
use las_types::{ByteSize, Failure, LogLine, LogStream, Timestamp};
use std::collections::VecDeque;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt as _};

const KEPT_LINES: usize = 50;
const LONGEST_LINE: usize = 4 << 10;
/// The largest file of a service's log.
pub(crate) const LARGEST_FILE: ByteSize = ByteSize::new(4 << 20);

type Watcher = Box<dyn Fn(&str) + Send + Sync>;

/// Where the lines of one process go.
pub(crate) struct LineLog {
    inner: Mutex<Inner>,
    watcher: Option<Watcher>,
}

struct Inner {
    last: VecDeque<String>,
    file: Option<LogFile>,
}

impl LineLog {
    /// Keeps the last lines only.
    pub(crate) fn in_memory() -> Self {
        Self { inner: Mutex::new(Inner { last: VecDeque::new(), file: None }), watcher: None }
    }

    /// Writes to the file too, and shows each line to the watcher.
    pub(crate) fn new(file: LogFile, watcher: Watcher) -> Self {
        Self { inner: Mutex::new(Inner { last: VecDeque::new(), file: Some(file) }), watcher: Some(watcher) }
    }

    /// The last 50 lines, oldest first.
    pub(crate) fn last_lines(&self) -> Vec<String> {
        self.lock().last.iter().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, stream: LogStream, bytes: &[u8]) {
        // Escapes and other controls would act on the terminal of whoever reads the log.
        let shown = |c: char| if c.is_control() && c != '\t' { '\u{fffd}' } else { c };
        let line: String = String::from_utf8_lossy(bytes).trim_end().chars().map(shown).collect();
        if let Some(watcher) = &self.watcher {
            watcher(&line);
        }
        let mut inner = self.lock();
        let line = LogLine { at: Timestamp::now(), stream, text: line };
        if let Some(file) = &mut inner.file
            && let Err(failure) = file.write(&line.to_string())
        {
            // A full disk must not end a service that works.
            tracing::warn!(%failure, "a log line was lost");
        }
        if inner.last.len() == KEPT_LINES {
            inner.last.pop_front();
        }
        inner.last.push_back(line.text);
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
        let length = line.len() as u64 + 1;
        if self.size > 0 && self.size + length > self.largest {
            durable::rename(&self.folder.join("current.log"), &self.folder.join("previous.log"))?;
            *self = Self::open(&self.folder, ByteSize::new(self.largest))?;
        }
        let written = self.file.write_all(format!("{line}\n").as_bytes());
        written.map_err(|error| Failure::io(&self.folder.join("current.log"), error))?;
        self.size += length;
        Ok(())
    }
}

/// Copies lines until the stream ends; what is longer than a line may be is cut.
pub(super) async fn copy_lines(name: LogStream, mut stream: impl AsyncRead + Unpin, log: Arc<LineLog>) {
    let mut chunk = vec![0; 16 << 10];
    let mut line: Vec<u8> = Vec::new();
    while let Ok(count) = stream.read(&mut chunk).await {
        if count == 0 {
            break;
        }
        for part in chunk[..count].split_inclusive(|byte| *byte == b'\n') {
            let text = part.strip_suffix(b"\n").unwrap_or(part);
            let room = LONGEST_LINE.saturating_sub(line.len());
            line.extend_from_slice(&text[..text.len().min(room)]);
            if part.ends_with(b"\n") {
                log.take(name, &line);
                line.clear();
            }
        }
    }
    if !line.is_empty() {
        log.take(name, &line);
    }
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_LINE, LineLog, LogFile, copy_lines};
    use las_types::{ByteSize, LogStream};
    use std::sync::Arc;

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
}
