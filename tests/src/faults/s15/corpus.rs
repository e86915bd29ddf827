//! The hostile archives: what each is called, its bytes, and what has to become of it.

use super::tar::{archive, changed, file, gz, gz_of_zeros, hard, link, part, pax, raw_pax};
use super::zip::{self, Part};
use std::path::Path;
use tar::EntryType;

/// What has to become of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::faults) enum Due {
    /// It is refused as a whole.
    Refused,
    /// There is nothing in it, which is nothing to describe; installed it is not what its manifest said.
    Empty,
    /// It is refused without unpacking all that it says it has.
    Stopped,
    /// It may be installed, if nothing of it lies elsewhere or can do more than a file may.
    Inside,
}

/// One archive.
pub(in crate::faults) struct Hostile {
    pub(in crate::faults) name: String,
    /// What its name ends with.
    pub(in crate::faults) ending: &'static str,
    pub(in crate::faults) bytes: Vec<u8>,
    pub(in crate::faults) due: Due,
}

struct Corpus(Vec<Hostile>);

impl Corpus {
    fn add(&mut self, name: impl Into<String>, ending: &'static str, bytes: Vec<u8>, due: Due) {
        self.0.push(Hostile { name: name.into(), ending, bytes, due });
    }

    fn tar(&mut self, name: impl Into<String>, parts: &[Vec<u8>], due: Due) {
        self.add(name, "tar", archive(parts), due);
    }

    fn zip(&mut self, name: impl Into<String>, parts: &[Part<'_>], due: Due) {
        self.add(name, "zip", zip::archive(parts), due);
    }
}

/// Every archive; those that try to leave try to reach this folder.
pub(in crate::faults) fn corpus(aim: &Path) -> Vec<Hostile> {
    let mut corpus = Corpus(Vec::new());
    let aim = aim.to_str().unwrap();
    names(&mut corpus, aim);
    links(&mut corpus, aim);
    kinds_and_rights(&mut corpus);
    headers(&mut corpus);
    order(&mut corpus, aim);
    growth(&mut corpus);
    zips(&mut corpus, aim);
    corpus.0
}

/// Names that lead elsewhere, or mean something else to another reader.
fn bad_names(aim: &str) -> Vec<(&'static str, Vec<u8>)> {
    let far = format!("{}{}", "../".repeat(24), &aim[1..]);
    vec![
        ("absolute", format!("{aim}/in").into_bytes()),
        ("two-slashes", format!("/{aim}/in").into_bytes()),
        ("above", b"../in".to_vec()),
        ("far-above", format!("{far}/in").into_bytes()),
        ("above-behind-a-dot", b"./../in".to_vec()),
        ("down-and-above", b"a/../../in".to_vec()),
        ("down-and-up", b"a/../in".to_vec()),
        ("up-at-the-end", b"a/..".to_vec()),
        ("only-up", b"..".to_vec()),
        ("empty-part", b"a//in".to_vec()),
        ("dot-part", b"a/./in".to_vec()),
        ("backslashes", b"..\\..\\in".to_vec()),
        ("drive", b"C:\\in".to_vec()),
        ("line-break", b"in\nroot::0:0::/:/bin/sh".to_vec()),
        ("escape", b"in\x1b]0;title\x07".to_vec()),
        ("no-text", b"in\xff\xfe".to_vec()),
        ("long-part", vec![b'n'; 300]),
    ]
}

fn names(corpus: &mut Corpus, aim: &str) {
    for (what, name) in bad_names(aim) {
        if name.len() <= 100 {
            corpus.tar(format!("tar-name-{what}"), &[file(&name, b"out")], Due::Refused);
            let folder = [&name[..], b"/"].concat();
            corpus.tar(
                format!("tar-folder-{what}"),
                &[part(EntryType::Directory, &folder, b"", b"")],
                Due::Refused,
            );
        }
        corpus.tar(format!("pax-name-{what}"), &[pax(&[("path", &name)]), file(b"in", b"out")], Due::Refused);
        let long = part(EntryType::GNULongName, b"././@LongLink", b"", &name);
        corpus.tar(format!("gnu-name-{what}"), &[long, file(b"in", b"out")], Due::Refused);
        corpus.zip(format!("zip-name-{what}"), &[Part::file(&name, b"out")], Due::Refused);
    }
    let prefixed = changed(&file(b"in", b"out"), |header| {
        // The other form of header has a second field for the beginning of a name.
        let bytes = header.as_mut_bytes();
        bytes[257..265].copy_from_slice(b"ustar\x0000");
        bytes[345..345 + aim.len()].copy_from_slice(aim.as_bytes());
    });
    corpus.tar("tar-prefix-absolute", &[prefixed], Due::Refused);
    corpus.tar("pax-name-with-zero", &[pax(&[("path", b"in\0/../x")]), file(b"in", b"out")], Due::Refused);
    corpus.tar("pax-name-deep", &[pax(&[("path", &b"a/".repeat(2500))]), file(b"in", b"")], Due::Refused);
}

fn links(corpus: &mut Corpus, aim: &str) {
    let targets: [(&str, String); 8] = [
        ("absolute", aim.to_owned()),
        ("up", "..".to_owned()),
        ("above", "../../in".to_owned()),
        ("far-above", format!("{}{}", "../".repeat(24), &aim[1..])),
        ("down-and-above", "a/../../in".to_owned()),
        ("of-a-process", "/proc/self/root".to_owned()),
        ("line-break", "a\nb".to_owned()),
        ("empty", String::new()),
    ];
    for (what, target) in &targets {
        let target = target.as_bytes();
        let name = |kind: &str| format!("{kind}-{what}");
        if target.len() <= 100 {
            corpus.tar(name("tar-link"), &[link("l", target), file(b"l/in", b"out")], Due::Refused);
            corpus.tar(name("tar-hard"), &[hard("h", target)], Due::Refused);
        }
        corpus.tar(name("pax-link"), &[pax(&[("linkpath", target)]), link("l", b"x")], Due::Refused);
        let long = part(EntryType::GNULongLink, b"././@LongLink", b"", target);
        corpus.tar(name("gnu-link"), &[long, link("l", b"x")], Due::Refused);
        corpus.zip(name("zip-link"), &[Part::link(b"l", target)], Due::Refused);
    }
    let chain = [link("a/b/c", b"../.."), link("x", b"a/b/c/../../../in")];
    corpus.tar("tar-link-chain", &chain, Due::Refused);
    corpus.tar("tar-link-to-itself", &[link("l", b"l"), file(b"in", b"x")], Due::Inside);
    corpus.tar("tar-link-in-a-circle", &[link("a", b"b"), link("b", b"a")], Due::Inside);
    corpus.tar("tar-link-to-nothing", &[link("a", b"nothing"), file(b"in", b"x")], Due::Inside);
    corpus.tar("tar-hard-to-itself", &[hard("h", b"h")], Due::Refused);
    corpus.tar("tar-hard-before-its-file", &[hard("h", b"in"), file(b"in", b"x")], Due::Refused);
    let folder = part(EntryType::Directory, b"d/", b"", b"");
    corpus.tar("tar-hard-to-a-folder", &[folder, hard("h", b"d")], Due::Refused);
    corpus.tar("tar-hard-to-a-link", &[link("l", b"in"), hard("h", b"l")], Due::Refused);
    let through = [link("l", b"d"), file(b"d/in", b"x"), hard("h", b"l/in")];
    corpus.tar("tar-hard-through-a-link", &through, Due::Refused);
    corpus.tar("tar-hard", &[file(b"in", b"x"), hard("h", b"in")], Due::Inside);
}

fn kinds_and_rights(corpus: &mut Corpus) {
    for (what, kind) in [
        ("character-device", EntryType::Char),
        ("block-device", EntryType::Block),
        ("pipe", EntryType::Fifo),
        ("sparse", EntryType::GNUSparse),
        ("volume", EntryType::new(b'V')),
        ("continued", EntryType::new(b'M')),
        ("unknown", EntryType::new(b'Z')),
    ] {
        corpus.tar(format!("tar-kind-{what}"), &[part(kind, b"in", b"", b"")], Due::Refused);
    }
    for (what, mode) in [("setuid", 0o104_755), ("setgid", 0o102_755), ("all-may", 0o100_777), ("none", 0)] {
        let own = changed(&file(b"in", b"x"), |header| header.set_mode(mode));
        corpus.tar(format!("tar-rights-{what}"), &[own], Due::Inside);
        let part = Part { mode: 0o100_000 | mode, ..Part::file(b"in", b"x") };
        corpus.zip(format!("zip-rights-{what}"), &[part], Due::Inside);
    }
    let folder = part(EntryType::Directory, b"d/", b"", b"");
    let open = changed(&folder, |header| header.set_mode(0o7777));
    corpus.tar("tar-rights-folder", &[open, file(b"d/in", b"x")], Due::Inside);
    let shut = changed(&folder, |header| header.set_mode(0));
    corpus.tar("tar-rights-shut-folder", &[shut, file(b"d/in", b"x")], Due::Inside);
    let foreign = changed(&file(b"in", b"x"), |header| {
        header.set_uid(12_345);
        header.set_gid(12_345);
    });
    corpus.tar("tar-foreign-owner", &[foreign], Due::Inside);
    corpus.tar(
        "pax-foreign-owner",
        &[
            pax(&[("uid", b"12345"), ("gid", b"0"), ("SCHILY.xattr.security.capability", b"\x01")]),
            file(b"in", b"x"),
        ],
        Due::Inside,
    );
    for (what, mode) in [("device", 0o020_644), ("pipe", 0o010_644), ("socket", 0o140_644)] {
        corpus.zip(format!("zip-kind-{what}"), &[Part { mode, ..Part::file(b"in", b"") }], Due::Refused);
    }
}

/// Headers that contradict each other: two readers see two archives.
fn headers(corpus: &mut Corpus) {
    let hidden = archive(&[file(b"hidden", b"out")]);
    let sizes: [(&str, &[u8]); 6] = [
        ("none", b"0"),
        ("more", b"4096"),
        ("huge", b"9223372036854775807"),
        ("below-zero", b"-1"),
        ("no-number", b"1e3"),
        ("empty", b""),
    ];
    for (what, size) in sizes {
        corpus.tar(format!("pax-size-{what}"), &[pax(&[("size", size)]), file(b"in", &hidden)], Due::Refused);
    }
    for (what, text) in [
        ("length-none", &b"0 path=in\n"[..]),
        ("length-short", b"5 path=in\n"),
        ("length-long", b"99 path=in\n"),
        ("length-no-number", b"xx path=in\n"),
        ("without-a-value", b"8 path\n"),
        ("without-an-end", b"11 path=in "),
    ] {
        corpus.tar(
            format!("pax-{what}"),
            &[raw_pax(EntryType::XHeader, text), file(b"in", b"x")],
            Due::Refused,
        );
    }
    for (what, text) in
        [("name", &b"11 path=in\n"[..]), ("link", b"14 linkpath=/\n"), ("size", b"10 size=0\n")]
    {
        let of_all = raw_pax(EntryType::XGlobalHeader, text);
        corpus.tar(format!("pax-for-all-{what}"), &[of_all, file(b"in", b"x")], Due::Refused);
    }
    for kind in ["realsize", "major", "map"] {
        let key = format!("GNU.sparse.{kind}");
        corpus.tar(format!("pax-sparse-{kind}"), &[pax(&[(&key, b"1")]), file(b"in", b"x")], Due::Refused);
    }
    corpus.tar("pax-without-a-part", &[file(b"in", b"x"), pax(&[("path", b"y")])], Due::Refused);
    let large = part(EntryType::GNULongName, b"././@LongLink", b"", &vec![b'a'; 1 << 17]);
    corpus.tar("gnu-name-large", &[large, file(b"in", b"x")], Due::Refused);
    corpus.tar("pax-large", &[pax(&[("comment", &vec![b'a'; 1 << 17])]), file(b"in", b"x")], Due::Refused);
    let mut wrong = file(b"in", b"x");
    wrong[148..156].copy_from_slice(b"0000000\0");
    corpus.tar("tar-checksum", &[wrong], Due::Refused);
    for (what, size) in [
        ("below-zero", [0xff; 12]),
        ("huge", *b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"),
        ("letters", *b"size of it!\0"),
    ] {
        let odd =
            changed(&file(b"in", b"x"), |header| header.as_mut_bytes()[124..136].copy_from_slice(&size));
        corpus.tar(format!("tar-size-{what}"), &[odd], Due::Refused);
    }
    let folder = part(EntryType::Directory, b"d/", b"", &hidden);
    corpus.tar("tar-folder-with-bytes", &[folder, file(b"in", b"x")], Due::Inside);
    let link = part(EntryType::Symlink, b"l", b"in", &hidden);
    corpus.tar("tar-link-with-bytes", &[link, file(b"in", b"x")], Due::Inside);
    let mut two = archive(&[file(b"in", b"x")]);
    two.extend(archive(&[file(b"../out", b"out")]));
    corpus.add("tar-behind-its-end", "tar", two, Due::Inside);
    let whole = archive(&[file(b"in", &[7; 2000]), link_of_two()]);
    for at in [1, 511, 513, 1024, 2559, 3000] {
        corpus.add(format!("tar-cut-{at}"), "tar", whole[..at].to_vec(), Due::Refused);
        let packed = gz(&whole);
        let at = packed.len() * at / whole.len();
        corpus.add(format!("gz-cut-{at}"), "tar.gz", packed[..at].to_vec(), Due::Refused);
    }
    for ending in ["tar", "tar.gz", "tar.xz", "tar.zst", "zip"] {
        corpus.add(format!("no-{ending}"), ending, vec![0x55; 4096], Due::Refused);
        let due = if ending == "tar" { Due::Empty } else { Due::Refused };
        corpus.add(format!("empty-{ending}"), ending, Vec::new(), due);
    }
}

fn link_of_two() -> Vec<u8> {
    link("two", b"in")
}

/// Each part alone would do no harm.
fn order(corpus: &mut Corpus, aim: &str) {
    corpus.tar("tar-file-below-a-link", &[link("d", b"e"), file(b"d/in", b"x")], Due::Refused);
    corpus.tar("tar-file-over-a-link", &[link("d", b"e"), file(b"d", b"x")], Due::Refused);
    corpus.tar("tar-link-over-a-folder", &[file(b"d/in", b"x"), link("d", b"e")], Due::Refused);
    corpus.tar("tar-link-over-a-file", &[file(b"d", b"x"), link("d", b"e")], Due::Refused);
    corpus.tar("tar-folder-over-a-file", &[file(b"d", b"x"), file(b"d/in", b"x")], Due::Refused);
    corpus.tar("tar-file-over-a-folder", &[file(b"d/in", b"x"), file(b"d", b"x")], Due::Refused);
    corpus.tar("tar-twice", &[file(b"in", b"x"), file(b"./in", b"y")], Due::Refused);
    corpus.tar(
        "tar-hard-over-a-file",
        &[file(b"in", b"x"), file(b"y", b"y"), hard("in", b"y")],
        Due::Refused,
    );
    let escape = [link("d", aim.as_bytes()), hard("h", b"d/in")];
    corpus.tar("tar-hard-behind-an-absolute-link", &escape, Due::Refused);
    let of_two = [pax(&[("path", b"in")]), pax(&[("path", b"../out")]), file(b"x", b"x")];
    corpus.tar("pax-two-names", &of_two, Due::Refused);
    let long = part(EntryType::GNULongName, b"././@LongLink", b"", b"../out");
    corpus.tar("pax-then-gnu-name", &[pax(&[("path", b"in")]), long.clone(), file(b"x", b"x")], Due::Refused);
    corpus.tar("gnu-then-pax-name", &[long, pax(&[("path", b"in")]), file(b"x", b"x")], Due::Inside);
    let parts = [Part::link(b"d", b"e"), Part::file(b"d/in", b"x")];
    corpus.zip("zip-file-below-a-link", &parts, Due::Refused);
    corpus.zip("zip-twice", &[Part::file(b"in", b"x"), Part::file(b"./in", b"y")], Due::Refused);
}

/// What is small and becomes large.
fn growth(corpus: &mut Corpus) {
    const GIB: u64 = 1 << 30;
    corpus.add("gz-of-zeros", "tar.gz", gz_of_zeros("in", 4 * GIB, GIB / 16), Due::Stopped);
    corpus.add("gz-says-more-than-a-disk", "tar.gz", gz_of_zeros("in", 1 << 60, 1 << 20), Due::Stopped);
    let members = gz(&[0; 512]).repeat(2000);
    corpus.add("gz-of-many-members", "tar.gz", members, Due::Empty);
    let folders: Vec<_> =
        (0..60_000).map(|n| part(EntryType::Directory, format!("{n}/").as_bytes(), b"", b"")).collect();
    corpus.add("gz-of-many-folders", "tar.gz", gz(&archive(&folders)), Due::Stopped);
    let files: Vec<_> = (0..20_000).map(|n| file(format!("{n}").as_bytes(), b"")).collect();
    corpus.add("gz-of-many-files", "tar.gz", gz(&archive(&files)), Due::Stopped);
    // A frame of zstd that says it needs a window of 2 GiB, and a filter of xz with a dictionary of 4 GiB.
    let zst = [&b"\x28\xb5\x2f\xfd\x00\xa8"[..], &[0; 64]].concat();
    corpus.add("zst-window", "tar.zst", zst, Due::Refused);
    let xz = [&b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46\x02\0\x21\x01\x28\0\0\0"[..], &[0; 64]].concat();
    corpus.add("xz-dictionary", "tar.xz", xz, Due::Refused);
    let zeros = vec![0; 1 << 16];
    let part = Part { size: Some(u32::MAX - 1), ..Part::file(b"in", &zeros) };
    corpus.add("zip-says-more", "zip", zip::archive(&[part]), Due::Stopped);
    // One run of bytes is the content of many parts.
    let first = Part::file(b"first", &zeros);
    let names: Vec<String> = (0..30_000).map(|n| format!("{n}")).collect();
    let others = names.iter().map(|name| Part {
        content: b"",
        at: Some(0),
        own_name: Some(b""),
        ..Part::file(name.as_bytes(), b"")
    });
    let parts: Vec<_> = std::iter::once(first).chain(others).collect();
    corpus.add("zip-one-content-many-names", "zip", zip::archive(&parts), Due::Stopped);
}

fn zips(corpus: &mut Corpus, aim: &str) {
    let absolute = format!("{aim}/in").into_bytes();
    let part = Part::file(b"in", b"x");
    for (what, own_name) in [("above", &b"../in"[..]), ("absolute", &absolute), ("other", b"on")] {
        // The directory's name is the one that counts.
        let part = Part { own_name: Some(own_name), ..part.clone() };
        corpus.zip(format!("zip-own-name-{what}"), &[part], Due::Inside);
    }
    for (what, name) in [("above", &b"../in"[..]), ("absolute", &absolute)] {
        let extra = zip::unicode_name(name, b"in");
        let part = Part { extra: &extra, ..part.clone() };
        corpus.zip(format!("zip-unicode-name-{what}"), &[part], Due::Refused);
    }
    corpus.zip("zip-locked", &[Part { flags: 1, ..part.clone() }], Due::Refused);
    for method in [1, 12, 14, 98, 99] {
        let own = Part { method, ..part.clone() };
        corpus.zip(format!("zip-method-{method}"), &[own], Due::Refused);
    }
    corpus.zip("zip-not-deflated", &[Part { method: 8, ..part.clone() }], Due::Refused);
    corpus.zip("zip-checksum", &[Part { checksum: Some(7), ..part.clone() }], Due::Refused);
    corpus.zip("zip-size-less", &[Part { size: Some(0), ..Part::file(b"in", b"xyz") }], Due::Refused);
    corpus.zip("zip-size-more", &[Part { size: Some(9), ..Part::file(b"in", b"xyz") }], Due::Refused);
    corpus.zip("zip-elsewhere", &[Part { at: Some(1 << 30), ..part.clone() }], Due::Refused);
    corpus.zip("zip-long-link", &[Part::link(b"l", &[b'a'; 9000])], Due::Refused);
    corpus.add("zip-counts-more", "zip", zip::counted(std::slice::from_ref(&part), 500), Due::Refused);
    let whole = zip::archive(&[part]);
    for at in [1, 30, whole.len() - 23, whole.len() - 1] {
        corpus.add(format!("zip-cut-{at}"), "zip", whole[..at].to_vec(), Due::Refused);
    }
}
