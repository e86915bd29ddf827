//! Tar archives part by part, as no tool would write them.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;
use tar::{EntryType, Header};

/// A part, of whatever kind, name, target and content.
pub(super) fn part(kind: EntryType, name: &[u8], target: &[u8], content: &[u8]) -> Vec<u8> {
    let header = header(kind, name, target, content.len() as u64);
    padded(&header, content)
}

fn header(kind: EntryType, name: &[u8], target: &[u8], size: u64) -> Header {
    let mut header = Header::new_gnu();
    // What is longer than its field is cut, as tools did before there were records for it.
    let old = header.as_old_mut();
    for (field, given) in [(&mut old.name, name), (&mut old.linkname, target)] {
        let length = given.len().min(field.len());
        field[..length].copy_from_slice(&given[..length]);
    }
    header.set_entry_type(kind);
    header.set_mode(0o755);
    header.set_mtime(0);
    header.set_size(size);
    header.set_cksum();
    header
}

fn padded(header: &Header, content: &[u8]) -> Vec<u8> {
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

/// A part whose header is changed before its checksum is made.
pub(super) fn changed(part: &[u8], change: impl FnOnce(&mut Header)) -> Vec<u8> {
    let mut header = Header::from_byte_slice(&part[..512]).clone();
    change(&mut header);
    header.set_cksum();
    [header.as_bytes(), &part[512..]].concat()
}

pub(super) fn file(name: &[u8], content: &[u8]) -> Vec<u8> {
    part(EntryType::Regular, name, b"", content)
}

pub(super) fn link(name: &str, target: &[u8]) -> Vec<u8> {
    part(EntryType::Symlink, name.as_bytes(), target, b"")
}

pub(super) fn hard(name: &str, target: &[u8]) -> Vec<u8> {
    part(EntryType::Link, name.as_bytes(), target, b"")
}

/// Records that speak of the next part; a record's length counts itself.
pub(super) fn pax(records: &[(&str, &[u8])]) -> Vec<u8> {
    let record = |(key, value): &(&str, &[u8])| {
        let body = [b" ", key.as_bytes(), b"=", value, b"\n"].concat();
        let lengths = body.len()..body.len() + 9;
        let length = lengths.into_iter().find(|all| all.to_string().len() + body.len() == *all).unwrap();
        [length.to_string().as_bytes(), &body].concat()
    };
    let text: Vec<u8> = records.iter().flat_map(record).collect();
    raw_pax(EntryType::XHeader, &text)
}

/// The same as the text that it is.
pub(super) fn raw_pax(kind: EntryType, text: &[u8]) -> Vec<u8> {
    part(kind, b"pax", b"", text)
}

/// The two blocks of zeros that end an archive come behind its parts.
pub(super) fn archive(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = parts.concat();
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

pub(in crate::faults) fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A part that says it has so many zeros, with so many of them, compressed.
pub(super) fn gz_of_zeros(name: &str, said: u64, there: u64) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(header(EntryType::Regular, name.as_bytes(), b"", said).as_bytes()).unwrap();
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), there), &mut encoder).unwrap();
    encoder.finish().unwrap()
}
