//! What a service said, read from its log: the last lines, or those that came since somebody looked.

use crate::home::Home;
use las_types::{Digest, Failure, LogLine, LogPage, LogStream, ServiceName, Timestamp};
use std::fmt::{self, Display};
use std::io::ErrorKind;
use std::path::Path;

/// The most lines of one answer.
const MOST: usize = 5000;

/// Where somebody stopped reading: a file, by its first line, and the bytes of it that were read. Nobody stopped in a
/// file that has none. Its inode would not do: the next file often gets that of one that was removed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    first: String,
    offset: u64,
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        let (first, offset) = text.split_once('-')?;
        Some(Self { first: first.to_owned(), offset: offset.parse().ok()? })
    }
}

impl Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.first, self.offset)
    }
}

/// A file, as far as its last whole line.
struct Part {
    first: String,
    text: Vec<u8>,
}

impl Part {
    /// From where on it was not read yet, if this is where somebody stopped.
    fn known(&self, after: Option<&Place>) -> Option<usize> {
        let place = after.filter(|place| place.first == self.first)?;
        usize::try_from(place.offset).ok().filter(|offset| *offset <= self.text.len())
    }
}

/// None without such a file, or without a line in it.
fn part(path: &Path) -> Result<Option<Part>, Failure> {
    let mut text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::io(path, error)),
    };
    let end = |byte: &u8| *byte == b'\n';
    text.truncate(text.iter().rposition(end).map_or(0, |last| last + 1));
    let Some(first) = text.iter().position(end) else { return Ok(None) };
    Ok(Some(Part { first: Digest::of(&text[..first]).short(), text }))
}

/// The last lines whose text contains another, oldest first; with a place, only those after it.
///
/// Code: `io-failed` if a file that is there can't be read.
pub(crate) fn read(
    home: &Home,
    service: &ServiceName,
    after: Option<&str>,
    contains: &str,
    most: usize,
) -> Result<LogPage, Failure> {
    let folder = home.logs().join(service.as_str());
    let after = after.and_then(Place::read);
    let current = part(&folder.join("current.log"))?;
    // Without a place everything is looked at, after one the file before only if it is the one that was read from.
    let from = current.as_ref().and_then(|part| part.known(after.as_ref()));
    let before = if from.is_some() { None } else { part(&folder.join("previous.log"))? };
    let from_before = before.as_ref().and_then(|part| part.known(after.as_ref()));
    let missed = after.is_some() && from.is_none() && from_before.is_none();
    let read = |part: Option<&Part>, from: Option<usize>| {
        let text = part.and_then(|part| part.text.get(from.unwrap_or(0)..)).unwrap_or_default();
        String::from_utf8_lossy(text).into_owned()
    };
    let text = read(before.as_ref(), from_before) + &read(current.as_ref(), from);
    let mut lines: Vec<LogLine> =
        text.lines().map(line_of).filter(|line| line.text.contains(contains)).collect();
    let left_out = lines.len().saturating_sub(most.min(MOST));
    lines.drain(..left_out);
    let next = match (&current, after) {
        (Some(part), _) => Place { first: part.first.clone(), offset: part.text.len() as u64 }.to_string(),
        (None, Some(after)) => after.to_string(),
        (None, None) => String::new(),
    };
    Ok(LogPage { lines, next, missed: missed || (from.or(from_before).is_some() && left_out > 0) })
}

/// A line that is not in our form is shown as it is.
fn line_of(line: &str) -> LogLine {
    let odd = || LogLine { at: Timestamp::UNIX_EPOCH, stream: LogStream::Out, text: line.to_owned() };
    LogLine::read(line).unwrap_or_else(odd)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::home::Home;
    use crate::process::LogFile;
    use las_types::{ByteSize, LogLine, LogPage, LogStream, Timestamp};

    fn texts(page: &LogPage) -> Vec<&str> {
        page.lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn whoever_asks_again_gets_what_came_since_whatever_was_rotated() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(folder.path().join("home")).unwrap();
        let name = "notes".parse().unwrap();
        let ask = |after: Option<&str>, contains: &str| read(&home, &name, after, contains, 100).unwrap();
        let nothing = ask(None, "");
        assert!(nothing.lines.is_empty() && !nothing.missed);
        // Five lines fill a file.
        let mut file = LogFile::open(&home.logs().join("notes"), ByteSize::new(5 * 32)).unwrap();
        let mut moment = 1_000_000_000;
        let mut say = |text: &str| {
            moment += 1;
            let (at, text) = (Timestamp::from_second(moment).unwrap(), text.to_owned());
            file.write(&LogLine { at, stream: LogStream::Err, text }.to_string()).unwrap();
        };
        for text in ["a1", "a2", "b3"] {
            say(text);
        }
        let first = ask(None, "");
        assert_eq!((texts(&first), first.missed), (vec!["a1", "a2", "b3"], false));
        assert_eq!(first.lines[0].stream, LogStream::Err);
        assert_eq!(texts(&ask(None, "a")), ["a1", "a2"]);
        // What stands before the text is its moment and its stream, which nobody said.
        for beside in ["err", "2001", "Z", " "] {
            assert_eq!(texts(&ask(None, beside)), [""; 0], "{beside}");
        }
        assert_eq!(texts(&read(&home, &name, None, "", 2).unwrap()), ["a2", "b3"]);
        let none = ask(Some(&first.next), "");
        assert_eq!((texts(&none), none.missed), (vec![], false));
        // Rotated once: the rest of the file before comes first.
        for text in ["a4", "a5", "a6"] {
            say(text);
        }
        let second = ask(Some(&first.next), "");
        assert_eq!((texts(&second), second.missed), (vec!["a4", "a5", "a6"], false));
        // Twice: some of it is gone, which is said.
        for number in 7..20 {
            say(&format!("a{number}"));
        }
        let third = ask(Some(&second.next), "");
        assert!(third.missed && texts(&third).ends_with(&["a18", "a19"]), "{third:?}");
        // A place that nobody gave is none.
        assert_eq!(texts(&ask(Some("elsewhere"), "a19")), ["a19"]);
    }
}
