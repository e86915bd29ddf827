//! The process of a service: kept by a keeper, or a container.

use crate::containers::Contained;
use crate::keeper::{Ended, Kept};
use crate::process::Family;
use las_types::{LimitLevel, SandboxLevel};
use std::time::Duration;

/// One or the other.
pub(crate) enum Supervised {
    Kept(Box<Kept>),
    Contained(Contained),
}

impl Supervised {
    /// The number of its first process.
    pub(crate) fn pid(&self) -> Option<u32> {
        match self {
            Self::Kept(kept) => Some(kept.pid()),
            Self::Contained(contained) => contained.pid(),
        }
    }

    /// How well its limits are held; none without limits.
    pub(crate) fn limits(&self) -> Option<LimitLevel> {
        match self {
            Self::Kept(kept) => kept.limits(),
            Self::Contained(contained) => contained.limits(),
        }
    }

    /// How well it is kept away from everything else; none of a container, whose engine sees to that.
    pub(crate) fn sandbox(&self) -> Option<SandboxLevel> {
        match self {
            Self::Kept(kept) => kept.sandbox(),
            Self::Contained(_) => None,
        }
    }

    /// The one that a keeper keeps.
    pub(crate) fn into_kept(self) -> Option<Kept> {
        match self {
            Self::Kept(kept) => Some(*kept),
            Self::Contained(_) => None,
        }
    }

    /// Everything that came from its start; of a container its engine knows that.
    pub(crate) fn family(&self) -> Option<Family> {
        match self {
            Self::Kept(kept) => Some(kept.family()),
            Self::Contained(_) => None,
        }
    }

    /// The container that it is.
    pub(crate) fn contained(&self) -> Option<&Contained> {
        match self {
            Self::Kept(_) => None,
            Self::Contained(contained) => Some(contained),
        }
    }

    /// Says that no line is needed any more.
    pub(crate) async fn quiet(&self) {
        match self {
            Self::Kept(kept) => kept.quiet().await,
            Self::Contained(_) => {}
        }
    }

    /// Waits until its program itself has ended.
    pub(crate) async fn down(&self) {
        match self {
            Self::Kept(kept) => kept.down().await,
            Self::Contained(contained) => drop(contained.ended().await),
        }
    }

    /// Waits until it has ended by itself, and with it all that it started.
    pub(crate) async fn ended(&self) -> Ended {
        match self {
            Self::Kept(kept) => kept.ended().await,
            Self::Contained(contained) => contained.ended().await,
        }
    }

    /// How it ended, when its program itself has.
    pub(crate) async fn reaped(&self) -> Ended {
        match self {
            Self::Kept(kept) => kept.reaped().await,
            // It is there until it is removed.
            Self::Contained(contained) => contained.stop(Duration::ZERO).await,
        }
    }

    /// Asks it to end, and makes it after its grace, with all that it started.
    pub(crate) async fn stop(&self, grace: Duration) -> Ended {
        match self {
            Self::Kept(kept) => kept.stop(grace).await,
            Self::Contained(contained) => contained.stop(grace).await,
        }
    }
}
