//! What is seen of a machine, and how it is told.

use super::{Machine, NvLink, Unified};
use crate::bound::Rule;
use crate::field::{Field, Value};
use crate::fixture::{profile, rule};
use las_types::{ByteSize, Detail};

const GB: u64 = 1_000_000_000;

fn machine(gpus: &[u64], ram: u64) -> Machine {
    let gpus = gpus.iter().map(|size| ByteSize::new(size * GB)).collect();
    Machine::new(gpus, ByteSize::new(ram * GB), NvLink::Apart)
}

fn told(machine: &Machine, conditions: &str) -> Vec<Detail> {
    machine.told(&Rule::all(&[rule("rule", conditions)]))
}

#[test]
fn gpus_of_one_size_are_told_together_the_largest_first() {
    let gpus = |count: usize, vram: u64| {
        Detail::new("machine-gpus").with("count", count).with("vram", ByteSize::new(vram * GB))
    };
    assert_eq!(told(&machine(&[8, 24, 8, 8, 0], 16), "{}"), [gpus(1, 24), gpus(3, 8)]);
    assert_eq!(told(&machine(&[24, 24], 16), "{}"), [gpus(2, 24)]);
}

#[test]
fn only_what_rules_look_at_is_told() {
    let none = Detail::new("machine-no-gpu");
    let ram = Detail::new("machine-ram").with("size", ByteSize::new(16 * GB));
    let bare = machine(&[], 16);
    assert_eq!(told(&bare, "{}"), []);
    assert_eq!(told(&bare, "{cpu_cores_min: 4}"), []);
    for conditions in ["{gpu_vram_min: 8GB}", "{gpu_count_min: 2}", "{gpu_vram_total_min: 8GB}"] {
        assert_eq!(told(&bare, conditions), std::slice::from_ref(&none), "{conditions}");
    }
    for conditions in ["{ram_min: 8GB}", "{unified_memory_min: 8GB}"] {
        assert_eq!(told(&bare, conditions), std::slice::from_ref(&ram), "{conditions}");
    }
    let special = bare.with_link(NvLink::Joined).with_unified(Unified::Yes);
    assert_eq!(told(&special, "{}"), [Detail::new("machine-nvlink"), Detail::new("machine-unified")]);
}

#[test]
fn a_field_without_a_name_is_told_with_a_dash() {
    let has = |field: &str, value: &str| Detail::new("machine-has").with("field", field).with("value", value);
    let machine = machine(&[], 16)
        .with(Field::CpuCores, Value::Number(4))
        .with(Field::GpuVendor, Value::Names(["amd".to_owned(), "intel".to_owned()].into()))
        .with(Field::Npu, Value::Names([].into()));
    let expected = [has("gpu_vendor", "amd, intel"), has("npu", "–"), has("cpu_cores", "4")];
    assert_eq!(told(&machine, "{}"), expected);
}

#[test]
fn parts_are_read_as_numbers_and_everything_else_as_it_was_seen() {
    let conditions =
        "{cpu_cores_min: 1, arch: [x86_64], ram_min: 1GB, nvlink: true, gpu_vram_total_min: 1GB}";
    let policies = [rule("rule", conditions)];
    let seen = Machine::seen(&profile(), &Rule::all(&policies));
    // The parts are not kept a second time.
    assert_eq!(seen.more().keys().copied().collect::<Vec<_>>(), [Field::CpuCores, Field::Arch]);
    let cases = [
        (Field::GpuVram, 25_769_803_776),
        (Field::GpuCount, 2),
        (Field::Ram, 135_020_937_216),
        (Field::NvLink, 1),
        (Field::UnifiedMemory, 0),
        (Field::GpuVramTotal, 2 * 25_769_803_776),
        (Field::CpuCores, 24),
        // No rule asks for it, so nobody looked.
        (Field::CpuThreads, 0),
    ];
    for (field, expected) in cases {
        assert_eq!((seen.number(field), seen.value(field)), (expected, Value::Number(expected)), "{field:?}");
    }
    assert!(seen.has(Field::Arch, "x86_64") && !seen.has(Field::Arch, "aarch64"));
    assert_eq!(seen.with_unified(Unified::Yes).number(Field::UnifiedMemory), 135_020_937_216);
}

#[test]
fn a_machine_gets_more_gpus_and_larger_ones_and_keeps_what_is_larger_still() {
    let before = machine(&[24, 8], 16).with_link(NvLink::Joined).with(Field::CpuCores, Value::Number(4));
    let sizes = |machine: &Machine| -> Vec<u64> {
        [24, 12, 8, 0].map(|from| machine.gpus_from(ByteSize::new(from * GB)).into()).to_vec()
    };
    assert_eq!(sizes(&before), [1, 1, 2, 2]);
    let after = before.with_gpus(3, ByteSize::new(12 * GB));
    assert_eq!(sizes(&after), [1, 3, 3, 3]);
    assert_eq!((after.nvlink(), after.number(Field::CpuCores), after.ram()), (true, 4, before.ram()));
    assert_eq!(
        sizes(&before.with_gpus(1, ByteSize::new(12 * GB))),
        [1, 1, 2, 2],
        "the largest is large enough"
    );
}
