use super::kept;
use crate::{GgufWriter, read_gguf};

fn with(architecture: &str, numbers: &[(&str, u32)], lists: &[(&str, &[u32])]) -> super::Kept {
    let mut writer = GgufWriter::new().text("general.architecture", architecture);
    for (key, number) in numbers {
        writer = writer.u32(&format!("{architecture}.{key}"), *number);
    }
    for (key, list) in lists {
        writer = writer.numbers(&format!("{architecture}.{key}"), list);
    }
    let bytes = writer.finish();
    let length = bytes.len() as u64;
    kept(&read_gguf(&mut std::io::Cursor::new(bytes), length).unwrap(), architecture)
}

const PLAIN: &[(&str, u32)] = &[
    ("block_count", 12),
    ("embedding_length", 64),
    ("attention.head_count", 4),
    ("attention.head_count_kv", 2),
];

fn plain_and(more: &[(&'static str, u32)]) -> Vec<(&'static str, u32)> {
    PLAIN.iter().chain(more).copied().collect()
}

/// Keys and values of one layer of it, per token.
const LAYER: u64 = 2 * (16 + 16) * 2;

#[test]
fn grouped_heads_keep_less_and_no_heads_keep_all() {
    let grouped = with("llama", PLAIN, &[]);
    assert_eq!(
        (grouped.per_token, grouped.heads, grouped.kv_heads, grouped.window),
        (12 * LAYER, 4, 2, None)
    );
    let unknown = with("llama", &PLAIN[..2], &[]);
    assert_eq!(unknown.per_token, 12 * (64 + 64) * 2);
}

#[test]
fn windows_are_believed_where_the_engine_uses_them() {
    let window = [("attention.sliding_window", 512)];
    let gemma = with("gemma3", &plain_and(&window), &[]);
    assert_eq!((gemma.per_token, gemma.window.unwrap().tokens), (12 * LAYER, 512));
    assert_eq!(gemma.window.unwrap().kv_bytes_per_token.bytes(), 10 * LAYER); // all but each sixth
    let first = with("smallthinker", &plain_and(&window), &[]);
    assert_eq!(first.window.unwrap().kv_bytes_per_token.bytes(), 9 * LAYER);
    // The engine knows no window of a llama.
    assert_eq!(with("llama", &plain_and(&window), &[]).window, None);
    let list = [("attention.sliding_window_pattern", [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1].as_slice())];
    let named = with("gemma4", &plain_and(&window), &list);
    assert_eq!(named.window.unwrap().kv_bytes_per_token.bytes(), 3 * LAYER);
    let wide = with("gemma4", &plain_and(&[window[0], ("attention.key_length_swa", 32)]), &list);
    assert_eq!(wide.window.unwrap().kv_bytes_per_token.bytes(), 3 * 2 * (32 + 16) * 2);
}

#[test]
fn layers_without_attention_keep_a_state_and_no_keys() {
    let ssm = [("ssm.inner_size", 128), ("ssm.state_size", 16), ("ssm.conv_kernel", 4)];
    let mamba = with("mamba", &[("block_count", 2), ("embedding_length", 64), ssm[0], ssm[1], ssm[2]], &[]);
    assert_eq!((mamba.per_token, mamba.kv_heads), (0, 0));
    assert_eq!(mamba.state, 2 * (3 * 128 + 16 * 128) * 4);
    let hybrid =
        [("block_count", 4), ("embedding_length", 64), ("attention.head_count", 4), ssm[0], ssm[1], ssm[2]];
    let jamba = with("jamba", &hybrid, &[("attention.head_count_kv", &[0, 0, 2, 0])]);
    assert_eq!((jamba.per_token, jamba.state), (LAYER, 3 * (3 * 128 + 16 * 128) * 4));
    let next = with("qwen3next", &plain_and(&ssm), &[]);
    assert_eq!(next.per_token, 3 * LAYER);
    let both = with("falcon-h1", &plain_and(&ssm), &[]);
    assert_eq!((both.per_token, both.state), (12 * LAYER, 12 * (3 * 128 + 16 * 128) * 4));
}

#[test]
fn compressed_keys_have_no_values_and_shared_layers_nothing() {
    let compressed = with("deepseek2", &plain_and(&[("attention.key_length_mla", 16)]), &[]);
    assert_eq!(compressed.per_token, 12 * LAYER / 2);
    let shared = with("gemma4", &plain_and(&[("attention.shared_kv_layers", 10)]), &[]);
    assert_eq!(shared.per_token, 2 * LAYER);
}

#[test]
fn a_header_that_says_too_much_is_counted_and_costs_no_time() {
    let many = with("llama", &[("block_count", u32::MAX), ("embedding_length", u32::MAX)], &[]);
    assert_eq!(many.per_token, u64::MAX);
}
