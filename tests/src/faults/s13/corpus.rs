//! The hostile files: what each is called, its bytes, and why it has to be refused.

use super::pickles::{CALLED, calling, old_torch, weights};
use crate::faults::f1::mini;
use std::io::Write;

/// Why a file has to be refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// It is a pickle, or an archive with one.
    Pickle,
    /// It is two things at once.
    Two,
    /// It is something else.
    Other,
    /// Whatever the reason.
    Refused,
}

/// One file.
pub(super) struct Hostile {
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
    pub(super) due: Due,
}

struct Corpus(Vec<Hostile>);

impl Corpus {
    fn add(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>, due: Due) {
        self.0.push(Hostile { name: name.into(), bytes: bytes.into(), due });
    }
}

pub(super) fn corpus() -> Vec<Hostile> {
    let mut corpus = Corpus(Vec::new());
    pickles(&mut corpus);
    archives(&mut corpus);
    others(&mut corpus);
    twofold(&mut corpus);
    corpus.0
}

fn pickles(corpus: &mut Corpus) {
    for (number, (module, name)) in CALLED.into_iter().enumerate() {
        for (form, bytes) in calling(module, name) {
            // Every form of one, and some forms of each.
            if number == 0 || ["0-global", "2-global", "4-framed", "unmarked-4"].contains(&form) {
                corpus.add(format!("pickle/{form}-{module}.{name}"), bytes, Due::Pickle);
            }
        }
    }
    let call = &calling("posix", "system")[0].1;
    corpus.add("pickle/weights", weights(), Due::Pickle);
    corpus.add("pickle/old-torch", old_torch(), Due::Pickle);
    corpus.add("pickle/none", b"N.", Due::Pickle);
    corpus.add(
        "pickle/with-arrays",
        [b"\x80\x04\x95\x05\0\0\0\0\0\0\0]\x94K\x01a".as_slice(), &[0xff; 999]].concat(),
        Due::Pickle,
    );
    corpus.add(
        "pickle/long-text",
        [b"X\0\0\x01\0".as_slice(), &b"x".repeat(0x1_0000), b"0", call].concat(),
        Due::Pickle,
    );
    corpus.add("pickle/many-words", [b"N0".repeat(5_000), call.clone()].concat(), Due::Pickle);
    corpus.add("pickle/then-gguf", [call.clone(), mini(3).finish()].concat(), Due::Pickle);
    corpus.add("pickle/with-gguf-in-it", [b"B\x04\0\0\0GGUF0".as_slice(), call].concat(), Due::Pickle);
}

/// A zip archive of files as they are.
fn zip(files: &[(&str, &[u8])], comment: &[u8]) -> Vec<u8> {
    let (mut bytes, mut list) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let common = [&[0; 6], crc.sum().to_le_bytes().as_slice(), &size, &size, &length, &[0; 2]].concat();
        let at = u32::try_from(bytes.len()).unwrap().to_le_bytes();
        bytes.extend([b"PK\x03\x04\x14\0\0\0".as_slice(), &common[2..], name.as_bytes(), content].concat());
        list.extend(
            [b"PK\x01\x02\x14\0\x14\0\0\0".as_slice(), &common[2..], &[0; 10], &at, name.as_bytes()].concat(),
        );
    }
    let begin = u32::try_from(bytes.len()).unwrap().to_le_bytes();
    let size = u32::try_from(list.len()).unwrap().to_le_bytes();
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let comment_length = u16::try_from(comment.len()).unwrap().to_le_bytes();
    bytes.extend(list);
    bytes.extend(
        [b"PK\x05\x06\0\0\0\0".as_slice(), &count, &count, &size, &begin, &comment_length, comment].concat(),
    );
    bytes
}

fn torch(prefix: &str) -> Vec<u8> {
    let (pickle, data) = (format!("{prefix}/data.pkl"), format!("{prefix}/data/0"));
    let version = format!("{prefix}/version");
    zip(&[(&pickle, &weights()), (&data, &[0; 16]), (&version, b"3\n")], b"")
}

fn tarred(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, *content).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn archives(corpus: &mut Corpus) {
    for prefix in ["archive", "model", "pytorch_model", "a/b/c"] {
        corpus.add(format!("torch/{prefix}"), torch(prefix), Due::Pickle);
    }
    let weights = weights();
    corpus.add("torch/commented", zip(&[("archive/data.pkl", &weights)], b"GGUF"), Due::Pickle);
    let late: Vec<(String, Vec<u8>)> =
        (0..2_000).map(|number| (format!("data/{number:0>60}"), vec![0; 64])).collect();
    let mut late: Vec<(&str, &[u8])> =
        late.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    late.insert(0, ("constants.pkl", &weights));
    corpus.add("torch/script", zip(&late, b""), Due::Pickle);
    corpus.add("torch/two", zip(&[("x/model.pkl", &weights), ("y", b"")], b""), Due::Pickle);
    let cut = torch("archive");
    corpus.add("torch/cut", &cut[..cut.len() - 30], Due::Pickle);
    corpus.add("zip/empty", zip(&[], b""), Due::Other);
    corpus.add("zip/numpy", zip(&[("arr_0.npy", b"\x93NUMPY")], b""), Due::Other);
    corpus.add(
        "zip/keras",
        zip(&[("config.json", b"{}"), ("model.weights.h5", b"\x89HDF\r\n\x1a\n")], b""),
        Due::Other,
    );
    corpus.add("zip/of-gguf", zip(&[("model.gguf", &mini(3).finish())], b""), Due::Other);
    corpus.add("tar/old-torch", tarred(&[("sys_info", &weights), ("pickle", &weights)]), Due::Other);
    corpus.add("tar/nemo", tarred(&[("model_weights.ckpt", &torch("archive"))]), Due::Other);
    corpus.add("gz/pickle", gz(&weights), Due::Other);
    corpus.add("gz/tar", gz(&tarred(&[("a.pkl", &weights)])), Due::Other);
}

fn others(corpus: &mut Corpus) {
    let all: [(&str, &[u8]); 27] = [
        ("empty", b""),
        ("hdf5", b"\x89HDF\r\n\x1a\n\0\0\0\0\0\x08\x08\0"),
        ("numpy", b"\x93NUMPY\x01\0v\0{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n\x80\x04N."),
        ("bzip2", b"BZh91AY&SY"),
        ("xz", b"\xfd7zXZ\0\0\x04"),
        ("zstd", b"\x28\xb5\x2f\xfd\x24\0"),
        ("lz4", b"\x04\x22\x4d\x18\x64"),
        ("7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("rar", b"Rar!\x1a\x07\x01\0"),
        ("elf", b"\x7fELF\x02\x01\x01\0"),
        ("windows", b"MZ\x90\0\x03\0\0\0"),
        ("mac", b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
        ("script", b"#!/bin/sh\nid\n"),
        ("python", b"import os\nos.system('id')\n"),
        ("html", b"<!doctype html><title>404</title>"),
        ("json", b"{\"architectures\": [\"LlamaForCausalLM\"]}"),
        ("yaml", b"model: llama\n"),
        ("lfs", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"),
        ("onnx", b"\x08\x0a\x12\x02py\x3a\x03\x0a\x01g\x42\x02\x10\x15"),
        ("ggml", b"lmgg\0\0\0\0"),
        ("ggjt", b"tjgg\x03\0\0\0"),
        ("ggla", b"algg\x01\0\0\0"),
        ("lower-case", b"gguf\x03\0\0\0\0\0\0\0"),
        ("backwards", b"FUGG\x03\0\0\0\0\0\0\0"),
        ("zeros", &[0; 4096]),
        ("flatbuffer", b"\x1c\0\0\0TFL3\x14\0\x20\0"),
        ("png", b"\x89PNG\r\n\x1a\n"),
    ];
    for (name, bytes) in all {
        corpus.add(format!("other/{name}"), bytes, Due::Other);
    }
    corpus.add("other/mark-alone", b"GGUF", Due::Refused);
    corpus.add("other/text-after-space", b"   GGUF", Due::Other);
}

fn safetensors(data: usize) -> Vec<u8> {
    let header = format!(r#"{{"a":{{"dtype":"U8","shape":[{data}],"data_offsets":[0,{data}]}}}}"#);
    [(header.len() as u64).to_le_bytes().as_slice(), header.as_bytes(), &vec![0; data]].concat()
}

/// A file whose last bytes belong to a tensor, and are something else as well.
fn ending(mut bytes: Vec<u8>, from_end: usize, rest: &[u8]) -> Vec<u8> {
    let place = bytes.len() - from_end;
    bytes[place..place + rest.len()].copy_from_slice(rest);
    bytes
}

fn gguf(data: usize) -> Vec<u8> {
    let size = (data / 4) as u64;
    las_models::GgufWriter::new()
        .text("general.architecture", "llama")
        .tensor("a", &[size], las_models::TensorType::F32, &vec![0; data])
        .finish()
}

fn twofold(corpus: &mut Corpus) {
    let archive = torch("archive");
    let plain = zip(&[("a.txt", b"a")], b"");
    let call = calling("posix", "system");
    let tail: Vec<(&str, Vec<u8>)> = vec![
        ("torch", archive.clone()),
        ("zip", plain.clone()),
        ("pickle-0", call[0].1.clone()),
        ("pickle-2", call[7].1.clone()),
        ("pickle-4", call[11].1.clone()),
        ("tar", tarred(&[("a.pkl", &weights())])),
        ("gz", gz(&weights())),
        ("elf", b"\x7fELF\x02\x01\x01\0".to_vec()),
        ("script", b"#!/bin/sh\nid\n".to_vec()),
        ("numpy", b"\x93NUMPY\x01\0v\0{}".to_vec()),
        ("hdf5", b"\x89HDF\r\n\x1a\n".to_vec()),
        ("gguf", mini(3).finish()),
        ("safetensors", safetensors(8)),
    ];
    for (whole, bytes) in [("gguf", gguf(1 << 17)), ("safetensors", safetensors(1 << 17))] {
        for (name, rest) in &tail {
            corpus.add(format!("two/{whole}-then-{name}"), [bytes.as_slice(), rest].concat(), Due::Two);
            let padded = [bytes.as_slice(), &[0; 64], rest].concat();
            corpus.add(format!("two/{whole}-padded-then-{name}"), padded, Due::Two);
        }
        for (name, rest) in [("torch", &archive), ("zip", &plain)] {
            let inside = ending(bytes.clone(), rest.len(), rest);
            corpus.add(format!("two/{whole}-ends-as-{name}"), inside, Due::Two);
            let before = ending(bytes.clone(), 40_000, rest);
            corpus.add(format!("two/{whole}-ends-as-commented-{name}"), before, Due::Two);
        }
        for place in [512_usize, 1_024, 2_048, 65_536] {
            let hdf5 = ending(bytes.clone(), bytes.len() - place, b"\x89HDF\r\n\x1a\n");
            corpus.add(format!("two/{whole}-hdf5-at-{place}"), hdf5, Due::Two);
        }
    }
    // The name of the first file of a tar archive is the beginning of a model.
    let mut tar = gguf(1 << 12);
    tar[148..156].fill(b' ');
    let sum: u32 = tar[..512].iter().map(|byte| u32::from(*byte)).sum();
    tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    corpus.add("two/gguf-tar", tar, Due::Two);
    corpus.add("two/text-then-torch", [b"some words\n".as_slice(), &archive].concat(), Due::Two);
    corpus.add("two/json-then-torch", [b"{\"a\": 1}\n".as_slice(), &archive].concat(), Due::Two);
    corpus.add("two/script-then-torch", [b"#!/bin/sh\n".as_slice(), &archive].concat(), Due::Two);
    // Bytes that belong to nothing, and are nothing known.
    corpus.add("rest/words", [gguf(64), b"some words".to_vec()].concat(), Due::Refused);
    corpus.add("rest/zeros", [gguf(64), vec![0; 4096]].concat(), Due::Refused);
}
