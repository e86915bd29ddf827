//! The logs of this process: one on standard error, and for a core one in its data directory.
//!
//! One line an event. What a value holds can neither break a line nor act on a terminal. No token, prompt, body or
//! query is ever given to the log; the test `cli::logs::no_secret_is_logged` holds that at its most talkative.

mod writer;

use las_runtime::LogFile;
use las_types::{Config, Failure, LogFormat};
use std::fmt;
use std::path::Path;
use std::sync::OnceLock;
use tracing::field::{Field, Visit};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::reload;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};
use writer::{EventWriter, Sink};

/// Whether the log on standard error may be coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// It is read by a person on a terminal.
    On,
    /// It is read by something else.
    Off,
}

/// The one log of this process: the subscriber of `tracing` is one as well.
static LOG: OnceLock<Log> = OnceLock::new();

type Change = Box<dyn Fn(EnvFilter) -> Result<(), reload::Error> + Send + Sync>;

struct Log {
    stderr: Change,
    file: Change,
    sink: Sink,
}

/// The filter of a text that was read before.
fn filter(text: &str) -> EnvFilter {
    // What others' crates say at these levels are bytes of connections; no word of ours is among them.
    const QUIET: &str =
        "hyper=info,hyper_util=info,h2=info,mio=info,sqlx=info,tokio=info,runtime=info,pubgrub=warn";
    let said_by_us = format!("{text},{QUIET}");
    EnvFilter::builder().parse_lossy(said_by_us)
}

/// Escapes what would break the line or act on a terminal.
fn neutral(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        // Marks of writing direction make a reader see another order than there is.
        let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if (c.is_control() && c != '\t') || turns {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// Fields as text, each value neutral.
struct Neutral;

struct Visitor<'writer> {
    writer: Writer<'writer>,
    separator: &'static str,
    result: fmt::Result,
}

impl Visit for Visitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let text = neutral(&format!("{value:?}"));
        let (separator, own) = (self.separator, &mut self.writer);
        let written = match field.name() {
            "message" => write!(own, "{separator}{text}"),
            name => write!(own, "{separator}{name}={text}"),
        };
        self.separator = " ";
        self.result = self.result.and(written);
    }
}

impl<'writer> FormatFields<'writer> for Neutral {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut visitor = Visitor { writer, separator: "", result: Ok(()) };
        fields.record(&mut visitor);
        visitor.result
    }
}

/// One log: its layer, and how its filter is changed.
fn layer<S>(
    format: LogFormat,
    colour: Colour,
    text: &str,
    writer: EventWriter,
) -> (Box<dyn Layer<S> + Send + Sync>, Change)
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a> + Send + Sync,
{
    let (filter, handle) = reload::Layer::new(filter(text));
    let layer = match format {
        LogFormat::Text => {
            let layer = tracing_subscriber::fmt::layer().with_ansi(colour == Colour::On).with_writer(writer);
            layer.fmt_fields(Neutral).with_filter(filter).boxed()
        }
        LogFormat::Json => tracing_subscriber::fmt::layer()
            .json()
            .with_ansi(false)
            .with_writer(writer)
            .with_filter(filter)
            .boxed(),
    };
    (layer, Box::new(move |filter| handle.reload(filter)))
}

/// Starts the log on standard error; once in a process. The file follows with [`open_file`].
pub fn start(config: &Config, colour: Colour) {
    let sink = Sink::default();
    let format = config.log_format;
    let (stderr_layer, stderr) =
        layer::<Registry>(format, colour, config.log_level.as_str(), EventWriter::stderr(format));
    let (file_layer, file) =
        layer(format, Colour::Off, config.log_file_level.as_str(), EventWriter::file(format, sink.clone()));
    let started = tracing_subscriber::registry().with(stderr_layer).with(file_layer).try_init();
    if started.is_ok() {
        // Only who could start it comes here, so it is the first.
        let _ = LOG.set(Log { stderr, file, sink });
    }
}

/// Opens the log of the core in its folder; nothing happens in a process that logs nowhere.
pub(crate) fn open_file(folder: &Path, config: &Config) -> Result<(), Failure> {
    if let Some(log) = LOG.get() {
        log.sink.open(LogFile::open(folder, config.log_file_size.size())?);
    }
    Ok(())
}

/// Lines that could not be written to the file, since this process began.
pub(crate) fn lost_lines() -> u64 {
    LOG.get().map_or(0, |log| log.sink.lost())
}

/// Follows a change of the levels.
pub(crate) fn follow(config: &Config) {
    let Some(log) = LOG.get() else { return };
    for (change, text) in [(&log.stderr, &config.log_level), (&log.file, &config.log_file_level)] {
        if let Err(error) = change(filter(text.as_str())) {
            tracing::error!(%error, "the log's level could not be changed");
        }
    }
}

#[cfg(test)]
mod tests;
