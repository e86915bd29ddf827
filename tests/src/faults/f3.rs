//! F3: safetensors headers, pickles and the JSON beside weights, as strangers make them: bombs and seeded damage. Each ends
//! with a typed error or with facts that hold, in bounded memory and without going over it again and again.

mod bombs;

use super::damaged::{damage, forget_peak, grown, watched};
use super::{Report, Run};
use bombs::{Bomb, bombs};
use las_models::{
    AdapterConfig, Beside, ModelConfig, ModelError, ShardIndex, Templates, estimate, read_safetensors,
    safetensors_facts, sniff, tokenizer,
};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Damaged files in all, and of one case.
const DAMAGED: (usize, usize) = (6_000, 1_000_000);
const ROUND: usize = 1_000;

/// What reads a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reader {
    Safetensors,
    Index,
    Config,
    Tokenizer,
    Templates,
    Adapter,
    Sniff,
}

/// Whether it is accepted; what is accepted holds.
fn read(reader: Reader, bytes: &[u8]) -> Result<Result<(), ModelError>, String> {
    Ok(match reader {
        Reader::Safetensors => match watched(bytes, |file, length| read_safetensors(file, length))? {
            Err(error) => Err(error),
            Ok(header) => {
                let sum: u64 = header.tensors.iter().map(|tensor| tensor.bytes).sum();
                if header.data_offset + sum != bytes.len() as u64 {
                    return Err("accepted: bytes that belong to nothing".to_owned());
                }
                estimate(&safetensors_facts(&header, &Beside::default()), u32::MAX, u32::MAX);
                Ok(())
            }
        },
        Reader::Index => match ShardIndex::parse(bytes) {
            Ok(index) if index.files.iter().any(|name| name.contains('/')) => {
                return Err("accepted: a path".to_owned());
            }
            other => other.map(drop),
        },
        Reader::Config => ModelConfig::parse(bytes).map(drop),
        Reader::Tokenizer => tokenizer(bytes).map(drop),
        Reader::Templates => Templates::parse(bytes).map(drop),
        Reader::Adapter => AdapterConfig::parse(bytes).map(drop),
        Reader::Sniff => watched(bytes, |file, length| sniff(file, length))?.map(drop),
    })
}

/// Small whole files.
pub(super) fn minis() -> Vec<(Reader, Vec<u8>)> {
    let header = r#"{"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2,3],"data_offsets":[8,20]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  "#;
    let whole = [(header.len() as u64).to_le_bytes().as_slice(), header.as_bytes(), &[0; 20]].concat();
    let text = |reader, text: &str| (reader, text.as_bytes().to_vec());
    vec![
        (Reader::Safetensors, whole.clone()),
        text(Reader::Index, r#"{"metadata":{"total_size":20},"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors"}}"#),
        text(
            Reader::Config,
            r#"{"architectures":["LlamaForCausalLM"],"model_type":"llama","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,"layer_types":["sliding_attention"],"auto_map":{"AutoModel":"m.Model"},"text_config":{"head_dim":16},"quantization_config":{"quant_method":"awq"}}"#,
        ),
        text(Reader::Tokenizer, r#"{"model":{"type":"BPE","vocab":{"a":0,"b":1}},"added_tokens":[{"id":7,"content":"x"}]}"#),
        text(Reader::Templates, r#"{"chat_template":[{"name":"default","template":"{{ tools }}"}],"tokenizer_class":"X"}"#),
        text(Reader::Adapter, r#"{"peft_type":"LORA","r":8,"lora_alpha":16,"base_model_name_or_path":"a/b","target_modules":["q"]}"#),
        (Reader::Sniff, whole),
        (Reader::Sniff, b"\x80\x04\x95\x1d\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x02id\x94\x85\x94R\x94.".to_vec()),
        (Reader::Sniff, b"(lp0\nI1\na0cposix\nsystem\n(S'id'\ntR.".to_vec()),
    ]
}

enum Case {
    Whole(Reader, Vec<u8>),
    Bomb(Bomb),
    Damaged(u64),
}

pub(super) fn run(run: &Run) -> Result<Report, String> {
    let minis = minis();
    let whole = minis.iter().enumerate();
    let mut cases: Vec<_> = whole
        .map(|(number, (reader, bytes))| (format!("whole/{number}"), Case::Whole(*reader, bytes.clone())))
        .collect();
    let bombs = bombs();
    let count = bombs.len();
    cases.extend(bombs.into_iter().map(|bomb| (format!("bomb/{}", bomb.name), Case::Bomb(bomb))));
    let rounds = run.choose(DAMAGED.0, DAMAGED.1) / ROUND;
    cases.extend(
        run.seeds(rounds).into_iter().map(|(name, seed)| (format!("damaged/{name}"), Case::Damaged(seed))),
    );
    let (accepted, before) = (AtomicUsize::new(0), forget_peak());
    let largest = AtomicUsize::new(0);
    let mut report = run.each(cases, |case| match case {
        Case::Whole(reader, bytes) => read(*reader, bytes)?.map_err(|error| format!("refused: {error}")),
        Case::Bomb(bomb) => {
            let bytes = (bomb.make)();
            largest.fetch_max(bytes.capacity(), Ordering::Relaxed);
            match read(bomb.reader, &bytes)? {
                Err(_) => Ok(()),
                Ok(()) if bomb.harmless => Ok(()),
                Ok(()) => Err("accepted: a bomb".to_owned()),
            }
        }
        Case::Damaged(seed) => {
            let mut random = fastrand::Rng::with_seed(*seed);
            for _ in 0..ROUND {
                let (reader, bytes) = &minis[random.usize(..minis.len())];
                let taken = read(*reader, &damage(bytes, &mut random))?;
                accepted.fetch_add(usize::from(taken.is_ok()), Ordering::Relaxed);
            }
            Ok(())
        }
    });
    // The bombs themselves are held in memory, two at a time.
    let memory = grown(before, 2 * largest.into_inner(), &mut report);
    let figure = format!(
        "{count} bombs: {} accepted; {} damaged files: {} panics or hangs, {} accepted that still hold; {memory}, beside the bombs themselves",
        report.count("accepted"),
        rounds * ROUND,
        report.failures.len(),
        accepted.into_inner(),
    );
    Ok(report.with_figure(figure))
}
