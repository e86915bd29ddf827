//! How often something is done.

use super::{ConfigValue, Unfit};
use jiff::SignedDuration;
use serde_json::{Value, json};

const DAY: i64 = 24 * 3600;
const LONGEST: i64 = 3650 * DAY;

/// How often something is done; or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period(Option<SignedDuration>);

impl Period {
    /// How much time lies in between, at least a second; none for never.
    pub const fn every(self) -> Option<SignedDuration> {
        self.0
    }
}

impl ConfigValue for Period {
    const FORM: &'static str = "off | 1s … 3650d";
    fn read(text: &str) -> Result<Self, Unfit> {
        let text = text.trim();
        if matches!(text, "off" | "0") {
            return Ok(Self(None));
        }
        // Days of this machine are all as long.
        let days = text.strip_suffix('d').map(|days| days.trim().parse::<u32>());
        let span = match days {
            Some(Ok(days)) => SignedDuration::from_hours(i64::from(days) * 24),
            _ => text.parse().map_err(|_| Unfit::Form)?,
        };
        if (1..=LONGEST).contains(&span.as_secs()) { Ok(Self(Some(span))) } else { Err(Unfit::Range) }
    }
    fn written(&self) -> String {
        match self.0 {
            None => "off".to_owned(),
            Some(span) if span.as_secs() % DAY == 0 && span.subsec_nanos() == 0 => {
                format!("{}d", span.as_secs() / DAY)
            }
            Some(span) => format!("{span:#}"),
        }
    }
    fn schema() -> Value {
        json!({ "type": "string", "pattern": r"^(off|0|\d+ ?[a-z]+( ?\d+ ?[a-z]+)*)$" })
    }
}
