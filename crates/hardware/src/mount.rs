//! What is mounted, from `/proc/self/mountinfo`.

use crate::Roots;
use std::path::PathBuf;

/// One line of `mountinfo` (proc_pid_mountinfo(5)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    /// `major:minor` of the file system.
    pub(crate) device: String,
    /// What of the file system is mounted.
    pub(crate) root: String,
    pub(crate) point: PathBuf,
    pub(crate) filesystem: String,
    pub(crate) source: String,
    pub(crate) options: String,
    pub(crate) super_options: String,
}

impl Mount {
    pub(crate) fn is_read_only(&self) -> bool {
        [&self.options, &self.super_options]
            .iter()
            .any(|options| options.split(',').any(|option| option == "ro"))
    }
}

/// Every mount of this process, in the order they were made.
pub(crate) fn mounts(roots: &Roots) -> Vec<Mount> {
    let text = roots.text("/proc/self/mountinfo").unwrap_or_default();
    text.lines().filter_map(read).collect()
}

fn read(line: &str) -> Option<Mount> {
    // The optional fields end with a lone dash.
    let (before, after) = line.split_once(" - ")?;
    let mut left = before.split(' ').skip(2);
    let (device, root, point, options) = (left.next()?, left.next()?, left.next()?, left.next()?);
    let mut right = after.split(' ');
    Some(Mount {
        device: device.to_owned(),
        root: unescape(root),
        point: PathBuf::from(unescape(point)),
        filesystem: right.next()?.to_owned(),
        source: unescape(right.next()?),
        options: options.to_owned(),
        super_options: right.next().unwrap_or_default().to_owned(),
    })
}

/// Space, tab, newline and backslash are written as three octal digits.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let octal = tail
            .get(..3)
            .filter(|_| *first == b'\\')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 8).ok());
        bytes.push(octal.unwrap_or(*first));
        rest = if octal.is_some() { &tail[3..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_line_is_read_with_its_optional_fields_and_escapes() {
        let line = r"36 35 98:0 /mnt1 /mnt\040a\134b rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue";
        let mount = read(line).unwrap();
        assert_eq!(mount.point.to_str(), Some(r"/mnt a\b"));
        assert_eq!((mount.device.as_str(), mount.root.as_str()), ("98:0", "/mnt1"));
        assert_eq!((mount.filesystem.as_str(), mount.source.as_str()), ("ext3", "/dev/root"));
        assert!(!mount.is_read_only());
        assert!(read("36 35 98:0 / /a ro - ext4 /dev/sda1 rw").unwrap().is_read_only());
        assert_eq!(read("36 35 98:0"), None);
    }
}
