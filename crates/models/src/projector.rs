//! What the projector of a model takes, by its header.

use crate::GgufHeader;
use las_types::ByteSize;

/// Rows of the hidden state's width, and of the feed-forward width, that live at once for each patch of a picture. As the engine
/// builds its graph (`tools/mtmd/clip.cpp` and `models/*.cpp` of llama.cpp): the state with its residual, queries, keys, values
/// and what they give; and the feed-forward rows before and behind their function.
const HIDDEN_ROWS: u64 = 6;
const FEED_FORWARD_ROWS: u64 = 2;
const FLOAT_BYTES: u64 = 4;

/// What a projector takes when it is loaded: its tensors, which the engine copies into memory, and the working rows for one
/// picture of the size that it says, with the scores of every patch against every other one. The engine tries such a picture
/// when it starts. Some projectors take larger pictures; these take more while they see one.
pub fn projector_bytes(header: &GgufHeader) -> ByteSize {
    let tensors = header.tensors.iter().fold(0_u64, |sum, tensor| sum.saturating_add(tensor.bytes));
    let number = |key: &str| header.number(&format!("clip.vision.{key}")).unwrap_or(0);
    let side = number("image_size").checked_div(number("patch_size")).unwrap_or(0);
    let patches = side.saturating_mul(side);
    let hidden = number("embedding_length").saturating_mul(HIDDEN_ROWS);
    let forward = number("feed_forward_length").saturating_mul(FEED_FORWARD_ROWS);
    let scores = patches.saturating_mul(number("attention.head_count"));
    let row = hidden.saturating_add(forward).saturating_add(scores);
    ByteSize::new(tensors.saturating_add(row.saturating_mul(patches).saturating_mul(FLOAT_BYTES)))
}

#[cfg(test)]
mod tests {
    use super::projector_bytes;
    use crate::{GgufWriter, TensorType, read_gguf};

    fn bytes(writer: &GgufWriter) -> u64 {
        let file = writer.finish();
        let length = file.len() as u64;
        projector_bytes(&read_gguf(&mut std::io::Cursor::new(file), length).unwrap()).bytes()
    }

    #[test]
    fn tensors_and_the_rows_of_one_picture_are_counted_and_nothing_overflows() {
        let plain = GgufWriter::new().text("general.architecture", "clip").tensor(
            "mm.0.weight",
            &[8, 4],
            TensorType::F32,
            &[0; 128],
        );
        assert_eq!(bytes(&plain), 128, "one that says nothing of pictures");
        let numbers = |size: u32, patch: u32, width: u32| {
            plain
                .clone()
                .u32("clip.vision.image_size", size)
                .u32("clip.vision.patch_size", patch)
                .u32("clip.vision.embedding_length", width)
                .u32("clip.vision.feed_forward_length", width.saturating_mul(2))
                .u32("clip.vision.attention.head_count", 2)
        };
        // 16 patches, each of 6 rows of 8, 2 rows of 16 and 2 × 16 scores.
        assert_eq!(bytes(&numbers(8, 2, 8)), 128 + 16 * (48 + 32 + 32) * 4);
        assert_eq!(bytes(&numbers(8, 0, 8)), 128);
        assert_eq!(bytes(&numbers(u32::MAX, 1, u32::MAX)), u64::MAX);
    }
}
