//! What a program may see and do: its module, its data, what every program needs, and nothing else.
//!
//! `bwrap` gives it namespaces of its own, with a view of the files that holds only these. Inside, a helper of ours
//! (`las-keeper --inside`) puts on Landlock and a filter of system calls, and becomes the program. Where namespaces can't be
//! had the other two hold alone, which is less and is told.

mod calls;
mod door;
mod inside;
mod view;

pub(crate) use door::{Answer, Door};
pub(crate) use inside::main as inside;

use crate::helpers::Helpers;
use las_types::{NetworkAccess, SandboxLevel};
use serde::{Deserialize, Serialize};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The word with which the keeper's program is the helper.
pub(crate) const INSIDE: &str = "--inside";

/// What a program is held to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Sandbox {
    /// The helper: the keeper's program.
    pub(crate) helper: OsString,
    /// What gives it namespaces, if there is such a program.
    pub(crate) bwrap: Option<OsString>,
    /// Files and folders that it may read and run, beside the system's own.
    pub(crate) read: Vec<OsString>,
    /// Folders that it may change.
    pub(crate) write: Vec<OsString>,
    /// Ports that it may listen on and connect to.
    pub(crate) ports: Vec<u16>,
    /// Ports of others that it may connect to, and not listen on.
    pub(crate) peers: Vec<u16>,
    pub(crate) network: NetworkAccess,
    pub(crate) gpu: bool,
    /// Whether it ever connects to anything; an engine is only connected to.
    pub(crate) connects: bool,
    pub(crate) at_least: Option<SandboxLevel>,
}

/// How a program is put into it.
pub(crate) enum Way<'a> {
    /// With namespaces, by this program.
    Namespaces(&'a Path),
    /// Without.
    Alone,
}

/// What the helper is told.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    program: OsString,
    arguments: Vec<OsString>,
    sandbox: Sandbox,
    namespaces: bool,
}

impl Sandbox {
    /// The ways that this machine offers, best first.
    pub(crate) fn ways(&self) -> Vec<Way<'_>> {
        let bwrap = self.bwrap.as_deref().map(Path::new);
        bwrap.map(Way::Namespaces).into_iter().chain([Way::Alone]).collect()
    }

    /// One of a program that reads these files and changes these folders, has no network and no GPU.
    pub(crate) fn of(helpers: &Helpers, read: Vec<OsString>, write: Vec<OsString>) -> Self {
        Self {
            helper: helpers.keeper.clone().into(),
            bwrap: helpers.bwrap.clone().map(Into::into),
            read,
            write,
            ports: Vec::new(),
            peers: Vec::new(),
            network: NetworkAccess::Own,
            gpu: false,
            connects: true,
            at_least: None,
        }
    }

    /// Whether it needs the machine's own network.
    fn shares_network(&self) -> bool {
        self.network == NetworkAccess::Any || self.has_ports()
    }

    /// Whether there is a port that it may use.
    fn has_ports(&self) -> bool {
        !(self.ports.is_empty() && self.peers.is_empty())
    }

    /// Variables that say to libraries that there is no GPU, where there is to be none.
    pub(crate) fn variables(&self) -> &'static [(&'static str, &'static str)] {
        if self.gpu {
            return &[];
        }
        &[("CUDA_VISIBLE_DEVICES", "-1"), ("HIP_VISIBLE_DEVICES", "-1"), ("ROCR_VISIBLE_DEVICES", "-1")]
    }
}

impl Way<'_> {
    /// What is started, so that the helper runs in this way, in a folder.
    pub(crate) fn command(&self, sandbox: &Sandbox, folder: &Path) -> (PathBuf, Vec<OsString>) {
        match self {
            Self::Namespaces(bwrap) => {
                let mut arguments = view::arguments(sandbox, folder);
                arguments.extend(["--".into(), sandbox.helper.clone(), INSIDE.into()]);
                (bwrap.to_path_buf(), arguments)
            }
            Self::Alone => (sandbox.helper.clone().into(), vec![INSIDE.into()]),
        }
    }

    pub(crate) fn has_namespaces(&self) -> bool {
        matches!(self, Self::Namespaces(_))
    }
}
