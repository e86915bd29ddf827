//! Ways in which a hub can be faulty.

/// A way of being faulty. Those that speak of content touch files alone, not the routes that describe them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Files lie on the hub itself, and nobody publishes their digests.
    Plain,
    /// Files are always given whole.
    NoRanges,
    /// Files are announced so many bytes longer than they are.
    LongerThanSaid(u64),
    /// The connection breaks after so many bytes of each answer with a file.
    CutAt(usize),
    /// The connection breaks after so many bytes of an answer with a file, and from then on every answer has status 503.
    EndsAfter(usize),
    /// The second host answers nobody who asks for headers alone.
    HeadRefused,
    /// A file's answer has no length and no end.
    Endless,
    /// So many bytes at a time, with a pause of that many milliseconds between.
    Slow(usize, u64),
    /// The second half of a file has other bytes, under the same tag, digest and length.
    OtherContent,
    /// Every answer is a redirect to this address.
    SentOn(String),
    /// Files are sent on to this address.
    FilesSentOn(String),
    /// What lists something has its next page at this address.
    NextPageAt(String),
    /// Asked too often: to be asked again after so many seconds.
    Limited(u64),
    /// Every answer has this status.
    Status(u16),
    /// Answers of routes that describe have this text as their body.
    Body(String),
    /// What describes has a body without an end.
    EndlessBody,
}
