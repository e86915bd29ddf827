//! The configuration of this machine: read from defaults, file, environment and flags, in that order.
//!
//! A damaged file is never replaced by defaults: a core that would have to read it refuses to start, and one that
//! runs goes on with what it has and says so.

mod file;
mod layers;
mod live;

#[cfg(test)]
mod tests;

pub use file::suggestion as suggested_key;
pub use layers::{ConfigSources, Loaded};
pub(crate) use live::Configuration;
