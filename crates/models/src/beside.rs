//! Files that lie beside weights in safetensors: `config.json`, `tokenizer.json`, `tokenizer_config.json` and an adapter's
//! `adapter_config.json`. Bytes in, facts out; each with a most of its own.

mod config;
mod facts;
#[cfg(test)]
mod tests;
mod tokenizer;

use crate::ModelError;
use serde_json::Value;

pub use config::{AdapterConfig, ModelConfig};
pub use facts::{Beside, safetensors_facts};
pub use tokenizer::{Templates, tokenizer};

/// Configurations have some KiB; read as a value, JSON takes up to some forty times its length.
const CONFIG_BYTES_MAX: usize = 2 << 20;

/// A JSON object of limited length.
fn object(what: &str, bytes: &[u8]) -> Result<Value, ModelError> {
    if bytes.len() > CONFIG_BYTES_MAX {
        return Err(ModelError::malformed(format!("{what} has more than 2 MiB")));
    }
    let value: Value =
        serde_json::from_slice(bytes).map_err(|error| ModelError::malformed(format!("{what}: {error}")))?;
    if value.is_object() { Ok(value) } else { Err(ModelError::malformed(format!("{what} is no object"))) }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
