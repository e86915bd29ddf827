//! Zip archives field by field, as no tool would write them.

/// A part; what it says of itself may be wrong.
#[derive(Clone)]
pub(super) struct Part<'a> {
    /// In the directory at the end.
    pub(super) name: &'a [u8],
    /// Before the bytes; the same if absent.
    pub(super) own_name: Option<&'a [u8]>,
    pub(super) content: &'a [u8],
    /// Kind and rights as Unix has them.
    pub(super) mode: u32,
    pub(super) flags: u16,
    pub(super) method: u16,
    /// What it says it has; what it has if absent.
    pub(super) size: Option<u32>,
    pub(super) checksum: Option<u32>,
    /// Where the directory says that it begins; where it does if absent.
    pub(super) at: Option<u32>,
    /// Further fields of the directory.
    pub(super) extra: &'a [u8],
}

impl<'a> Part<'a> {
    pub(super) fn file(name: &'a [u8], content: &'a [u8]) -> Self {
        Self {
            name,
            own_name: None,
            content,
            mode: 0o100_755,
            flags: 0,
            method: 0,
            size: None,
            checksum: None,
            at: None,
            extra: b"",
        }
    }

    pub(super) fn link(name: &'a [u8], target: &'a [u8]) -> Self {
        Self { mode: 0o120_777, ..Self::file(name, target) }
    }

    fn numbers(&self) -> (u32, u32, u32) {
        let mut crc = flate2::Crc::new();
        crc.update(self.content);
        let length = u32::try_from(self.content.len()).unwrap();
        (self.checksum.unwrap_or(crc.sum()), length, self.size.unwrap_or(length))
    }

    /// Version needed, flags, method, time, date, checksum, both sizes, length of the name.
    fn common(&self, name: &[u8], out: &mut Vec<u8>) {
        let (checksum, packed, size) = self.numbers();
        for short in [20, self.flags, self.method, 0, 0x21] {
            out.extend(short.to_le_bytes());
        }
        for long in [checksum, packed, size] {
            out.extend(long.to_le_bytes());
        }
        out.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    }
}

/// The archive of these parts.
pub(super) fn archive(parts: &[Part<'_>]) -> Vec<u8> {
    let count = u16::try_from(parts.len()).unwrap();
    counted(parts, count)
}

/// The same whose end says that there are so many.
pub(super) fn counted(parts: &[Part<'_>], count: u16) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for part in parts {
        let at = part.at.unwrap_or(u32::try_from(bytes.len()).unwrap());
        let own = part.own_name.unwrap_or(part.name);
        bytes.extend(b"PK\x03\x04");
        part.common(own, &mut bytes);
        bytes.extend(0_u16.to_le_bytes());
        bytes.extend(own);
        bytes.extend(part.content);
        directory.extend(b"PK\x01\x02");
        // Made by Unix, by version 2.0.
        directory.extend([20, 3]);
        part.common(part.name, &mut directory);
        directory.extend(u16::try_from(part.extra.len()).unwrap().to_le_bytes());
        // No comment, the first disk, no attributes of its own.
        directory.extend([0; 6]);
        directory.extend((part.mode << 16).to_le_bytes());
        directory.extend(at.to_le_bytes());
        directory.extend(part.name);
        directory.extend(part.extra);
    }
    let (at, length) = (u32::try_from(bytes.len()).unwrap(), u32::try_from(directory.len()).unwrap());
    bytes.extend(directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend([count.to_le_bytes(), count.to_le_bytes()].concat());
    bytes.extend([length.to_le_bytes(), at.to_le_bytes()].concat());
    bytes.extend([0; 2]);
    bytes
}

/// The field that gives a name again in Unicode, as some tools prefer it.
pub(super) fn unicode_name(name: &[u8], of: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(of);
    let mut field = Vec::new();
    field.extend(0x7075_u16.to_le_bytes());
    field.extend(u16::try_from(name.len() + 5).unwrap().to_le_bytes());
    field.push(1);
    field.extend(crc.sum().to_le_bytes());
    field.extend(name);
    field
}
