//! Files that claim to be models.

use las_models::{GgufWriter, TensorType};
use las_tests::{CHAT_MODEL, ENGINE, Workstation, models, shipped_chat_model};

/// Importing it fails so, by copy and by reference, and leaves nothing.
fn refused(machine: &Workstation, file: &str, code: &str, status: i32) {
    let before = (machine.contents(), machine.current());
    for mode in ["--copy", "--reference"] {
        let ran = machine.json(&["model", "import", file, mode, "--yes"]).fails(code, status);
        assert!(!ran.stderr.is_empty(), "it is said in words as well: {ran}");
    }
    assert_eq!((machine.contents(), machine.current()), before, "nothing half-made stays");
}

#[test]
fn a_file_that_is_no_model_is_refused() {
    let machine = Workstation::new();
    let whole = std::fs::read(shipped_chat_model()).unwrap();
    let cases: [(&str, &[u8], &str); 6] = [
        ("empty.gguf", b"", "model-empty"),
        ("text.gguf", b"This is no model at all, but it is long enough to be read.", "model-not-gguf"),
        ("three.gguf", b"GGU", "model-truncated"),
        ("magic.gguf", b"GGUF", "model-truncated"),
        ("header.gguf", &whole[..2_000], "model-truncated"),
        ("weights.gguf", &whole[..whole.len() - 1], "model-truncated"),
    ];
    for (name, bytes, code) in cases {
        let file = machine.file(name, bytes);
        refused(&machine, &file, code, 9);
    }
    machine.is_healthy();
}

#[test]
fn a_file_that_brings_code_is_refused_whatever_it_is_called() {
    let machine = Workstation::new();
    let pickle: &[u8] = b"\x80\x02cposix\nsystem\nX\x02\0\0\0id\x85R.";
    for name in ["model.gguf", "model.safetensors", "pytorch_model.bin"] {
        let file = machine.file(name, pickle);
        refused(&machine, &file, "model-runs-code", 9);
        let told = machine.las(&["model", "import", &file, "--yes"]);
        assert!(told.stderr.contains("posix.system"), "{told}");
    }
    let mut two = std::fs::read(shipped_chat_model()).unwrap();
    two.extend(pickle);
    let file = machine.file("two.gguf", &two);
    refused(&machine, &file, "model-two-formats", 9);
    machine.is_healthy();
}

#[test]
fn a_lying_header_is_refused() {
    let machine = Workstation::new();
    let (honest, counts) = models::header()
        .tensor("token_embd.weight", &[8, 4], TensorType::F32, &[0; 128])
        .finish_with_counts();
    // Every count, length, dimension and offset in turn says more than the file has.
    for (index, place) in counts.iter().enumerate() {
        let mut lying = honest.clone();
        lying[place.clone()].fill(0x7f);
        let file = machine.file(&format!("lying-{index}.gguf"), lying);
        // One mode and no look at the machine: there are dozens.
        let ran = machine.json(&["model", "import", &file, "--copy", "--yes"]);
        let code = ran.code().unwrap_or_default();
        assert!(["model-malformed", "model-truncated"].contains(&code.as_str()), "{index}: {ran}");
        assert_eq!(ran.status, Some(9), "{index}: {ran}");
    }
    let zero_alignment =
        GgufWriter::new().text("general.architecture", "llama").u32("general.alignment", 0).finish();
    let file = machine.file("alignment.gguf", zero_alignment);
    refused(&machine, &file, "model-malformed", 9);
    assert_eq!(machine.contents(), [""; 0]);
    machine.is_healthy();
}

#[test]
fn a_folder_and_a_missing_file_are_refused() {
    let machine = Workstation::new();
    let folder = machine.outside("folder.gguf");
    std::fs::create_dir(&folder).unwrap();
    let ran = machine.json(&["model", "import", folder.to_str().unwrap(), "--copy", "--yes"]);
    assert!(ran.code().is_some_and(|code| code != "internal") && ran.status != Some(0), "{ran}");
    let nowhere = machine.outside("nowhere.gguf");
    machine.json(&["model", "import", nowhere.to_str().unwrap(), "--yes"]).fails("file-not-found", 5);
    assert_eq!(machine.contents(), [""; 0]);
}

#[test]
fn a_pipe_is_no_model_and_is_not_waited_for() {
    let machine = Workstation::new();
    let pipe = machine.outside("pipe.gguf");
    let kind = rustix::fs::FileType::Fifo;
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, kind, rustix::fs::Mode::RUSR, 0).unwrap();
    refused(&machine, pipe.to_str().unwrap(), "io-failed", 1);
}

#[test]
fn a_model_larger_than_the_memory_is_refused() {
    let machine = Workstation::new().with_profile("tiny-2gb");
    machine.las(&["module", "install", ENGINE, CHAT_MODEL, "--yes"]).ok();
    // Weights of 1 GB, in a hole of the file, on a machine with 0.94 GB free.
    let (header, length) = models::sparse(1_000_000_000);
    let file = machine.file("large.gguf", header);
    std::fs::OpenOptions::new().write(true).open(&file).unwrap().set_len(length).unwrap();
    machine.las(&["model", "import", &file, "--reference", "--yes"]).ok();
    let before = (machine.contents(), machine.current());
    machine.json(&["run", "large", "Hello"]).fails("model-too-large", 3);
    machine.json(&["service", "start", "large"]).fails("model-too-large", 3);
    assert_eq!((machine.contents(), machine.current()), before);
    // What fits still answers.
    machine.las(&["run", CHAT_MODEL, "Hello"]).ok();
}

#[test]
fn a_model_that_the_engine_can_not_load_says_so() {
    let machine = Workstation::installed();
    let file = machine.file("hollow.gguf", models::small(1));
    machine.las(&["model", "import", &file, "--copy", "--yes"]).ok();
    let ran = machine.json(&["run", "hollow", "Hello"]).fails("engine-start-failed", 1);
    assert!(ran.stdout.contains("hollow"), "{ran}");
    machine.las(&["run", CHAT_MODEL, "Hello"]).ok();
    machine.is_healthy();
}
