//! Files that are small for what they ask of a reader.

use super::Reader;

/// Makes a file.
type Make = fn() -> Vec<u8>;

pub(super) struct Bomb {
    pub(super) name: &'static str,
    pub(super) reader: Reader,
    /// It may be accepted, if that costs nothing.
    pub(super) harmless: bool,
    pub(super) make: Make,
}

fn file(header: &str) -> Vec<u8> {
    [(header.len() as u64).to_le_bytes().as_slice(), header.as_bytes(), &[0; 8]].concat()
}

fn says(length: u64) -> Vec<u8> {
    [length.to_le_bytes().as_slice(), b"{\"a\":1}"].concat()
}

fn entry(shape: &str, offsets: &str) -> Vec<u8> {
    file(&format!(r#"{{"a":{{"dtype":"F32","shape":{shape},"data_offsets":{offsets}}}}}"#))
}

const SAFETENSORS: &[(&str, Make)] = &[
    ("length-max", || says(u64::MAX)),
    ("length-wraps", || says(u64::MAX - 7)),
    ("length-half", || says(1 << 63)),
    ("length-beyond", || says(60 << 20)),
    ("length-most", || says((64 << 20) + 1)),
    ("length-zero", || says(0)),
    ("product", || entry("[4294967296,4294967296]", "[0,8]")),
    ("product-wraps-to-right", || entry("[9223372036854775809,2]", "[0,8]")),
    ("bytes-wrap", || entry("[4611686018427387906]", "[0,8]")),
    ("offset-max", || entry("[2]", "[18446744073709551608,18446744073709551615]")),
    ("offsets-turned", || entry("[2]", "[8,0]")),
    ("offset-float", || entry("[2]", "[0,8.0]")),
    ("offset-negative", || entry("[2]", "[-8,0]")),
    ("offset-huge", || entry("[2]", "[0,99999999999999999999999]")),
    ("offset-exponent", || entry("[2]", "[0,1e400]")),
    ("dimensions", || entry(&format!("[{}1]", "1,".repeat(2_000_000)), "[0,4]")),
    ("nested-shape", || entry(&"[".repeat(5_000_000), "[0,8]")),
    ("nested-metadata", || file(&format!("{{\"__metadata__\":{}", "{\"a\":".repeat(3_000_000)))),
    ("many-tensors", || {
        let one = |number: usize| format!(r#""{number}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#);
        file(&format!("{{{}}}", (0..200_001).map(one).collect::<Vec<_>>().join(",")))
    }),
    ("same-tensor", || {
        let one = r#""a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#;
        file(&format!("{{{}}}", vec![one; 100_000].join(",")))
    }),
    ("many-texts", || {
        let one = |number: usize| format!("\"{number}\":\"\"");
        file(&format!("{{\"__metadata__\":{{{}}}}}", (0..300_000).map(one).collect::<Vec<_>>().join(",")))
    }),
    ("escapes", || file(&format!("{{\"__metadata__\":{{\"a\":\"{}", "\\u0041".repeat(4_000_000)))),
];

const JSON: &[(&str, Make)] = &[
    ("deep", || "[".repeat(4_000_000).into_bytes()),
    ("deep-object", || "{\"a\":".repeat(2_000_000).into_bytes()),
    ("deep-inside", || format!("{{\"model\":{{\"vocab\":{}", "[".repeat(4_000_000)).into_bytes()),
    ("wide", || format!("{{\"x\":[{}0", "0,".repeat(16_000_000)).into_bytes()),
    ("long-number", || format!("{{\"hidden_size\":{}", "9".repeat(8_000_000)).into_bytes()),
    ("long-text", || format!("{{\"model_type\":\"{}", "x".repeat(8_000_000)).into_bytes()),
    ("not-text", || vec![0xff; 1 << 20]),
    ("empty", Vec::new),
];

pub(super) fn bombs() -> Vec<Bomb> {
    let mut all = Vec::new();
    for (name, make) in SAFETENSORS {
        all.push(Bomb { name, reader: Reader::Safetensors, harmless: false, make: *make });
    }
    for (name, make) in JSON {
        for reader in [Reader::Index, Reader::Config, Reader::Tokenizer, Reader::Templates, Reader::Adapter] {
            all.push(Bomb { name: named(name, reader), reader, harmless: false, make: *make });
        }
    }
    let sniffed: [(&str, Make); 5] = [
        ("sniff-marks", || [b"\x80\x02".as_slice(), &b"(".repeat(8_000_000)].concat()),
        ("sniff-nothing", || b"N0".repeat(4_000_000)),
        ("sniff-long", || [b"\x80\x04\x8d".as_slice(), &u64::MAX.to_le_bytes(), &[b'x'; 64]].concat()),
        ("sniff-line", || [b"V".as_slice(), &b"x".repeat(8_000_000)].concat()),
        ("sniff-ends", || b"PK\x05\x06".repeat(2_000_000)),
    ];
    for (name, make) in sniffed {
        all.push(Bomb { name, reader: Reader::Sniff, harmless: true, make });
    }
    all
}

/// A name for each reader of the same bytes.
fn named(name: &'static str, reader: Reader) -> &'static str {
    String::leak(format!("{name}-{reader:?}").to_lowercase())
}
