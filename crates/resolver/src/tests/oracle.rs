//! The solver against trying everything, on small registries.

use super::fixture::{Fixture, Module};
use las_types::{ModuleRequest, StepAction, Version};
use std::collections::BTreeMap;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const VERSIONS: [&str; 3] = ["1.0.0", "1.1.0", "2.0.0"];
const REQUIREMENTS: [&str; 6] = ["", "@<2", "@>=1.1", "@=1.0.0", "@^2", "@<1.1"];

/// Numbers that look random and are the same in every run (a linear congruence, Knuth's constants).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

type Entry = (String, Vec<String>);

/// Modules need only later ones, so no circles: those are tested elsewhere.
fn registry(numbers: &mut Numbers) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (place, name) in NAMES.iter().enumerate() {
        for version in VERSIONS {
            let mut needs = Vec::new();
            for later in &NAMES[place + 1..] {
                if numbers.below(3) > 0 {
                    needs.push(format!("{later}{}", REQUIREMENTS[numbers.below(REQUIREMENTS.len())]));
                }
            }
            entries.push((format!("{name} {version}"), needs));
        }
    }
    entries
}

/// Whether a choice of one version or none for each name satisfies the requests and itself.
fn holds(entries: &[Entry], requests: &[ModuleRequest], chosen: &BTreeMap<String, String>) -> bool {
    let satisfied = |request: &ModuleRequest| {
        let version = chosen.get(request.name.as_str());
        version.is_some_and(|version| request.requirement.matches(&version.parse::<Version>().unwrap()))
    };
    requests.iter().all(satisfied)
        && chosen.iter().all(|(name, version)| {
            let (_, needs) = entries.iter().find(|(title, _)| *title == format!("{name} {version}")).unwrap();
            needs.iter().all(|need| satisfied(&need.parse().unwrap()))
        })
}

fn some_choice_holds(entries: &[Entry], requests: &[ModuleRequest]) -> bool {
    let options = VERSIONS.len() + 1;
    (0..options.pow(4)).any(|code| {
        let choice = |place: usize| VERSIONS.get(code / options.pow(u32::try_from(place).unwrap()) % options);
        let chosen = NAMES.iter().enumerate().filter_map(|(place, name)| {
            choice(place).map(|version| ((*name).to_owned(), (*version).to_owned()))
        });
        holds(entries, requests, &chosen.collect())
    })
}

#[test]
fn a_solution_is_found_exactly_when_there_is_one() {
    let mut numbers = Numbers(7);
    let (mut solved, mut refused) = (0, 0);
    for _ in 0..80 {
        let entries = registry(&mut numbers);
        let needs: Vec<Vec<&str>> =
            entries.iter().map(|(_, needs)| needs.iter().map(String::as_str).collect()).collect();
        let modules: Vec<Module<'_>> = entries
            .iter()
            .zip(&needs)
            .map(|((title, _), needs)| (title.as_str(), needs.as_slice(), ""))
            .collect();
        let fixture = Fixture::new(&modules);
        let requests =
            ["a", "b", "d"].map(|name| format!("{name}{}", REQUIREMENTS[numbers.below(REQUIREMENTS.len())]));
        let texts: Vec<&str> = requests.iter().map(String::as_str).collect();
        let parsed: Vec<ModuleRequest> = texts.iter().map(|text| text.parse().unwrap()).collect();
        match fixture.install(&texts) {
            Ok(draft) => {
                solved += 1;
                assert_eq!(draft, fixture.install(&texts).unwrap());
                let mut before = BTreeMap::new();
                for step in &draft.steps {
                    let StepAction::StoreAdd { item, .. } = &step.action else { panic!() };
                    before.insert(item.name.to_string(), item.version.to_string());
                    // At each point what is there has what it needs: the order is topological.
                    assert!(holds(&entries, &[], &before), "{before:?} in {entries:?}");
                }
                assert!(holds(&entries, &parsed, &before));
            }
            Err(failure) => {
                refused += 1;
                assert!(!some_choice_holds(&entries, &parsed), "{failure} in {entries:?}");
            }
        }
    }
    assert!(solved > 10 && refused > 10, "{solved} solved, {refused} refused: the cases say little");
}
