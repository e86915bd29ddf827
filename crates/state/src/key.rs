//! The key that signs the ledger's checkpoints and its anchor.
//!
//! It lies beside the database in a file that only its owner may read; the operating system's keyring takes
//! its place where there is one, once the product has secrets.

use crate::store::replace_synced;
use crate::{Error, State};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use las_types::Entropy;
use std::fmt::Write as _;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Signs, without showing what with.
pub(crate) struct LedgerKey(SigningKey);

impl std::fmt::Debug for LedgerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LedgerKey({})", self.public())
    }
}

impl LedgerKey {
    pub(crate) fn public(&self) -> String {
        hex(self.0.verifying_key().as_bytes())
    }

    pub(crate) fn sign(&self, message: &str) -> String {
        hex(&self.0.sign(message.as_bytes()).to_bytes())
    }

    /// The key beside a database; none if there is none.
    pub(crate) fn read(database: &Path) -> Result<Option<Self>, Error> {
        let path = State::key_path(database);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::File { path, source }),
        };
        let unusable = || Error::Anchor { path: path.clone(), detail: "the key can't be read".to_owned() };
        Ok(Some(Self(SigningKey::from_bytes(&bytes(text.trim()).ok_or_else(unusable)?))))
    }
}

/// Whether a signature by that public key, all in hexadecimal digits, fits the message.
pub(crate) fn is_signed(message: &str, key: &str, signature: &str) -> bool {
    let key = bytes(key).and_then(|key| VerifyingKey::from_bytes(&key).ok());
    let signature = bytes(signature).map(|signature| Signature::from_bytes(&signature));
    match (key, signature) {
        (Some(key), Some(signature)) => key.verify_strict(message.as_bytes(), &signature).is_ok(),
        _ => false,
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a text can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let lower = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    if text.len() != 2 * N || !text.as_bytes().iter().all(lower) {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

impl State {
    /// Where the key lies.
    pub fn key_path(database: &Path) -> PathBuf {
        database.with_file_name("ledger.key")
    }

    /// Makes the key if there is none yet; on disk when this returns.
    pub fn make_key(database: &Path, entropy: &dyn Entropy) -> Result<(), Error> {
        let path = Self::key_path(database);
        if path.exists() {
            return Ok(());
        }
        let mut seed = [0; 32];
        entropy.fill(&mut seed);
        let staged = path.with_extension("key.new");
        let failed = |source| Error::File { path: path.clone(), source };
        let options =
            std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&staged);
        let mut file = options.map_err(failed)?;
        file.write_all(hex(&seed).as_bytes()).map_err(failed)?;
        drop(file);
        replace_synced(&staged, &path).map_err(failed)
    }
}
