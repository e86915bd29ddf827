//! The local endpoint: OpenAI's chat completions, completions, embeddings and models, answered by
//! whatever engine has the model.
//!
//! Invariants: an engine gets only fields that this crate knows (unknown ones are dropped, so no engine
//! setting can be smuggled in); an answer is passed on as it comes and never gathered; an engine that ends
//! in the middle of an answer is an error that the client sees; a client that goes away cancels the work.
//!
//! What this crate does not do: it starts no engine (it asks [`Engines`]) and checks no token (the server
//! did).

mod adapters;
mod engines;
mod error;
mod forward;
mod media;
mod request;
mod router;

pub use engines::{Engine, Engines, Reach};
pub use error::openai_error;
pub use router::router;
