use super::{FileKind, Sniffed, sniff};
use crate::{GgufWriter, ModelError, TensorType, read_model};
use std::io::Cursor;

fn of(bytes: &[u8]) -> Sniffed {
    sniff(&mut Cursor::new(bytes), bytes.len() as u64).unwrap()
}

fn gguf() -> Vec<u8> {
    GgufWriter::new()
        .text("general.architecture", "llama")
        .tensor("a", &[4096], TensorType::F32, &[0; 4 * 4096])
        .finish()
}

fn model(bytes: &[u8]) -> Result<(), ModelError> {
    read_model(&mut Cursor::new(bytes), bytes.len() as u64).map(drop)
}

/// Of `os.system('id')`, in protocols 0, 2 and 4.
const CALLS: [&[u8]; 3] = [
    b"cposix\nsystem\n(S'id'\ntR.",
    b"\x80\x02cposix\nsystem\nX\x02\x00\x00\x00id\x85R.",
    b"\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.",
];

/// An archive of one file without any bytes.
fn zip(name: &str) -> Vec<u8> {
    let length = u16::try_from(name.len()).unwrap().to_le_bytes();
    let mut bytes = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    bytes.extend(length);
    bytes.extend([0; 2]);
    bytes.extend(name.as_bytes());
    let list = u32::try_from(bytes.len()).unwrap();
    bytes.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
    bytes.extend(length);
    bytes.extend([0; 16]);
    bytes.extend(name.as_bytes());
    let size = u32::try_from(bytes.len()).unwrap() - list;
    bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    bytes.extend(size.to_le_bytes());
    bytes.extend(list.to_le_bytes());
    bytes.extend([0; 2]);
    bytes
}

fn tar(name: &[u8]) -> Vec<u8> {
    let mut block = vec![0; 512];
    block[..name.len()].copy_from_slice(name);
    block[148..156].fill(b' ');
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    block.extend([0; 1024]);
    block
}

#[test]
fn a_file_is_what_it_holds() {
    let safetensors = [8_u64.to_le_bytes().as_slice(), b"{}      "].concat();
    let onnx = b"\x08\x0a\x12\x02py\x3a\x03\x0a\x01g\x42\x02\x10\x15";
    let cases: [(&[u8], FileKind); 18] = [
        (b"", FileKind::Empty),
        (b"GG", FileKind::Gguf),
        (&gguf(), FileKind::Gguf),
        (&safetensors, FileKind::Safetensors),
        (onnx, FileKind::Onnx),
        (b" {\"a\": 1}", FileKind::Json),
        (b"[1]", FileKind::Json),
        ("Ein kleines M\u{e4}rchen.\n".as_bytes(), FileKind::Text),
        (b"<html></html>", FileKind::Text),
        (b"\x93NUMPY\x01\0", FileKind::Numpy),
        (b"\x89HDF\r\n\x1a\n\0", FileKind::Hdf5),
        (&zip("a.txt"), FileKind::Zip),
        (&zip("archive/data.pkl"), FileKind::TorchArchive),
        (&tar(b"model.bin"), FileKind::Tar),
        (b"\x1f\x8b\x08\0", FileKind::Compressed),
        (b"\x7fELF\x02", FileKind::Program),
        (b"#!/bin/sh\nexit", FileKind::Program),
        (&[0xff, 0, 1, 2], FileKind::Unknown),
    ];
    for (bytes, kind) in cases {
        let found = of(bytes);
        assert_eq!((found.kind, found.also), (kind, None), "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn pickles_of_every_protocol_are_known_with_what_they_call() {
    for bytes in CALLS {
        let found = of(bytes);
        assert_eq!(found.kind, FileKind::Pickle, "{bytes:?}");
        assert_eq!(found.calls.as_deref(), Some("posix.system"));
        assert!(matches!(model(bytes), Err(ModelError::RunsCode { found }) if found == "posix.system"));
    }
    for harmless in [b"N.".as_slice(), b"(lp0\nI1\na.", b"]q\x00(K\x01K\x02e.", b"\x80\x05N."] {
        assert_eq!(of(harmless).kind, FileKind::Pickle, "{harmless:?}");
    }
    // With a mark, and cut before its end.
    assert_eq!(of(&CALLS[2][..40]).kind, FileKind::Pickle);
    // Sentences that begin with words of it.
    for text in ["No model.", "Pickle me.\nNot.", "I think.", "config\nmodel\nnone.", "(a)", ".", "I 1\n."] {
        assert_eq!(of(text.as_bytes()).kind, FileKind::Text, "{text}");
    }
}

#[test]
fn a_file_that_is_two_things_is_neither() {
    let appended = |rest: &[u8]| [gguf().as_slice(), rest].concat();
    let inside = |place: usize, rest: &[u8]| {
        let mut bytes = gguf();
        let end = bytes.len() - place;
        bytes[end..end + rest.len()].copy_from_slice(rest);
        bytes
    };
    let archive = zip("archive/data.pkl");
    let mut tarred = gguf();
    let name = tarred[..100].to_vec();
    tarred[..512].copy_from_slice(&tar(&name)[..512]);
    let mut hdf5 = gguf();
    hdf5[2048..2056].copy_from_slice(b"\x89HDF\r\n\x1a\n");
    let cases = [
        (appended(&archive), FileKind::TorchArchive),
        (inside(archive.len(), &archive), FileKind::TorchArchive),
        (inside(1_000, &archive), FileKind::TorchArchive),
        (appended(CALLS[0]), FileKind::Pickle),
        (appended(CALLS[2]), FileKind::Pickle),
        (appended(&[&[0; 40], CALLS[1]].concat()), FileKind::Pickle),
        (appended(&gguf()), FileKind::Gguf),
        (appended(b"\x7fELF"), FileKind::Program),
        (tarred, FileKind::Tar),
        (hdf5, FileKind::Hdf5),
    ];
    for (index, (bytes, other)) in cases.iter().enumerate() {
        match model(bytes) {
            Err(ModelError::TwoFormats { first: FileKind::Gguf, second }) => assert_eq!(second, *other),
            result => panic!("{index}: {result:?}"),
        }
    }
    assert!(matches!(model(&appended(b"some words")), Err(ModelError::Malformed { .. })));
    assert!(matches!(model(&appended(&[0; 32])), Err(ModelError::Malformed { .. })));
    assert!(model(&appended(&[0; 31])).is_ok());
    assert!(model(&gguf()).is_ok());
}

#[test]
fn a_safetensors_header_that_an_unpickler_follows_is_two_things() {
    // As a length this is 65,624 bytes of header; as a pickle a text of 256 bytes, which ends inside the header's spaces.
    let text = "{\"__metadata__\":{\"x\":\"";
    let mut header = vec![b' '; 0x1_0058];
    header[..text.len()].copy_from_slice(text.as_bytes());
    let begin = 256 + 5 - 8;
    header[begin..begin + CALLS[2].len() - 2].copy_from_slice(&CALLS[2][2..]);
    let bytes = [0x1_0058_u64.to_le_bytes().as_slice(), &header].concat();
    let found = of(&bytes);
    assert_eq!((found.kind, found.also), (FileKind::Safetensors, Some(FileKind::Pickle)));
}

#[test]
fn no_bytes_make_it_panic() {
    let mut state = 1_u64;
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    for bytes in
        CALLS.map(<[u8]>::to_vec).into_iter().chain([gguf()[..600].to_vec(), zip("data.pkl"), tar(b"a")])
    {
        for _ in 0..300 {
            let mut damaged = bytes.clone();
            for _ in 0..3 {
                let place = usize::try_from(random()).unwrap() % damaged.len();
                damaged[place] = u8::try_from(random() % 256).unwrap();
            }
            of(&damaged);
            of(&damaged[..usize::try_from(random()).unwrap() % damaged.len()]);
        }
    }
}
