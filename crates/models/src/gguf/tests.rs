use crate::{GgufHeader, GgufWriter, ModelError, TensorType, Value, estimate, facts, read_gguf};
use las_types::Ability;
use std::io::Cursor;
use std::path::Path;

fn read(bytes: &[u8]) -> Result<GgufHeader, ModelError> {
    read_gguf(&mut Cursor::new(bytes), bytes.len() as u64)
}

fn small() -> GgufWriter {
    GgufWriter::new()
        .text("general.architecture", "llama")
        .text("general.license", "MIT")
        .text("tokenizer.chat_template", "{% for m in messages %}{{ m.content }}{% endfor %}")
        .texts("tokenizer.ggml.tokens", &["a", "bc", ""])
        .numbers("llama.attention.head_count_kv", &[2, 1])
        .u32("llama.attention.head_count", 4)
        .u32("llama.block_count", 2)
        .u32("llama.context_length", 512)
        .u32("llama.embedding_length", 64)
        .f32("llama.rope.freq_base", 10_000.0)
        .tensor("token_embd.weight", &[64, 3], TensorType::Q8_0, &[1; 204])
        .tensor("output_norm.weight", &[64], TensorType::F32, &[2; 256])
        .tensor("blk.0.ffn_up.weight", &[64, 2], TensorType::Q8_0, &[3; 136])
}

fn malformed(bytes: &[u8]) -> String {
    match read(bytes) {
        Err(ModelError::Malformed { detail }) => detail,
        other => panic!("expected a malformed header, got {other:?}"),
    }
}

#[test]
fn all_three_versions_say_the_same() {
    let newest = read(&small().finish()).unwrap();
    for version in [1, 2] {
        let older = read(&small().version(version).finish()).unwrap();
        assert_eq!(older.tokenizer_digest(), newest.tokenizer_digest());
        assert_eq!(facts(&older), facts(&newest));
        assert_eq!((older.metadata, older.tensors), (newest.metadata.clone(), newest.tensors.clone()));
    }
    let facts = facts(&newest);
    assert_eq!(facts.parameters.parameters(), 192 + 64 + 128);
    assert_eq!(facts.tensor_bytes.bytes(), 204 + 256 + 136);
    assert_eq!(facts.quantisation, "Q8_0"); // 340 bytes against 256
    assert_eq!((facts.context, facts.layers, facts.embedding_length), (512, 2, 64));
    // Three key-value heads over both layers, keys and values 16 wide, two bytes each.
    assert_eq!(facts.kv_bytes_per_token.bytes(), 3 * (16 + 16) * 2);
    assert_eq!(facts.abilities, [Ability::Chat, Ability::Json, Ability::Embeddings]);
    assert_eq!(facts.license.as_deref(), Some("MIT"));
    assert_eq!((facts.heads, facts.kv_heads), (4, 2));
    let template = b"{% for m in messages %}{{ m.content }}{% endfor %}";
    assert_eq!(facts.chat_templates["default"], las_types::Digest::of(template));
}

#[test]
fn a_tokenizer_is_known_by_what_cuts_text_and_by_nothing_else() {
    let of = |writer: GgufWriter| facts(&read(&writer.finish()).unwrap()).tokenizer.unwrap();
    let plain =
        || small().text("tokenizer.ggml.model", "gpt2").numbers("tokenizer.ggml.token_type", &vec![1; 5000]);
    let one = of(plain());
    assert_eq!((one.kind.as_str(), one.tokens), ("gpt2", 3));
    assert_eq!(
        one.digest,
        of(plain().u32("tokenizer.ggml.eos_token_id", 2).text("general.name", "x")).digest
    );
    let types =
        small().text("tokenizer.ggml.model", "gpt2").numbers("tokenizer.ggml.token_type", &vec![2; 5000]);
    assert_ne!(one.digest, of(types).digest);
    assert_ne!(one.digest, of(plain().texts("tokenizer.ggml.merges", &["a b"])).digest);
    // The bytes are the same, the tokens are not.
    let cut = |tokens: &[&str]| {
        of(GgufWriter::new().text("general.architecture", "x").texts("tokenizer.ggml.tokens", tokens)).digest
    };
    assert_ne!(cut(&["ab", "c"]), cut(&["a", "bc"]));
}

#[test]
fn a_template_that_has_no_digest_is_refused() {
    let long = "x".repeat((1 << 20) + 1);
    assert!(malformed(&GgufWriter::new().text("tokenizer.chat_template", &long).finish()).contains("1 MiB"));
    let bytes = [2_u64.to_le_bytes().as_slice(), &[0xff, 0xfe]].concat();
    assert!(
        malformed(&GgufWriter::new().raw("tokenizer.chat_template", 8, &bytes).finish()).contains("UTF-8")
    );
}

#[test]
fn long_lists_are_counted_and_not_kept() {
    let numbers = vec![7; 5000];
    let header = read(&small().numbers("tokenizer.ggml.token_type", &numbers).finish()).unwrap();
    assert_eq!(header.metadata["tokenizer.ggml.token_type"], Value::List { length: 5000, numbers: None });
    assert_eq!(header.metadata["tokenizer.ggml.tokens"], Value::List { length: 3, numbers: None });
}

#[test]
fn every_prefix_of_a_file_is_an_error() {
    for version in [1, 3] {
        let bytes = small().version(version).finish();
        assert!(matches!(read(&[]), Err(ModelError::Empty)));
        for length in 1..bytes.len() {
            let error = read(&bytes[..length]).expect_err("a prefix");
            assert!(matches!(error, ModelError::Truncated { .. }), "{length}: {error}");
        }
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_truncated() {
    let bytes = small().finish();
    let error = read_gguf(&mut Cursor::new(&bytes[..100]), bytes.len() as u64).expect_err("shrunk");
    assert!(matches!(error, ModelError::Truncated { .. }), "{error}");
}

#[test]
fn every_count_length_and_offset_made_huge_is_an_error() {
    for version in [1, 3] {
        let (bytes, counts) = small().version(version).finish_with_counts();
        assert!(counts.len() > 30);
        for place in counts {
            for fill in [0xff_u8, 0x7f, 0x10] {
                let mut damaged = bytes.clone();
                damaged[place.clone()].fill(fill);
                assert!(read(&damaged).is_err(), "{place:?} {fill:x}");
            }
        }
    }
}

#[test]
fn no_damage_to_any_bytes_makes_it_panic() {
    let bytes = small().finish();
    for begin in 0..bytes.len() {
        for (width, fill) in [(1, 0xff), (1, 0), (4, 0xff), (8, 0xff), (8, 0x7f), (4, 9)] {
            let mut damaged = bytes.clone();
            let end = (begin + width).min(bytes.len());
            damaged[begin..end].fill(fill);
            // An error or facts: both are fine, a panic or an endless allocation is not.
            let _ = read(&damaged).map(|header| estimate(&facts(&header), u32::MAX, u32::MAX));
        }
    }
}

#[test]
fn what_is_not_gguf_or_big_endian_or_from_the_future_is_named() {
    assert!(matches!(read(b"GGML"), Err(ModelError::NotModel { .. })));
    assert!(matches!(read(b"PK"), Err(ModelError::NotModel { .. })));
    assert!(matches!(read(b"<html>not found</html>"), Err(ModelError::NotModel { .. })));
    let mut bytes = small().finish();
    bytes[4..8].copy_from_slice(&3_u32.to_be_bytes());
    assert!(malformed(&bytes).contains("big-endian"));
    bytes[4..8].copy_from_slice(&4_u32.to_le_bytes());
    assert!(malformed(&bytes).contains("version 4"));
}

#[test]
fn contradictions_are_named() {
    let plain = || GgufWriter::new().text("general.architecture", "llama");
    let unaligned = || small().alignment(64).finish();
    assert!(read(&unaligned()).is_ok());
    let mut nested = Vec::new();
    for _ in 0..6 {
        nested.extend(9_u32.to_le_bytes());
        nested.extend(1_u64.to_le_bytes());
    }
    nested.extend(0_u32.to_le_bytes());
    nested.extend(0_u64.to_le_bytes());
    let cases = [
        (GgufWriter::new().finish(), "general.architecture"),
        (plain().u32("general.name", 1).text("general.name", "x").finish(), "twice"),
        (plain().alignment(24).finish(), "general.alignment"),
        (plain().raw("x", 13, &[0]).finish(), "unknown type 13"),
        (plain().raw("x", 7, &[2]).finish(), "truth value of 2"),
        (plain().raw("x", 9, &nested).finish(), "deeper"),
        (plain().tensor("t", &[33], TensorType::Q8_0, &[0; 64]).finish(), "shape"),
        (plain().tensor("t", &[u64::MAX, 2], TensorType::F32, &[0; 64]).finish(), "shape"),
        (plain().tensor("t", &[1, 1, 1, 1, 1], TensorType::F32, &[0; 4]).finish(), "dimensions"),
        (
            plain()
                .tensor("t", &[1], TensorType::F32, &[0; 4])
                .tensor("t", &[1], TensorType::F32, &[0; 4])
                .finish(),
            "twice",
        ),
        // Said to be 16 floats, written as 4: the next one begins inside it.
        (
            plain()
                .tensor("a", &[16], TensorType::F32, &[0; 16])
                .tensor("b", &[16], TensorType::F32, &[0; 64])
                .finish(),
            "overlap",
        ),
        (plain().tensor(&"n".repeat(64), &[1], TensorType::F32, &[0; 4]).finish(), "name"),
    ];
    for (bytes, expected) in cases {
        let detail = malformed(&bytes);
        assert!(detail.contains(expected), "{detail} should say {expected}");
    }
}

#[test]
fn an_unknown_tensor_type_and_an_unaligned_offset_are_named() {
    let (bytes, counts) = GgufWriter::new()
        .text("general.architecture", "x")
        .tensor("t", &[8], TensorType::F32, &[0; 40])
        .finish_with_counts();
    let offset = counts.last().unwrap().clone();
    let mut unknown = bytes.clone();
    unknown[offset.start - 4..offset.start].copy_from_slice(&4_u32.to_le_bytes());
    assert!(malformed(&unknown).contains("'t' has the unknown type 4"));
    let mut unaligned = bytes;
    unaligned[offset].copy_from_slice(&4_u64.to_le_bytes());
    assert!(malformed(&unaligned).contains("not aligned"));
}

fn facts_of(path: &str) -> las_types::ModelFacts {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let mut file = std::fs::File::open(&path).unwrap();
    let length = file.metadata().unwrap().len();
    facts(&read_gguf(&mut file, length).unwrap())
}

#[test]
fn the_shipped_model_is_read() {
    let facts = facts_of("packaging/models/las-tiny-chat/files/las-tiny-chat-f32.gguf");
    assert_eq!(facts.parameters.parameters(), 1_967_808);
    assert_eq!((facts.context, facts.layers, facts.embedding_length), (256, 4, 192));
    assert_eq!(facts.quantisation, "F32");
    assert_eq!(facts.kv_bytes_per_token.bytes(), 4 * 2 * 6 * 32 * 2);
    assert_eq!(facts.abilities, [Ability::Chat, Ability::Tools, Ability::Json, Ability::Embeddings]);
    assert_eq!(facts.name.as_deref(), Some("las-tiny-2m"));
    let tokenizer = facts.tokenizer.unwrap();
    assert_eq!((tokenizer.kind.as_str(), tokenizer.tokens), ("gpt2", 1024));
}

#[test]
fn an_adapter_is_known_as_one() {
    let facts = facts_of("tests/fixtures/las-tiny-pirate-lora.gguf");
    assert_eq!(facts.abilities, [Ability::Adapter]);
    assert_eq!((facts.layers, facts.context), (0, 0));
    assert_eq!(facts.kv_bytes_per_token.bytes(), 0);
    assert!(facts.parameters.parameters() > 0);
    assert!(!facts.has_chat_template);
    let adapter = facts.adapter.unwrap();
    assert_eq!(
        (adapter.kind.as_str(), adapter.alpha.as_deref(), adapter.rank),
        ("lora", Some("16"), Some(8))
    );
}
