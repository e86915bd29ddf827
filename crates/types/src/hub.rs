//! Where models come from: what is asked of a source, what it answers, and the trait that all sources stand behind.
//!
//! A source tells; it fetches nothing. What it says of a file ([`FileLocation`]) goes into a plan, and is fetched as
//! anything else that a plan names.

mod address;
mod adopting;
mod curated;
mod found;
mod location;
mod name;
mod origin;
mod query;
mod role;
mod secret;
mod secret_store;
mod source;
mod viewing;

pub use address::AddressScope;
pub use adopting::{Adoption, AdoptionMethod, ModelPlace, ModelTool, ScannedModel};
pub use curated::{CuratedFile, CuratedModel};
pub use found::{FoundModel, FoundPage, Gate, ModelFit, ModelRepository, RepositoryFile, WeightsFormat};
pub use location::{FileLocation, SecretHeader};
pub use name::{Commit, ModelIdError, RepositoryId, RepositoryPath, Revision, SourceName};
pub use origin::{Arrival, ModelOrigin, ModelPackage, OriginFile, PackageFile, obligations};
pub use query::{ModelQuery, PAGE_LIMIT};
pub use role::FileRole;
pub use secret::{NoSecrets, Secret, SecretHandle, Secrets, WebOrigin, secret_not_found};
pub use secret_store::{KeptSecret, SecretStoreKind, SecretStoreStanding, SecretStoreState};
pub use source::{ModelSource, ModelSources, SourceKind};
pub use viewing::{LaidContent, LaidFile, LaidOut, LaidOutNow, LaidState, ViewLink};
