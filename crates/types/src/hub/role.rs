//! What a file is for among those of a model, by its name.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a file of a model is for. What has no role is not fetched: nothing that runs is among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileRole {
    /// Weights, or a part of them.
    #[default]
    Weights,
    /// Which weights are in which file.
    Index,
    /// How the model is made and meant to be used.
    Config,
    /// What turns text into the numbers that it reads.
    Tokenizer,
    /// How a conversation is laid out for it.
    Template,
    /// What turns pictures into what it reads.
    Projector,
}

const CONFIGS: [&str; 6] = [
    "config.json",
    "adapter_config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "quantize_config.json",
];
const TOKENIZERS: [&str; 9] = [
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "vocab.txt",
    "merges.txt",
    "tokenizer.model",
    "spiece.model",
];
const TEMPLATES: [&str; 2] = ["chat_template.jinja", "chat_template.json"];

impl FileRole {
    /// By a file's name without its folder; none of what doesn't belong to a model.
    pub fn of(name: &str) -> Option<Self> {
        let lower = name.to_ascii_lowercase();
        let weights = |ending: &str| lower.ends_with(ending);
        if lower.contains("imatrix") {
            None
        } else if weights(".gguf") {
            Some(if lower.contains("mmproj") { Self::Projector } else { Self::Weights })
        } else if weights(".safetensors") {
            Some(Self::Weights)
        } else if weights(".safetensors.index.json") {
            Some(Self::Index)
        } else if CONFIGS.contains(&name) {
            Some(Self::Config)
        } else if TOKENIZERS.contains(&name) {
            Some(Self::Tokenizer)
        } else {
            TEMPLATES.contains(&name).then_some(Self::Template)
        }
    }

    /// Its word for texts and programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Weights => "weights",
            Self::Index => "index",
            Self::Config => "config",
            Self::Tokenizer => "tokenizer",
            Self::Template => "template",
            Self::Projector => "projector",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FileRole;

    #[test]
    fn nothing_that_runs_has_a_role() {
        for (name, role) in [
            ("model-00001-of-00002.safetensors", Some(FileRole::Weights)),
            ("model.safetensors.index.json", Some(FileRole::Index)),
            ("mmproj-model-f16.gguf", Some(FileRole::Projector)),
            ("tokenizer.model", Some(FileRole::Tokenizer)),
            ("chat_template.jinja", Some(FileRole::Template)),
            ("modeling_x.py", None),
            ("pytorch_model.bin", None),
            ("optimizer.pt", None),
            ("model.imatrix.gguf", None),
            ("README.md", None),
        ] {
            assert_eq!(FileRole::of(name), role, "{name}");
        }
    }
}
