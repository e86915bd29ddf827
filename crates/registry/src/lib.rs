//! Loads, validates and looks up what the application is shipped with: artefacts, module manifests
//! and policies.
//!
//! [`Artefacts`] are the folders of bytes, [`Registry`] the manifests that name them,
//! [`load_policies`] the rules that the policy crate evaluates, [`read_wish`] what a person wants
//! on the machine.
//!
//! Invariants: a manifest that can be looked up is complete. Its form is closed, its name and
//! version are those of its path, its artefact is shipped in that version, and its checksum agrees
//! with the artefact's index; in a signed registry its bytes are those that the index lists. One bad manifest is set aside with its reason and doesn't hide the
//! others. Lookup order doesn't depend on the file system.
//!
//! It does not resolve dependencies, evaluate policies, hash artefacts' bytes (what installs them
//! does) or write anything.
//!
//! ```
//! use las_registry::{Artefacts, Registry};
//! let nowhere = std::path::Path::new("/nowhere");
//! let registry = Registry::load(nowhere, &Artefacts::load(nowhere).unwrap());
//! assert_eq!(registry.modules().count(), 0);
//! ```

mod artefacts;
mod curated;
mod desired;
mod files;
mod policies;
mod reconcile;
mod registry;
mod schema;
mod sets;
mod signed;
mod watched;
mod yaml;

pub use artefacts::Artefacts;
pub use curated::curated_models;
pub use desired::read_wish;
pub use policies::{load_policies, policy_schema};
pub use reconcile::load_reconcile;
pub use registry::{Loaded, Module, Registry, Rejected, Release, Root, Sources, Standing, Unsigned};
pub use schema::{curated_schema, desired_schema, manifest_schema, reconcile_schema};
pub use sets::first_set;
pub use signed::Seen;
pub use watched::Watched;
