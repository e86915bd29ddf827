//! What was fetched of a file before its operation was cut off.

use crate::{ByteSize, Digest};

/// A file of which a part is on the disk. Whoever wants the same bytes goes on with it; after a week without that it is
/// dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// Where it lies, relative to the data directory.
    pub path: String,
    /// How much of it is there.
    pub have: ByteSize,
    /// How much it is.
    pub size: ByteSize,
    /// What it must be; none where nobody published that.
    pub digest: Option<Digest>,
}
