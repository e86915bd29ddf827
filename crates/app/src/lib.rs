//! The composition root: wires the control plane to the runtime and the gateway, and answers every
//! command of the table.
//!
//! Invariants: there is one [`App`] for a data directory (it holds the lock); every command comes through
//! [`App::dispatch`], whichever interface it was stated in.
//!
//! What this crate does not do: it speaks no protocol; see `las-server`.
//!
//! ```no_run
//! # async fn example() -> Result<(), las_api::ErrorBody> {
//! let app = las_app::App::open(las_app::Options::from_environment(None, Vec::new())?).await?;
//! let status = app.dispatch("status_show", serde_json::json!({}), "example").await?;
//! # Ok(()) }
//! ```

mod app;
mod archived;
mod config;
mod desired;
mod engines;
mod handlers;
mod hubs;
mod idle;
pub mod logging;
mod machine;
mod metrics;
mod options;
mod places;
mod reading;
mod registries;
mod state;
mod tokens;
mod watching;

pub use app::{App, EventReceiver, Missed};
pub use archived::describe_archive;
pub use config::{ConfigSources, Loaded, suggested_key};
pub use desired::desired_text;
pub use handlers::audit::verify_export;
pub use las_runtime::close_inherited_on_exec;
pub use machine::hardware;
pub use options::Options;
pub use state::go_back;
