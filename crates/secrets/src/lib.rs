//! Where secrets are kept, behind one trait, [`SecretStore`]: the keyring of a person's session by the Secret Service
//! ([`Keyring`]), and files that a service manager handed over ([`Credentials`]). [`SecretStores`] asks them in order.
//!
//! Invariants: a secret is given for its own origin alone. A value is in no failure, no log and no file of ours, and is
//! overwritten when it is dropped. What can't be asked, because it is locked or broken, is a failure and never an empty
//! answer; where there is nothing to keep a secret in, it is kept nowhere.
//!
//! What this crate does not do: it sends nothing, writes no file, and keeps no list of its own of what there is.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! use las_secrets::{Credentials, SecretStores};
//! use las_types::Secrets as _;
//! let folder = tempfile::tempdir()?;
//! std::fs::write(folder.path().join("localaistack.hub"), "https://hub.example\nhf_abc\n")?;
//! let stores = SecretStores::new(vec![Box::new(Credentials::new(folder.path().to_owned()))]);
//! let handle = stores.handle(&"https://hub.example".parse()?).await?;
//! assert_eq!(handle.map(|handle| handle.to_string()).as_deref(), Some("hub"));
//! # Ok::<(), Box<dyn std::error::Error>>(()) })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod credentials;
mod keyring;
mod store;
mod stores;

pub use credentials::Credentials;
pub use keyring::Keyring;
pub use store::SecretStore;
pub use stores::{Before, SecretStores};
