//! Where a part of an archive belongs: a name and a link's target, made plain or refused.

use crate::tree;
use std::path::{Component, Path};

/// The longest name, and the longest part of one: the file system's own bounds.
const LONGEST: usize = 4096;
const LONGEST_PART: usize = 255;

/// The plain path of a part: relative, without `.` and `..`, without what means something to a terminal or another
/// system. None for the archive's own top.
pub(super) fn plain(name: &[u8]) -> Result<Option<&str>, &'static str> {
    let Ok(name) = std::str::from_utf8(name) else { return Err("archive-name") };
    if name.len() > LONGEST || name.chars().any(char::is_control) {
        return Err("archive-name");
    }
    if name.starts_with('/') || Path::new(name).components().any(|part| part == Component::ParentDir) {
        return Err("archive-outside");
    }
    // The two forms that every maker of archives uses: a leading `./`, and a slash behind a folder.
    let name = name.trim_start_matches("./");
    let name = name.strip_suffix('/').unwrap_or(name);
    if name.is_empty() || name == "." {
        return Ok(None);
    }
    if name.split('/').any(|part| part.len() > LONGEST_PART) {
        return Err("archive-name");
    }
    match tree::inside(name) {
        Ok(_) => Ok(Some(name)),
        Err(_) => Err("archive-name"),
    }
}

/// Whether a link that lies at `path` stays inside with that target, whatever other links there are: it goes up no
/// further than to the top, and only at its beginning. Behind a name, `..` would go up from wherever that name leads.
pub(crate) fn stays(path: &str, target: &str) -> bool {
    if target.is_empty() || target.len() > LONGEST || target.chars().any(char::is_control) {
        return false;
    }
    let mut depth = path.matches('/').count();
    let mut named = false;
    for part in Path::new(target).components() {
        match part {
            Component::Normal(_) => named = true,
            Component::ParentDir if !named && depth > 0 => depth -= 1,
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{plain, stays};

    #[test]
    fn names_are_made_plain_or_refused() {
        for (name, path) in [("a", "a"), ("./a/b", "a/b"), ("a/", "a"), ("a/.b", "a/.b"), ("a b", "a b")] {
            assert_eq!(plain(name.as_bytes()), Ok(Some(path)), "{name}");
        }
        for top in ["", ".", "./"] {
            assert_eq!(plain(top.as_bytes()), Ok(None), "{top:?}");
        }
        for outside in ["/etc/passwd", "../a", "a/../../b", "a/..", "//a", "./../a"] {
            assert_eq!(plain(outside.as_bytes()), Err("archive-outside"), "{outside}");
        }
        for bad in ["a//b", "a/./b", "a\\b", "a\nb", "a\u{1b}[2Jb", "a\0b"] {
            assert_eq!(plain(bad.as_bytes()), Err("archive-name"), "{bad:?}");
        }
        assert_eq!(plain(b"\xff"), Err("archive-name"));
        assert_eq!(plain(&[b'a'; 5000]), Err("archive-name"));
        assert!(plain(&[b'a'; 255]).is_ok());
        // It came to the file system, which said so by a number.
        assert_eq!(plain(&[b'a'; 256]), Err("archive-name"));
    }

    #[test]
    fn a_link_stays_inside_whatever_other_links_there_are() {
        for (path, target) in
            [("a", "b"), ("a", "./b"), ("d/a", "../b"), ("d/e/a", "../../b/c"), ("lib/x.so", "x.so.1")]
        {
            assert!(stays(path, target), "{path} -> {target}");
        }
        for (path, target) in [
            ("a", "/etc"),
            ("a", ".."),
            ("a", "../b"),
            ("d/a", "../../b"),
            // Through another link of the archive this would lead out.
            ("d/a", "e/../f"),
            ("d/a", "../e/../../f"),
            ("a", ""),
            ("a", "b\nc"),
        ] {
            assert!(!stays(path, target), "{path} -> {target}");
        }
    }
}
