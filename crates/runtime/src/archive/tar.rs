//! Parts of a tar archive.
//!
//! Two readers of one archive may see different parts where headers contradict each other. Here the parts that name or
//! size the next one are read by ourselves, are small, and a contradiction refuses the archive.

use super::unpacking::Unpacking;
use super::unreadable;
use las_types::Failure;
use std::io::Read;
use tar::{Archive, Entry, EntryType, PaxExtensions};

/// The longest part that only says something of the next one: a name or two and some times.
const LONGEST: u64 = 64 << 10;

/// What parts before a part say of it.
#[derive(Default)]
struct Told {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
}

pub(super) fn read(reader: Box<dyn Read>, unpacking: &mut Unpacking<'_>) -> Result<(), Failure> {
    let mut archive = Archive::new(reader);
    let archive_path = unpacking.archive;
    let broken = |error| unreadable(archive_path, error);
    let mut told = Told::default();
    for entry in archive.entries().map_err(broken)?.raw(true) {
        let mut entry = entry.map_err(broken)?;
        match entry.header().entry_type() {
            EntryType::XHeader => told.hear(&small(&mut entry, unpacking)?, unpacking)?,
            EntryType::GNULongName => told.name = Some(text(small(&mut entry, unpacking)?)),
            EntryType::GNULongLink => told.link = Some(text(small(&mut entry, unpacking)?)),
            // Said of every part that follows: only of times and owners, which are not kept.
            EntryType::XGlobalHeader => {
                let mut of_all = Told::default();
                of_all.hear(&small(&mut entry, unpacking)?, unpacking)?;
                if of_all.name.is_some() || of_all.link.is_some() || of_all.size.is_some() {
                    return Err(unpacking.refuse(&entry.header().path_bytes(), "archive-header"));
                }
            }
            kind => part(kind, &mut entry, std::mem::take(&mut told), unpacking)?,
        }
    }
    if told.name.is_some() || told.link.is_some() || told.size.is_some() {
        return Err(unpacking.refuse(&told.name.unwrap_or_default(), "archive-header"));
    }
    Ok(())
}

/// The whole of a part that says something of the next.
fn small(entry: &mut Entry<'_, Box<dyn Read>>, unpacking: &Unpacking<'_>) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let size = entry.header().entry_size().map_err(|error| unreadable(unpacking.archive, error))?;
    if size > LONGEST {
        return Err(unpacking.refuse(&entry.header().path_bytes(), "archive-header"));
    }
    entry.read_to_end(&mut bytes).map_err(|error| unreadable(unpacking.archive, error))?;
    if bytes.len() as u64 == size {
        Ok(bytes)
    } else {
        Err(unreadable(unpacking.archive, std::io::ErrorKind::UnexpectedEof.into()))
    }
}

/// Up to the zero that ends it.
fn text(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    bytes.truncate(end);
    bytes
}

impl Told {
    fn hear(&mut self, bytes: &[u8], unpacking: &Unpacking<'_>) -> Result<(), Failure> {
        let wrong = |what: &[u8]| unpacking.refuse(what, "archive-header");
        for record in PaxExtensions::new(bytes) {
            let record = record.map_err(|_| wrong(b"pax"))?;
            let value = record.value_bytes();
            match record.key_bytes() {
                b"path" => self.name = Some(value.to_vec()),
                b"linkpath" => self.link = Some(value.to_vec()),
                b"size" => {
                    let size = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                    self.size = Some(size.ok_or_else(|| wrong(b"size"))?);
                }
                key if key.starts_with(b"GNU.sparse.") => {
                    return Err(unpacking.refuse(key, "archive-kind"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn part(
    kind: EntryType,
    entry: &mut Entry<'_, Box<dyn Read>>,
    told: Told,
    unpacking: &mut Unpacking<'_>,
) -> Result<(), Failure> {
    let header = entry.header();
    let name = told.name.unwrap_or_else(|| header.path_bytes().into_owned());
    let target = told.link.or_else(|| header.link_name_bytes().map(std::borrow::Cow::into_owned));
    let broken = |error| unreadable(unpacking.archive, error);
    let size = header.entry_size().map_err(broken)?;
    // Where they differ one reader takes a file's bytes for headers, and another not.
    if told.size.is_some_and(|told| told != size) {
        return Err(unpacking.refuse(&name, "archive-header"));
    }
    let mode = header.mode().map_err(broken)?;
    match kind {
        EntryType::Directory => unpacking.folder(&name),
        // The oldest form has no folders, but a slash behind their names.
        EntryType::Regular | EntryType::Continuous if name.ends_with(b"/") && size == 0 => {
            unpacking.folder(&name)
        }
        EntryType::Regular | EntryType::Continuous => unpacking.file(&name, mode & 0o111 != 0, size, entry),
        EntryType::Symlink => unpacking.link(&name, &target.unwrap_or_default()),
        EntryType::Link => unpacking.copy(&name, &target.unwrap_or_default()),
        _ => Err(unpacking.refuse(&name, "archive-kind")),
    }
}
