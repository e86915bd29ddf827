//! Images that containers are made from: where they come from, and what is written down of one that is installed.

use crate::{ArtefactFile, ByteSize, Digest};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// The longest name of an image, in bytes, as registries have it.
const LONGEST: usize = 255;

/// The name of an image with its registry and without a tag: `docker.io/library/redis`, `127.0.0.1:5000/redis`. A tag can
/// be moved to other bytes; which bytes are meant is said by their digest.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct ImageName(String);

/// Why a text is no name of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImageNameError {
    /// Another registry might be meant tomorrow.
    #[error("an image is named with its registry: 'docker.io/library/redis', 'localhost:5000/redis'")]
    Registry,
    /// It holds a tag or a digest.
    #[error("an image is named without a tag; its digest is the 'checksum' under 'integrity'")]
    Tag,
    /// It has another form.
    #[error("this is no name of an image: 'host[:port]/name' in a-z, 0-9, '.', '_', '-' and '/'")]
    Form,
}

impl ImageName {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host that is asked for it, without a port.
    pub fn host(&self) -> &str {
        let registry = self.0.split('/').next().unwrap_or_default();
        registry.split(':').next().unwrap_or_default()
    }

    /// These bytes of it: `NAME@sha256:…`.
    pub fn pinned(&self, digest: Digest) -> String {
        format!("{}@{digest}", self.0)
    }
}

/// One part of a path: `[a-z0-9]+([._-]+[a-z0-9]+)*`, as in the specification of distribution.
fn is_part(part: &str) -> bool {
    let plain = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit();
    let ends = [part.bytes().next(), part.bytes().last()];
    ends.iter().all(|end| end.is_some_and(plain))
        && part.bytes().all(|sign| plain(sign) || matches!(sign, b'.' | b'_' | b'-'))
        && !part.contains("..")
}

fn is_registry(text: &str) -> bool {
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    // Without a dot or a port it would be a part of the path; so do all engines tell.
    let named = host == "localhost" || host.contains('.') || port.is_some();
    let labels = host.split('.').all(|label| {
        let plain = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit();
        let ends = [label.bytes().next(), label.bytes().last()];
        ends.iter().all(|end| end.is_some_and(plain)) && label.bytes().all(|sign| plain(sign) || sign == b'-')
    });
    let numbered = port.is_none_or(|port| {
        port.bytes().all(|sign| sign.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|port| port > 0)
    });
    named && labels && numbered
}

impl FromStr for ImageName {
    type Err = ImageNameError;

    fn from_str(text: &str) -> Result<Self, ImageNameError> {
        let (registry, path) = text.split_once('/').ok_or(ImageNameError::Registry)?;
        if path.contains([':', '@']) {
            return Err(ImageNameError::Tag);
        }
        if registry.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-')
            && registry != "localhost"
        {
            return Err(ImageNameError::Registry);
        }
        let formed = text.len() <= LONGEST && is_registry(registry) && path.split('/').all(is_part);
        if formed { Ok(Self(text.to_owned())) } else { Err(ImageNameError::Form) }
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ImageName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for ImageName {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ImageName".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "maxLength": LONGEST,
            "pattern": r"^[a-z0-9.-]+(:[0-9]+)?(/[a-z0-9]+([._-]+[a-z0-9]+)*)+$",
        })
    }
}

/// What lies in the store for a module that runs in a container: the one file [`ImageRecord::FILE`]. It says nothing that
/// is not known before, so that its own digest is known to the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageRecord {
    /// The image.
    pub image: ImageName,
    /// The digest of its manifest.
    pub digest: Digest,
}

impl ImageRecord {
    /// What its file is called.
    pub const FILE: &'static str = "image.json";

    /// What is in its file.
    pub fn text(&self) -> String {
        let Self { image, digest } = self;
        format!("{{\n  \"image\": \"{image}\",\n  \"digest\": \"{digest}\"\n}}\n")
    }

    /// Its file, as the list of a module's files has it.
    pub fn file(&self) -> ArtefactFile {
        let text = self.text();
        ArtefactFile {
            path: Self::FILE.to_owned(),
            size: ByteSize::new(u64::try_from(text.len()).unwrap_or(u64::MAX)),
            sha256: Digest::of(text.as_bytes()).hex(),
            executable: false,
            link: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ImageName, ImageNameError, ImageRecord};
    use crate::Digest;

    #[test]
    fn an_image_is_named_with_its_registry_and_without_a_tag() {
        for (name, host) in [
            ("docker.io/library/redis", "docker.io"),
            ("127.0.0.1:5000/redis", "127.0.0.1"),
            ("localhost/a", "localhost"),
            ("ghcr.io/a-b/c_d/e.f", "ghcr.io"),
        ] {
            assert_eq!(name.parse::<ImageName>().unwrap().host(), host);
        }
        for (name, why) in [
            ("redis", ImageNameError::Registry),
            ("library/redis", ImageNameError::Registry),
            ("", ImageNameError::Registry),
            ("docker.io/redis:7", ImageNameError::Tag),
            ("docker.io/redis@sha256:00", ImageNameError::Tag),
            ("docker.io/Redis", ImageNameError::Form),
            ("docker.io/", ImageNameError::Form),
            ("docker.io//redis", ImageNameError::Form),
            ("docker.io/../redis", ImageNameError::Form),
            ("docker.io/a b", ImageNameError::Form),
            ("docker.io/-a", ImageNameError::Form),
            ("a..b/redis", ImageNameError::Form),
            ("host:0/redis", ImageNameError::Form),
            ("host:99999/redis", ImageNameError::Form),
            ("-a.b/redis", ImageNameError::Form),
            ("user@host.de/redis", ImageNameError::Form),
        ] {
            assert_eq!(name.parse::<ImageName>(), Err(why), "{name}");
        }
        assert!(format!("docker.io/{}", "a".repeat(300)).parse::<ImageName>().is_err());
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = ImageRecord { image: "localhost/a".parse().unwrap(), digest: Digest::of(b"a") };
        assert_eq!(serde_json::from_str::<ImageRecord>(&record.text()).unwrap(), record);
        assert_eq!(record.file().size.bytes(), record.text().len() as u64);
    }
}
