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

    /// A projector of one layer, for pictures of 8 × 8 pixels in four patches, for a model whose hidden state is so wide.
    pub fn projector(width: u64) -> Vec<u8> {
        let floats = |all: [f32; 3]| {
            let list = all.iter().flat_map(|one| one.to_le_bytes());
            [&6_u32.to_le_bytes()[..], &3_u64.to_le_bytes()]
                .concat()
                .into_iter()
                .chain(list)
                .collect::<Vec<u8>>()
        };
        let mut file = GgufWriter::new()
            .text("general.architecture", "clip")
            .text("general.type", "mmproj")
            .text("clip.projector_type", "mlp")
            .raw("clip.has_vision_encoder", 7, &[1])
            .u32("clip.vision.image_size", 8)
            .u32("clip.vision.patch_size", 4)
            .u32("clip.vision.embedding_length", 32)
            .u32("clip.vision.feed_forward_length", 64)
            .u32("clip.vision.projection_dim", u32::try_from(width).unwrap())
            .u32("clip.vision.block_count", 1)
            .u32("clip.vision.attention.head_count", 2)
            .f32("clip.vision.attention.layer_norm_epsilon", 1e-5)
            .raw("clip.vision.image_mean", 9, &floats([0.5; 3]))
            .raw("clip.vision.image_std", 9, &floats([0.5; 3]));
        let mut add = |name: &str, shape: &[u64]| {
            let count = usize::try_from(shape.iter().product::<u64>()).unwrap();
            let bytes = 0.01_f32.to_le_bytes().repeat(count);
            file = file.clone().tensor(name, shape, TensorType::F32, &bytes);
        };
        add("v.patch_embd.weight", &[4, 4, 3, 32]);
        add("v.position_embd.weight", &[32, 4]);
        for (name, shape) in [
            ("ln1", &[32][..]),
            ("ln2", &[32]),
            ("attn_q", &[32, 32]),
            ("attn_k", &[32, 32]),
            ("attn_v", &[32, 32]),
            ("attn_out", &[32, 32]),
            ("ffn_up", &[32, 64]),
            ("ffn_down", &[64, 32]),
        ] {
            add(&format!("v.blk.0.{name}.weight"), shape);
            add(&format!("v.blk.0.{name}.bias"), &shape[shape.len() - 1..]);
        }
        add("mm.0.weight", &[32, width]);
        add("mm.0.bias", &[width]);
        add("mm.2.weight", &[width, width]);
        add("mm.2.bias", &[width]);
        file.finish()
    }

    /// The header of a file with that many bytes of weights, and the length of the whole: write it and extend it with
    /// a hole to that length.
    pub fn sparse(weights: u64) -> (Vec<u8>, u64) {
        let header = header().tensor("token_embd.weight", &[8, weights / 32], TensorType::F32, &[]).finish();
        let length = header.len() as u64 + weights;
        (header, length)
    }
}
