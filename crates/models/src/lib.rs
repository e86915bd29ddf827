//! What a model file says of itself, and how much memory it will take: bytes in, facts out.
//!
//! [`sniff`] says what a file is by its content; [`read_model`] refuses what is no GGUF, or is something else besides, and
//! reads the header of the rest (versions 1 to 3, little endian; parts of a split model too, [`join_parts`]).
//! [`read_safetensors`] reads a safetensors header, [`ShardIndex`] which file has which tensor; [`ModelConfig`], [`tokenizer`],
//! [`Templates`] and [`AdapterConfig`] what lies beside. [`facts`] and [`safetensors_facts`] turn headers into
//! [`las_types::ModelFacts`]; [`ollama_weights`] and what stands beside it read how other tools name their models;
//! [`estimate`] says how much memory a model takes at a given context, and [`judge`] whether that is there, of a model whose
//! header was read or of one of which only a size was published ([`Known`]).
//!
//! Invariants: a file is a stranger. Nothing is allocated by a number that the file declares
//! beyond what the rest of the file could hold; every sum and product of declared numbers is
//! checked; a damaged file is an error, never a panic and never a wrong fact. A header that was
//! read describes tensors that lie inside the file, aligned and without overlap.
//!
//! It does not open files, know paths or load weights, and does not say how much memory models may take: that is the policy's
//! and the control layer's business.
//!
//! ```
//! use las_models::{GgufWriter, TensorType, estimate, facts, read_gguf};
//! let bytes = GgufWriter::new()
//!     .text("general.architecture", "llama")
//!     .u32("llama.block_count", 1)
//!     .tensor("token_embd.weight", &[4, 2], TensorType::F32, &[0; 32])
//!     .finish();
//! let length = bytes.len() as u64;
//! let header = read_gguf(&mut std::io::Cursor::new(bytes), length).unwrap();
//! let facts = facts(&header);
//! assert_eq!(facts.parameters.parameters(), 8);
//! assert!(estimate(&facts, 256, 1).total >= facts.tensor_bytes);
//! ```

mod attention;
mod beside;
mod bits;
mod choose;
mod error;
mod estimate;
mod facts;
mod fit;
mod gguf;
mod known;
mod laying;
mod layout;
mod others;
mod projector;
mod rooms;
mod safetensors;
mod sniff;
mod split;
mod tensor;
mod writer;

pub use beside::{AdapterConfig, Beside, ModelConfig, Templates, safetensors_facts, tokenizer};
pub use choose::{Candidate, Why, candidates, choose, is_pickle, quantisation_of};
pub use error::ModelError;
pub use estimate::{estimate, estimate_with};
pub use facts::{chat_templates, facts};
pub use fit::{Asked, GpuRoom, Rooms, judge, measured, speed};
pub use gguf::{GgufHeader, Value, read_gguf, read_model};
pub use known::{Known, Told};
pub use laying::{NotLaidOut, lay_out};
pub use others::{OllamaWeights, digest_of_blob, ollama_name, ollama_weights, repository_of_folder};
pub use projector::projector_bytes;
pub use rooms::{main_room, rooms_with_gpus};
pub use safetensors::{
    SafeTensor, SafetensorsHeader, SafetensorsType, ShardIndex, join_shards, read_safetensors,
};
pub use sniff::{FileKind, Sniffed, sniff};
pub use split::{PartName, join_parts};
pub use tensor::{Tensor, TensorType};
pub use writer::GgufWriter;
