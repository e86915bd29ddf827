//! Containers, through the engine of this machine: Docker's or Podman's, over its socket. This is the one place that names
//! the library that speaks to them.
//!
//! What a container may is said in `spec`, a pure function, so that it can be looked at without an engine. An engine that
//! is missing, or refuses, is a named condition; nothing here waits for one.

mod contained;
mod engine;
mod find;
mod follow;
mod gpus;
mod images;
mod spec;

pub(crate) use contained::{Contained, Handle, clear, level_met};
pub(crate) use engine::Engine;
pub(crate) use find::Containers;
pub use find::EngineWish;
pub(crate) use follow::Resuming;
pub(crate) use gpus::Gpus;
pub(crate) use images::{record_of, records_in};
pub use spec::compiled_container;
pub(crate) use spec::{Hard, Marks, Request};
