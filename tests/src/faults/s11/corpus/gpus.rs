//! GPUs: what is asked for without a grant, and what a grant does not stretch to.

use super::{Corpus, Due};
use serde_json::json;

pub(super) fn add(corpus: &mut Corpus) {
    for place in ["/runtime/container/gpu", "/runtime/gpu", "/runtime/container/device_requests"] {
        corpus.put(format!("gpu-at-{place}"), place, json!(true), Due::Refused);
    }
    corpus.refused(
        "grant",
        "/runtime/service/sandbox",
        &[
            json!({ "gpu": "all" }),
            json!({ "gpu": ["/dev/mem"] }),
            json!({ "gpu": { "devices": ["/dev/sda"] } }),
            json!({ "gpu": true, "devices": ["/dev/mem"] }),
            json!({ "gpu": 1 }),
        ],
    );
    // Engines with NVIDIA's part read these from the container's variables.
    corpus.harmless(
        "gpu-by-variable",
        "/runtime/service/environment",
        &[
            json!({ "NVIDIA_VISIBLE_DEVICES": "all" }),
            json!({ "NVIDIA_VISIBLE_DEVICES": "0", "NVIDIA_DRIVER_CAPABILITIES": "all" }),
            json!({ "CUDA_VISIBLE_DEVICES": "0", "ROCR_VISIBLE_DEVICES": "0" }),
        ],
    );
    // With a grant it has GPUs, and no more than that.
    let service = |environment| {
        json!({
            "arguments": ["${port.main}"],
            "environment": environment,
            "ports": { "main": 8080 },
            "ready": { "kind": "tcp", "port": "main" },
            "sandbox": { "gpu": true, "network": "any" },
        })
    };
    corpus.harmless(
        "granted",
        "/runtime/service",
        &[service(json!({})), service(json!({ "NVIDIA_VISIBLE_DEVICES": "void" }))],
    );
}
