//! What a module may do beside what every module may, because its manifest asks for it and nothing denies it.

use crate::{ContainerNetwork, KernelCapability, Manifest, NetworkAccess, RuntimeMode};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// One privilege; policies know it as `privilege:NAME`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Privilege {
    /// To connect to whatever it wants.
    Network,
    /// To connect to ports of services that its manifest names.
    Connects,
    /// To use GPUs.
    Gpu,
    /// To write in its container beside its own folders.
    WritableRoot,
    /// To run in its container as a user that the manifest names.
    User,
    /// A right of the administrator within its container.
    Kernel(KernelCapability),
}

/// A text that names no privilege.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no privilege '{0}'")]
pub struct PrivilegeError(String);

impl Privilege {
    /// Every one.
    pub fn all() -> impl Iterator<Item = Self> {
        let own = [Self::Network, Self::Connects, Self::Gpu, Self::WritableRoot, Self::User];
        own.into_iter().chain(KernelCapability::ALL.into_iter().map(Self::Kernel))
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Connects => "connects",
            Self::Gpu => "gpu",
            Self::WritableRoot => "writable-root",
            Self::User => "user",
            Self::Kernel(KernelCapability::Chown) => "chown",
            Self::Kernel(KernelCapability::DacOverride) => "dac-override",
            Self::Kernel(KernelCapability::Fowner) => "fowner",
            Self::Kernel(KernelCapability::Kill) => "kill",
            Self::Kernel(KernelCapability::Setgid) => "setgid",
            Self::Kernel(KernelCapability::Setuid) => "setuid",
        }
    }

    /// As policies and overrides name it.
    pub fn capability(self) -> String {
        format!("privilege:{self}")
    }

    /// What a manifest asks for where its module runs in this mode.
    pub fn of(manifest: &Manifest, mode: RuntimeMode) -> BTreeSet<Self> {
        let mut asked = BTreeSet::new();
        let Some(service) = manifest.service_in(mode) else { return asked };
        if service.sandbox.gpu {
            asked.insert(Self::Gpu);
        }
        if !service.connects.is_empty() {
            asked.insert(Self::Connects);
        }
        match mode {
            RuntimeMode::Native if service.sandbox.network == NetworkAccess::Any => {
                asked.insert(Self::Network);
            }
            RuntimeMode::Native => {}
            RuntimeMode::Container => {
                let section = manifest.runtime.container.clone().unwrap_or_default();
                // Out of its own network a container reaches every other.
                let network = section.network == ContainerNetwork::Published;
                asked.extend(network.then_some(Self::Network));
                asked.extend(section.writable_root.then_some(Self::WritableRoot));
                asked.extend(section.user.map(|_| Self::User));
                asked.extend(section.capabilities.iter().copied().map(Self::Kernel));
            }
        }
        asked
    }
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Privilege {
    type Err = PrivilegeError;

    fn from_str(text: &str) -> Result<Self, PrivilegeError> {
        Self::all().find(|one| one.as_str() == text).ok_or_else(|| PrivilegeError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Privilege;
    use crate::{Manifest, RuntimeMode};

    #[test]
    fn every_privilege_is_read_as_it_is_written_and_no_other() {
        for one in Privilege::all() {
            assert_eq!(one.to_string().parse::<Privilege>().unwrap(), one);
        }
        for bad in ["", "Network", "root", "sys_admin", "privilege:network"] {
            assert!(bad.parse::<Privilege>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_manifest_asks_for_what_goes_beyond_what_every_module_has_in_its_mode() {
        let asked = |sandbox: &str, container: &str, mode: RuntimeMode| -> Vec<String> {
            let text = format!(
                r#"{{"name":"a","category":"service","version":"1.0.0","description":"x","runtime":{{
                "container":{container},
                "service":{{"ready":{{"kind":"log","line":"x"}},"sandbox":{sandbox}}}}}}}"#
            );
            let manifest: Manifest = serde_json::from_str(&text).unwrap();
            Privilege::of(&manifest, mode).iter().map(ToString::to_string).collect()
        };
        let (native, container) = (RuntimeMode::Native, RuntimeMode::Container);
        assert!(asked("{}", "null", native).is_empty());
        assert!(asked("{}", "null", container).is_empty());
        let sandbox = r#"{"network":"any","gpu":true}"#;
        assert_eq!(asked(sandbox, "null", native), ["network", "gpu"]);
        assert_eq!(asked(sandbox, "null", container), ["gpu"]);
        assert_eq!(asked(r#"{},"connects":{"redis":["main"]}"#, "null", native), ["connects"]);
        let section =
            r#"{"network":"published","writable_root":true,"user":"1:1","capabilities":["setuid","chown"]}"#;
        assert_eq!(asked("{}", section, container), ["network", "writable-root", "user", "chown", "setuid"]);
        assert!(asked("{}", section, native).is_empty());
    }
}
