//! Where lines go.

use las_runtime::LogFile;
use las_types::LogFormat;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tracing_subscriber::fmt::MakeWriter;

/// The log's file, once there is one.
#[derive(Clone, Default)]
pub(super) struct Sink(Arc<Inner>);

#[derive(Default)]
struct Inner {
    file: Mutex<Option<LogFile>>,
    lost: AtomicU64,
}

impl Sink {
    pub(super) fn open(&self, file: LogFile) {
        *self.0.file.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
    }

    pub(super) fn lost(&self) -> u64 {
        self.0.lost.load(Ordering::Relaxed)
    }

    fn line(&self, line: &str) {
        let mut file = self.0.file.lock().unwrap_or_else(PoisonError::into_inner);
        // A full disk must not end a core that works, and the log can't be told of its own loss: it is counted.
        if let Some(file) = file.as_mut()
            && file.write(line).is_err()
        {
            self.0.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[derive(Clone)]
enum Target {
    Stderr,
    File(Sink),
}

/// Takes one event at each call.
#[derive(Clone)]
pub(super) struct EventWriter {
    target: Target,
    format: LogFormat,
}

impl EventWriter {
    pub(super) fn stderr(format: LogFormat) -> Self {
        Self { target: Target::Stderr, format }
    }

    pub(super) fn file(format: LogFormat, sink: Sink) -> Self {
        Self { target: Target::File(sink), format }
    }
}

/// JSON escapes the controls of ASCII; the others and marks of direction may stand in it as they are, and would act on
/// a terminal. Only strings hold such characters, so their escapes are in place.
fn ascii_json(line: &str) -> Cow<'_, str> {
    if line.is_ascii() && !line.contains('\u{7f}') {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        let acts = (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if acts {
            // A string takes all that is written.
            let _ = write!(out, "\\u{:04x}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

impl Write for EventWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let line = match self.format {
            LogFormat::Text => text,
            LogFormat::Json => Cow::Owned(ascii_json(&text).into_owned()),
        };
        match &self.target {
            Target::Stderr => io::stderr().lock().write_all(line.as_bytes())?,
            Target::File(sink) => sink.line(line.trim_end_matches('\n')),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.target {
            Target::Stderr => io::stderr().lock().flush(),
            Target::File(_) => Ok(()),
        }
    }
}

impl<'a> MakeWriter<'a> for EventWriter {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
