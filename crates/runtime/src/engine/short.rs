//! What an engine has less of than it was started with, and why, as far as that can be known. Where it can't, that is said.

use super::libraries::Libraries;
use super::report::Said;
use las_types::{Code, EngineReport, EngineSettings, ServiceName, Shortfall};

/// Everything that falls short.
pub(super) fn shortfalls(
    name: &ServiceName,
    settings: &EngineSettings,
    report: &EngineReport,
    said: &Said,
    libraries: &Libraries,
) -> Vec<Shortfall> {
    let layers = layers(settings, report, said).map(|(on_gpu, of, planned)| {
        let (reason, detail) = why(said, libraries);
        Shortfall::new(Code::EngineLayersShort)
            .with("name", name)
            .with("on_gpu", on_gpu)
            .with("of", of)
            .with("planned", planned)
            .with("reason", reason)
            .with("detail", detail)
    });
    // One that says nothing of its context has said nothing wrong of it.
    let context = (1..settings.context).contains(&report.context).then(|| {
        Shortfall::new(Code::EngineContextShort)
            .with("name", name)
            .with("context", report.context)
            .with("planned", settings.context)
            .with("reason", if said.trained { "trained" } else { "unknown" })
    });
    layers.into_iter().chain(context).collect()
}

/// Layers on GPUs, in all, and planned there, if some are missing.
fn layers(settings: &EngineSettings, report: &EngineReport, said: &Said) -> Option<(u32, u32, u32)> {
    // The engine counts its output as one more.
    let told = report.layers_on_gpu.map(|(_, of)| of).or(said.layers.map(|layers| layers.saturating_add(1)));
    let of = told.unwrap_or(settings.gpu_layers);
    let planned = settings.gpu_layers.min(of);
    // Its line repeats what it was asked for; memory of a model on a device is the proof.
    let holds = |buffer: &las_types::BackendBuffer| buffer.device != "CPU" && buffer.purpose == "model";
    let on_gpu =
        report.layers_on_gpu.filter(|_| report.buffers.iter().any(holds)).map_or(0, |(on_gpu, _)| on_gpu);
    (on_gpu < planned).then_some((on_gpu, of, planned))
}

/// Why layers are missing, and what the engine said of it.
fn why(said: &Said, libraries: &Libraries) -> (&'static str, String) {
    if let Some(line) = &said.no_memory {
        return ("no-memory", line.clone());
    }
    if let Some(line) = &said.driver {
        let reason = match line.as_str() {
            line if line.contains("driver version is insufficient") => "driver-old",
            line if line.contains("no CUDA-capable device") || line.contains("No devices found") => {
                "no-device"
            }
            _ => "driver-error",
        };
        return (reason, line.clone());
    }
    let reason = match libraries {
        Libraries { in_parts: true, there, loaded, .. } if there.is_empty() && loaded.is_empty() => {
            "no-backend"
        }
        Libraries { there, loaded, .. } if !there.is_empty() && loaded.is_empty() => {
            return ("not-loaded", there.join(", "));
        }
        Libraries { loaded, .. } if !loaded.is_empty() && said.no_gpu => "no-device",
        _ => "unknown",
    };
    (reason, String::new())
}

#[cfg(test)]
mod tests {
    use super::shortfalls;
    use crate::engine::LogReport;
    use crate::engine::libraries::Libraries;
    use las_types::{Digest, EngineSettings, Shortfall};

    /// Of a model with 24 layers.
    const MODEL: &str = "0.00.080.126 I print_info: n_layer               = 24";
    const IGNORED: &str = "warning: no usable GPU found, --gpu-layers option will be ignored";
    const ON_GPU: &str = "0.00.188.600 I load_tensors:        CUDA0 model buffer size =  1024.00 MiB";
    const ON_CPU: &str = "0.00.188.600 I load_tensors:   CPU_Mapped model buffer size =  1024.00 MiB";

    fn found(gpu_layers: u32, lines: &[&str], libraries: &Libraries) -> Vec<Shortfall> {
        let settings = EngineSettings {
            model_path: "/m.gguf".into(),
            more_parts: Vec::new(),
            projector: None,
            model_digest: Digest::of(b""),
            context: 4096,
            parallel: 1,
            threads: 1,
            gpu_layers,
            cache: las_types::CacheType::default(),
            adapters: Vec::new(),
        };
        let log = LogReport::default();
        for line in lines {
            log.line(line);
        }
        let context = if lines.iter().any(|line| line.contains("capping")) { 256 } else { 4096 };
        let properties = serde_json::json!({ "default_generation_settings": { "n_ctx": context } });
        let report = log.report(&properties, None);
        shortfalls(&"talk".parse().unwrap(), &settings, &report, &log.said(), libraries)
    }

    fn layers(gpu_layers: u32, lines: &[&str], libraries: &Libraries) -> Option<String> {
        let short = found(gpu_layers, lines, libraries).pop()?;
        let arg = |name: &str| short.args[name].as_str();
        Some(format!("{} of {}, {} planned: {}", arg("on_gpu"), arg("of"), arg("planned"), arg("reason")))
    }

    fn with(there: &[&str], loaded: &[&str]) -> Libraries {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Libraries { cpu_variant: None, in_parts: true, there: all(there), loaded: all(loaded) }
    }

    #[test]
    fn an_engine_that_has_what_it_was_asked_for_lacks_nothing() {
        let cuda = with(&["cuda"], &["cuda"]);
        assert_eq!(layers(0, &[MODEL, ON_CPU], &with(&[], &[])), None);
        let whole = [MODEL, "0.1 I load_tensors: offloaded 25/25 layers to GPU", ON_GPU];
        assert_eq!(layers(25, &whole, &cuda), None);
        // More than there are asks for all.
        assert_eq!(layers(999, &whole, &cuda), None);
        assert_eq!(
            layers(7, &[MODEL, "0.1 I load_tensors: offloaded 7/25 layers to GPU", ON_GPU], &cuda),
            None
        );
    }

    #[test]
    fn why_layers_are_missing_is_said_as_far_as_it_is_known() {
        let says = |lines: &[&str], libraries: &Libraries| layers(999, lines, libraries).unwrap();
        let none = |reason: &str| format!("0 of 25, 25 planned: {reason}");
        assert_eq!(says(&[IGNORED, MODEL, ON_CPU], &with(&[], &[])), none("no-backend"));
        assert_eq!(says(&[IGNORED, MODEL, ON_CPU], &with(&["cuda"], &[])), none("not-loaded"));
        assert_eq!(says(&[IGNORED, MODEL, ON_CPU], &with(&["cuda"], &["cuda"])), none("no-device"));
        // One in a single piece may have been built with anything.
        assert_eq!(says(&[IGNORED, MODEL, ON_CPU], &Libraries::default()), none("unknown"));
        assert_eq!(says(&[MODEL, ON_CPU], &with(&["cuda"], &["cuda"])), none("unknown"));
        let cuda = with(&["cuda"], &["cuda"]);
        for (line, reason) in [
            ("ggml_cuda_init: failed to initialize CUDA: no CUDA-capable device is detected", "no-device"),
            (
                "ggml_cuda_init: failed to initialize CUDA: CUDA driver version is insufficient for CUDA runtime version",
                "driver-old",
            ),
            ("ggml_cuda_init: failed to initialize CUDA: unknown error", "driver-error"),
            ("ggml_vulkan: No devices found.", "no-device"),
        ] {
            assert_eq!(says(&[line, IGNORED, MODEL, ON_CPU], &cuda), none(reason), "{line}");
        }
        let few = [
            "0.1 W common_fit_params: cannot meet free memory target of 1024 MiB, need to reduce device memory by 812 MiB",
            MODEL,
            "0.1 I load_tensors: offloaded 9/25 layers to GPU",
            ON_GPU,
        ];
        assert_eq!(says(&few, &cuda), "9 of 25, 25 planned: no-memory");
    }

    #[test]
    fn a_line_that_only_repeats_what_was_asked_for_proves_nothing() {
        let repeated = [MODEL, "0.1 I load_tensors: offloaded 25/25 layers to GPU", ON_CPU];
        assert_eq!(
            layers(25, &repeated, &with(&["cuda"], &["cuda"])).unwrap(),
            "0 of 25, 25 planned: unknown"
        );
    }

    #[test]
    fn a_context_that_was_cut_is_told_with_its_reason() {
        let line = "0.00.129.455 W srv    load_model: the slot context (4096) exceeds the training context of the model (256) - capping";
        let short = found(0, &[MODEL, line], &with(&[], &[])).pop().unwrap();
        assert_eq!(short.code.as_str(), "engine-context-short");
        let args = ["context", "planned", "reason"].map(|name| short.args[name].as_str());
        assert_eq!(args, ["256", "4096", "trained"]);
    }
}
