//! The same files read by the `gguf` package of PyPI, where `./x bench gguf` has installed it.

use super::{damage, mini, read};
use crate::faults::Run;
use las_models::GgufHeader;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Command;

const FILES: (usize, usize) = (200, 20_000);
const PEER: &str = "import sys, json, warnings
from gguf import GGUFReader
warnings.simplefilter('ignore')
for path in sys.stdin.read().split():
    try:
        reader = GGUFReader(path)
        print(json.dumps({'at': reader.data_offset, 'tensors': sorted([t.name, [int(d) for d in t.shape], t.tensor_type.name,
            int(t.n_elements), int(t.n_bytes), int(t.data_offset) - reader.data_offset] for t in reader.tensors),
            'keys': sorted(k for k in reader.fields if not k.startswith('GGUF.'))}))
    except Exception as error:
        print(json.dumps({'refused': type(error).__name__ + ': ' + str(error)[:100]}))
";

fn python() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    let python = cache.join("localaistack/bench/gguf/bin/python");
    python.is_file().then_some(python)
}

fn ours(header: &GgufHeader) -> Value {
    let mut tensors: Vec<_> = header
        .tensors
        .iter()
        .map(|one| json!([one.name, one.dimensions, one.kind.name(), one.elements, one.bytes, one.offset]))
        .collect();
    tensors.sort_by_key(|one| one[0].as_str().map(str::to_owned));
    json!({ "at": header.data_offset, "tensors": tensors, "keys": header.metadata.keys().collect::<Vec<_>>() })
}

/// A kind of tensor that the two can't agree on: a block of it is two half floats and 32 bytes in ggml (`block_q8_1`, 36 bytes),
/// and the peer's table has 40. No file that people share holds it, only what ggml makes while it computes.
const APART: &str = "Q8_1";

/// Whole and damaged files that we accept (it reads versions 2 and 3): both say the same of each.
pub(super) fn compare(run: &Run) -> Result<String, String> {
    let Some(python) = python() else {
        return Ok("not compared for lack of gguf (PyPI), which ./x bench gguf installs".to_owned());
    };
    let told = |error: std::io::Error| error.to_string();
    let folder = tempfile::tempdir().map_err(told)?;
    let mut random = run.random();
    let (mut expected, mut paths, mut tries, mut apart) = (Vec::new(), Vec::new(), 0, 0);
    let count = run.choose(FILES.0, FILES.1);
    while expected.len() < count {
        let whole = mini(random.u32(2..=3)).finish();
        let bytes = if tries < 2 { whole } else { damage(&whole, &mut random) };
        tries += 1;
        let Ok(header) = read(&bytes)? else { continue };
        if header.tensors.iter().any(|tensor| tensor.kind.name() == APART) {
            apart += 1;
            continue;
        }
        let path = folder.path().join(format!("{}.gguf", expected.len()));
        std::fs::write(&path, bytes).map_err(told)?;
        expected.push(ours(&header));
        paths.push(path.display().to_string());
    }
    let list = folder.path().join("list");
    std::fs::write(&list, paths.join("\n")).map_err(told)?;
    let output = Command::new(python)
        .args(["-c", PEER])
        .stdin(std::fs::File::open(&list).map_err(told)?)
        .output()
        .map_err(told)?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let found: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if found.len() != expected.len() {
        return Err(format!("the peer ended early: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let (mut same, mut refused) = (0, 0);
    for (number, (ours, theirs)) in expected.iter().zip(&found).enumerate() {
        if theirs["refused"].is_string() {
            // It knows fewer things than the format has, and holds some texts to be UTF-8.
            refused += 1;
        } else if ours == theirs {
            same += 1;
        } else {
            return Err(format!("differs: {}: {ours} and {theirs}", paths[number]));
        }
    }
    Ok(format!(
        "of {tries} files {count} accepted, {same} of which gguf (PyPI) reads the same and {refused} not at all; \
         {apart} more hold {APART}, of which it has another size, and are not compared"
    ))
}
