//! What a service said, read from its log: the last lines, or those that came since somebody looked.

use crate::home::Home;
use las_types::{Failure, LogLine, LogPage, LogStream, ServiceName, Timestamp};
use std::fs::File;
use std::io::{ErrorKind, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// The most lines of one answer.
const MOST: usize = 5000;

/// Where somebody stopped reading: a file, by its inode, and the bytes of it that were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    inode: u64,
    offset: u64,
}

impl Place {
    fn read(text: &str) -> Option<Self> {
        let (inode, offset) = text.split_once('-')?;
        Some(Self { inode: inode.parse().ok()?, offset: offset.parse().ok()? })
    }

    fn text(self) -> String {
        format!("{}-{}", self.inode, self.offset)
    }
}

/// A file from a place on, up to its last whole line.
struct Part {
    inode: u64,
    from: u64,
    text: Vec<u8>,
}

/// None without such a file.
fn part(path: &Path, after: Option<Place>) -> Result<Option<Part>, Failure> {
    let failed = |error| Failure::io(path, error);
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let inode = file.metadata().map_err(failed)?.ino();
    let from = after.filter(|place| place.inode == inode).map_or(0, |place| place.offset);
    file.seek(SeekFrom::Start(from)).map_err(failed)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(failed)?;
    let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    text.truncate(whole);
    Ok(Some(Part { inode, from, text }))
}

/// The last lines that contain a text, oldest first; with a place, only those after it.
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
    let current = part(&folder.join("current.log"), after)?;
    let known = |part: &Part| after.is_some_and(|place| place.inode == part.inode);
    // Without a place everything is looked at; after one the file before only if it is the one that was read from.
    let before = match &current {
        Some(current) if known(current) => None,
        _ => part(&folder.join("previous.log"), after)?,
    };
    let missed = after.is_some() && !current.iter().chain(&before).any(known);
    let next = current.as_ref().map_or_else(Place::default, |part| Place {
        inode: part.inode,
        offset: part.from + part.text.len() as u64,
    });
    let mut lines = Vec::new();
    for part in before.iter().chain(&current) {
        let text = String::from_utf8_lossy(&part.text);
        lines.extend(text.lines().filter(|line| line.contains(contains)).map(line_of));
    }
    let left_out = lines.len().saturating_sub(most.min(MOST));
    lines.drain(..left_out);
    Ok(LogPage { lines, next: next.text(), missed: missed || (after.is_some() && left_out > 0) })
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
        let mut say = |text: &str| {
            let (at, text) = (Timestamp::UNIX_EPOCH, text.to_owned());
            file.write(&LogLine { at, stream: LogStream::Err, text }.to_string()).unwrap();
        };
        for text in ["a1", "a2", "b3"] {
            say(text);
        }
        let first = ask(None, "");
        assert_eq!((texts(&first), first.missed), (vec!["a1", "a2", "b3"], false));
        assert_eq!(first.lines[0].stream, LogStream::Err);
        assert_eq!(texts(&ask(None, "a")), ["a1", "a2"]);
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
