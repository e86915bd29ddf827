//! What a model file says of itself, and how much memory it will take: bytes in, facts out.
//!
//! [`read_gguf`] reads a GGUF header (versions 1 to 3, little endian) from anything that reads and
//! seeks; [`facts`] turns it into [`las_types::ModelFacts`]; [`estimate`] says how much memory a
//! model takes at a given context.
//!
//! Invariants: a file is a stranger. Nothing is allocated by a number that the file declares
//! beyond what the rest of the file could hold; every sum and product of declared numbers is
//! checked; a damaged file is an error, never a panic and never a wrong fact. A header that was
//! read describes tensors that lie inside the file, aligned and without overlap.
//!
//! It does not open files, know paths, load weights or judge whether a model fits a machine:
//! that is the policy's and the control layer's business.
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

mod error;
mod estimate;
mod facts;
mod gguf;
mod tensor;
mod writer;

pub use error::GgufError;
pub use estimate::estimate;
pub use facts::facts;
pub use gguf::{GgufHeader, Value, read_gguf};
pub use tensor::{Tensor, TensorType};
pub use writer::GgufWriter;
