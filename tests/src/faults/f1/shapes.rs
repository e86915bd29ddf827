//! Headers as they made readers crash: each kind of known hole, in every version of the format where it can be.
//!
//! After what the advisories say of the kind of damage; the files are our own.

use super::{count, mini};
use las_models::{GgufWriter, TensorType};

fn plain(version: u32) -> GgufWriter {
    GgufWriter::new().version(version).text("general.architecture", "llama")
}

/// The least header of a version: so many tensors, so many pairs, then these bytes.
fn begins(version: u32, tensors: u64, pairs: u64, rest: &[u8]) -> Vec<u8> {
    [b"GGUF".as_slice(), &version.to_le_bytes(), &count(version, tensors), &count(version, pairs), rest]
        .concat()
}

/// A list value: the type of its entries, how many, and some bytes.
fn list(version: u32, kind: u32, length: u64, rest: &[u8]) -> Vec<u8> {
    [kind.to_le_bytes().as_slice(), &count(version, length), rest].concat()
}

pub(super) fn shapes() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for version in 1..=3 {
        let mut add = |name: &str, bytes: Vec<u8>| all.push((format!("{name}-{version}"), bytes));
        header(version, &mut add);
        values(version, &mut add);
        tensors(version, &mut add);
    }
    all
}

fn header(version: u32, add: &mut dyn FnMut(&str, Vec<u8>)) {
    let most = if version == 1 { u64::from(u32::MAX) } else { u64::MAX };
    // CVE-2024-39720: a file of the mark alone, or of little more, was read past its end.
    add("cve-2024-39720-mark", b"GGUF".to_vec());
    add("cve-2024-39720-version", [b"GGUF".as_slice(), &version.to_le_bytes()].concat());
    add("cve-2024-39720-counts", begins(version, 0, 0, b"")[..12].to_vec());
    // CVE-2024-21836, CVE-2024-23605: as many tensors or pairs as overflow what is allocated for them.
    for huge in [most, most / 2, most / 88 + 1, most / 48 + 1, 1 << 31] {
        add(&format!("cve-2024-21836-tensors-{huge:x}"), begins(version, huge, 0, &[0; 64]));
        add(&format!("cve-2024-23605-pairs-{huge:x}"), begins(version, 0, huge, &[0; 64]));
    }
    // More than there can be, and not so many that it overflows.
    add("many-tensors", begins(version, 199_999, 0, &[0; 4_096]));
    add("many-pairs", begins(version, 0, 99_999, &[0; 4_096]));
    let bytes = mini(version).finish();
    for part in [1, 2, 3, 5, 8] {
        add(&format!("cut-{part}"), bytes[..bytes.len() * part / 9].to_vec());
    }
    let mut big_endian = bytes.clone();
    big_endian[4..8].reverse();
    add("big-endian", big_endian);
    let mut future = bytes;
    future[4..8].copy_from_slice(&(version + 3).to_le_bytes());
    add("future", future);
}

fn values(version: u32, add: &mut dyn FnMut(&str, Vec<u8>)) {
    let most = if version == 1 { u64::from(u32::MAX) } else { u64::MAX };
    // CVE-2024-23496: the length of a text, and one more, overflows.
    for huge in [most, most - 1, most / 2, 1 << 30] {
        add(
            &format!("cve-2024-23496-text-{huge:x}"),
            plain(version).raw("x", 8, &count(version, huge)).finish(),
        );
        add(&format!("key-{huge:x}"), begins(version, 0, 1, &count(version, huge)));
    }
    // CVE-2024-21825: the length of a list, times the size of an entry, overflows.
    for kind in 0..=12 {
        for huge in [most, most / 8 + 1, most / 4 + 1, most / 16 + 1] {
            let bytes = plain(version).raw("x", 9, &list(version, kind, huge, &[0; 32])).finish();
            add(&format!("cve-2024-21825-list-{kind}-{huge:x}"), bytes);
        }
    }
    add("list-of-unknown", plain(version).raw("x", 9, &list(version, 13, 1, &[0; 8])).finish());
    add("unknown-value", plain(version).raw("x", 99, &[0; 8]).finish());
    let mut nested = Vec::new();
    for _ in 0..10_000 {
        nested.extend(list(version, 9, 1, b""));
    }
    add("lists-in-lists", plain(version).raw("x", 9, &nested).finish());
    // The alignment is what offsets are divided by.
    for alignment in [0, 3, 24, u32::MAX] {
        add(&format!("alignment-{alignment:x}"), plain(version).u32("general.alignment", alignment).finish());
    }
    add("alignment-text", plain(version).text("general.alignment", "32").finish());
    add("key-twice", plain(version).u32("x", 1).u32("x", 2).finish());
    add("no-architecture", GgufWriter::new().version(version).u32("x", 1).finish());
    add("part-of-none", plain(version).u32("split.no", 7).u32("split.count", 2).finish());
}

fn tensors(version: u32, add: &mut dyn FnMut(&str, Vec<u8>)) {
    // CVE-2026-7482: a tensor that is said to lie, or to end, beyond the file was read from there.
    let (bytes, places) = plain(version).tensor("t", &[8], TensorType::F32, &[0; 32]).finish_with_counts();
    let offset = places.last().cloned().unwrap_or_default();
    for beyond in [32, 64, 1 << 20, 1 << 40, u64::MAX - 31, 1 << 63] {
        let mut bytes = bytes.clone();
        bytes[offset.clone()].copy_from_slice(&beyond.to_le_bytes());
        add(&format!("cve-2026-7482-offset-{beyond:x}"), bytes);
    }
    for size in [9, 1 << 20, 1 << 30] {
        let bytes = plain(version).tensor("t", &[size], TensorType::F32, &[0; 32]).finish();
        add(&format!("cve-2026-7482-size-{size:x}"), bytes);
    }
    // CVE-2025-53630: sizes that, padded and summed up, overflow; each alone does not.
    let most = if version == 1 { u64::from(u32::MAX) } else { u64::MAX };
    for huge in [most / 2, most / 4, most / 8, (most >> 2) + 8, most - 31] {
        let bytes = plain(version)
            .tensor("a", &[huge], TensorType::F32, &[0; 32])
            .tensor("b", &[huge], TensorType::F32, &[0; 32])
            .tensor("c", &[8], TensorType::F32, &[0; 32])
            .finish();
        add(&format!("cve-2025-53630-sum-{huge:x}"), bytes);
    }
    // CVE-2026-27940: what is allocated for all tensors together overflows by a product of dimensions or of counts.
    for shape in [
        vec![1 << 31, 1 << 31, 4],
        vec![most, 2],
        vec![most, most],
        vec![1 << 31, 1 << 31, 1 << 31, 1 << 31],
        vec![most / 4 + 1, 4],
    ] {
        let bytes = plain(version).tensor("t", &shape, TensorType::F32, &[0; 32]).finish();
        add(&format!("cve-2026-27940-product-{shape:x?}"), bytes);
        let bytes = plain(version).tensor("t", &shape, TensorType::Q8_0, &[0; 32]).finish();
        add(&format!("cve-2026-27940-blocks-{shape:x?}"), bytes);
    }
    // Types that were withdrawn have blocks of no size: what is divided by that crashed.
    let kind = offset.start - 4..offset.start;
    for number in [4_u32, 5, 31, 32, 33, 36, 37, 38, 43, 1_000, u32::MAX] {
        let mut bytes = bytes.clone();
        bytes[kind.clone()].copy_from_slice(&number.to_le_bytes());
        add(&format!("zero-block-{number}"), bytes);
    }
    add("no-whole-block", plain(version).tensor("t", &[33], TensorType::Q4_0, &[0; 64]).finish());
    // CVE-2024-21802: more dimensions than there is room for.
    for dimensions in [5_u32, 6, 255, u32::MAX] {
        let mut bytes = bytes.clone();
        let place = places[places.len() - 3].clone();
        bytes[place].copy_from_slice(&dimensions.to_le_bytes());
        add(&format!("cve-2024-21802-dimensions-{dimensions}"), bytes);
    }
    let named = |name: &str| plain(version).tensor(name, &[1], TensorType::F32, &[0; 4]).finish();
    add("long-name", named(&"n".repeat(64)));
    let twice = plain(version)
        .tensor("t", &[8], TensorType::F32, &[0; 32])
        .tensor("t", &[8], TensorType::F32, &[0; 32])
        .finish();
    add("name-twice", twice);
    let over = plain(version)
        .tensor("a", &[16], TensorType::F32, &[0; 16])
        .tensor("b", &[16], TensorType::F32, &[0; 64])
        .finish();
    add("overlap", over);
}
