use super::{SafetensorsType, ShardIndex, join_shards, read_safetensors};
use crate::{FileKind, ModelError, SafetensorsHeader};
use std::io::Cursor;

fn file(header: &str, data: usize) -> Vec<u8> {
    [(header.len() as u64).to_le_bytes().as_slice(), header.as_bytes(), &vec![0; data]].concat()
}

fn read(bytes: &[u8]) -> Result<SafetensorsHeader, ModelError> {
    read_safetensors(&mut Cursor::new(bytes), bytes.len() as u64)
}

fn entry(name: &str, dtype: &str, shape: &str, begin: u64, end: u64) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{begin},{end}]}}"#)
}

const GOOD: &str = r#"{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[8,20]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}   "#;

#[test]
fn a_header_is_read_whole() {
    let header = read(&file(GOOD, 20)).unwrap();
    assert_eq!(header.metadata["format"], "pt");
    let found: Vec<_> =
        header.tensors.iter().map(|one| (one.name.as_str(), one.elements, one.bytes)).collect();
    assert_eq!(found, [("a", 2, 8), ("b", 6, 12)]);
    assert_eq!(header.data_offset, GOOD.len() as u64 + 8);
    assert!(read(&file("{}", 0)).unwrap().tensors.is_empty());
    let half = format!("{{{}}}", entry("h", "F4", "[3,2]", 0, 3));
    assert_eq!(read(&file(&half, 3)).unwrap().tensors[0].bytes, 3);
}

#[test]
fn contradictions_are_named() {
    let one = |tensors: &[String]| format!("{{{}}}", tensors.join(","));
    let plain = entry("a", "F32", "[2]", 0, 8);
    let cases = [
        (one(&[entry("a", "F32", "[3]", 0, 8)]), 8, "shape"),
        (one(&[entry("a", "F32", "[2]", 8, 0)]), 8, "shape"),
        (one(&[entry("a", "F32", "[18446744073709551615,2]", 0, 8)]), 8, "shape"),
        (one(&[entry("a", "F32", "[4611686018427387904,2]", 0, 8)]), 8, "shape"),
        (one(&[entry("a", "F4", "[3]", 0, 1)]), 1, "shape"),
        (one(&[entry("a", "F33", "[2]", 0, 8)]), 8, "unknown type"),
        (one(&[plain.clone(), plain.clone()]), 8, "twice"),
        (one(&[plain.clone(), entry("b", "F32", "[2]", 4, 12)]), 12, "overlaps"),
        (one(&[plain.clone(), entry("b", "F32", "[2]", 0, 8)]), 8, "overlaps"),
        (one(&[plain.clone(), entry("b", "F32", "[2]", 12, 20)]), 20, "hole"),
        (one(&[entry("a", "F32", "[2]", 4, 12)]), 12, "hole"),
        (one(std::slice::from_ref(&plain)), 9, "belong to nothing"),
        (one(&[entry("a", "U8", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]", 0, 1)]), 1, "dimensions"),
        (one(&[entry("a", "U8", "[-1]", 0, 1)]), 1, "invalid"),
        (one(&[entry("a", "U8", "[1.5]", 0, 1)]), 1, "invalid"),
        (r#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"more":1}}"#.to_owned(), 1, "unknown field"),
        (r#"{"a":{"dtype":"U8","shape":[1]}}"#.to_owned(), 1, "missing field"),
        (r#"{"__metadata__":{"a":1}}"#.to_owned(), 0, "invalid type"),
        (r#"{"__metadata__":{"a":"1","a":"2"}}"#.to_owned(), 0, "twice"),
        (r#"{"__metadata__":{},"__metadata__":{}}"#.to_owned(), 0, "twice"),
        ("{}{}".to_owned(), 0, "trailing"),
        ("{".to_owned(), 0, "EOF"),
        (format!("{{\"a\":{}", "[".repeat(100_000)), 0, "invalid type"),
        (format!("{{\"a\":{{\"shape\":{}", "[".repeat(100_000)), 0, "invalid type"),
    ];
    for (header, data, expected) in cases {
        match read(&file(&header, data)) {
            Err(ModelError::Malformed { detail }) => {
                assert!(detail.contains(expected), "{detail} should say {expected}");
            }
            other => panic!("{}: {other:?}", header.chars().take(200).collect::<String>()),
        }
    }
}

#[test]
fn every_prefix_of_a_file_is_an_error_and_no_damage_makes_it_panic() {
    let whole = file(GOOD, 20);
    assert!(matches!(read(&[]), Err(ModelError::Empty)));
    for length in 1..whole.len() {
        let error = read(&whole[..length]).expect_err("a prefix");
        assert!(matches!(error, ModelError::Truncated { .. }), "{length}: {error}");
    }
    for place in 0..whole.len() {
        for fill in [0, b'0', b'"', b'}', 0x7f, 0xff] {
            let mut damaged = whole.clone();
            damaged[place] = fill;
            let _ = read(&damaged);
        }
    }
}

#[test]
fn lengths_and_formats_that_are_not_one_are_named() {
    let mut long = file(GOOD, 20);
    long[..8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(matches!(read(&long), Err(ModelError::Malformed { .. })));
    long[..8].copy_from_slice(&(60_u64 << 20).to_le_bytes());
    assert!(matches!(read(&long), Err(ModelError::Truncated { .. })));
    assert!(matches!(read(b"GGUF\x03\0\0\0\0\0\0\0"), Err(ModelError::NotModel { .. })));
    let pickled = [file(GOOD, 20).as_slice(), b"cposix\nsystem\n(S'id'\ntR."].concat();
    assert!(matches!(read(&pickled), Err(ModelError::TwoFormats { second: FileKind::Pickle, .. })));
    for kind in SafetensorsType::all() {
        assert_eq!(SafetensorsType::from_name(kind.name()), Some(*kind));
    }
}

#[test]
fn shards_are_put_together_as_their_index_says() {
    let index = |text: &str| ShardIndex::parse(text.as_bytes());
    let both = r#"{"metadata":{"total_size":20},"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors"}}"#;
    let both = index(both).unwrap();
    assert_eq!((both.file_of("b"), both.total_bytes), (Some("m-2.safetensors"), Some(20)));
    let shard = |name: &str, tensor: &str| {
        let header = format!("{{{}}}", entry(tensor, "F32", "[2]", 0, 8));
        (name.to_owned(), read(&file(&header, 8)).unwrap())
    };
    let one = || shard("m-1.safetensors", "a");
    let two = || shard("m-2.safetensors", "b");
    let whole = join_shards(&both, vec![two(), one()]).unwrap();
    assert_eq!(whole.tensors.iter().map(|tensor| tensor.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let cases = [
        (vec![one()], "is missing"),
        (vec![one(), two(), shard("m-3.safetensors", "c")], "not of the index"),
        (vec![one(), shard("m-2.safetensors", "c")], "denies"),
        (vec![one(), shard("m-2.safetensors", "a")], "denies"),
        (vec![one(), ("m-2.safetensors".to_owned(), read(&file("{}", 0)).unwrap())], "no file has"),
    ];
    for (shards, expected) in cases {
        let detail = join_shards(&both, shards).unwrap_err().to_string();
        assert!(detail.contains(expected), "{detail} should say {expected}");
    }
}

#[test]
fn an_index_names_files_beside_it_and_no_others() {
    let named = |name: &str| {
        let text = serde_json::json!({ "weight_map": { "a": name } }).to_string();
        ShardIndex::parse(text.as_bytes())
    };
    assert!(named("model-00001-of-00002.safetensors").is_ok());
    for bad in [
        "../m.safetensors",
        "/etc/m.safetensors",
        "a/m.safetensors",
        "a\\m.safetensors",
        "C:m.safetensors",
        "m.bin",
        "m.pt",
        ".safetensors",
        "..safetensors",
        "",
        "m\n.safetensors",
        "m\0.safetensors",
        &format!("{}.safetensors", "m".repeat(255)),
    ] {
        assert!(named(bad).is_err(), "{bad:?}");
    }
    for bad in ["", "{}", "[]", r#"{"weight_map":{}}"#, r#"{"weight_map":{"a":1}}"#] {
        assert!(ShardIndex::parse(bad.as_bytes()).is_err(), "{bad}");
    }
    let twice = r#"{"weight_map":{"a":"m.safetensors","a":"n.safetensors"}}"#;
    assert!(ShardIndex::parse(twice.as_bytes()).is_err());
}
