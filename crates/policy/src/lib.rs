//! What a machine may reliably do, and why: a hardware profile judged by declarative policies.
//!
//! A rule matches when all its conditions hold. The machine's tier is the lowest that a matching
//! rule carries; limits are the smallest, allowed runtimes and features what every matching rule
//! that speaks of them agrees on; a denial beats any permission. Every verdict names the rule,
//! its file and line, and both numbers, and says what would lift a refusal. Overrides of this
//! machine come last and beat every rule; each verdict that one changed names it and what held before.
//!
//! Invariants: pure (no I/O, no clock), the same answer for the same input, and no machine falls
//! between two policies: where no rule gives a tier, the lowest applies with its limits, and the
//! outcome says so. This crate does not read policy files (that is `las-registry`) and knows no
//! tier, runtime or feature by name.
//!
//! ```
//! use las_types::{Conditions, Policy, Tier};
//! let rule = Policy {
//!     name: "small".into(), description: String::new(), tier: Some(Tier(1)),
//!     conditions: Conditions { ram_max: Some("8GB".parse().unwrap()), ..Conditions::default() },
//!     allow: Default::default(), deny: vec![], file: "mine/tiers.yaml".into(), line: 3,
//! };
//! let holes = las_policy::holes(&[rule]);
//! assert!(holes.iter().any(|machine| machine.ram() == "8GB".parse().unwrap()));
//! ```
#![cfg_attr(not(test), deny(clippy::as_conversions, clippy::indexing_slicing, clippy::string_slice))]

mod bound;
mod evaluate;
mod field;
#[cfg(test)]
mod fixture;
mod holes;
mod judgement;
mod lift;
mod machine;
mod overriding;
mod question;

pub use evaluate::{evaluate, explain};
pub use holes::{Coverage, coverage, holes};
pub use machine::Machine;
