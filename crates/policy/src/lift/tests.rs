//! Which larger machines are looked at, in which order, and what is said to stand between two.

use super::{CHANGES_MAX, changed, difference, distance, larger_machines};
use crate::Machine;
use crate::bound::{Bound, Rule};
use crate::field::{Field, Value};
use crate::fixture::rule;
use crate::machine::{NvLink, Unified};
use las_types::{ByteSize, Policy};

const GB: u64 = 1_000_000_000;

fn machine(gpus: &[u64], ram: u64) -> Machine {
    let gpus = gpus.iter().map(|size| ByteSize::new(size * GB)).collect();
    Machine::new(gpus, ByteSize::new(ram * GB), NvLink::Apart)
}

fn rules(conditions: &[&str]) -> Vec<Policy> {
    conditions.iter().map(|conditions| rule(conditions, conditions)).collect()
}

/// The larger machines in words, nearest first, each once.
fn larger(machine: &Machine, conditions: &[&str]) -> Vec<String> {
    let policies = rules(conditions);
    let mut told: Vec<String> = Vec::new();
    for other in larger_machines(machine, &Rule::all(&policies)) {
        let link = if other.nvlink() { " joined" } else { "" };
        let text = format!("{}x {} / {}{link}", other.gpu_count(), other.gpu_vram(), other.ram());
        if !told.contains(&text) {
            told.push(text);
        }
    }
    told
}

#[test]
fn every_bound_is_reached_alone_and_with_others_the_smallest_change_first() {
    let conditions = ["{gpu_vram_min: 12GB}", "{ram_min: 32GB}", "{ram_max: 8GB}"];
    assert_eq!(
        larger(&machine(&[], 16), &conditions),
        ["0x 0 B / 32 GB", "1x 12 GB / 16 GB", "1x 12 GB / 32 GB"],
        "a machine never gets smaller, and no link comes that no rule asks for"
    );
    assert_eq!(
        larger(&machine(&[10], 16), &conditions),
        ["1x 12 GB / 16 GB", "1x 10 GB / 32 GB", "1x 12 GB / 32 GB"]
    );
    assert_eq!(larger(&machine(&[24, 24], 16), &["{nvlink: true}"]), ["2x 24 GB / 16 GB joined"]);
    assert_eq!(
        larger(&machine(&[24], 16), &["{gpu_count_min: 2}", "{gpu_count_min: 65}"]),
        ["2x 24 GB / 16 GB"],
        "nobody has sixty-five GPUs"
    );
}

#[test]
fn main_memory_grows_for_a_gpu_that_works_in_it_and_for_no_other() {
    let conditions = ["{unified_memory_min: 64GB}"];
    let plain = machine(&[], 16);
    assert_eq!(larger(&plain, &conditions), [""; 0]);
    assert_eq!(larger(&plain.with_unified(Unified::Yes), &conditions), ["0x 0 B / 64 GB"]);
}

#[test]
fn a_machine_is_as_far_as_it_has_parts_to_change_and_then_as_they_grow() {
    let from = machine(&[8], 16).with(Field::CpuCores, Value::Number(4));
    let to = |gpus: &[u64], ram: u64| machine(gpus, ram).with(Field::CpuCores, Value::Number(4));
    let cases = [
        (from.clone(), (0, 0)),
        (to(&[8], 32), (1, 500)),
        (to(&[32], 16), (1, 750)),
        (to(&[8, 8], 16), (1, 500)),
        (to(&[32], 32), (2, 1250)),
        (from.with_link(NvLink::Joined), (1, 0)),
        (from.with(Field::CpuCores, Value::Number(8)), (1, 0)),
        (to(&[32], 32).with_link(NvLink::Joined).with(Field::CpuCores, Value::Number(8)), (4, 1250)),
    ];
    for (to, expected) in cases {
        assert_eq!(distance(&from, &to), expected, "{to:?}");
    }
    assert_eq!(distance(&machine(&[], 16), &machine(&[12], 16)), (1, 1000));
}

/// What can be made of what is no part of a machine, beside the machine as it is.
fn made(machine: &Machine, conditions: &[&str]) -> Vec<Machine> {
    let policies = rules(conditions);
    let rules = Rule::all(&policies);
    let all: Vec<&Bound<'_>> = rules.iter().flat_map(|rule| &rule.bounds).collect();
    changed(machine, &all)
}

#[test]
fn what_is_no_part_of_a_machine_is_brought_to_what_rules_ask_and_never_below_what_it_is() {
    let names = |all: &[&str]| Value::Names(all.iter().map(|name| (*name).to_owned()).collect());
    let cores = machine(&[], 16).with(Field::CpuCores, Value::Number(8));
    let conditions =
        ["{cpu_cores_min: 4}", "{cpu_cores_max: 6}", "{cpu_cores_min: 16}", "{cpu_cores_max: 16}"];
    assert_eq!(made(&cores, &conditions), [cores.clone(), cores.with(Field::CpuCores, Value::Number(16))]);
    // A flag takes the value that is asked for, also where that is less.
    let battery = machine(&[], 16).with(Field::Battery, Value::Number(1));
    let mains = battery.with(Field::Battery, Value::Number(0));
    assert_eq!(made(&battery, &["{battery: false}", "{battery: true}"]), [battery, mains]);
    // Of names the first that fits comes to those that are there; of instructions all come.
    let maker = machine(&[], 16).with(Field::GpuVendor, names(&["intel"]));
    let joined = maker.with(Field::GpuVendor, names(&["amd", "intel"]));
    assert_eq!(made(&maker, &["{gpu_vendor: [amd, nvidia]}"]), [maker, joined]);
    let old = machine(&[], 16).with(Field::CpuFeatures, names(&["sse2"]));
    let new = old.with(Field::CpuFeatures, names(&["avx2", "fma", "sse2"]));
    assert_eq!(made(&old, &["{cpu_features: [avx2, fma]}"]), [old, new]);
}

#[test]
fn changes_are_tried_together_as_long_as_they_are_not_too_many() {
    let flags = [
        (Field::VirtualMachine, "{virtual_machine: true}"),
        (Field::MemoryLimited, "{memory_limited: true}"),
        (Field::Xgmi, "{xgmi: true}"),
        (Field::UserNamespaces, "{user_namespaces: true}"),
        (Field::Seccomp, "{seccomp: true}"),
        (Field::Battery, "{battery: true}"),
        (Field::OnBattery, "{on_battery: true}"),
    ];
    let conditions: Vec<&str> = flags.iter().map(|(_, conditions)| *conditions).collect();
    let with = |count: usize| {
        let fields = flags.iter().take(count);
        fields.fold(machine(&[], 16), |machine, (field, _)| machine.with(*field, Value::Number(0)))
    };
    assert_eq!(made(&with(2), &conditions).len(), 4);
    assert_eq!(made(&with(6), &conditions).len(), CHANGES_MAX);
    let most = flags.len() + 1;
    let many = with(flags.len()).with(Field::NumaNodes, Value::Number(1));
    let more = [conditions.as_slice(), &["{numa_nodes_min: 2}", "{numa_nodes_min: 3}"]].concat();
    assert!(made(&many, &more).len() <= 2 * CHANGES_MAX, "{most} fields");
}

fn told(from: &Machine, to: &Machine, gains: &[&str], losses: &[&str]) -> Vec<String> {
    let (gains, losses) = (rules(gains), rules(losses));
    let (gains, losses): (Vec<_>, Vec<_>) = (gains.iter().collect(), losses.iter().collect());
    let reasons = difference(from, to, &gains, &losses).into_iter();
    reasons.map(|one| format!("{:?} {} of {}", one.comparison, one.bound, one.rule)).collect()
}

#[test]
fn of_several_floors_or_ceilings_the_strictest_is_named() {
    let (small, large) = (machine(&[], 8), machine(&[], 64));
    let (low, high) = ("{ram_min: 16GB}", "{ram_min: 32GB}");
    for gains in [[low, high], [high, low]] {
        assert_eq!(told(&small, &large, &gains, &[]), ["AtLeast 32 GB of {ram_min: 32GB}"]);
    }
    for losses in [[low, high], [high, low]] {
        assert_eq!(told(&large, &small, &[], &losses), ["Below 16 GB of {ram_min: 16GB}"]);
    }
    // On a tie the rule that grants stays.
    let tie = told(&small, &large, &[low], &["{ram_max: 16GB}"]);
    assert_eq!(tie, ["AtLeast 16 GB of {ram_min: 16GB}"]);
    let tie = told(&large, &small, &["{ram_max: 16GB}"], &[low]);
    assert_eq!(tie, ["Below 16 GB of {ram_max: 16GB}"]);
}

#[test]
fn what_holds_on_both_sides_or_on_neither_stands_not_between() {
    let (small, large) = (machine(&[], 8), machine(&[12], 64));
    let gains = ["{ram_min: 4GB}", "{ram_min: 128GB}", "{gpu_vram_min: 12GB, ram_min: 32GB}"];
    let losses = ["{ram_max: 128GB}", "{ram_min: 128GB}", "{gpu_vram_min: 16GB}"];
    let rule = "{gpu_vram_min: 12GB, ram_min: 32GB}";
    assert_eq!(
        told(&small, &large, &gains, &losses),
        [format!("AtLeast 12 GB of {rule}"), format!("AtLeast 32 GB of {rule}")]
    );
    assert_eq!(told(&small, &large, &[], &losses), [""; 0]);
}

#[test]
fn a_name_that_has_to_come_and_one_that_has_to_go_are_both_named() {
    let of = |name: &str| machine(&[], 8).with(Field::GpuVendor, Value::Names([name.to_owned()].into()));
    let told = told(&of("amd"), &of("nvidia"), &["{gpu_vendor: [nvidia]}"], &["{gpu_vendor: [amd]}"]);
    assert_eq!(told, ["OneOf nvidia of {gpu_vendor: [nvidia]}", "NoneOf amd of {gpu_vendor: [amd]}"]);
}
