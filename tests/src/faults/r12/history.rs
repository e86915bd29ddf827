//! What clients saw, and the model that it has to fit: one change at a time, each from the state that the one before
//! left, each recorded once.

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;

/// What a client wanted.
#[derive(Clone, Debug)]
pub(super) enum Wish {
    /// The newest version.
    Install(String),
    /// The version of the hammer before the newest.
    InstallOlder,
    /// The newest version of the hammer, if there is one.
    Upgrade,
    Remove(String),
    /// To that generation.
    Rollback(u64),
}

/// One try of a client.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) wish: Wish,
    /// When it was first asked for, and when its end was seen.
    pub(super) begun: Duration,
    pub(super) ended: Duration,
    /// None if it was refused.
    pub(super) operation: Option<String>,
    /// The states that were seen, in order.
    pub(super) states: Vec<String>,
    /// Why it was refused.
    pub(super) code: Option<String>,
}

/// Everything that was seen of one run, and what the product recorded of it.
pub(super) struct History {
    pub(super) attempts: Vec<Attempt>,
    pub(super) operations: Vec<Value>,
    pub(super) generations: Vec<Value>,
    pub(super) ledger: Vec<Value>,
}

/// A refusal that the lifecycle knows: somebody else was first, or what is asked is not there.
const REFUSALS: [&str; 8] = [
    "operation-running",
    "plan-stale",
    "plan-spent",
    "plan-outruled",
    "module-in-use",
    "module-not-found",
    "module-not-installed",
    "generation-not-found",
];

pub(super) fn is_final(state: &str) -> bool {
    ["succeeded", "failed", "cancelled"].contains(&state)
}

impl Wish {
    pub(super) fn intent(&self) -> Value {
        match self {
            Self::Install(module) => json!({ "kind": "module_install", "modules": [module] }),
            Self::InstallOlder => json!({ "kind": "module_install", "modules": ["hammer@<2"] }),
            Self::Upgrade => json!({ "kind": "module_upgrade", "modules": ["hammer"] }),
            Self::Remove(module) => json!({ "kind": "module_remove", "modules": [module] }),
            Self::Rollback(to) => json!({ "kind": "generation_rollback", "to": to }),
        }
    }

    /// What is installed afterwards, of what was before, as `NAME VERSION`.
    fn applied(&self, before: &BTreeSet<String>, history: &History) -> BTreeSet<String> {
        let mut after = before.clone();
        let mut put = |module: &str, version: &str| {
            after.retain(|item| item.split(' ').next() != Some(module));
            after.insert(format!("{module} {version}"));
        };
        match self {
            Self::Install(module) if module != "hammer" => put(module, "1.0.0"),
            Self::Install(_) => {
                put("hammer", "2.0.0");
                put("nail", "1.0.0");
            }
            Self::InstallOlder => {
                put("hammer", "1.0.0");
                put("nail", "1.0.0");
            }
            Self::Upgrade => put("hammer", "2.0.0"),
            Self::Remove(module) => after.retain(|item| item.split(' ').next() != Some(module)),
            Self::Rollback(to) => return history.items(*to),
        }
        after
    }
}

impl Attempt {
    pub(super) fn refused(wish: Wish, code: String) -> Self {
        let (begun, ended) = (Duration::ZERO, Duration::ZERO);
        Self { wish, begun, ended, operation: None, states: Vec::new(), code: Some(code) }
    }

    fn succeeded(&self) -> bool {
        self.states.last().is_some_and(|state| state == "succeeded")
    }

    /// Running, perhaps undoing, then one end for ever.
    fn check(&self) -> Result<(), String> {
        if let Some(code) = &self.code {
            return if REFUSALS.contains(&code.as_str()) {
                Ok(())
            } else {
                Err(format!("illegal: {:?} is refused with {code}", self.wish))
            };
        }
        let rank = |state: &String| match state.as_str() {
            "running" => Some(0),
            "undoing" => Some(1),
            other => is_final(other).then_some(2),
        };
        let ranks: Option<Vec<u8>> = self.states.iter().map(rank).collect();
        let ends: BTreeSet<&String> = self.states.iter().filter(|state| is_final(state)).collect();
        let undone = self.states.iter().any(|state| state == "undoing") && self.succeeded();
        match ranks {
            Some(ranks) if ranks.is_sorted() && ends.len() == 1 && !undone => Ok(()),
            _ => Err(format!("illegal: states {:?}", self.states)),
        }
    }
}

impl History {
    fn items(&self, number: u64) -> BTreeSet<String> {
        let one = self.generations.iter().find(|one| one["number"] == number);
        let items = one.and_then(|one| one["items"].as_array()).into_iter().flatten();
        items
            .filter_map(|item| Some(format!("{} {}", item["name"].as_str()?, item["version"].as_str()?)))
            .collect()
    }

    /// The generation that an operation made.
    fn made_by(&self, operation: &str) -> Option<u64> {
        self.generations.iter().find(|one| one["operation"] == operation)?["number"].as_u64()
    }

    /// The first thing that does not fit.
    pub(super) fn check(&self) -> Result<(), String> {
        self.attempts.iter().try_for_each(Attempt::check)?;
        self.generations_follow_each_other()?;
        self.ledger_has_each_once()?;
        self.order_is_as_seen()?;
        self.one_at_a_time()
    }

    /// What a client was told is what there is, each from the state that the one before left.
    fn generations_follow_each_other(&self) -> Result<(), String> {
        let mut told = BTreeSet::from([0]);
        for attempt in self.attempts.iter().filter(|attempt| attempt.operation.is_some()) {
            let made = attempt.operation.as_deref().and_then(|operation| self.made_by(operation));
            match (attempt.succeeded(), made) {
                (true, Some(number)) => {
                    told.insert(number);
                    let before = self.items(number.saturating_sub(1));
                    let (is, should) = (self.items(number), attempt.wish.applied(&before, self));
                    if is != should {
                        return Err(format!("illegal: {:?} of {before:?} made {is:?}", attempt.wish));
                    }
                }
                (true, None) => return Err(format!("lost: {:?} was done and is not there", attempt.wish)),
                (false, Some(number)) => {
                    return Err(format!("illegal: {:?} failed and made generation {number}", attempt.wish));
                }
                (false, None) => {}
            }
        }
        let there: BTreeSet<u64> = self.generations.iter().filter_map(|one| one["number"].as_u64()).collect();
        let without_gaps = there.iter().copied().eq(0..there.len() as u64);
        if there == told && without_gaps {
            Ok(())
        } else {
            Err(format!("illegal: generations {there:?}, told {told:?}"))
        }
    }

    fn ledger_has_each_once(&self) -> Result<(), String> {
        let mut lines: Vec<&str> = self.ledger.iter().filter_map(|line| line["operation"].as_str()).collect();
        let mut told: Vec<&str> =
            self.attempts.iter().filter_map(|attempt| attempt.operation.as_deref()).collect();
        lines.sort_unstable();
        told.sort_unstable();
        if lines == told { Ok(()) } else { Err(format!("illegal: ledger {lines:?}, told {told:?}")) }
    }

    /// What had ended before another one was asked for comes before it.
    fn order_is_as_seen(&self) -> Result<(), String> {
        let placed = |attempt: &Attempt| self.made_by(attempt.operation.as_deref()?);
        for first in &self.attempts {
            for second in &self.attempts {
                if let (Some(one), Some(other)) = (placed(first), placed(second))
                    && first.ended < second.begun
                    && one > other
                {
                    return Err(format!("illegal: generation {one} had ended before {other} was asked for"));
                }
            }
        }
        Ok(())
    }

    /// No change begins before the one before has ended.
    fn one_at_a_time(&self) -> Result<(), String> {
        let text = |one: &Value, field: &str| one[field].as_str().unwrap_or_default().to_owned();
        let mut spans: Vec<(String, String)> =
            self.operations.iter().map(|one| (text(one, "started_at"), text(one, "ended_at"))).collect();
        spans.sort();
        match spans.windows(2).find(|pair| moment(&pair[0].1) > moment(&pair[1].0)) {
            Some(pair) => Err(format!("illegal: two changes at once: {pair:?}")),
            None => Ok(()),
        }
    }
}

fn moment(text: &str) -> Option<las_types::Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Attempt, History, Wish};
    use serde_json::{Value, json};
    use std::time::Duration;

    fn done(wish: Wish, operation: &str, begun: u64, ended: u64) -> Attempt {
        let (begun, ended) = (Duration::from_millis(begun), Duration::from_millis(ended));
        let states = ["running", "succeeded", "succeeded"].map(str::to_owned).to_vec();
        Attempt { wish, begun, ended, operation: Some(operation.to_owned()), states, code: None }
    }

    fn generation(number: u64, operation: &str, names: &[&str]) -> Value {
        let item = |text: &&str| {
            let (name, version) = text.split_once(' ').unwrap();
            json!({ "name": name, "version": version })
        };
        let items: Vec<Value> = names.iter().map(item).collect();
        json!({ "number": number, "operation": operation, "items": items })
    }

    /// Two changes one after the other, as they should be.
    fn sound() -> History {
        let span = |id: &str, from: u8, to: u8| {
            let at = |second: u8| format!("2026-01-01T00:00:{second:02}Z");
            json!({ "id": id, "started_at": at(from), "ended_at": at(to) })
        };
        History {
            attempts: vec![
                done(Wish::Install("hammer".to_owned()), "a", 0, 5),
                done(Wish::Remove("hammer".to_owned()), "b", 6, 9),
                Attempt::refused(Wish::Rollback(1), "plan-stale".to_owned()),
            ],
            operations: vec![span("b", 2, 3), span("a", 1, 2)],
            generations: vec![
                generation(0, "", &[]),
                generation(1, "a", &["hammer 2.0.0", "nail 1.0.0"]),
                generation(2, "b", &["nail 1.0.0"]),
            ],
            ledger: vec![json!({ "operation": "a" }), json!({ "operation": "b" })],
        }
    }

    #[test]
    fn every_kind_of_wrong_history_is_noticed() {
        type Spoil = fn(&mut History);
        sound().check().unwrap();
        let spoilt: [(&str, Spoil); 8] = [
            ("lost", |one| {
                one.generations.pop();
            }),
            ("made", |one| one.generations[2] = generation(2, "b", &["hammer 2.0.0"])),
            ("ledger", |one| one.ledger.push(json!({ "operation": "b" }))),
            ("two changes", |one| one.operations[0]["started_at"] = json!("2026-01-01T00:00:01.5Z")),
            ("had ended", |one| one.attempts[0].begun = Duration::from_millis(20)),
            ("states", |one| one.attempts[0].states.push("running".to_owned())),
            ("refused", |one| one.attempts[2].code = Some("internal".to_owned())),
            ("told", |one| one.generations.push(generation(3, "c", &[]))),
        ];
        for (word, spoil) in spoilt {
            let mut history = sound();
            spoil(&mut history);
            let said = history.check().expect_err(word);
            assert!(said.contains(word), "{word}: {said}");
        }
    }
}
