//! Executes steps and keeps services alive; it decides nothing.
//!
//! Purpose: the one place that touches the store, the blobs and processes. Control hands it a
//! [`las_types::StepAction`] behind [`las_types::Executor`]; everything needed is in the action.
//!
//! Invariants
//! - What lies under a final name was written to staging, hashed while written, synced, renamed,
//!   and its directory synced; only the module `durable` creates files.
//! - A step executed again after a stop at any point ends in the same place; a step undone leaves
//!   what was there before it, which a mark in staging records.
//! - A signal is sent only to a process that this code started and has just identified again.
//! - An engine gets typed flags, a fresh key and a fixed small environment: nothing is inherited.
//!
//! It does not choose versions, judge hardware, write the database or speak to a network.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # fn example(reporter: Arc<dyn las_types::Reporter>) -> Result<(), las_types::Failure> {
//! use las_runtime::{Home, NativeExecutor, SystemClock};
//! let home = Arc::new(Home::open("/home/ada/.local/share/localaistack".into())?);
//! let _lock = home.lock()?;
//! let executor = NativeExecutor::new(home, resources, keeper, Arc::new(SystemClock), reporter, EngineWish::default());
//! # let _ = executor; Ok(())
//! # }
//! ```

mod archive;
mod blobs;
mod blocking;
mod containers;
mod data;
mod durable;
mod engine;
mod executor;
mod fetch;
mod home;
mod http;
mod inspect;
mod keeper;
mod limits;
mod process;
mod scratch;
mod service;
mod socket;
mod staging;
mod store;
mod stray;
mod supervised;
mod supervisor;
mod system;
mod tree;

pub use archive::{DescribedArchive, describe_archive};
pub use containers::{EngineWish, compiled_container};
pub use engine::{ApiKey, EngineConnection};
pub use executor::NativeExecutor;
pub use home::{Home, HomeLock};
pub use keeper::main as keep;
pub use process::LogFile;
pub use scratch::Scratch;
pub use socket::socket_path;
pub use system::{SystemClock, SystemEntropy};
