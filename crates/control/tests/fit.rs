//! How well-known models stand to every recorded machine, beside what was said before.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use las_models::{Asked, Known, Rooms, Told};
use las_types::{
    CacheType, CapabilitySet, CuratedModel, FitDevice, FitLimit, FitPlacement, HardwareProfile, ModelFit,
    Policy,
};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Twenty of the list, from the smallest to the largest: with published sizes where there are any, dense and mixtures of
/// experts, with and without a published shape.
const MODELS: [&str; 20] = [
    "MaziyarPanahi/Qwen3-0.6B-GGUF",
    "ggml-org/gemma-3-1b-it-GGUF",
    "bartowski/Llama-3.2-1B-Instruct-GGUF",
    "Qwen/Qwen2-1.5B-Instruct-GGUF",
    "MaziyarPanahi/Qwen3-1.7B-GGUF",
    "bartowski/Llama-3.2-3B-Instruct-GGUF",
    "unsloth/Qwen3-4B-GGUF",
    "MaziyarPanahi/Mistral-7B-Instruct-v0.3-GGUF",
    "Qwen/Qwen2.5-Coder-7B-Instruct-GGUF",
    "bartowski/DeepSeek-R1-Distill-Llama-8B-GGUF",
    "unsloth/Qwen3-8B-GGUF",
    "lmstudio-community/gemma-3-12b-it-GGUF",
    "bartowski/Mistral-Nemo-Instruct-2407-GGUF",
    "MaziyarPanahi/Qwen3-14B-GGUF",
    "ggml-org/gpt-oss-20b-GGUF",
    "bartowski/Mistral-Small-24B-Instruct-2501-GGUF",
    "bartowski/Qwen_Qwen3-30B-A3B-GGUF",
    "bartowski/Qwen_Qwen3-32B-GGUF",
    "MaziyarPanahi/Llama-3.3-70B-Instruct-GGUF",
    "ggml-org/gpt-oss-120b-GGUF",
];
/// As a load gives it without being asked.
const ASKED: Asked = Asked { context: 8192, cache: CacheType::F16, parallel: 2 };

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn default_set() -> Vec<Policy> {
    las_registry::load_policies(&root().join("policies"), "default").unwrap()
}

fn profiles() -> Vec<(String, HardwareProfile)> {
    let entries =
        std::fs::read_dir(root().join("tests/profiles")).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|kind| kind == "json")).collect();
    paths.sort();
    let named = |path: PathBuf| {
        let profile = las_hardware::load_recorded(&path).unwrap();
        (path.file_stem().unwrap().to_str().unwrap().to_owned(), profile)
    };
    paths.into_iter().map(named).collect()
}

fn known(model: &CuratedModel) -> Known {
    let file = model.files.iter().find(|file| !file.path.as_str().contains("mmproj")).unwrap();
    Known::of(Told {
        size: file.size,
        quantisation: las_models::quantisation_of(file.path.as_str()),
        parameters: Some(model.parameters),
        active: model.active,
        shape: model.shape,
        context: Some(model.context),
        projector: las_types::ByteSize::default(),
    })
    .unwrap()
}

fn limit(limit: &FitLimit) -> String {
    match limit {
        FitLimit::GpuLayers { on_gpu, of } => format!("{on_gpu}/{of} layers on GPUs"),
        FitLimit::Context { tokens, .. } => format!("{tokens} tokens"),
        FitLimit::Trained { tokens, .. } => format!("{tokens} tokens known"),
        FitLimit::Cache { cache } => cache.as_str().to_owned(),
    }
}

fn told(placed: &FitPlacement) -> String {
    let verdict = &placed.verdict;
    let mut text = match verdict.fit {
        ModelFit::Fits => "fits".to_owned(),
        ModelFit::Limits => {
            format!("limits: {}", verdict.limits.iter().map(limit).collect::<Vec<_>>().join(", "))
        }
        ModelFit::TooLarge => format!("too large by {}", verdict.lacks.unwrap()),
    };
    if let Some(offer) = &verdict.offer {
        let _ = write!(text, ", {} would fit", offer.quantisation);
    }
    let gpu = |device: &FitDevice| matches!(device, FitDevice::Gpu { .. });
    let split: Vec<String> =
        placed.parts.iter().filter(|part| gpu(&part.device)).map(|part| part.layers.to_string()).collect();
    if !split.is_empty() {
        let _ = write!(text, " ({} layers)", split.join(" + "));
    }
    if !verdict.sure {
        text.push_str(" ?");
    }
    text
}

fn block(name: &str, profile: &HardwareProfile, set: &CapabilitySet, models: &[CuratedModel]) -> String {
    let main = las_models::main_room(profile, set);
    let gpus = las_models::rooms_with_gpus(profile, set);
    let gib =
        |rooms: &Rooms| rooms.gpus.iter().map(|gpu| gpu.room.to_string()).collect::<Vec<_>>().join(", ");
    let mut text = format!("{name}: {} of main memory", main.main);
    if let Some(rooms) = &gpus {
        let _ = write!(text, "; GPUs {}", gib(rooms));
    }
    text.push('\n');
    for id in MODELS {
        let model = models.iter().find(|model| model.id.as_str() == id).unwrap();
        let known = known(model);
        let here = las_models::judge(&known, &main, ASKED, &[]);
        let refused = set.max_model_size.is_some_and(|most| model.parameters > most);
        let mark = if refused { " [above the policies' size]" } else { "" };
        let _ =
            write!(text, "  {:<28} {:>7}: {}{mark}", model.title, here.memory.total.to_string(), told(&here));
        if let Some(rooms) = &gpus {
            let _ = write!(text, "; with GPUs {}", told(&las_models::judge(&known, rooms, ASKED, &[])));
        }
        let rate = profile.memory.bandwidth.map(|rate| rate.per_second);
        if let Some(speed) = rate.and_then(|rate| las_models::speed(&known, &here, ASKED.parallel, rate)) {
            let tenths = |number: u64| format!("{}.{}", number / 1000, number % 1000 / 100);
            let _ = write!(text, "; {} to {} tokens/s", tenths(speed.least), tenths(speed.most));
        }
        text.push('\n');
    }
    text
}

/// Run with `LAS_UPDATE_FIT=1` after a change that is meant, and read the difference.
#[test]
fn twenty_models_stand_to_every_recorded_machine_as_written_down() {
    let (models, failed) = las_registry::curated_models(&root().join("registry"));
    assert!(failed.is_empty(), "{failed:?}");
    let set = default_set();
    let blocks = profiles().into_iter().map(|(name, profile)| {
        let capabilities = las_policy::evaluate(&profile, "default", &set, &[]);
        block(&name, &profile, &capabilities, &models)
    });
    let current = blocks.collect::<Vec<_>>().join("\n");
    let path = root().join("crates/control/tests/fit/verdicts.txt");
    if std::env::var_os("LAS_UPDATE_FIT").is_some() {
        #[expect(clippy::disallowed_methods, reason = "regenerates a file of the source tree")]
        std::fs::write(&path, &current).unwrap();
    }
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = before.lines().zip(current.lines()).find(|(before, current)| before != current);
    assert!(before == current, "run with LAS_UPDATE_FIT=1 if this is meant; first difference: {differs:#?}");
}
