//! A hundred thousand machines that nobody has, drawn from a seed; `LAS_MACHINES` takes another number.

use crate::shipped::{default_set, profile};
use las_policy::evaluate;
use las_types::{
    ByteSize, CapabilitySet, Gpu, HardwareProfile, Measurement, ParameterCount, Policy, Timestamp,
};

const MACHINES: u64 = 100_000;
/// They are judged side by side, each share from a seed of its own.
const SHARES: u64 = 4;
/// `LAS_SEED` takes another one.
const SEED: u64 = 20_261_001;

/// SplitMix64 (Steele, Lea and Flood, 2014): small, and the same on every machine.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A size: near a bound of the policies, anywhere below it, or absurd.
    fn size(&mut self, bounds: &[u64], end: u64) -> ByteSize {
        let near = bounds[usize::try_from(self.below(bounds.len() as u64)).unwrap()];
        ByteSize::new(match self.below(20) {
            0 => 0,
            1 => u64::MAX - self.below(3),
            2..=10 => near.saturating_add(self.below(3)).saturating_sub(1),
            _ => self.below(end),
        })
    }
}

/// What a machine is made of before and after something was added to it.
struct Pool {
    pattern: HardwareProfile,
    set: Vec<Policy>,
    ram_bounds: Vec<u64>,
    vram_bounds: Vec<u64>,
    rate_bounds: Vec<u64>,
}

impl Pool {
    fn new() -> Self {
        let set = default_set();
        let bounds = |of: fn(&Policy) -> [Option<ByteSize>; 4]| -> Vec<u64> {
            set.iter().flat_map(|rule| of(rule).into_iter().flatten()).map(ByteSize::bytes).collect()
        };
        Self {
            pattern: profile("two-3090-nvlink"),
            ram_bounds: bounds(|rule| {
                let c = &rule.conditions;
                [c.ram_min, c.ram_max, c.unified_memory_min, c.unified_memory_max]
            }),
            vram_bounds: bounds(|rule| {
                [rule.conditions.gpu_vram_min, rule.conditions.gpu_vram_max, None, None]
            }),
            rate_bounds: bounds(|rule| {
                [rule.conditions.bandwidth_min, rule.conditions.bandwidth_max, None, None]
            }),
            set,
        }
    }

    fn gpu(&self, draw: &mut Draw) -> Gpu {
        let vram = draw.size(&self.vram_bounds, 200_000_000_000);
        let nvlink_peers = if draw.below(3) == 0 { vec![0] } else { Vec::new() };
        // One that works in main memory has none of its own, or a part of it set aside.
        let unified_memory = draw.below(3) == 0;
        let vram = if unified_memory && draw.below(2) == 0 { ByteSize::default() } else { vram };
        Gpu { vram, nvlink_peers, unified_memory, ..self.pattern.gpus[0].clone() }
    }

    fn rate(&self, draw: &mut Draw) -> Measurement {
        let per_second = draw.size(&self.rate_bounds, 500_000_000_000);
        Measurement { per_second, measured_at: Timestamp::UNIX_EPOCH }
    }

    fn machine(&self, draw: &mut Draw) -> HardwareProfile {
        let mut machine = self.pattern.clone();
        machine.memory.total = draw.size(&self.ram_bounds, 2_000_000_000_000);
        machine.memory.bandwidth = (draw.below(3) > 0).then(|| self.rate(draw));
        machine.gpus = (0..draw.below(7)).map(|_| self.gpu(draw)).collect();
        machine
    }

    /// The machine with more main memory, faster memory, more memory on one GPU, or one GPU more.
    fn more(&self, machine: &HardwareProfile, draw: &mut Draw) -> HardwareProfile {
        let mut more = machine.clone();
        let place = usize::try_from(draw.next() % machine.gpus.len().max(1) as u64).unwrap();
        match (draw.below(4), more.gpus.get_mut(place)) {
            (0, _) => {
                more.memory.total = machine.memory.total.max(draw.size(&self.ram_bounds, 2_000_000_000_000));
            }
            (2, _) => {
                let known = machine.memory.bandwidth.map(|rate| rate.per_second).unwrap_or_default();
                let rate = self.rate(draw);
                more.memory.bandwidth = Some(Measurement { per_second: rate.per_second.max(known), ..rate });
            }
            (1, Some(gpu)) => gpu.vram = gpu.vram.max(draw.size(&self.vram_bounds, 200_000_000_000)),
            _ => more.gpus.push(self.gpu(draw)),
        }
        more
    }

    fn judge(&self, machine: &HardwareProfile) -> CapabilitySet {
        evaluate(machine, "default", &self.set, &[])
    }
}

/// What was lost from one outcome to the next; a limit that is gone is no loss.
fn losses(before: &CapabilitySet, after: &CapabilitySet) -> Vec<String> {
    let mut lost = Vec::new();
    if after.tier < before.tier {
        lost.push(format!("tier {} -> {}", before.tier, after.tier));
    }
    let size = |outcome: &CapabilitySet| outcome.max_model_size.map_or(u64::MAX, ParameterCount::parameters);
    if size(after) < size(before) {
        lost.push(format!("model size {:?} -> {:?}", before.max_model_size, after.max_model_size));
    }
    let loaded = |outcome: &CapabilitySet| outcome.max_loaded_models.unwrap_or(u32::MAX);
    if loaded(after) < loaded(before) {
        lost.push(format!("loaded {:?} -> {:?}", before.max_loaded_models, after.max_loaded_models));
    }
    for (old, new) in before.verdicts.iter().zip(&after.verdicts) {
        assert_eq!(old.capability, new.capability);
        if old.allowed && !new.allowed {
            lost.push(old.capability.clone());
        }
    }
    lost
}

fn shown(machine: &HardwareProfile) -> String {
    let gpu = |gpu: &Gpu| (gpu.vram.bytes(), if gpu.unified_memory { "unified" } else { "own" });
    let gpus: Vec<(u64, &str)> = machine.gpus.iter().map(gpu).collect();
    let rate = machine.memory.bandwidth.map(|rate| rate.per_second.bytes());
    format!("RAM {} at {rate:?}, GPUs {gpus:?}", machine.memory.total.bytes())
}

#[test]
fn no_machine_is_in_a_hole_and_none_loses_by_growing() {
    let seed = std::env::var("LAS_SEED").ok().map_or(SEED, |text| text.parse().unwrap());
    let machines = std::env::var("LAS_MACHINES").map_or(MACHINES, |text| text.parse().unwrap());
    println!("LAS_SEED={seed} LAS_MACHINES={machines}");
    let pool = Pool::new();
    std::thread::scope(|scope| {
        for share in 0..SHARES {
            let pool = &pool;
            scope.spawn(move || examine(pool, Draw(seed.wrapping_add(share)), machines / SHARES));
        }
    });
}

/// Each machine is the one before with something added; every fifth is a new one.
fn examine(pool: &Pool, mut draw: Draw, machines: u64) {
    let mut machine = pool.machine(&mut draw);
    let mut outcome = pool.judge(&machine);
    for number in 0..machines {
        assert!(!outcome.in_a_hole, "machine {number}: {}", shown(&machine));
        assert!(!outcome.reasons.is_empty(), "machine {number}: {}", shown(&machine));
        if number % 5 == 4 {
            machine = pool.machine(&mut draw);
            outcome = pool.judge(&machine);
            continue;
        }
        let larger = pool.more(&machine, &mut draw);
        let then = pool.judge(&larger);
        let lost = losses(&outcome, &then);
        assert!(lost.is_empty(), "machine {number}: {} -> {}: {lost:?}", shown(&machine), shown(&larger));
        (machine, outcome) = (larger, then);
    }
}
