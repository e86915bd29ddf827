//! The runtime through its front door: real files, the real engine, real processes.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests stop at the first surprise")]

mod bench;
mod blobs;
mod connecting;
mod engine;
mod history;
mod keeping;
mod orphans;
mod reading;
mod sandbox;
mod services;
mod store;
