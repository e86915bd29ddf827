//! How a core is reached: REST and events over its unix socket, the same and the web page over loopback,
//! and the client that every shell uses.
//!
//! Invariants: the socket takes only connections of the core's own user; over TCP every command needs a
//! token, and a request for a foreign host or from a foreign origin is refused before anything else looks
//! at it; all routes come from the one table in `las-api`.
//!
//! What this crate does not do: it decides nothing; a command goes to `las_app::App::dispatch`.
//!
//! ```no_run
//! # async fn example() -> Result<(), las_api::ErrorBody> {
//! let session = las_server::attach(las_server::AttachOptions::new("cli")).await?;
//! let status: las_api::StatusView = session.client.call("status_show", serde_json::json!({})).await?;
//! session.close().await;
//! # Ok(()) }
//! ```

mod attach;
mod client;
mod doors;
mod events;
mod guard;
mod guests;
mod listen;
mod observe;
mod page;
mod probes;
mod routes;
mod serve;
mod stream;

pub use attach::{AttachOptions, Session, attach, lives};
pub use client::Client;
pub use serve::{ServeOptions, Serving, serve};
pub use stream::{DataStream, EventStream};
