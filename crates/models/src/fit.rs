//! Whether a model fits: what it takes in which place, with less of what it would, and what would fit in its place.

use crate::choose::{GOOD, SMALL};
use crate::estimate_with;
use crate::known::Known;
use las_types::{
    ByteSize, CacheType, DevicePart, FitBasis, FitDevice, FitLimit, FitOffer, FitPlacement, FitVerdict,
    MeasuredLoad, MemoryEstimate, ModelFacts, ModelFit, SpeedRange,
};

/// No context shorter than this is offered, in tokens.
const CONTEXT_LEAST: u32 = 1024;
/// Types of keys and values that are tried where the one that was asked for is too large.
const SMALLER: [CacheType; 2] = [CacheType::Q8_0, CacheType::Q4_0];
/// An engine reads memory at no less than this share of the rate at which all cores together can, in tenths.
const READ_TENTHS: u128 = 5;

/// A GPU with memory of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GpuRoom {
    /// Its place in its driver's list.
    pub index: u32,
    /// Its name.
    pub model: String,
    /// What models may take of its memory.
    pub room: ByteSize,
}

/// Where a model may lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rooms {
    /// What models may take of main memory.
    pub main: ByteSize,
    /// The GPUs that an engine uses; none for one that uses none.
    pub gpus: Vec<GpuRoom>,
}

/// How a model is to be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Context of one conversation, in tokens.
    pub context: u32,
    /// Type of keys and values.
    pub cache: CacheType,
    /// Conversations at once.
    pub parallel: u32,
}

/// One way of loading it, with what it takes.
struct Way {
    context: u32,
    cache: CacheType,
    measured: bool,
    memory: MemoryEstimate,
    parts: Vec<DevicePart>,
    on_gpu: u32,
    /// What is missing of memory.
    lacks: ByteSize,
}

/// How a model stands to these rooms.
///
/// First it is tried as it was asked for, then with smaller types of keys and values, then with half the context, and so on down
/// to 1024 tokens. On GPUs lie as many layers as have room there, each GPU in proportion to its room, with the working rows on
/// every one; the rest lies in main memory. What was measured of the same context and type in main memory goes before the
/// estimate. `sure` is whether the estimate's two ends lead to the same word.
pub fn judge(known: &Known, rooms: &Rooms, asked: Asked, loads: &[MeasuredLoad]) -> FitPlacement {
    let trained = Some(known.likely.context).filter(|most| (1..asked.context).contains(most));
    let able = Asked { context: trained.unwrap_or(asked.context).max(1), ..asked };
    let (way, mut limits) = best(&known.likely, rooms, able, loads);
    let end = |facts: &ModelFacts| best(facts, rooms, able, loads);
    let ((least, least_limits), (most, most_limits)) = (end(&known.least), end(&known.most));
    let word = |way: &Way, limits: &[FitLimit]| match (way.lacks.bytes(), limits.is_empty()) {
        (0, true) => ModelFit::Fits,
        (0, false) => ModelFit::Limits,
        _ => ModelFit::TooLarge,
    };
    let (likely, low, high) = (word(&way, &limits), word(&least, &least_limits), word(&most, &most_limits));
    let sure = way.measured || (low == likely && high == likely);
    if let Some(tokens) = trained.filter(|_| likely != ModelFit::TooLarge) {
        limits.insert(0, FitLimit::Trained { tokens, asked: asked.context });
    }
    let fit = if likely == ModelFit::Fits && !limits.is_empty() { ModelFit::Limits } else { likely };
    // The two ends of the way that was chosen, not of their own.
    let total = |facts: &ModelFacts| {
        let so = Asked { context: way.context, cache: way.cache, ..asked };
        if way.measured { way.memory.total } else { place(facts, rooms, so, &[]).memory.total }
    };
    FitPlacement {
        basis: if way.measured { FitBasis::Measured } else { known.basis },
        context: way.context,
        cache: way.cache,
        least: total(&known.least).min(way.memory.total),
        most: total(&known.most).max(way.memory.total),
        verdict: FitVerdict {
            fit,
            limits,
            lacks: (fit == ModelFit::TooLarge).then_some(way.lacks),
            allowed: None,
            offer: if fit == ModelFit::TooLarge { offer(known, rooms, able) } else { None },
            sure,
        },
        memory: way.memory,
        parts: way.parts,
    }
}

/// The first way that fits, with the limits that it has; the one that was asked for where none does.
fn best(facts: &ModelFacts, rooms: &Rooms, asked: Asked, loads: &[MeasuredLoad]) -> (Way, Vec<FitLimit>) {
    let first = place(facts, rooms, asked, loads);
    if first.lacks.bytes() == 0 {
        let limits = limits(&first, facts, rooms, asked);
        return (first, limits);
    }
    let mut context = asked.context;
    loop {
        let smaller = SMALLER.into_iter().filter(|kind| kind.block_bytes() < asked.cache.block_bytes());
        for cache in [asked.cache].into_iter().chain(smaller) {
            let way = place(facts, rooms, Asked { context, cache, ..asked }, loads);
            if way.lacks.bytes() == 0 {
                let limits = limits(&way, facts, rooms, asked);
                return (way, limits);
            }
        }
        if context / 2 < CONTEXT_LEAST {
            return (first, Vec::new());
        }
        context /= 2;
    }
}

fn limits(way: &Way, facts: &ModelFacts, rooms: &Rooms, asked: Asked) -> Vec<FitLimit> {
    let mut limits = Vec::new();
    let of = facts.layers.max(1);
    if !rooms.gpus.is_empty() && way.on_gpu < of {
        limits.push(FitLimit::GpuLayers { on_gpu: way.on_gpu, of });
    }
    if way.context < asked.context {
        limits.push(FitLimit::Context { tokens: way.context, asked: asked.context });
    }
    if way.cache != asked.cache {
        limits.push(FitLimit::Cache { cache: way.cache });
    }
    limits
}

/// So many of so many layers' share.
fn share(size: ByteSize, layers: u32, of: u32) -> ByteSize {
    let share = u128::from(size.bytes()) * u128::from(layers) / u128::from(of.max(1));
    ByteSize::new(u64::try_from(share).unwrap_or(u64::MAX))
}

fn missing(needs: ByteSize, room: ByteSize) -> ByteSize {
    ByteSize::new(needs.bytes().saturating_sub(room.bytes()))
}

fn place(facts: &ModelFacts, rooms: &Rooms, asked: Asked, loads: &[MeasuredLoad]) -> Way {
    let mut memory = estimate_with(facts, asked.context, asked.parallel, asked.cache);
    let of = facts.layers.max(1);
    let measured = measured(loads, asked).filter(|_| rooms.gpus.is_empty());
    if let Some(load) = measured {
        memory.total = load.peak;
    }
    let way = |memory, parts, on_gpu, lacks| Way {
        context: asked.context,
        cache: asked.cache,
        measured: measured.is_some(),
        memory,
        parts,
        on_gpu,
        lacks,
    };
    let main = |needs, layers| DevicePart { device: FitDevice::Main, layers, needs, room: rooms.main };
    if rooms.gpus.is_empty() {
        let (needs, lacks) = (memory.total, missing(memory.total, rooms.main));
        return way(memory, vec![main(needs, of)], 0, lacks);
    }
    // On a GPU nothing is packed again.
    let one = share(facts.tensor_bytes.saturating_add(memory.cache), 1, of).bytes().max(1);
    let holds = |gpu: &GpuRoom| {
        let layers = gpu.room.bytes().saturating_sub(memory.overhead.bytes()) / one;
        u32::try_from(layers).unwrap_or(u32::MAX).min(of)
    };
    let held: Vec<u32> = rooms.gpus.iter().map(holds).collect();
    let together: u32 = held.iter().fold(0, |sum, held| sum.saturating_add(*held));
    let on_gpu = together.min(of);
    let mut parts = Vec::new();
    // Shares by rounding the sums, so that none has more than it holds and no layer is lost.
    let (mut sum, mut before) = (0_u64, 0_u32);
    for (gpu, held) in rooms.gpus.iter().zip(&held) {
        sum += u64::from(*held);
        let until = u64::from(on_gpu) * sum / u64::from(together.max(1));
        let until = u32::try_from(until).unwrap_or(u32::MAX);
        let layers = until.saturating_sub(before);
        before = until;
        if layers > 0 {
            let needs = ByteSize::new(one.saturating_mul(u64::from(layers))).saturating_add(memory.overhead);
            let device = FitDevice::Gpu { index: gpu.index, model: gpu.model.clone() };
            parts.push(DevicePart { device, layers, needs, room: gpu.room });
        }
    }
    let rest = of - on_gpu;
    let stays = memory.weights.saturating_add(memory.cache);
    let needs = share(stays, rest, of).saturating_add(memory.overhead);
    parts.push(main(needs, rest));
    // What is packed again is packed for the layers in main memory, and each place has working rows of its own.
    memory.weights = facts.tensor_bytes.saturating_add(share(facts.packed_bytes, rest, of));
    memory.overhead = parts.iter().map(|_| memory.overhead).sum();
    memory.total = parts.iter().map(|part| part.needs).sum();
    way(memory, parts, on_gpu, missing(needs, rooms.main))
}

/// What was measured of exactly this in main memory.
pub fn measured(loads: &[MeasuredLoad], asked: Asked) -> Option<&MeasuredLoad> {
    loads.iter().find(|load| {
        (load.gpu_layers, load.context, load.parallel, load.cache)
            == (0, asked.context, asked.parallel, asked.cache)
    })
}

/// The best quantisation that would fit, as far as the parameters say.
fn offer(known: &Known, rooms: &Rooms, asked: Asked) -> Option<FitOffer> {
    let smaller = |name: &&&str| {
        let size = |known: &Known| known.likely.tensor_bytes;
        known.in_quantisation(name).is_some_and(|other| size(&other) < size(known))
    };
    GOOD.iter().chain(&SMALL).filter(smaller).find_map(|name| {
        let (way, _) = best(&known.in_quantisation(name)?.likely, rooms, asked, &[]);
        (way.lacks.bytes() == 0).then(|| FitOffer {
            quantisation: (*name).to_owned(),
            file: None,
            context: way.context,
            needs: way.memory.total,
        })
    })
}

/// How fast a model may answer that lies in main memory alone, which is read at this rate, in bytes a second; none of one that
/// does not fit.
///
/// For each token an engine reads the weights that work (of a mixture of experts their share of all) and the keys and values of
/// the conversation. At most: with an empty context, at the measured rate. At least: with a full one, at half of that. Computing
/// comes on top where processors are slower than memory, as with small models; nothing is said of that.
pub fn speed(
    known: &Known,
    placed: &FitPlacement,
    parallel: u32,
    per_second: ByteSize,
) -> Option<SpeedRange> {
    if placed.verdict.fit == ModelFit::TooLarge {
        return None;
    }
    let facts = &known.likely;
    let all = facts.parameters.parameters();
    let working = known.active.map_or(all, las_types::ParameterCount::parameters).min(all);
    let weights = u128::from(facts.tensor_bytes.bytes()) * u128::from(working) / u128::from(all.max(1));
    let weights = if all == 0 { u128::from(facts.tensor_bytes.bytes()) } else { weights };
    let cache = u128::from(placed.memory.cache.bytes()) / u128::from(parallel.max(1));
    let rate = u128::from(per_second.bytes()) * 1000;
    let at = |rate: u128, read: u128| u64::try_from(rate / read.max(1)).unwrap_or(u64::MAX);
    Some(SpeedRange { least: at(rate * READ_TENTHS / 10, weights + cache), most: at(rate, weights) })
}

#[cfg(test)]
mod tests;
