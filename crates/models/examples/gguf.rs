//! `./x bench gguf`: a GGUF header of 700 tensors and 256,000 tokens read by us and by the `gguf` package of PyPI, each in a
//! process of its own. Arguments: the JSON to write, the number of rounds, the peer's Python. With `read FILE` it is the
//! process that is measured.

#[path = "../../../tests/bench/table.rs"]
mod table;

use las_models::{GgufWriter, TensorType, facts, read_gguf};
use std::io::{Read, Seek, SeekFrom, Write as _};
use std::path::Path;
use std::process::Command;
use table::{Goal, Row, milliseconds, report};

type Failed = Box<dyn std::error::Error>;
const TENSORS: usize = 700;
const TOKENS: usize = 256_000;
/// What it does is what a model's facts need: every key, every tensor, the number of tokens.
const PEER: &str = "import sys
from gguf import GGUFReader
reader = GGUFReader(sys.argv[1])
architecture = reader.fields['general.architecture'].contents()
tokens = len(reader.fields['tokenizer.ggml.tokens'].data)
parameters = sum(int(tensor.n_elements) for tensor in reader.tensors)
peak = [line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')][0]
print(architecture, tokens, len(reader.tensors), parameters, peak)
";

/// Counts what is read of a file.
struct Counting<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

impl<R: Seek> Seek for Counting<R> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.inner.seek(to)
    }
}

/// The process that is measured: prints what the peer prints, and how many bytes it read.
fn read(path: &str) -> Result<(), Failed> {
    let file = std::fs::File::open(path)?;
    let length = file.metadata()?.len();
    let mut file = Counting { inner: file, bytes: 0 };
    let facts = facts(&read_gguf(&mut file, length)?);
    let tokens = facts.tokenizer.as_ref().map_or(0, |tokenizer| tokenizer.tokens);
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    let peak = peak.trim().trim_end_matches(" kB");
    let (parameters, read) = (facts.parameters.parameters(), file.bytes);
    writeln!(std::io::stdout(), "{} {tokens} {TENSORS} {parameters} {peak} {read}", facts.architecture)?;
    Ok(())
}

/// A header as large models have it; its weights are a hole in the file.
#[expect(clippy::disallowed_methods, reason = "a file for the benchmark alone")]
fn write(path: &Path) -> Result<u64, Failed> {
    let words: Vec<String> =
        (0..TOKENS).map(|number| format!("\u{120}tok{:x}", number * 2_654_435_761 % (1 << 32))).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let pairs: Vec<String> =
        words.windows(2).map(|two| format!("{} {}", &two[0][..4], &two[1][..4])).collect();
    let pairs: Vec<&str> = pairs.iter().map(String::as_str).collect();
    let mut writer = GgufWriter::new()
        .text("general.architecture", "llama")
        .text("tokenizer.ggml.model", "gpt2")
        .u32("llama.block_count", 77)
        .u32("llama.embedding_length", 64)
        .u32("llama.attention.head_count", 4)
        .texts("tokenizer.ggml.tokens", &words)
        .numbers("tokenizer.ggml.token_type", &vec![1; TOKENS])
        .texts("tokenizer.ggml.merges", &pairs);
    for number in 0..TENSORS {
        let name = format!("blk.{}.part_{}.weight", number / 9, number % 9);
        writer = writer.tensor(&name, &[32], TensorType::F32, &[0; 128]);
    }
    let bytes = writer.finish();
    std::fs::write(path, &bytes)?;
    Ok(bytes.len() as u64 - 128 * TENSORS as u64)
}

/// What a process prints, and the milliseconds from its start to its end.
#[expect(clippy::disallowed_methods, reason = "what is measured is a whole process")]
fn ran(program: &str, arguments: &[&str]) -> Result<(f64, Vec<String>), Failed> {
    let mut output = None;
    let took = milliseconds(|| output = Some(Command::new(program).args(arguments).output()));
    let output = output.ok_or("it did not run")??;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let words = String::from_utf8(output.stdout)?.split_whitespace().map(str::to_owned).collect();
    Ok((took, words))
}

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (out, rounds, python) = match &arguments[..] {
        [mode, path] if mode == "read" => return read(path),
        [out, rounds, python] => (out, rounds.parse::<usize>()?, python),
        _ => return Err("arguments: OUT ROUNDS PYTHON, or read FILE".into()),
    };
    let file = std::env::temp_dir().join(format!("las-bench-{}.gguf", std::process::id()));
    let header = write(&file)?;
    let (path, own) = (file.display().to_string(), std::env::current_exe()?.display().to_string());
    let peer = "gguf (PyPI)";
    let mut time = Row::new("700 tensors, 256k tokens", "ms", Goal::TimesAtMost(0.02), peer);
    let mut memory = Row::new("memory at most", "MB", Goal::AtMost(100.0), peer);
    let mut reads = Row::new("bytes read", "MB", Goal::TimesAtMost(1.1), "header");
    let number = |words: &[String], place: usize| -> Result<f64, Failed> {
        Ok(words.get(place).ok_or("too few words")?.parse::<f64>()?)
    };
    ran(&own, &["read", &path])?; // the file into the cache
    for round in 0..rounds {
        let (mut one, mut other) = (Ok(Vec::new()), Ok(Vec::new()));
        let taken = |result: &mut Result<Vec<String>, Failed>, program: &str, arguments: &[&str]| {
            let ran = ran(program, arguments);
            let took = ran.as_ref().map_or(0.0, |(took, _)| *took);
            *result = ran.map(|(_, words)| words);
            took
        };
        time.round(
            round,
            || taken(&mut one, &own, &["read", &path]),
            || taken(&mut other, python, &["-c", PEER, &path]),
        );
        let (one, other) = (one?, other?);
        if one.get(..4).is_none() || one.get(..4) != other.get(..4) {
            return Err(format!("what was read differs: {one:?} and {other:?}").into());
        }
        memory.ours.push(number(&one, 4)? / 1e3);
        memory.peer.push(number(&other, 4)? / 1e3);
        reads.ours.push(number(&one, 5)? / 1e6);
        reads.peer.push(f64::from(u32::try_from(header)?) / 1e6);
    }
    std::fs::remove_file(&file)?;
    Ok(report("gguf", out, &[time, memory, reads])?)
}
