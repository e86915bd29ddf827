//! Files that scenarios use: of the repository, and models made to order.

use std::path::{Path, PathBuf};

/// The root of the source tree.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A recorded hardware profile by its name.
pub fn profile(name: &str) -> PathBuf {
    repository().join("tests/profiles").join(format!("{name}.json"))
}

/// The chat model's file that is shipped.
pub fn shipped_chat_model() -> PathBuf {
    repository().join("packaging/models/las-tiny-chat/files/las-tiny-chat-f32.gguf")
}

/// GGUF files made to order.
pub mod models {
    use las_models::{GgufWriter, TensorType};

    /// A header that says it is a small language model, without tensors.
    pub fn header() -> GgufWriter {
        GgufWriter::new()
            .text("general.architecture", "llama")
            .text("general.name", "made to order")
            .u32("llama.context_length", 256)
            .u32("llama.block_count", 1)
            .u32("llama.embedding_length", 8)
            .u32("llama.attention.head_count", 1)
            .text("tokenizer.chat_template", "{{ messages }}")
    }

    /// A well-formed file of a few hundred bytes, its weights made of one byte.
    pub fn small(fill: u8) -> Vec<u8> {
        header().tensor("token_embd.weight", &[8, 4], TensorType::F32, &[fill; 128]).finish()
    }

    /// The header of a file with that many bytes of weights, and the length of the whole: write it and extend it with
    /// a hole to that length.
    pub fn sparse(weights: u64) -> (Vec<u8>, u64) {
        let header = header().tensor("token_embd.weight", &[8, weights / 32], TensorType::F32, &[]).finish();
        let length = header.len() as u64 + weights;
        (header, length)
    }
}
