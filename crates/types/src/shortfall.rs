//! Where a service has less than its plan gave it, although it serves.

use crate::{Code, HardwareProfile, ProfileSource};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use ts_rs::TS;

/// One thing that a service has less of than its plan gave it. A service with one serves, and is degraded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Shortfall {
    /// What it lacks; its text and remedy are those of the code.
    pub code: Code,
    /// What the text needs, by name; `reason` says why, and is `unknown` where nobody knows.
    pub args: BTreeMap<String, String>,
}

/// Reasons that a machine's profile may know better than the engine does.
const VAGUE: [&str; 2] = ["not-loaded", "no-device"];

impl Shortfall {
    /// One without arguments yet.
    pub fn new(code: Code) -> Self {
        Self { code, args: BTreeMap::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// With the reason that the machine itself knows, where the engine only saw no device: a driver, a library or a device
    /// file that is missing. A recorded profile is another machine's and says nothing of this one.
    #[must_use]
    pub fn explained_by(self, profile: &HardwareProfile) -> Self {
        let vague = self.args.get("reason").is_some_and(|reason| VAGUE.contains(&reason.as_str()));
        if !vague || profile.source != ProfileSource::Detected || !profile.gpus.is_empty() {
            return self;
        }
        let of_gpus = profile.absent.iter().filter(|absence| absence.part.starts_with("gpu-"));
        match of_gpus.clone().find(|absence| absence.reason != "no-device") {
            Some(known) => {
                let detail = known.detail.clone().unwrap_or_default();
                self.with("reason", &known.reason).with("detail", detail)
            }
            None if of_gpus.count() > 0 => self.with("reason", "no-device"),
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Shortfall;
    use crate::{Absence, Code, HardwareProfile, ProfileSource};

    fn machine(absent: &[(&str, &str)]) -> HardwareProfile {
        let absence = |(part, reason): &(&str, &str)| Absence {
            part: (*part).to_owned(),
            reason: (*reason).to_owned(),
            detail: None,
        };
        HardwareProfile {
            source: ProfileSource::Detected,
            gpus: Vec::new(),
            absent: absent.iter().map(absence).collect(),
            ..serde_json::from_str(include_str!("../../../tests/profiles/rtx-4090-24gb.json")).unwrap()
        }
    }

    fn reason(given: &str, profile: &HardwareProfile) -> String {
        let short = Shortfall::new(Code::EngineLayersShort).with("reason", given).explained_by(profile);
        short.args["reason"].clone()
    }

    #[test]
    fn the_machine_says_why_an_engine_saw_no_gpu_and_nothing_else() {
        let no_library = machine(&[("gpu-amd", "no-device"), ("gpu-nvidia", "no-library")]);
        assert_eq!(reason("not-loaded", &no_library), "no-library");
        assert_eq!(reason("no-device", &no_library), "no-library");
        // What the engine itself knows stays.
        for known in ["no-backend", "no-memory", "unknown", "driver-error"] {
            assert_eq!(reason(known, &no_library), known);
        }
        assert_eq!(reason("not-loaded", &machine(&[("gpu-nvidia", "no-device")])), "no-device");
        assert_eq!(reason("not-loaded", &machine(&[("docker", "no-socket")])), "not-loaded");
    }

    #[test]
    fn another_machines_profile_explains_nothing() {
        let source = ProfileSource::Recorded { path: "/p.json".into() };
        let other = HardwareProfile { source, ..machine(&[("gpu-nvidia", "no-driver")]) };
        assert_eq!(reason("not-loaded", &other), "not-loaded");
    }
}
