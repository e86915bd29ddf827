//! Prints this machine's profile, and how long the probe took.

use std::time::Instant;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what it found")]
fn main() -> Result<(), serde_json::Error> {
    let now = las_types::Timestamp::now();
    let start = Instant::now();
    let profile = las_hardware::probe(now);
    let took = start.elapsed();
    println!("{}", serde_json::to_string_pretty(&profile)?);
    eprintln!("first probe: {took:?}");
    let start = Instant::now();
    let again = las_hardware::probe(now);
    eprintln!("second probe: {:?} ({} GPUs)", start.elapsed(), again.gpus.len());
    Ok(())
}
