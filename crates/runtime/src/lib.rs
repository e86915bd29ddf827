//! Executes steps and keeps services alive; it decides nothing.
//!
//! Purpose: the one place that touches the store, the blobs and processes. Control hands it a
//! [`las_types::StepAction`] behind [`las_types::Executor`]; everything needed is in the action.
//!
//! Invariants
//! - What lies under a final name was written to staging, hashed while written, synced, renamed,
//!   and its directory synced; only the module `durable` creates files. What is about processes of
//!   this boot, which no power cut leaves, is not synced.
//! - A step executed again after a stop at any point ends in the same place; a step undone leaves
//!   what was there before it, which a mark in staging records.
//! - A signal is sent only to a process that this code started and has just identified again.
//! - An engine gets typed flags, a fresh key and a fixed small environment: nothing is inherited,
//!   no open file of a shell either.
//!
//! It does not choose versions, judge hardware or write the database; in a network it asks only whom a plan names.
//!
//! ```no_run
//! # use std::sync::Arc;
//! # fn example(reporter: Arc<dyn las_types::Reporter>) -> Result<(), las_types::Failure> {
//! use las_runtime::{EngineWish, Helpers, Home, NativeExecutor, Restarts, SystemClock};
//! let home = Arc::new(Home::open("/home/ada/.local/share/localaistack".into())?);
//! let _lock = home.lock()?;
//! let helpers = Helpers::of_the_system("/usr/bin/las-keeper".into());
//! let (artefacts, restarts, wish) = ("/usr/lib/localaistack/builtin".into(), Restarts::default(), EngineWish::default());
//! let executor = NativeExecutor::new(home, artefacts, helpers, Arc::new(SystemClock), reporter, restarts, wish);
//! # let _ = executor; Ok(())
//! # }
//! ```

mod adopting;
mod archive;
mod blobs;
mod blocking;
mod containers;
mod data;
mod durable;
mod engine;
mod executor;
mod fetch;
mod helpers;
mod home;
mod http;
mod inherited;
mod inspect;
mod keeper;
mod limits;
mod process;
mod sandbox;
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
mod viewing;

pub use archive::{DescribedArchive, describe_archive, unpack_archive};
pub use containers::{EngineWish, compiled_container};
pub use durable::beneath::Beneath;
pub use engine::{ApiKey, EngineConnection};
pub use executor::NativeExecutor;
pub use fetch::{Authorization, Beginning, Binding, Fetched, Pace, Wanted, fetch};
pub use helpers::Helpers;
pub use home::{Home, HomeLock};
pub use inherited::close_inherited_on_exec;
pub use keeper::main as keep;
pub use process::LogFile;
pub use scratch::Scratch;
pub use socket::socket_path;
pub use supervisor::Restarts;
pub use system::{SystemClock, SystemEntropy};
