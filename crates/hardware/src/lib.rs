//! Probes a Linux machine into a [`HardwareProfile`](las_types::HardwareProfile), or reads one
//! that was recorded.
//!
//! Invariants: no program is executed and nothing is written; whatever is looked for and not found
//! is listed in `absent` with its reason; no answer from outside (a container engine, a network
//! file system) is waited for longer than 300 ms. Everything but NVIDIA's management library is
//! read below [`Roots`], so that a test can probe a folder as if it were a machine.
//!
//! Rates that no file tells are measured only when [`memory_bandwidth`] or [`read_rate`] is asked; a
//! probe never measures.
//!
//! What it does not do: judge (that is `las-policy`), watch for changes, or start a GPU.
//!
//! ```
//! let profile = las_hardware::probe("2026-10-01T12:00:00Z".parse().unwrap());
//! assert!(profile.cpu.threads >= 1);
//! ```

mod battery;
mod cgroup;
mod cpu;
mod engine;
mod gpu;
mod list;
mod measure;
mod memory;
mod mount;
mod network;
mod npu;
mod os;
mod packages;
mod probe;
mod process;
mod recorded;
mod roots;
mod sandbox;
mod volume;

pub use measure::{memory_bandwidth, read_rate};
pub use packages::Packages;
pub use probe::{probe, probe_at, refresh};
pub use process::{process_memory, process_peak};
pub use recorded::load_recorded;
pub use roots::Roots;
