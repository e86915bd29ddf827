//! The life of a module.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Where a module is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModuleState {
    /// In the registry.
    Available,
    /// Chosen by a plan that has begun.
    Resolved,
    /// Complete in the store.
    Installed,
    /// Its service runs.
    Running,
    /// Its service is stopped.
    Stopped,
    /// A step of its life failed.
    Failed,
    /// No longer in the registry.
    Deprecated,
}

/// One step of a module's life. There is none that the table doesn't have: [`ModuleState::to`] is the only way
/// to one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    from: ModuleState,
    to: ModuleState,
}

impl Transition {
    /// Where it begins.
    pub fn from(self) -> ModuleState {
        self.from
    }

    /// Where it ends.
    pub fn to(self) -> ModuleState {
        self.to
    }
}

impl ModuleState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Available,
        Self::Resolved,
        Self::Installed,
        Self::Running,
        Self::Stopped,
        Self::Failed,
        Self::Deprecated,
    ];

    /// The step from this state to that one; none if the table of transitions doesn't have it.
    pub fn to(self, next: Self) -> Option<Transition> {
        use ModuleState::{Available, Deprecated, Failed, Installed, Resolved, Running, Stopped};
        let allowed = self != next
            && matches!(
                (self, next),
                (Available | Failed, Resolved)
                    | (Resolved, Installed)
                    | (Installed | Stopped, Running)
                    | (Installed | Running, Stopped)
                    | (_, Failed | Deprecated)
            );
        allowed.then_some(Transition { from: self, to: next })
    }

    /// The shortest way from this state to that one, step by step; none if no way leads there. A removed
    /// module takes no way back: its life ends, and another may begin.
    pub fn way(self, goal: Self) -> Option<Vec<Transition>> {
        let mut ways = vec![(self, Vec::new())];
        let mut seen = vec![self];
        let mut next = 0;
        while let Some((at, way)) = ways.get(next).cloned() {
            if at == goal {
                return Some(way);
            }
            next += 1;
            // Through a failure or the end of an offer nobody goes on the way to something else.
            let through = Self::ALL
                .into_iter()
                .filter(|one| *one == goal || !matches!(one, Self::Failed | Self::Deprecated));
            for step in through.filter_map(|one| at.to(one)) {
                if !seen.contains(&step.to) {
                    seen.push(step.to);
                    ways.push((step.to, way.iter().copied().chain([step]).collect()));
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::ModuleState::{self, Available, Deprecated, Failed, Installed, Resolved, Running, Stopped};

    #[test]
    fn only_the_documented_transitions_are_allowed() {
        let mut allowed = vec![
            (Available, Resolved),
            (Resolved, Installed),
            (Installed, Running),
            (Installed, Stopped),
            (Running, Stopped),
            (Stopped, Running),
            (Failed, Resolved),
        ];
        for end in [Failed, Deprecated] {
            allowed.extend(ModuleState::ALL.into_iter().filter(|from| *from != end).map(|from| (from, end)));
        }
        for from in ModuleState::ALL {
            for to in ModuleState::ALL {
                let transition = from.to(to);
                assert_eq!(transition.is_some(), allowed.contains(&(from, to)), "{from:?} -> {to:?}");
                assert!(transition.is_none_or(|step| (step.from(), step.to()) == (from, to)));
            }
        }
    }

    #[test]
    fn a_way_is_made_of_transitions_and_is_the_shortest() {
        for from in ModuleState::ALL {
            for goal in ModuleState::ALL {
                let Some(way) = from.way(goal) else { continue };
                assert!(way.windows(2).all(|pair| pair[0].to() == pair[1].from()), "{from:?} -> {goal:?}");
                assert_eq!(way.last().map_or(from, |step| step.to()), goal);
            }
        }
        let states = |from: ModuleState, goal| {
            from.way(goal).unwrap().iter().map(|step| step.to()).collect::<Vec<_>>()
        };
        assert_eq!(states(Failed, Running), [Resolved, Installed, Running]);
        assert_eq!(states(Running, Failed), [Failed]);
        assert_eq!(states(Available, Stopped), [Resolved, Installed, Stopped]);
        assert!(Running.way(Available).is_none() && Deprecated.way(Installed).is_none());
        assert!(Running.way(Installed).is_none(), "what ran is stopped, not as if it had never run");
    }
}
