//! How a module's container is made, as its manifest says. Nothing of the machine is named here: no folder, no device, no
//! other namespace. What a container has of the machine is its own data, its run folder, its ports on loopback, and the GPUs
//! that its manifest has a grant for.

use crate::{ByteSize, Digest, ImageName, RuntimeMode, ServiceSection};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use ts_rs::TS;

/// How a module's container is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields, default)]
pub struct ContainerSection {
    /// Where the service's own data lies in it; without this it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub data: Option<InnerPath>,
    /// Where its folder for one run lies, with the service's files.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub run: Option<InnerPath>,
    /// As whom its program runs; as whoever owns the data if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub user: Option<InnerUser>,
    /// Whether its program may write beside the folders that are named here.
    pub writable_root: bool,
    /// Folders in memory, each with its size; what is in them ends with the run.
    pub tmpfs: BTreeMap<InnerPath, ByteSize>,
    /// Rights of the administrator that its program needs within the container.
    pub capabilities: BTreeSet<KernelCapability>,
    /// What it has of the network.
    pub network: ContainerNetwork,
    /// The image of a module that comes natively, too; one whose source is an image has it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub image: Option<Box<ContainerImage>>,
}

/// The image of a module that comes natively, too, and how it serves there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct ContainerImage {
    /// Its name with its registry, without a tag.
    pub name: ImageName,
    /// The digest of its manifest.
    pub digest: Digest,
    /// How many bytes are fetched for it.
    pub size: ByteSize,
    /// The program within it that serves; the image says which if absent.
    #[serde(default)]
    pub program: Option<InnerPath>,
    /// How it serves in its container; as it does natively if absent.
    #[serde(default)]
    pub service: Option<ServiceSection>,
}

/// What a container has of the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ContainerNetwork {
    /// Nothing.
    #[default]
    None,
    /// A network of its own, out of which it reaches others; its ports are reached from this machine only.
    Published,
}

/// A right of the administrator that a container can be given: those by which a program that begins as one becomes
/// another user and takes its files over. None of them reaches beyond the container.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum KernelCapability {
    /// To give files to another user.
    Chown,
    /// To read and write whatever the rights of a file are.
    DacOverride,
    /// To change rights of files that are another's.
    Fowner,
    /// To send signals to another user's processes.
    Kill,
    /// To become another group.
    Setgid,
    /// To become another user.
    Setuid,
}

impl KernelCapability {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Chown, Self::DacOverride, Self::Fowner, Self::Kill, Self::Setgid, Self::Setuid];

    /// As engines call it.
    pub const fn kernel_name(self) -> &'static str {
        match self {
            Self::Chown => "CHOWN",
            Self::DacOverride => "DAC_OVERRIDE",
            Self::Fowner => "FOWNER",
            Self::Kill => "KILL",
            Self::Setgid => "SETGID",
            Self::Setuid => "SETUID",
        }
    }
}

/// A folder or file in a container, absolute, and none that its kernel shows through.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema, TS)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct InnerPath(String);

/// Why a text is no path in a container.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "'{0}' is no path in a container: it begins with '/', has plain parts of letters, digits, '.', '_' and '-', and lies not in /proc, /sys or /dev"
)]
pub struct InnerPathError(String);

impl InnerPath {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether one of them is the other, or lies in it.
    pub fn overlaps(&self, other: &Self) -> bool {
        let lies_in = |one: &str, other: &str| {
            one.strip_prefix(other).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        lies_in(&self.0, &other.0) || lies_in(&other.0, &self.0)
    }
}

impl FromStr for InnerPath {
    type Err = InnerPathError;

    fn from_str(text: &str) -> Result<Self, InnerPathError> {
        let part = |part: &str| {
            let plain = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'.' | b'_' | b'-');
            !matches!(part, "" | "." | "..") && part.bytes().all(plain)
        };
        let parts = text.strip_prefix('/').map(|rest| rest.split('/'));
        let formed = text.len() <= 255 && parts.clone().is_some_and(|mut parts| parts.all(part));
        let kernels = parts.and_then(|mut parts| parts.next());
        let kernels = kernels.is_some_and(|first| matches!(first, "proc" | "sys" | "dev"));
        if formed && !kernels { Ok(Self(text.to_owned())) } else { Err(InnerPathError(text.to_owned())) }
    }
}

impl fmt::Display for InnerPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for InnerPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A user and a group in a container, by their numbers: `999:999`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, JsonSchema, TS)]
#[schemars(with = "String")]
#[ts(type = "string")]
pub struct InnerUser {
    /// The user.
    pub uid: u32,
    /// The group.
    pub gid: u32,
}

/// Why a text is no user of a container.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no user: the numbers of one and of a group are needed, '999:999'")]
pub struct InnerUserError(String);

impl FromStr for InnerUser {
    type Err = InnerUserError;

    fn from_str(text: &str) -> Result<Self, InnerUserError> {
        let number = |text: &str| -> Option<u32> {
            let digits = !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_digit());
            // The last number stands for nobody at all in system calls.
            digits.then(|| text.parse().ok())?.filter(|number| *number < u32::MAX)
        };
        let read = text.split_once(':').and_then(|(uid, gid)| Some((number(uid)?, number(gid)?)));
        read.map(|(uid, gid)| Self { uid, gid }).ok_or_else(|| InnerUserError(text.to_owned()))
    }
}

impl fmt::Display for InnerUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uid, self.gid)
    }
}

impl Serialize for InnerUser {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for InnerUser {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What a container is made from, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContainerSettings {
    /// The image.
    pub image: ImageName,
    /// The digest of its manifest.
    pub digest: Digest,
    /// How it is made, as its manifest says.
    pub section: ContainerSection,
    /// The numbers that its ports have within it.
    pub inner_ports: BTreeMap<crate::PortName, u16>,
    /// The GPUs that it is given; none where its manifest has no grant for any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub gpu: Option<GpuGrant>,
}

/// GPUs that a container is given, by whose they are on the machine that the plan was made for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct GpuGrant {
    /// Those who made them; nobody on a machine without one.
    pub vendors: BTreeSet<crate::GpuVendor>,
    /// Whether its manifest says that it needs one; otherwise it runs without, too.
    pub required: bool,
}

impl ContainerSettings {
    /// Of a module that has an image, where it runs in a container, on a machine with these GPUs; none of any other.
    pub fn of(manifest: &crate::Manifest, gpus: &[crate::Gpu]) -> Option<Self> {
        let (image, digest, _) = manifest.image()?;
        let service = manifest.service_in(RuntimeMode::Container)?;
        let section = manifest.runtime.container.clone().unwrap_or_default();
        Some(Self {
            image: image.clone(),
            digest,
            // It is the one above.
            section: ContainerSection { image: None, ..section },
            inner_ports: service.ports.clone(),
            gpu: service.sandbox.gpu.then(|| GpuGrant {
                vendors: gpus.iter().map(|gpu| gpu.vendor).collect(),
                required: manifest.hardware.gpu.is_needed(),
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{InnerPath, InnerUser};

    #[test]
    fn a_path_in_a_container_is_plain_and_not_the_kernels() {
        for good in ["/data", "/var/lib/redis", "/a.b/c_d-e", "/device"] {
            assert_eq!(good.parse::<InnerPath>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            "/",
            "data",
            "/data/",
            "/a/../b",
            "/./a",
            "//a",
            "/proc",
            "/sys/fs/cgroup",
            "/dev/mem",
            "/a:b",
            "/a,b",
            "/a b",
            "/a\0",
            "/ä",
        ] {
            assert!(bad.parse::<InnerPath>().is_err(), "{bad}");
        }
        assert!(format!("/{}", "a".repeat(300)).parse::<InnerPath>().is_err());
        let path = |text: &str| text.parse::<InnerPath>().unwrap();
        assert!(path("/a").overlaps(&path("/a/b")) && path("/a/b").overlaps(&path("/a")));
        assert!(path("/a").overlaps(&path("/a")) && !path("/a").overlaps(&path("/ab")));
    }

    #[test]
    fn a_user_is_two_numbers() {
        assert_eq!("999:1000".parse::<InnerUser>().unwrap(), InnerUser { uid: 999, gid: 1000 });
        for bad in ["", "root", "0", "0:", ":0", "-1:0", "+1:0", "4294967295:0", "1:1:1", "redis:redis"] {
            assert!(bad.parse::<InnerUser>().is_err(), "{bad}");
        }
    }
}
