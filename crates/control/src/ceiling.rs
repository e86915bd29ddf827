//! What loaded models take, against the ceilings of the policies.

use las_types::{ByteSize, CapabilitySet, Failure, MemoryEstimate, ModelFacts};

/// What one loaded model takes, or several together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Of main memory. What lies on a GPU counts here too: the engine maps the whole file.
    memory: ByteSize,
    /// Of a GPU's memory.
    vram: ByteSize,
}

impl Taken {
    /// What a model takes with so many of its layers on a GPU: their share of weights and cache, and with any layer
    /// at all the working rows.
    pub(crate) fn of(facts: &ModelFacts, estimate: &MemoryEstimate, gpu_layers: u32) -> Self {
        let (layers, of) = (u128::from(gpu_layers.min(facts.layers)), u128::from(facts.layers.max(1)));
        let whole = estimate.weights.saturating_add(estimate.cache);
        let share = u64::try_from(u128::from(whole.bytes()) * layers / of).unwrap_or(u64::MAX);
        let rows = if layers == 0 { ByteSize::default() } else { estimate.overhead };
        Self { memory: estimate.total, vram: ByteSize::new(share).saturating_add(rows) }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self { memory: self.memory.saturating_add(other.memory), vram: self.vram.saturating_add(other.vram) }
    }

    /// Refuses what the ceilings don't hold, by the rule or the override that set the one in the way.
    ///
    /// Codes: `policy-denied`, `override-denies`.
    pub(crate) fn within(self, capabilities: &CapabilitySet) -> Result<(), Failure> {
        let ceilings =
            [("memory", self.memory, capabilities.max_memory), ("vram", self.vram, capabilities.max_vram)];
        for (name, taken, ceiling) in ceilings {
            if ceiling.is_some_and(|ceiling| taken > ceiling) {
                let verdict = capabilities.verdicts.iter().find(|verdict| verdict.capability == name);
                return Err(las_resolver::denied(name, verdict.map_or(&[], |verdict| &verdict.reasons)));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Taken;
    use las_types::{
        Allowance, ByteSize, CapabilitySet, Code, Conditions, HardwareProfile, ModelFacts, Policy, Tier,
    };

    fn facts() -> ModelFacts {
        ModelFacts {
            format: "gguf".to_owned(),
            name: None,
            architecture: "llama".to_owned(),
            parameters: "7B".parse().unwrap(),
            quantisation: "Q4_K".to_owned(),
            context: 4096,
            layers: 32,
            embedding_length: 4096,
            kv_bytes_per_token: ByteSize::new(128 << 10),
            tensor_bytes: ByteSize::new(4 << 30),
            has_chat_template: true,
            license: None,
            abilities: Vec::new(),
            base: None,
            ..ModelFacts::default()
        }
    }

    fn profile() -> HardwareProfile {
        let path =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/profiles/rtx-4090-24gb.json");
        las_hardware::load_recorded(path).unwrap()
    }

    fn allowing(max_vram: ByteSize) -> CapabilitySet {
        let rule = Policy {
            name: "narrow".to_owned(),
            description: String::new(),
            tier: Some(Tier(1)),
            conditions: Conditions::default(),
            allow: Allowance { max_vram: Some(max_vram), ..Allowance::default() },
            deny: Vec::new(),
            file: "mine/all.yaml".to_owned(),
            line: 3,
        };
        las_policy::evaluate(&profile(), "mine", &[rule], &[])
    }

    #[test]
    fn what_lies_on_a_gpu_stays_below_the_ceiling_of_its_memory_or_the_rule_is_named() {
        let facts = facts();
        let estimate = las_models::estimate(&facts, 4096, 2);
        let taken = |layers| Taken::of(&facts, &estimate, layers);
        assert_eq!(taken(0).vram, ByteSize::default());
        assert!(taken(16).vram < taken(32).vram);
        assert_eq!(taken(32).vram, estimate.total, "no more than all of it");
        assert_eq!(taken(99), taken(32));
        let set = allowing(taken(16).vram);
        assert!(taken(0).and(taken(16)).within(&set).is_ok());
        let refused = taken(16).and(taken(16)).within(&set).unwrap_err();
        assert_eq!(refused.code, Code::PolicyDenied);
        let args = |name: &str| refused.args.get(name).map(String::as_str);
        assert_eq!((args("capability"), args("rule")), (Some("vram"), Some("narrow")));
    }
}
