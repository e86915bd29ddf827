//! `./x bench estimate`: what a model was estimated to take, next to the most memory that the engine's process had with it.
//! Models of several shapes and types are made for it. Arguments: the JSON to write, the engine's program.

use las_models::{GgufWriter, TensorType, estimate_with, facts, read_gguf};
use las_types::{CacheType, ModelFacts};
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

type Failed = Box<dyn std::error::Error>;

/// One shape of a model.
struct Shape {
    name: &'static str,
    architecture: &'static str,
    layers: u32,
    hidden: u32,
    heads: u32,
    kv_heads: u32,
    feed_forward: u32,
    tokens: u32,
    kind: TensorType,
    window: Option<u32>,
}

const SHAPES: [Shape; 4] = [
    Shape {
        name: "llama, 16-bit floats, all heads",
        architecture: "llama",
        layers: 4,
        hidden: 512,
        heads: 8,
        kv_heads: 8,
        feed_forward: 1408,
        tokens: 4096,
        kind: TensorType::F16,
        window: None,
    },
    Shape {
        name: "llama, Q8_0, a quarter of the heads",
        architecture: "llama",
        layers: 8,
        hidden: 1024,
        heads: 16,
        kv_heads: 4,
        feed_forward: 2816,
        tokens: 8192,
        kind: TensorType::Q8_0,
        window: None,
    },
    Shape {
        name: "llama, Q4_0 (packed), 32,000 tokens",
        architecture: "llama",
        layers: 6,
        hidden: 768,
        heads: 12,
        kv_heads: 2,
        feed_forward: 2048,
        tokens: 32_000,
        kind: TensorType::Q4_0,
        window: None,
    },
    Shape {
        name: "gemma3, windows of 512 in 10 of 12 layers",
        architecture: "gemma3",
        layers: 12,
        hidden: 512,
        heads: 8,
        kv_heads: 8,
        feed_forward: 1408,
        tokens: 4096,
        kind: TensorType::F16,
        window: Some(512),
    },
];
/// Context of a conversation, conversations, and type of keys and values.
const LOADS: [(u32, u32, CacheType, &str); 5] = [
    (512, 1, CacheType::F16, "f16"),
    (4096, 2, CacheType::F16, "f16"),
    (8192, 2, CacheType::F16, "f16"),
    (8192, 2, CacheType::Q8_0, "q8_0"),
    (8192, 2, CacheType::Q4_0, "q4_0"),
];

/// Bytes of numbers, small ones, that follow from a seed.
fn numbers(count: u64, kind: TensorType, state: &mut u64) -> Vec<u8> {
    let size = usize::try_from(kind.bytes(&[count]).unwrap_or(0)).unwrap_or(0);
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        bytes.extend((*state >> 16).to_le_bytes().iter().take(6));
    }
    bytes.truncate(size);
    match kind.name() {
        // The higher byte of each: sign, and about a fiftieth.
        "F16" => bytes.chunks_exact_mut(2).for_each(|number| number[1] = number[1] & 0x80 | 0x25),
        "F32" => bytes.chunks_exact_mut(4).for_each(|number| number.copy_from_slice(&1_f32.to_le_bytes())),
        name => {
            let block = if name == "Q8_0" { 34 } else { 18 };
            bytes.chunks_exact_mut(block).for_each(|block| block[..2].copy_from_slice(&[0x00, 0x10]));
        }
    }
    bytes
}

fn model(shape: &Shape) -> Vec<u8> {
    let key = |name: &str| format!("{}.{name}", shape.architecture);
    let words: Vec<String> = (0..shape.tokens)
        .map(|number| match number {
            0..=2 => format!("<{number}>"),
            // Each byte has a token, as this kind of tokenizer writes them.
            3..=258 => byte_word(number - 3),
            _ => format!("w{number}"),
        })
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let width = shape.hidden / shape.heads;
    // A list of signed numbers: the first three stand for themselves, the others for text.
    let mut kinds = [5_u32.to_le_bytes().as_slice(), &(words.len() as u64).to_le_bytes()].concat();
    for number in 0..words.len() {
        kinds.extend(if number < 3 { 3_i32 } else { 1 }.to_le_bytes());
    }
    let mut writer = GgufWriter::new()
        .text("general.architecture", shape.architecture)
        .text("tokenizer.ggml.model", "gpt2")
        .text("tokenizer.ggml.pre", "qwen2")
        .texts("tokenizer.ggml.tokens", &words)
        .texts("tokenizer.ggml.merges", &["! \""])
        .raw("tokenizer.ggml.token_type", 9, &kinds)
        .u32("tokenizer.ggml.bos_token_id", 1)
        .u32("tokenizer.ggml.eos_token_id", 2)
        .u32(&key("block_count"), shape.layers)
        .u32(&key("context_length"), 32_768)
        .u32(&key("embedding_length"), shape.hidden)
        .u32(&key("feed_forward_length"), shape.feed_forward)
        .u32(&key("attention.head_count"), shape.heads)
        .u32(&key("attention.head_count_kv"), shape.kv_heads)
        .u32(&key("attention.key_length"), width)
        .u32(&key("attention.value_length"), width)
        .u32(&key("rope.dimension_count"), width)
        .f32(&key("attention.layer_norm_rms_epsilon"), 1e-5);
    if let Some(window) = shape.window {
        writer = writer.u32(&key("attention.sliding_window"), window);
    }
    let mut state = 1;
    let mut add = |name: &str, rows: Option<u32>, columns: u32| {
        let (columns, rows) = (u64::from(columns), rows.map(u64::from));
        let kind = if rows.is_some() { shape.kind } else { TensorType::F32 };
        let dimensions: Vec<u64> = [Some(columns), rows].into_iter().flatten().collect();
        let bytes = numbers(columns * rows.unwrap_or(1), kind, &mut state);
        let taken = std::mem::take(&mut writer);
        writer = taken.tensor(&format!("{name}.weight"), &dimensions, kind, &bytes);
    };
    let (hidden, kept, wide) = (shape.hidden, shape.kv_heads * width, shape.feed_forward);
    add("token_embd", Some(shape.tokens), hidden);
    add("output_norm", None, hidden);
    add("output", Some(shape.tokens), hidden);
    for layer in 0..shape.layers {
        let mut part = |name: &str, rows, columns| add(&format!("blk.{layer}.{name}"), rows, columns);
        part("attn_norm", None, hidden);
        part("ffn_norm", None, hidden);
        part("attn_q", Some(hidden), hidden);
        part("attn_k", Some(kept), hidden);
        part("attn_v", Some(kept), hidden);
        part("attn_output", Some(hidden), hidden);
        part("ffn_gate", Some(wide), hidden);
        part("ffn_up", Some(wide), hidden);
        part("ffn_down", Some(hidden), wide);
        if shape.window.is_some() {
            part("attn_q_norm", None, width);
            part("attn_k_norm", None, width);
            part("post_attention_norm", None, hidden);
            part("post_ffw_norm", None, hidden);
        }
    }
    writer.finish()
}

/// The letter that stands for a byte: itself where it can be seen, else one from 256 on.
fn byte_word(byte: u32) -> String {
    let seen = |byte: u32| matches!(byte, 33..=126 | 161..=172 | 174..=255);
    let others: u32 = (0..byte).map(|byte| u32::from(!seen(byte))).sum();
    char::from_u32(if seen(byte) { byte } else { 256 + others }).map(String::from).unwrap_or_default()
}

/// The engine as the product starts it, ended when it is dropped.
struct Engine {
    child: Child,
    socket: PathBuf,
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Engine {
    #[expect(clippy::disallowed_methods, reason = "what is measured")]
    fn start(program: &str, model: &Path, load: (u32, u32, CacheType, &str)) -> Result<Self, Failed> {
        let socket = model.with_extension("sock");
        let _ = std::fs::remove_file(&socket);
        let (context, parallel, _, kind) = load;
        let (all, parallel) = ((context * parallel).to_string(), parallel.to_string());
        let mut command = Command::new(program);
        command.arg("--host").arg(&socket).arg("--model").arg(model);
        command.args(["--ctx-size", &all, "--parallel", &parallel, "--threads", "2", "--n-gpu-layers", "0"]);
        command.args(["--pooling", "mean", "--fit", "off", "--cache-ram", "0", "--no-kv-unified", "--jinja"]);
        command.args(["--embeddings", "--no-ui", "--no-slots", "--offline"]);
        command.args(["--cache-type-k", kind, "--cache-type-v", kind]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut engine = Self { child: command.spawn()?, socket };
        for _ in 0..600 {
            if engine.ask("GET", "/health", "").is_ok_and(|answer| answer.contains(" 200 ")) {
                return Ok(engine);
            }
            if let Some(status) = engine.child.try_wait()? {
                return Err(format!("the engine ended: {status}").into());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err("the engine does not come up".into())
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<String, Failed> {
        let mut stream = UnixStream::connect(&self.socket)?;
        stream.set_read_timeout(Some(Duration::from_mins(2)))?;
        let length = body.len();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: e\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// The most memory that it had, in bytes.
    fn peak(&self) -> Result<u64, Failed> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no VmHWM")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? << 10)
    }
}

#[expect(clippy::disallowed_methods, reason = "files for the benchmark alone")]
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::write(path, bytes)
}

fn measured(
    program: &str,
    model: &Path,
    facts: &ModelFacts,
    load: (u32, u32, CacheType, &str),
) -> Result<(u64, u64), Failed> {
    let (context, parallel, cache, _) = load;
    let engine = Engine::start(program, model, load)?;
    let prompt: Vec<String> =
        (0..600.min(context - 64)).map(|number| (5 + number % 200).to_string()).collect();
    let body = format!("{{\"prompt\":[{}],\"n_predict\":16}}", prompt.join(","));
    let answer = engine.ask("POST", "/completion", &body)?;
    if !answer.contains(" 200 ") {
        return Err(answer.into());
    }
    Ok((estimate_with(facts, context, parallel, cache).total.bytes(), engine.peak()?))
}

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, program] = &arguments[..] else { return Err("arguments: OUT ENGINE".into()) };
    let path = std::env::temp_dir().join(format!("las-bench-{}.gguf", std::process::id()));
    let (mut json, mut missed) = (String::new(), 0);
    let mut to = std::io::stdout().lock();
    writeln!(
        to,
        "{:<44} {:>8} {:>3} {:<6} {:>12} {:>12} {:>8}",
        "", "context", "", "cache", "estimated", "measured", "off"
    )?;
    for shape in &SHAPES {
        write(&path, &model(shape))?;
        let mut file = std::fs::File::open(&path)?;
        let length = file.metadata()?.len();
        let facts = facts(&read_gguf(&mut file, length)?);
        for load in LOADS {
            let (estimated, peak) = measured(program, &path, &facts, load)?;
            let mib = |bytes: u64| f64::from(u32::try_from(bytes >> 10).unwrap_or(u32::MAX)) / 1024.0;
            let off = 100.0 * (mib(estimated) / mib(peak) - 1.0);
            missed += u32::from(off.abs() > 10.0);
            let (context, parallel, _, kind) = load;
            writeln!(
                to,
                "{:<44} {context:>8} x{parallel:<2} {kind:<6} {:>8.1} MiB {:>8.1} MiB {off:>+7.1}%",
                shape.name,
                mib(estimated),
                mib(peak)
            )?;
            write!(
                json,
                "{}{{\"name\":\"{}\",\"context\":{context},\"parallel\":{parallel},\"cache\":\"{kind}\",\"estimated\":{estimated},\"measured\":{peak}}}",
                if json.is_empty() { "" } else { "," },
                shape.name
            )?;
        }
    }
    let _ = std::fs::remove_file(&path);
    let _ = std::fs::remove_file(path.with_extension("sock"));
    write(Path::new(out), format!("[{json}]").as_bytes())?;
    writeln!(to, "{missed} are off by more than 10 %")?;
    Ok(())
}
