//! Sources of models behind one trait, [`ModelSource`](las_types::ModelSource): [`HuggingFace`], [`ModelScope`], mirrors of
//! either by their endpoint ([`Mirrored`] asks one after the other), one file behind an address ([`PlainUrl`]), a directory of this machine ([`Directory`]), and the
//! list that comes with the application ([`Catalogue`]), which answers without a network.
//!
//! Invariants: a source asks its own origin and no other; what it learns of other hosts (a redirect, the next page) it
//! checks and tells, and never asks; but whoever gives the address of one file means what that leads to, which is asked
//! how large it is. A token goes to the origin that it is bound to, in a header, and stands in no
//! address, error or log. No answer is read beyond a limit. An address within this machine's network is asked only
//! where a person named it.
//!
//! What this crate does not do: it fetches no files and writes nothing; what it tells of a file goes into a plan.
//!
//! ```
//! use las_hub::HuggingFace;
//! use las_types::ModelSource as _;
//! let hub = HuggingFace::new("mirror".parse()?, &"https://hub.example".parse()?, las_hub::no_secrets())?;
//! assert_eq!(hub.host().as_deref(), Some("hub.example"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catalogue;
mod directory;
mod hugging_face;
mod matching;
mod mirrored;
mod model_scope;
mod plain_url;
mod reach;
mod secrets;
mod web;

pub use catalogue::Catalogue;
pub use directory::Directory;
pub use hugging_face::HuggingFace;
pub use mirrored::Mirrored;
pub use model_scope::ModelScope;
pub use plain_url::PlainUrl;
pub use secrets::no_secrets;
