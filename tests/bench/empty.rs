//! The least that a Rust program can take to start and end: what `start` measures beside.
fn main() {}
