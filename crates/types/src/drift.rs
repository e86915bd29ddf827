//! Drift: where a machine is not as it was left, and what is done about it.

use crate::{Code, Detail, Failure, ModuleName, ServiceName, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use ts_rs::TS;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $class:ident;)*) => {
        /// What kind of drift. Its text is `finding-<kind>` in `locales/`, its remedy the attribute `.remedy` there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
        pub enum DriftKind {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl DriftKind {
            /// Every kind, for the tests that hold texts and kinds together.
            pub const ALL: &[DriftKind] = &[$(DriftKind::$name,)*];

            /// The kind as it is written on the wire and in `locales/`.
            pub const fn as_str(self) -> &'static str {
                match self { $(DriftKind::$name => $text,)* }
            }

            /// Which part of the policy decides whether it is repaired.
            pub const fn class(self) -> DriftClass {
                match self { $(DriftKind::$name => DriftClass::$class,)* }
            }
        }
    };
}

/// What a repair policy decides together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DriftClass {
    /// Files of modules and models.
    Files,
    /// What belongs to nothing that is installed.
    Strays,
    /// Records that are made again from the database.
    Records,
    /// Services.
    Services,
    /// Never repaired without a person: it is named.
    Named,
}

kinds! {
    /// A file of something installed is not there, or can't be read. Args: `name`, `path`, `count`, `code`.
    ItemMissing = "item-missing", Files;
    /// A file of something installed has another content. Args: `name`, `path`, `count`, `code`.
    ItemDamaged = "item-damaged", Files;
    /// A file of something installed has other rights. Args: `name`, `path`, `count`.
    ItemMode = "item-mode", Files;
    /// A file lies among those of a module and is none of them. Args: `name`, `path`, `count`.
    ItemExtra = "item-extra", Strays;
    /// A file of a view is not there. Args: `name`, `tool`, `path`, `count`.
    ViewMissing = "view-missing", Named;
    /// A file of a view is not the one that was made, or has not the bytes of its model any more. Args: `name`, `tool`, `path`,
    /// `count`.
    ViewChanged = "view-changed", Named;
    /// Something lies in the data directory that nothing accounts for. Args: `path`.
    StrayFile = "stray-file", Strays;
    /// The record of a generation is not there. Args: `number`.
    LockMissing = "generation-lock-missing", Records;
    /// The record of a generation was changed. Args: `number`.
    LockEdited = "generation-lock-edited", Records;
    /// A service ended by itself and was started again. Args: `name`, `count`.
    ServiceKilled = "service-killed", Named;
    /// A service is not started again. Args: `name`, `how`: `start` if its first start failed, `once` if it ended by itself and
    /// was not started again, `often` if that did not help.
    ServiceFailed = "service-failed", Named;
    /// An engine has fewer layers on GPUs than planned. Args: those of the code of the same name.
    EngineLayersShort = "engine-layers-short", Named;
    /// An engine's context is smaller than planned. Args: those of the code of the same name.
    EngineContextShort = "engine-context-short", Named;
    /// A service's process runs and its socket doesn't answer. Args: `name`.
    ServiceUnreachable = "service-unreachable", Services;
    /// Somebody else answers where a service should. Args: `name`, `pid`.
    ServiceForeign = "service-foreign", Services;
    /// A program of ours runs that this core did not start. Args: `pid`, `path`.
    ProcessForeign = "process-foreign", Named;
    /// The endpoint is not at the address that was asked for. Args: `wanted`, `address`.
    EndpointMoved = "endpoint-moved", Named;
    /// The endpoint's listener is gone. Args: `address`.
    EndpointGone = "endpoint-gone", Named;
    /// The core's own socket is gone, or leads elsewhere. Args: `path`.
    SocketGone = "core-socket-gone", Named;
    /// The database has a row that is not as it was written, or its ledger or anchor does not fit. Args: `path`, `detail`.
    StateEdited = "state-edited", Named;
    /// The policies' files were changed since the core started. Args: `path`.
    PoliciesEdited = "policies-edited", Named;
    /// The files of a registry (the application's, the user's or the organisation's) were changed since the core
    /// started. Args: `path`.
    RegistryEdited = "registry-edited", Named;
    /// The configuration was changed, and these of its keys hold only from the next start on. Args: `path`, `keys`.
    ConfigEdited = "config-edited", Named;
    /// What is installed is not what was applied last. Args: `command`, `more`, `less`.
    DesiredDiffers = "desired-differs", Named;
    /// A GPU that was there is not. Args: `gpu`.
    GpuGone = "gpu-gone", Named;
    /// There is less main memory than there was. Args: `had`, `have`.
    MemoryLess = "memory-less", Named;
    /// Another processor. Args: `had`, `have`.
    ProcessorChanged = "processor-changed", Named;
    /// The data directory is not where it was: removed, or its disk is gone. Args: `path`.
    DiskGone = "disk-gone", Named;
    /// The data directory can't be written. Args: `path`.
    DiskReadOnly = "disk-read-only", Named;
    /// Little space is left where the data lies. Args: `path`, `free`, `least`.
    DiskNearlyFull = "disk-nearly-full", Named;
}

impl fmt::Display for DriftKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What was done about a drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DriftOutcome {
    /// Put right.
    Repaired,
    /// Will be put right, as soon as nothing else runs or when a person says so.
    Pending,
    /// A person must decide.
    Named,
    /// It came back after it was repaired as often as the policy allows; it is left until later.
    Left,
}

/// One thing that is not as it was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Drift {
    /// What kind.
    pub kind: DriftKind,
    /// What its texts need, by name.
    pub args: BTreeMap<String, String>,
    /// What puts it right, if anything does.
    pub repair: Option<Repair>,
    /// What was done.
    pub outcome: DriftOutcome,
    /// Earlier repairs of the same thing within the policy's window, by the reconciler.
    pub repairs: Vec<Timestamp>,
    /// When it is repaired again, of one that is left.
    pub again_at: Option<Timestamp>,
}

impl Drift {
    /// The argument that says where the first damaged block of a file begins, in bytes.
    pub const DAMAGED_FROM: &str = "damaged-from";
    /// The argument that says where it ends, in bytes.
    pub const DAMAGED_TO: &str = "damaged-to";

    /// A drift that is named, without arguments yet.
    pub fn new(kind: DriftKind) -> Self {
        Self {
            kind,
            args: BTreeMap::new(),
            repair: None,
            outcome: DriftOutcome::Named,
            repairs: Vec::new(),
            again_at: None,
        }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// Says what puts it right.
    #[must_use]
    pub fn repaired_by(mut self, repair: Repair) -> Self {
        self.repair = Some(repair);
        self
    }

    /// The failure that something with this drift would be refused with; none for one that does no harm.
    pub fn failure(&self) -> Option<Failure> {
        let code = match self.kind {
            DriftKind::ItemMissing | DriftKind::ItemDamaged => {
                let given = self.args.get("code");
                let known = Code::ALL.iter().find(|code| given.is_some_and(|text| text == code.as_str()));
                known.copied().unwrap_or(Code::IoFailed)
            }
            DriftKind::ItemExtra => Code::ChecksumMismatch,
            _ => return None,
        };
        let block = [Self::DAMAGED_FROM, Self::DAMAGED_TO].map(|name| self.args.get(name));
        let details = match block {
            [Some(from), Some(to)] => vec![Detail::new("damaged-block").with("from", from).with("to", to)],
            _ => Vec::new(),
        };
        Some(Failure { args: self.args.clone(), details, ..Failure::new(code) })
    }

    /// Whether somebody still has to do something.
    pub fn is_open(&self) -> bool {
        self.outcome != DriftOutcome::Repaired
    }
}

/// One thing to put right; what `doctor_repair` is made of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Repair {
    /// The files of a module or model.
    Item {
        /// Which.
        name: ModuleName,
    },
    /// The record of a generation.
    Record {
        /// Which.
        number: crate::GenerationNumber,
    },
    /// Something that belongs to nothing: it is removed.
    Stray {
        /// Relative to the data directory.
        path: String,
    },
    /// A service: it is started again.
    Service {
        /// Which.
        service: ServiceName,
    },
    /// What is remembered of the machine: it is taken as it is now.
    Machine,
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Item { name } => name.fmt(f),
            Self::Record { number } => write!(f, "generations/{number}.lock"),
            Self::Stray { path } => f.write_str(path),
            Self::Service { service } => service.fmt(f),
            Self::Machine => f.write_str("machine.json"),
        }
    }
}
