//! What an engine says that it loaded, read from its log lines and its properties.

use las_types::{BackendBuffer, ByteSize, EngineReport};
use std::sync::{Mutex, PoisonError};

/// Gathers facts from the lines of one start.
#[derive(Debug, Default)]
pub(crate) struct LogReport {
    found: Mutex<Found>,
}

#[derive(Debug, Default)]
struct Found {
    layers_on_gpu: Option<(u32, u32)>,
    buffers: Vec<BackendBuffer>,
    said: Said,
}

/// What an engine says of why it has less than it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    /// Layers of the model that repeat; the output is one more that can lie on a GPU.
    pub(super) layers: Option<u32>,
    /// It found no GPU that it can use.
    pub(super) no_gpu: bool,
    /// What a GPU's driver, or the engine of it, said.
    pub(super) driver: Option<String>,
    /// What did not fit into a GPU's memory.
    pub(super) no_memory: Option<String>,
    /// The context was cut to what the model was trained with.
    pub(super) trained: bool,
}

impl Said {
    // `print_info: n_layer               = 4`
    // `warning: no usable GPU found, --gpu-layers option will be ignored`
    // `srv    load_model: the slot context (4096) exceeds the training context of the model (256) - capping`
    // `ggml_cuda_init: failed to initialize CUDA: no CUDA-capable device is detected`
    // `ggml_vulkan: No devices found.`
    // `common_fit_params: cannot meet free memory target of 1024 MiB, need to reduce device memory by 812 MiB`
    // `ggml_backend_cuda_buffer_type_alloc_buffer: allocating 812.00 MiB on device 0: cudaMalloc failed: out of memory`
    // `ggml_vulkan: Device memory allocation of size 851443712 failed.`
    fn line(&mut self, line: &str) {
        let from = |sign: &str| line.find(sign).and_then(|at| line.get(at..)).map(str::to_owned);
        if let Some((_, number)) = line.split_once("print_info: n_layer ") {
            self.layers = number.trim_start().strip_prefix('=').and_then(|text| text.trim().parse().ok());
        } else if line.contains("no usable GPU found, --gpu-layers option will be ignored") {
            self.no_gpu = true;
        } else if line.contains("exceeds the training context of the model") {
            self.trained = true;
        } else if let Some(said) =
            from("failed to initialize CUDA").or_else(|| from("ggml_vulkan: No devices found"))
        {
            self.driver = Some(said);
        } else if NO_MEMORY.iter().any(|sign| line.contains(sign)) {
            self.no_memory = Some(line.to_owned());
        }
    }
}

/// Signs of a GPU's memory that is full.
const NO_MEMORY: [&str; 3] = [
    "cannot meet free memory target of",
    "cudaMalloc failed: out of memory",
    "ggml_vulkan: Device memory allocation of size",
];

impl LogReport {
    /// Takes one line.
    pub(crate) fn line(&self, line: &str) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.said.line(line);
        if let Some(layers) = layers(line) {
            found.layers_on_gpu = Some(layers);
        } else if let Some(buffer) = buffer(line) {
            let known = found
                .buffers
                .iter_mut()
                .find(|known| known.device == buffer.device && known.purpose == buffer.purpose);
            match known {
                // Work buffers are reserved again and again; the others come one for each part.
                Some(known) if matches!(known.purpose.as_str(), "compute" | "output") => {
                    known.size = known.size.max(buffer.size);
                }
                Some(known) => {
                    known.size = known.size.saturating_add(buffer.size);
                }
                None => found.buffers.push(buffer),
            }
        }
    }

    /// What it said of why it has less than it was asked for.
    pub(crate) fn said(&self) -> Said {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).said.clone()
    }

    /// The report, with what the engine's `/props` say.
    pub(crate) fn report(&self, properties: &serde_json::Value, cpu_variant: Option<String>) -> EngineReport {
        let found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let number = |value: &serde_json::Value| {
            value.as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or_default()
        };
        EngineReport {
            version: properties["build_info"].as_str().unwrap_or_default().to_owned(),
            cpu_variant,
            layers_on_gpu: found.layers_on_gpu,
            context: number(&properties["default_generation_settings"]["n_ctx"]),
            parallel: number(&properties["total_slots"]),
            buffers: found.buffers.clone(),
        }
    }
}

// `load_tensors: offloaded 3/5 layers to GPU`
fn layers(line: &str) -> Option<(u32, u32)> {
    let (on_gpu, all) = line.split_once("offloaded ")?.1.split_once(" layers to GPU")?.0.split_once('/')?;
    Some((on_gpu.parse().ok()?, all.parse().ok()?))
}

// `load_tensors:   CPU_Mapped model buffer size =     7.51 MiB`
fn buffer(line: &str) -> Option<BackendBuffer> {
    let (before, after) = line.split_once(" buffer size =")?;
    let mut words = before.split_whitespace().rev();
    let purpose = words.next()?.to_lowercase();
    let device = words.next()?;
    // Mapped, repacked and pinned memory is main memory.
    let main = device.starts_with("CPU") || device.ends_with("_Host");
    let device = if main { "CPU" } else { device }.to_owned();
    Some(BackendBuffer { device, purpose, size: mebibytes(after.trim().strip_suffix("MiB")?.trim())? })
}

// Decimal text, because the last digit of a float is nobody's business here.
fn mebibytes(text: &str) -> Option<ByteSize> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mebi = 1_u64 << 20;
    let whole = whole.parse::<u64>().ok()?.checked_mul(mebi)?;
    let part = match u32::try_from(fraction.len()).ok()? {
        0 => 0,
        digits => fraction.parse::<u64>().ok()?.checked_mul(mebi)? / 10_u64.checked_pow(digits)?,
    };
    whole.checked_add(part).map(ByteSize::new)
}

#[cfg(test)]
mod tests {
    use super::LogReport;
    use las_types::BackendBuffer;

    fn buffers(lines: &[&str]) -> Vec<(String, String, u64)> {
        let log = LogReport::default();
        for line in lines {
            log.line(line);
        }
        let report = log.report(&serde_json::json!({}), None);
        report
            .buffers
            .into_iter()
            .map(|BackendBuffer { device, purpose, size }| (device, purpose, size.bytes()))
            .collect()
    }

    #[test]
    fn buffers_are_summed_by_device_and_purpose() {
        let found = buffers(&[
            "0.00.188.599 I load_tensors:   CPU_Mapped model buffer size =     7.50 MiB",
            "0.00.188.600 I load_tensors:        CUDA0 model buffer size =  1024.00 MiB",
            "0.00.188.601 I load_tensors:    CUDA_Host model buffer size =     0.50 MiB",
            "0.00.190.997 I llama_kv_cache:        CPU KV buffer size =     1.50 MiB",
            "0.00.195.225 I sched_reserve:        CPU compute buffer size =     2.25 MiB",
            "0.00.197.128 I sched_reserve:        CPU compute buffer size =     2.00 MiB",
            "0.00.137.833 D ~llama_context:        CPU compute buffer size is   2.3838 MiB, matches expectation",
        ]);
        let mebi = 1 << 20;
        let expected = [
            ("CPU", "model", 8 * mebi),
            ("CUDA0", "model", 1024 * mebi),
            ("CPU", "kv", 3 * mebi / 2),
            ("CPU", "compute", 9 * mebi / 4),
        ];
        assert_eq!(
            found,
            expected.map(|(device, purpose, size)| (device.to_owned(), purpose.to_owned(), size))
        );
    }

    #[test]
    fn layers_and_properties() {
        let log = LogReport::default();
        log.line("0.1 I load_tensors: offloaded 3/5 layers to GPU");
        let properties = serde_json::json!({ "build_info": "b1-0c1e570", "total_slots": 2, "default_generation_settings": { "n_ctx": 256 } });
        let report = log.report(&properties, Some("zen4".into()));
        assert_eq!((report.layers_on_gpu, report.context, report.parallel), (Some((3, 5)), 256, 2));
        assert_eq!(report.version, "b1-0c1e570");
    }
}
