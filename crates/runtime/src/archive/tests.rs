//! What comes out of archives, and what does not: good ones in every format, and hostile ones.

use super::{Bounds, unpack};
use crate::blocking::Meter;
use las_types::{ArchiveFormat, ArtefactFile, Code, Failure};
use std::io::Write;
use std::path::Path;
use tar::{EntryType, Header};

const ROOM: Bounds = Bounds { files: 100, bytes: 1 << 20 };

/// A part of a tar archive, with whatever name.
fn part(kind: EntryType, name: &[u8], target: &[u8], content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.as_old_mut().linkname[..target.len()].copy_from_slice(target);
    header.set_entry_type(kind);
    header.set_mode(0o755);
    header.set_size(content.len() as u64);
    header.set_cksum();
    let mut bytes = header.as_bytes().to_vec();
    bytes.extend(content);
    bytes.resize(bytes.len().next_multiple_of(512), 0);
    bytes
}

fn file(name: &str, content: &[u8]) -> Vec<u8> {
    part(EntryType::Regular, name.as_bytes(), b"", content)
}

/// A PAX record; its length counts itself.
fn pax(key: &str, value: &str) -> Vec<u8> {
    let body = format!(" {key}={value}\n");
    let length = (body.len()..body.len() + 9).find(|all| all.to_string().len() + body.len() == *all).unwrap();
    part(EntryType::XHeader, b"pax", b"", format!("{length}{body}").as_bytes())
}

fn archive(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = parts.concat();
    bytes.resize(bytes.len() + 1024, 0);
    bytes
}

struct Unpacked {
    home: tempfile::TempDir,
    result: Result<Vec<ArtefactFile>, Failure>,
}

impl Unpacked {
    #[expect(clippy::disallowed_methods, reason = "an archive that is a test's own")]
    fn of(bytes: &[u8], format: ArchiveFormat, within: Option<&str>, bounds: Bounds) -> Self {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("archive");
        std::fs::write(&path, bytes).unwrap();
        let into = home.path().join("work/into");
        std::fs::create_dir_all(&into).unwrap();
        let result = unpack(&path, format, within, bounds, &into, &mut Meter::silent());
        Self { home, result }
    }

    fn tar(parts: &[Vec<u8>]) -> Self {
        Self::of(&archive(parts), ArchiveFormat::Tar, None, ROOM)
    }

    fn folder(&self) -> std::path::PathBuf {
        self.home.path().join("work/into")
    }

    /// That nothing lies beside the folder, and why it was refused.
    fn why(&self) -> String {
        for (folder, only) in [("work", &["into"][..]), ("", &["archive", "work"])] {
            let mut found: Vec<_> = std::fs::read_dir(self.home.path().join(folder))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            found.sort();
            assert_eq!(found, only);
        }
        let failure = self.result.as_ref().unwrap_err();
        match failure.code {
            Code::ArchiveRefused => failure.details[0].key.clone(),
            other => other.as_str().to_owned(),
        }
    }
}

fn packed(format: ArchiveFormat, tar: &[u8]) -> Vec<u8> {
    match format {
        ArchiveFormat::Tar => tar.to_vec(),
        ArchiveFormat::TarGz => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            encoder.write_all(tar).unwrap();
            encoder.finish().unwrap()
        }
        ArchiveFormat::TarZst => zstd::encode_all(tar, 3).unwrap(),
        ArchiveFormat::TarXz => {
            let options = lzma_rust2::XzOptions::with_preset(1);
            let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
            encoder.write_all(tar).unwrap();
            encoder.finish().unwrap()
        }
        ArchiveFormat::Zip => unreachable!("a zip is made of its own parts"),
    }
}

const TARS: [ArchiveFormat; 4] =
    [ArchiveFormat::Tar, ArchiveFormat::TarGz, ArchiveFormat::TarXz, ArchiveFormat::TarZst];

#[test]
fn every_format_gives_the_same_files_links_and_rights() {
    let mut data = file("./top/lib/data", b"data");
    // Without the right to be executed.
    let mut header = Header::from_byte_slice(&data[..512]).clone();
    header.set_mode(0o640);
    header.set_cksum();
    data[..512].copy_from_slice(header.as_bytes());
    let parts = [
        part(EntryType::Directory, b"./top/", b"", b""),
        file("./top/bin/tool", b"#!/bin/sh\n"),
        data,
        part(EntryType::Symlink, b"top/lib/link", b"../bin/tool", b""),
        part(EntryType::Link, b"top/lib/again", b"./top/lib/data", b""),
        file("beside", b"not of this module"),
    ];
    for format in TARS {
        let unpacked = Unpacked::of(&packed(format, &archive(&parts)), format, Some("top"), ROOM);
        let files = unpacked.result.as_ref().unwrap();
        let told: Vec<_> = files
            .iter()
            .map(|file| (&*file.path, file.size.bytes(), file.executable, file.link.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("bin/tool", 10, true, None),
                ("lib/again", 4, false, None),
                ("lib/data", 4, false, None),
                ("lib/link", 0, false, Some("../bin/tool")),
            ],
            "{format:?}"
        );
        // What was said is what lies there.
        assert_eq!(*files, crate::tree::hash_tree(&unpacked.folder(), &mut Meter::silent()).unwrap());
        assert_eq!(std::fs::read(unpacked.folder().join("lib/link")).unwrap(), b"#!/bin/sh\n");
    }
}

#[test]
fn a_zip_gives_files_links_and_rights() {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.add_directory("top/", options).unwrap();
    writer.start_file("top/tool", options.unix_permissions(0o755)).unwrap();
    writer.write_all(b"tool").unwrap();
    writer.start_file("top/data", options).unwrap();
    writer.write_all(&[7; 3000]).unwrap();
    writer.add_symlink("top/link", "data", options).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    let unpacked = Unpacked::of(&bytes, ArchiveFormat::Zip, Some("top"), ROOM);
    let files = unpacked.result.as_ref().unwrap();
    let told: Vec<_> =
        files.iter().map(|file| (&*file.path, file.executable, file.link.as_deref())).collect();
    assert_eq!(told, [("data", false, None), ("link", false, Some("data")), ("tool", true, None)]);
    assert_eq!(*files, crate::tree::hash_tree(&unpacked.folder(), &mut Meter::silent()).unwrap());
    // One byte changed in the middle of the file that is stored deflated.
    let at = bytes.windows(4).position(|four| four == b"tool").unwrap();
    let mut damaged = bytes;
    damaged[at + 6] ^= 1;
    let why = Unpacked::of(&damaged, ArchiveFormat::Zip, None, ROOM).why();
    assert_eq!(why, "archive-unreadable");
}

#[test]
fn a_long_name_is_taken_from_where_either_tool_puts_it() {
    let long = format!("{}/file", "folder".repeat(30));
    let gnu = [part(EntryType::GNULongName, b"././@LongLink", b"", long.as_bytes()), file("short", b"1")];
    let posix = [pax("path", &long), file("short", b"1")];
    for parts in [gnu, posix] {
        let unpacked = Unpacked::tar(&parts);
        assert_eq!(unpacked.result.unwrap()[0].path, long);
    }
}

#[test]
fn nothing_leaves_the_folder() {
    let refused = |parts: &[Vec<u8>]| Unpacked::tar(parts).why();
    for name in ["/etc/x", "../x", "a/../../x", "./../x"] {
        assert_eq!(refused(&[file(name, b"1")]), "archive-outside", "{name}");
        assert_eq!(refused(&[pax("path", name), file("x", b"1")]), "archive-outside", "{name}");
        let long = part(EntryType::GNULongName, b"long", b"", name.as_bytes());
        assert_eq!(refused(&[long, file("x", b"1")]), "archive-outside", "{name}");
        assert_eq!(
            refused(&[part(EntryType::Symlink, b"x", name.as_bytes(), b"")]),
            "archive-link",
            "{name}"
        );
        assert_eq!(refused(&[part(EntryType::Directory, name.as_bytes(), b"", b"")]), "archive-outside");
        let hard = [file("there", b"1"), part(EntryType::Link, b"x", name.as_bytes(), b"")];
        assert_eq!(refused(&hard), "archive-outside", "{name}");
    }
    assert_eq!(
        refused(&[pax("linkpath", "/etc"), part(EntryType::Symlink, b"x", b"y", b"")]),
        "archive-link"
    );
}

#[test]
fn no_link_of_the_archive_is_written_through() {
    let link = |name: &str, target: &str| part(EntryType::Symlink, name.as_bytes(), target.as_bytes(), b"");
    let refused = |parts: &[Vec<u8>]| Unpacked::tar(parts).why();
    // Through a link to a folder, over a link, and by a chain of links of which each seems to stay inside.
    assert_eq!(refused(&[link("d", "e"), file("d/x", b"1")]), "archive-twice");
    assert_eq!(refused(&[link("d", "e"), file("d", b"1")]), "archive-twice");
    assert_eq!(refused(&[link("a/b/c", "../.."), link("x", "a/b/c/../../y")]), "archive-link");
    // A second name of what is no file.
    assert_eq!(refused(&[link("d", "e"), part(EntryType::Link, b"x", b"d", b"")]), "archive-link");
    // The same in the other order: the folder is there first.
    assert_eq!(refused(&[file("d/x", b"1"), link("d", "e")]), "archive-twice");
    assert_eq!(refused(&[file("d", b"1"), file("d/x", b"1")]), "archive-twice");
    assert_eq!(refused(&[file("x", b"1"), file("./x", b"2")]), "archive-twice");
}

#[test]
fn what_is_no_file_folder_or_link_is_refused() {
    for kind in
        [EntryType::Char, EntryType::Block, EntryType::Fifo, EntryType::GNUSparse, EntryType::new(b'V')]
    {
        assert_eq!(Unpacked::tar(&[part(kind, b"x", b"", b"")]).why(), "archive-kind", "{kind:?}");
    }
    let sparse = [pax("GNU.sparse.realsize", "1000000000000"), file("x", b"1")];
    assert_eq!(Unpacked::tar(&sparse).why(), "archive-kind");
}

#[test]
fn headers_that_contradict_each_other_are_refused() {
    // With the size of the record a reader goes on in the middle of the file; with that of the header behind it.
    let hidden = file("hidden", b"1");
    assert_eq!(Unpacked::tar(&[pax("size", "0"), file("x", &hidden)]).why(), "archive-header");
    assert_eq!(Unpacked::tar(&[pax("size", "99999"), file("x", b"1")]).why(), "archive-header");
    let told_of_all = {
        let mut record = pax("path", "x");
        let mut header = Header::from_byte_slice(&record[..512]).clone();
        header.set_entry_type(EntryType::XGlobalHeader);
        header.set_cksum();
        record[..512].copy_from_slice(header.as_bytes());
        record
    };
    assert_eq!(Unpacked::tar(&[told_of_all, file("y", b"1")]).why(), "archive-header");
    assert_eq!(Unpacked::tar(&[file("y", b"1"), pax("path", "x")]).why(), "archive-header");
    let endless = part(EntryType::GNULongName, b"long", b"", &vec![b'a'; 1 << 17]);
    assert_eq!(Unpacked::tar(&[endless, file("x", b"1")]).why(), "archive-header");
}

#[test]
fn nothing_outgrows_what_was_said() {
    let three = archive(&[file("a", b"12"), file("b", b"34"), file("c", b"56")]);
    let exactly = Bounds { files: 3, bytes: 6 };
    assert_eq!(Unpacked::of(&three, ArchiveFormat::Tar, None, exactly).result.unwrap().len(), 3);
    let why = |bounds| Unpacked::of(&three, ArchiveFormat::Tar, None, bounds).why();
    assert_eq!(why(Bounds { files: 2, bytes: 6 }), "archive-many");
    assert_eq!(why(Bounds { files: 3, bytes: 5 }), "archive-large");
    let folders: Vec<_> =
        (0..4000).map(|n| part(EntryType::Directory, format!("{n}/").as_bytes(), b"", b"")).collect();
    assert_eq!(Unpacked::of(&archive(&folders), ArchiveFormat::Tar, None, exactly).why(), "archive-many");
    // A gigabyte of what is skipped: stopped long before its end.
    let mut bomb = part(EntryType::Regular, b"beside", b"", b"");
    let mut header = Header::from_byte_slice(&bomb).clone();
    header.set_size(1 << 30);
    header.set_cksum();
    bomb.copy_from_slice(header.as_bytes());
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&bomb).unwrap();
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 1 << 25), &mut encoder).unwrap();
    let bomb = encoder.finish().unwrap();
    let unpacked = Unpacked::of(&bomb, ArchiveFormat::TarGz, Some("top"), exactly);
    assert_eq!(unpacked.why(), "archive-unreadable");
    let told = &unpacked.result.unwrap_err().args["detail"];
    assert!(told.contains(super::TOO_LONG), "{told}");
}

#[test]
fn a_small_archive_can_not_ask_for_much_memory() {
    let tar = archive(&[file("x", b"1")]);
    // A window of 2 GiB, which its reader would have to keep.
    let mut encoder = zstd::stream::write::Encoder::new(Vec::new(), 1).unwrap();
    encoder.long_distance_matching(true).unwrap();
    encoder.window_log(31).unwrap();
    encoder.write_all(&tar).unwrap();
    let zst = encoder.finish().unwrap();
    let why = Unpacked::of(&zst, ArchiveFormat::TarZst, None, ROOM).why();
    assert_eq!(why, "archive-unreadable");
}

#[test]
fn what_is_cut_off_or_no_archive_is_told_and_never_a_panic() {
    let whole = archive(&[file("a", &[1; 700]), part(EntryType::Symlink, b"l", b"a", b"")]);
    for format in TARS {
        let bytes = packed(format, &whole);
        for length in 0..bytes.len() {
            let unpacked = Unpacked::of(&bytes[..length], format, None, ROOM);
            // An archive that ends behind a part, or in the zeros behind the last, is one of fewer parts; what is
            // installed is compared with what was said in any case.
            if let Err(failure) = unpacked.result {
                assert_eq!(failure.code, Code::ArchiveUnreadable, "{format:?} {length}");
            }
        }
    }
    for format in TARS.into_iter().chain([ArchiveFormat::Zip]) {
        let unpacked = Unpacked::of(&[0x55; 4096], format, None, ROOM);
        assert_eq!(unpacked.why(), "archive-unreadable", "{format:?}");
        assert!(Path::new(&unpacked.result.unwrap_err().args["path"]).ends_with("archive"));
    }
}
