//! What a container says, copied into the service's own log. The engine keeps it, too, so that nothing is lost while no
//! core is there: the next one takes it up behind the last line that was written down.

use super::Engine;
use crate::process::LineLog;
use bollard::container::LogOutput;
use bollard::query_parameters::LogsOptionsBuilder;
use futures::StreamExt as _;
use las_types::{LogLine, LogStream, Timestamp};
use std::path::Path;

/// Up to where a container's lines are written down: the moment of the last one, and how many had the same. Moments are
/// in milliseconds, as our log has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resuming {
    last: Option<i64>,
    count: u64,
}

impl Resuming {
    /// What the log in this folder has.
    pub(crate) fn of(log: &Path) -> Self {
        let mut found = Self::default();
        for name in ["previous.log", "current.log"] {
            let text = std::fs::read(log.join(name)).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            text.lines().filter_map(LogLine::read).for_each(|line| found.add(line.at));
        }
        found
    }

    fn add(&mut self, at: Timestamp) {
        let at = at.as_millisecond();
        if self.last == Some(at) {
            self.count += 1;
        } else {
            *self = Self { last: Some(at), count: 1 };
        }
    }

    /// Whole seconds, which is what engines are asked with.
    fn since(self) -> i32 {
        self.last.and_then(|last| i32::try_from(last.div_euclid(1000)).ok()).unwrap_or(0)
    }
}

/// Tells which lines are written down already, as they come again from the beginning of a second.
struct Known {
    last: Option<i64>,
    left: u64,
}

impl Known {
    fn holds(&mut self, at: Timestamp) -> bool {
        let Some(last) = self.last else { return false };
        let at = at.as_millisecond();
        if at < last {
            return true;
        }
        if at == last && self.left > 0 {
            self.left -= 1;
            return true;
        }
        // From here on all is new, whatever its moment: two streams are not strictly in order.
        self.last = None;
        false
    }
}

/// The moment that an engine writes before a line, and the line.
fn stamped(message: &[u8]) -> Option<(Timestamp, &[u8])> {
    let blank = message.iter().position(|byte| *byte == b' ')?;
    let at = std::str::from_utf8(&message[..blank]).ok()?.parse().ok()?;
    let line = &message[blank + 1..];
    Some((at, line.strip_suffix(b"\n").unwrap_or(line)))
}

/// Whether it is waited for more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    /// The container ends.
    End,
    /// Nothing more is there now.
    Now,
}

/// Copies lines until the engine has no more; what was copied is kept in `resuming`, wherever this is dropped.
pub(super) async fn follow(engine: &Engine, id: &str, log: &LineLog, resuming: &mut Resuming, until: Until) {
    let options = LogsOptionsBuilder::default().stdout(true).stderr(true).timestamps(true);
    let options = options.since(resuming.since()).follow(until == Until::End).build();
    let mut lines = std::pin::pin!(engine.docker.logs(id, Some(options)));
    let mut known = Known { last: resuming.last, left: resuming.count };
    // An end and an error look alike here: whoever called knows whether the container is still there.
    while let Some(Ok(output)) = lines.next().await {
        let (stream, message) = match &output {
            LogOutput::StdErr { message } => (LogStream::Err, message),
            LogOutput::StdOut { message } | LogOutput::Console { message } | LogOutput::StdIn { message } => {
                (LogStream::Out, message)
            }
        };
        let Some((at, line)) = stamped(message) else { continue };
        if !known.holds(at) {
            resuming.add(at);
            log.take_one(at, stream, line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Known, Resuming, stamped};
    use crate::process::LogFile;
    use las_types::{ByteSize, LogLine, LogStream, Timestamp};

    #[test]
    fn lines_that_come_again_are_known_to_the_last_one() {
        let folder = tempfile::tempdir().unwrap();
        let moments = ["10.001", "10.002", "10.002", "10.002"];
        let at = |second: &str| format!("2026-11-30T01:02:{second}Z").parse::<Timestamp>().unwrap();
        let mut file = LogFile::open(folder.path(), ByteSize::new(1 << 20)).unwrap();
        assert_eq!(Resuming::of(folder.path()), Resuming::default());
        for moment in moments {
            let line = LogLine { at: at(moment), stream: LogStream::Out, text: "a".to_owned() };
            file.write(&line.to_string()).unwrap();
        }
        let resuming = Resuming::of(folder.path());
        assert_eq!(resuming.count, 3);
        assert_eq!(i64::from(resuming.since()), at("10").as_second());
        let mut known = Known { last: resuming.last, left: resuming.count };
        // As an engine has them: finer, and from the beginning of the second.
        let again = ["10.0005", "10.0011", "10.0020", "10.0021", "10.0022"];
        assert!(again.iter().all(|moment| known.holds(at(moment))));
        for new in ["10.0029", "10.0015", "11"] {
            assert!(!known.holds(at(new)), "{new}");
        }
    }

    #[test]
    fn a_moment_stands_before_each_line() {
        let (at, line) = stamped(b"2026-11-30T01:02:03.123456789+01:00 a b\n").unwrap();
        assert_eq!((at.to_string().as_str(), line), ("2026-11-30T00:02:03.123456789Z", &b"a b"[..]));
        assert_eq!(stamped(b"2026-11-30T01:02:03Z \n").unwrap().1, b"");
        assert!(stamped(b"a b").is_none() && stamped(b"").is_none());
    }
}
