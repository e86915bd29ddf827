//! Texts for people: Fluent bundles of the repository's `locales/`, embedded, and the choice of language.
//!
//! Invariants: a text asked for is always given (a missing one as its key in brackets, which tests
//! turn into a failure); nothing is read from disk; a bundle is parsed only when its first text is
//! asked for, so that choosing a language costs nothing. No marks for mixed writing directions are
//! put around arguments: the texts go to terminals and into logs.
//!
//! What this crate does not do: it knows no codes, views or types of the product, only keys.
//!
//! ```
//! let words = las_i18n::Words::for_user(Some("en"));
//! assert_eq!(words.language(), "en");
//! assert_eq!(words.text("no-such-key", &[]), "[no-such-key]");
//! ```

mod bundle;
mod language;
mod words;

pub use language::available;
pub use words::{Words, keys};
