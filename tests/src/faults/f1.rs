//! F1: GGUF headers of strangers. Every shape of a header that made a reader crash once is refused; whatever else is done to
//! a header, reading it ends with a typed error or with facts that hold, in bounded memory and without going over it again
//! and again. What is accepted says the same to the `gguf` package of PyPI.

mod peer;
mod shapes;

use super::damaged::{damage, forget_peak, grown, watched};
use super::{Report, Run};
use las_models::{GgufHeader, GgufWriter, ModelError, TensorType, estimate, facts, read_model};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Damaged headers in all, and of one case.
const DAMAGED: (usize, usize) = (4_000, 1_000_000);
const ROUND: usize = 1_000;

/// A small whole file with everything that a header may have.
pub(super) fn mini(version: u32) -> GgufWriter {
    GgufWriter::new()
        .version(version)
        .text("general.architecture", "gemma3")
        .text("general.license", "MIT")
        .text("tokenizer.chat_template", "{{ messages }}")
        .text("tokenizer.ggml.model", "gpt2")
        .texts("tokenizer.ggml.tokens", &["a", "bc", ""])
        .numbers("tokenizer.ggml.token_type", &[1, 1, 3])
        .u32("gemma3.attention.head_count", 4)
        .numbers("gemma3.attention.head_count_kv", &[2, 1])
        .u32("gemma3.attention.sliding_window", 512)
        .u32("gemma3.block_count", 2)
        .u32("gemma3.context_length", 512)
        .u32("gemma3.embedding_length", 64)
        .f32("gemma3.rope.freq_base", 10_000.0)
        .raw("x.bytes", 9, &[0_u32.to_le_bytes().as_slice(), &count(version, 3), &[1, 2, 3]].concat())
        .raw("x.yes", 7, &[1])
        .tensor("token_embd.weight", &[64, 3], TensorType::Q8_0, &[1; 204])
        .tensor("output_norm.weight", &[64], TensorType::F32, &[2; 256])
        .tensor("blk.0.ffn_up.weight", &[64, 2], TensorType::Q8_0, &[3; 136])
}

pub(super) fn count(version: u32, count: u64) -> Vec<u8> {
    let bytes = count.to_le_bytes();
    bytes[..if version == 1 { 4 } else { 8 }].to_vec()
}

fn read(bytes: &[u8]) -> Result<Result<GgufHeader, ModelError>, String> {
    watched(bytes, |file, length| read_model(file, length))
}

/// What was read holds in the file: no tensor elsewhere, sums that can be counted.
fn holds(header: &GgufHeader, length: usize) -> Result<(), String> {
    for tensor in &header.tensors {
        let end = header.data_offset + tensor.offset + tensor.bytes;
        if end > length as u64 {
            return Err(format!("accepted: tensor '{}' ends at {end} of {length}", tensor.name));
        }
    }
    estimate(&facts(header), u32::MAX, u32::MAX);
    Ok(())
}

enum Case {
    Whole(u32),
    Shape(Vec<u8>),
    Damaged(u64),
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let mut cases: Vec<_> =
        (1..=3).map(|version| (format!("whole/{version}"), Case::Whole(version))).collect();
    let shapes = shapes::shapes();
    let count = shapes.len();
    cases.extend(shapes.into_iter().map(|(name, bytes)| (format!("shape/{name}"), Case::Shape(bytes))));
    let rounds = run.choose(DAMAGED.0, DAMAGED.1) / ROUND;
    cases.extend(
        run.seeds(rounds).into_iter().map(|(name, seed)| (format!("damaged/{name}"), Case::Damaged(seed))),
    );
    let (accepted, before) = (AtomicUsize::new(0), forget_peak());
    let mut report = run.each(cases, |case| match case {
        Case::Whole(version) => {
            let bytes = mini(*version).finish();
            holds(&read(&bytes)?.map_err(|error| format!("refused: {error}"))?, bytes.len())
        }
        Case::Shape(bytes) => match read(bytes)? {
            Err(ModelError::Malformed { .. } | ModelError::Truncated { .. }) => Ok(()),
            other => Err(format!("accepted: {:?}", other.map(|header| header.tensors.len()))),
        },
        Case::Damaged(seed) => {
            let mut random = fastrand::Rng::with_seed(*seed);
            for _ in 0..ROUND {
                let whole = mini(random.u32(1..=3)).finish();
                let bytes = damage(&whole, &mut random);
                if let Ok(header) = read(&bytes)? {
                    accepted.fetch_add(1, Ordering::Relaxed);
                    holds(&header, bytes.len())?;
                }
            }
            Ok(())
        }
    });
    let memory = grown(before, 0, &mut report);
    let compared = if run.wants("peer") { peer::compare(run)? } else { "not compared".to_owned() };
    let figure = format!(
        "{count} shapes of known holes: {} accepted; {} damaged headers: {} panics or hangs, {} accepted that still hold; {memory}; {compared}",
        report.count("accepted"),
        rounds * ROUND,
        report.failures.len(),
        accepted.into_inner(),
    );
    Ok(report.with_figure(figure))
}
