//! Pickles by their words: whether what is there is a program for Python's unpickler, and what it calls.
//!
//! Each opcode with its argument and what it does to the stack, after the list in Python's `pickletools` (protocols 0 to 5).
//! Nothing is built of it.

use super::read_at;
use crate::ModelError;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

/// A pickle that long is one, whether or not its end was seen.
const WORDS_MAX: usize = 200_000;
/// Words without a mark in front that are taken for a pickle without their end.
const WORDS_SURE: usize = 500;
const LINE_MAX: u64 = 4_096;

/// What a pickle does, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scanned {
    /// The first that it calls, `module.name`.
    pub(super) calls: Option<String>,
}

enum Argument {
    None,
    Fixed(u64),
    /// A length of so many bytes, then so many bytes.
    Counted(usize),
    Line,
    /// A line that is a number, or empty for none.
    Number,
    /// A line in quotes.
    Quoted,
    Lines,
}

/// What an opcode takes all of, before it takes some of what is left.
const MARKED: &[u8] = b"tldo1eui\x90\x91";

/// The argument of an opcode, how much it takes from the stack, and how much it leaves there. Those of `MARKED` take all down
/// to the last mark before.
fn word(code: u8) -> Option<(Argument, u64, u64)> {
    use Argument::{Counted, Fixed, Line, Lines, None as Nothing, Number, Quoted};
    Some(match code {
        b'(' | 0x80 => (if code == b'(' { Nothing } else { Fixed(1) }, 0, 0),
        b')' | b']' | b'}' | b'N' | 0x88 | 0x89 | 0x8f | 0x97 | b't' | b'l' | b'd' | b'o' | 0x91 => {
            (Nothing, 0, 1)
        }
        b'1' => (Nothing, 0, 0),
        b'0' | b'.' => (Nothing, 1, 0),
        b'2' => (Nothing, 1, 2),
        b'F' | b'I' | b'L' | b'g' => (Number, 0, 1),
        b'K' | b'h' | 0x82 => (Fixed(1), 0, 1),
        b'M' | 0x83 => (Fixed(2), 0, 1),
        b'J' | b'j' | 0x84 => (Fixed(4), 0, 1),
        b'G' => (Fixed(8), 0, 1),
        0x8a | b'U' | b'C' | 0x8c => (Counted(1), 0, 1),
        0x8b | b'T' | b'X' | b'B' => (Counted(4), 0, 1),
        0x8d | 0x8e | 0x96 => (Counted(8), 0, 1),
        b'S' => (Quoted, 0, 1),
        b'V' | b'P' => (Line, 0, 1),
        b'c' | b'i' => (Lines, 0, 1),
        b'p' => (Number, 1, 1),
        b'q' => (Fixed(1), 1, 1),
        b'r' => (Fixed(4), 1, 1),
        0x94 | 0x98 | b'Q' | 0x85 | b'e' | b'u' | 0x90 => (Nothing, 1, 1),
        b'a' | b'b' | b'R' | 0x81 | 0x93 | 0x86 => (Nothing, 2, 1),
        b's' | 0x92 | 0x87 => (Nothing, 3, 1),
        0x95 => (Fixed(8), 0, 0),
        _ => return None,
    })
}

/// How much an unpickler would have on its stack, and where its marks are.
#[derive(Default)]
struct Stack {
    depth: u64,
    marks: Vec<u64>,
}

impl Stack {
    /// Goes along with an opcode; false if there is not enough on the stack for it.
    fn follow(&mut self, code: u8, takes: u64, leaves: u64) -> bool {
        if code == b'(' {
            self.marks.push(self.depth);
            return true;
        }
        if MARKED.contains(&code) {
            let Some(mark) = self.marks.pop() else { return false };
            if code == b'o' && self.depth == mark {
                return false; // it has no class
            }
            self.depth = mark;
        }
        let floor = self.marks.last().copied().unwrap_or(0);
        if code == b'0' && self.depth == floor {
            return self.marks.pop().is_some();
        }
        if takes > self.depth - floor {
            return false;
        }
        self.depth = self.depth - takes + leaves;
        true
    }
}

struct Words<'a, R: Read + Seek> {
    reader: BufReader<&'a mut R>,
    left: u64,
    /// Texts that were seen last: a call by `STACK_GLOBAL` takes two of them.
    texts: [String; 2],
}

impl<R: Read + Seek> Words<'_, R> {
    fn bytes(&mut self, count: u64) -> Result<Option<Vec<u8>>, ModelError> {
        if count > self.left {
            return Ok(None);
        }
        self.left -= count;
        let mut bytes = Vec::new();
        (&mut self.reader).take(count).read_to_end(&mut bytes).map_err(ModelError::Io)?;
        Ok((bytes.len() as u64 == count).then_some(bytes))
    }

    fn skip(&mut self, count: u64) -> Result<Option<()>, ModelError> {
        let Ok(distance) = i64::try_from(count) else { return Ok(None) };
        if count > self.left {
            return Ok(None);
        }
        self.left -= count;
        self.reader.seek_relative(distance).map_err(ModelError::Io)?;
        Ok(Some(()))
    }

    fn line(&mut self) -> Result<Option<String>, ModelError> {
        let mut bytes = Vec::new();
        let most = LINE_MAX.min(self.left);
        (&mut self.reader).take(most).read_until(b'\n', &mut bytes).map_err(ModelError::Io)?;
        self.left -= bytes.len() as u64;
        if bytes.pop() != Some(b'\n') {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// Goes over an argument; none if it can't be one. It names what is called, or nothing.
    fn argument(&mut self, argument: &Argument) -> Result<Option<String>, ModelError> {
        match argument {
            Argument::None => Ok(Some(String::new())),
            Argument::Fixed(count) => Ok(self.skip(*count)?.map(|()| String::new())),
            Argument::Counted(width) => {
                let Some(bytes) = self.bytes(*width as u64)? else { return Ok(None) };
                let count = bytes.iter().rev().fold(0_u64, |count, byte| count << 8 | u64::from(*byte));
                if count > 256 {
                    return Ok(self.skip(count)?.map(|()| String::new()));
                }
                let Some(text) = self.bytes(count)? else { return Ok(None) };
                self.texts.rotate_left(1);
                self.texts[1] = String::from_utf8_lossy(&text).into_owned();
                Ok(Some(String::new()))
            }
            Argument::Line => Ok(self.line()?.map(|_| String::new())),
            Argument::Number => {
                let Some(line) = self.line()? else { return Ok(None) };
                let text = line.trim_end_matches('L');
                let right = text.parse::<f64>().is_ok() && line.len() < 4_000;
                Ok(right.then(String::new))
            }
            Argument::Quoted => {
                let Some(line) = self.line()? else { return Ok(None) };
                let quoted = |mark| line.len() >= 2 && line.starts_with(mark) && line.ends_with(mark);
                Ok((quoted('\'') || quoted('"')).then(String::new))
            }
            Argument::Lines => {
                let (Some(module), Some(name)) = (self.line()?, self.line()?) else { return Ok(None) };
                let plain =
                    |text: &str| !text.is_empty() && !text.contains(|c: char| c.is_control() || c == ' ');
                Ok((plain(&module) && plain(&name)).then(|| format!("{module}.{name}")))
            }
        }
    }
}

/// Whether an unpickler would go along with the file from its first byte, and what it would call.
///
/// With the mark of protocol 2 and later one right word after it is enough; without, the words must be right until they
/// stop, or for some hundreds.
pub(super) fn scan<R: Read + Seek>(reader: &mut R, length: u64) -> Result<Option<Scanned>, ModelError> {
    let head = read_at(reader, 0, 2)?;
    let marked = matches!(head[..], [0x80, 0..=5]);
    reader.seek(SeekFrom::Start(0)).map_err(ModelError::Io)?;
    let mut words =
        Words { reader: BufReader::with_capacity(16 << 10, reader), left: length, texts: Default::default() };
    let (mut stack, mut calls, mut count) = (Stack::default(), None, 0_usize);
    let sure = |count: usize| if marked { count >= 2 } else { count >= WORDS_SURE };
    while count < WORDS_MAX {
        let Some(code) = words.bytes(1)? else { break };
        let Some((argument, takes, leaves)) = code.first().and_then(|code| word(*code)) else { break };
        if !stack.follow(code[0], takes, leaves) {
            break;
        }
        let Some(named) = words.argument(&argument)? else { break };
        count += 1;
        let called = match code[0] {
            0x93 => Some(words.texts.join(".")),
            0x82..=0x84 => Some("copyreg".to_owned()),
            _ => Some(named).filter(|named| !named.is_empty()),
        };
        calls = calls.or(called);
        if code[0] == b'.' {
            return Ok(Some(Scanned { calls }));
        }
    }
    Ok(sure(count).then_some(Scanned { calls }))
}
