use super::{Asked, GpuRoom, Rooms, judge, speed};
use crate::known::{Known, Told};
use las_types::{
    ByteSize, CacheType, Digest, FitBasis, FitDevice, FitLimit, MeasuredLoad, ModelFacts, ModelFit,
    ModelShape, Timestamp,
};

const GIB: u64 = 1 << 30;
const SHAPE: ModelShape = ModelShape {
    layers: 32,
    kv_heads: 8,
    head_size: 128,
    embedding_length: 4096,
    feed_forward_length: 14_336,
    tokens: 128_256,
};

fn asked(context: u32) -> Asked {
    Asked { context, cache: CacheType::F16, parallel: 1 }
}

fn main(gib: u64) -> Rooms {
    Rooms { main: ByteSize::new(gib * GIB), gpus: Vec::new() }
}

fn with_gpus(gib: u64, gpus: &[u64]) -> Rooms {
    let gpu = |(index, gib): (usize, &u64)| GpuRoom {
        index: u32::try_from(index).unwrap(),
        model: "G".to_owned(),
        room: ByteSize::new(gib * GIB),
    };
    Rooms { gpus: gpus.iter().enumerate().map(gpu).collect(), ..main(gib) }
}

/// Eight billion parameters; a gibibyte of keys and values for 8192 tokens.
fn known(quantisation: &str) -> Known {
    let told = Told {
        parameters: Some("8B".parse().unwrap()),
        quantisation: Some(quantisation),
        shape: Some(SHAPE),
        context: Some(131_072),
        ..Told::default()
    };
    Known::of(told).unwrap()
}

#[test]
fn what_fits_as_it_was_asked_for_has_no_limits_and_the_same_word_at_both_ends() {
    let placed = judge(&known("Q8_0"), &main(32), asked(8192), &[]);
    assert_eq!((placed.verdict.fit, placed.verdict.sure), (ModelFit::Fits, true));
    assert_eq!((placed.context, placed.basis), (8192, FitBasis::Shape));
    assert!(placed.least < placed.memory.total && placed.memory.total < placed.most);
    assert_eq!(placed.parts.len(), 1);
    assert_eq!((placed.parts[0].layers, placed.parts[0].needs), (32, placed.memory.total));
}

#[test]
fn a_smaller_type_of_keys_and_values_goes_before_a_shorter_context() {
    let at = |gib, context| {
        let placed = judge(&known("Q8_0"), &main(gib), asked(context), &[]);
        (placed.verdict.fit, placed.verdict.limits, placed.context)
    };
    let cache = FitLimit::Cache { cache: CacheType::Q8_0 };
    assert_eq!(at(18, 98_304), (ModelFit::Limits, vec![cache], 98_304));
    let (fit, limits, context) = at(12, 131_072);
    assert_eq!((fit, context), (ModelFit::Limits, 65_536));
    let shorter = FitLimit::Context { tokens: 65_536, asked: 131_072 };
    assert_eq!(limits, [shorter, FitLimit::Cache { cache: CacheType::Q4_0 }]);
}

#[test]
fn what_is_too_large_says_by_how_much_and_what_would_fit() {
    let known = known("Q8_0");
    let placed = judge(&known, &main(6), asked(8192), &[]);
    assert_eq!(placed.verdict.fit, ModelFit::TooLarge);
    let lacks = placed.verdict.lacks.unwrap();
    assert_eq!(lacks.bytes(), placed.memory.total.bytes() - 6 * GIB);
    let offer = placed.verdict.offer.unwrap();
    assert!(offer.needs.bytes() <= 6 * GIB, "{offer:?}");
    assert_eq!(judge(&known, &main(1), asked(8192), &[]).verdict.offer, None);
}

#[test]
fn layers_that_have_no_room_on_gpus_stay_in_main_memory() {
    let known = known("Q8_0");
    let whole = judge(&known, &with_gpus(32, &[24]), asked(8192), &[]);
    assert_eq!((whole.verdict.fit, whole.parts[0].layers), (ModelFit::Fits, 32));
    let split = judge(&known, &with_gpus(32, &[6]), asked(8192), &[]);
    let layers: Vec<u32> = split.parts.iter().map(|part| part.layers).collect();
    assert_eq!(layers.iter().sum::<u32>(), 32);
    assert_eq!(split.verdict.limits, [FitLimit::GpuLayers { on_gpu: layers[0], of: 32 }]);
    assert!(split.parts.iter().all(|part| part.needs <= part.room), "{split:?}");
    // Neither alone would do.
    assert_eq!(judge(&known, &main(6), asked(8192), &[]).verdict.fit, ModelFit::TooLarge);
    let both = judge(&known, &with_gpus(6, &[6]), asked(8192), &[]);
    assert_eq!(both.verdict.fit, ModelFit::Limits);
    // One that holds no layer is no reason to refuse.
    let none = judge(&known, &with_gpus(32, &[0]), asked(8192), &[]);
    assert_eq!(none.verdict.limits, [FitLimit::GpuLayers { on_gpu: 0, of: 32 }]);
}

#[test]
fn several_gpus_share_the_layers_in_proportion_and_none_has_more_than_it_holds() {
    for gpus in [[24, 24, 8], [3, 5, 7], [80, 1, 1], [2, 2, 2]] {
        let placed = judge(&known("Q8_0"), &with_gpus(64, &gpus), asked(8192), &[]);
        assert_eq!(placed.parts.iter().map(|part| part.layers).sum::<u32>(), 32, "{gpus:?}");
        assert!(placed.parts.iter().all(|part| part.needs <= part.room), "{placed:?}");
        assert_eq!(placed.parts.last().unwrap().device, FitDevice::Main);
    }
}

#[test]
fn a_context_that_the_model_does_not_know_is_not_given() {
    let short = Told { context: Some(4096), parameters: Some("1B".parse().unwrap()), ..Told::default() };
    let placed = judge(&Known::of(short).unwrap(), &main(64), asked(8192), &[]);
    assert_eq!((placed.verdict.fit, placed.context), (ModelFit::Limits, 4096));
    assert_eq!(placed.verdict.limits, [FitLimit::Trained { tokens: 4096, asked: 8192 }]);
}

#[test]
fn a_size_alone_is_wide_and_says_when_it_is_not_sure() {
    let of = |gib| {
        let told = Told { size: Some(ByteSize::new(5_000_000_000)), ..Told::default() };
        judge(&Known::of(told).unwrap(), &main(gib), asked(8192), &[]).verdict
    };
    assert_eq!((of(64).fit, of(64).sure), (ModelFit::Fits, true));
    assert_eq!((of(8).fit, of(8).sure), (ModelFit::Fits, false));
    assert_eq!((of(3).fit, of(3).sure), (ModelFit::TooLarge, true));
}

fn load(context: u32, peak: u64) -> MeasuredLoad {
    MeasuredLoad {
        model: Digest::of(b"m"),
        engine: Digest::of(b"e"),
        machine: Digest::of(b"c"),
        gpu_layers: 0,
        context,
        parallel: 1,
        cache: CacheType::F16,
        peak: ByteSize::new(peak),
        speed: None,
        measured_at: Timestamp::UNIX_EPOCH,
    }
}

#[test]
fn what_was_measured_corrects_the_verdict_of_the_same_and_of_nothing_else() {
    let facts = ModelFacts { context: 131_072, ..known("Q8_0").likely().clone() };
    let known = Known::of_header(&facts);
    let estimated = judge(&known, &main(9), asked(8192), &[]);
    assert_ne!(estimated.verdict.fit, ModelFit::Fits);
    let placed = judge(&known, &main(9), asked(8192), &[load(8192, 9 * GIB)]);
    assert_eq!(
        (placed.verdict.fit, placed.basis, placed.verdict.sure),
        (ModelFit::Fits, FitBasis::Measured, true)
    );
    assert_eq!((placed.least, placed.most), (placed.memory.total, placed.memory.total));
    // And where it took more than was estimated.
    let more = judge(&known, &main(16), asked(8192), &[load(8192, 17 * GIB)]);
    assert_ne!(more.basis, FitBasis::Measured, "another way is looked for");
    assert_eq!(more.verdict.fit, ModelFit::Limits);
    assert_eq!(judge(&known, &main(9), asked(8192), &[load(4096, GIB)]).basis, FitBasis::Header);
}

#[test]
fn a_model_is_as_fast_as_its_weights_are_read() {
    let rate = ByteSize::new(50_000_000_000);
    let known = known("Q8_0");
    let placed = judge(&known, &main(32), asked(8192), &[]);
    let range = speed(&known, &placed, 1, rate).unwrap();
    // 8.5 GB at 50 GB a second.
    assert_eq!(range.most, 5882);
    assert!(range.least < range.most / 2, "{range:?}");
    let experts = Told {
        parameters: Some("30B".parse().unwrap()),
        active: Some("3B".parse().unwrap()),
        quantisation: Some("Q8_0"),
        ..Told::default()
    };
    let experts = Known::of(experts).unwrap();
    let placed = judge(&experts, &main(64), asked(8192), &[]);
    assert_eq!(speed(&experts, &placed, 1, rate).unwrap().most, 15_686);
    let placed = judge(&known, &main(1), asked(8192), &[]);
    assert_eq!(speed(&known, &placed, 1, rate), None);
}
