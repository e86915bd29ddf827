//! What every scenario needs: a machine of its own (a data directory, the program, a recorded profile), an HTTP
//! client, model files made to order.
//!
//! Invariants: a scenario uses the product through its front door, as a process or over a socket; what it starts is
//! ended when it is dropped, by process number; nothing waits for a fixed time, only for a condition with a limit;
//! what the machine lacks is skipped by name and counted ([`skip`]).
//!
//! What this crate does not do: it replaces no part of the product by one made for tests.
//!
//! ```no_run
//! let machine = las_tests::Workstation::new();
//! machine.las(&["status"]).ok();
//! ```

mod archives;
mod bus;
mod catalogue;
mod containers;
mod core;
mod display;
mod drifting;
mod engines;
pub mod faults;
mod files;
mod http;
mod hub;
mod keyring;
mod loop_disk;
mod others;
mod process;
mod redis;
mod running;
mod sets;
mod skip;
mod tmpfs;
mod tray;
mod until;
mod webdriver;
mod workstation;

pub use archives::{FileServer, Part, tar_gz};
pub use catalogue::{Catalogue, ModuleFile};
pub use containers::{ContainerEngine, EngineKind, Pushed};
pub use core::Core;
pub use display::{SCREEN, Seat};
pub use engines::{Condition, EngineVersions};
pub use files::{models, profile, repository, shipped_chat_model};
pub use http::{Answer, Client, Stream};
pub use hub::{Asked, BIG, Fault, Hub, LET_IN, LFS_FROM, hub_big, hub_repository, hub_sample};
pub use keyring::SessionKeyring;
pub use loop_disk::{Cut, LoopDisk};
pub use others::{Untouched, ollama_model};
pub use process::{Begun, Ran};
pub use redis::{REDIS, Redis};
pub use running::{Running, parent, running_from};
pub use sets::{model_config, part_name, safetensors, safetensors_index, split_gguf, tokenizer_json};
pub use skip::skip;
pub use tmpfs::{ReadOnly, Tmpfs};
pub use tray::{Icon, MenuLine, Panel};
pub use until::until;
pub use webdriver::{Browser, desktop_program};
pub use workstation::{CHAT_MODEL, DEFAULT_PORT, ENGINE, Workstation};
