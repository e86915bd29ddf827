//! A line of a service's log.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Display, Formatter};
use ts_rs::TS;

/// Where a program said a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogStream {
    /// Its standard output.
    Out,
    /// Its standard error.
    Err,
    /// Nowhere: so many lines, of which the text is the number, were left out here.
    Note,
}

impl LogStream {
    const ALL: [Self; 3] = [Self::Out, Self::Err, Self::Note];

    /// Its word in a log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Out => "out",
            Self::Err => "err",
            Self::Note => "note",
        }
    }
}

/// One line that a service's program said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogLine {
    /// When it was read.
    pub at: Timestamp,
    /// Where it was said.
    pub stream: LogStream,
    /// What was said, without control characters.
    pub text: String,
}

/// Some lines of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LogPage {
    /// The lines, oldest first.
    pub lines: Vec<LogLine>,
    /// What to ask with for those that come after them.
    pub next: String,
    /// Lines between those that were asked for and the first of these are gone, or were too many.
    pub missed: bool,
}

impl LogLine {
    /// In the place of lines that came too fast to be written down.
    pub fn left_out(at: Timestamp, lines: u64) -> Self {
        Self { at, stream: LogStream::Note, text: lines.to_string() }
    }

    /// From the form that it has in a file; none of what was never written as one.
    pub fn read(line: &str) -> Option<Self> {
        let (at, rest) = line.split_once(' ')?;
        let (word, text) = rest.split_once(' ').unwrap_or((rest, ""));
        let stream = LogStream::ALL.into_iter().find(|stream| stream.word() == word)?;
        Some(Self { at: at.parse().ok()?, stream, text: text.to_owned() })
    }
}

/// As in a file: `2026-11-29T12:00:00.000Z out text`.
impl Display for LogLine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3} {} {}", self.at, self.stream.word(), self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::{LogLine, LogStream};

    #[test]
    fn a_line_is_read_as_it_was_written() {
        for (stream, text) in [(LogStream::Out, "ready: 1 2"), (LogStream::Err, ""), (LogStream::Err, " x ")]
        {
            let line =
                LogLine { at: "2026-11-29T12:00:00.120Z".parse().unwrap(), stream, text: text.to_owned() };
            assert_eq!(LogLine::read(&line.to_string()), Some(line));
        }
        let line = LogLine::read("2026-11-29T12:00:00.000Z out ready").unwrap();
        assert_eq!(line.to_string(), "2026-11-29T12:00:00.000Z out ready");
        for wrong in ["", "ready", "2026-11-29T12:00:00Z", "2026-11-29T12:00:00Z log x", "yesterday out x"] {
            assert_eq!(LogLine::read(wrong), None, "{wrong}");
        }
    }
}
