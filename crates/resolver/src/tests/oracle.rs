//! The solver against trying everything, on small registries in memory.
//!
//! `LAS_ORACLE_CASES=100000` for the full count (one to four minutes in a debug build), `LAS_ORACLE_SEED` for other cases.

use super::memory::Memory;
use las_types::{Code, Manifest, ModuleRequest, StepAction, Version};

pub(super) const NAMES: [&str; 4] = ["a", "b", "c", "d"];
pub(super) const VERSIONS: [&str; 3] = ["1.0.0", "1.1.0", "2.0.0"];
/// Each with the versions that satisfy it, as bits.
const REQUIREMENTS: [(&str, u8); 7] =
    [("", 7), ("@<2", 3), ("@>=1.1", 6), ("@=1.0.0", 1), ("@^2", 4), ("@<1.1", 1), ("@>2", 0)];

/// Numbers that look random and are the same in every run (a linear congruence, Knuth's constants).
pub(super) struct Numbers(pub(super) u64);

impl Numbers {
    pub(super) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let other = self.below(last + 1);
            items.swap(last, other);
        }
    }
}

/// A need or a request: which module, and which requirement.
pub(super) type Need = (usize, usize);

pub(super) fn text((module, requirement): Need) -> String {
    format!("{}{}", NAMES[module], REQUIREMENTS[requirement].0)
}

/// What each version of each module needs; absent versions are `None`.
#[derive(Debug)]
pub(super) struct Graph {
    needs: [[Option<Vec<Need>>; 3]; 4],
    pub(super) requests: Vec<Need>,
}

/// One choice of a version or none for each module.
type Choice = [Option<usize>; 4];

impl Graph {
    pub(super) fn random(numbers: &mut Numbers) -> Self {
        let mut needs = [const { [const { None }; 3] }; 4];
        for (module, versions) in needs.iter_mut().enumerate() {
            for version in versions {
                // Now and then a version is not there. Needs go to later modules: circles are tested elsewhere.
                *version = (numbers.below(8) > 0).then(|| {
                    (module + 1..NAMES.len())
                        .filter_map(|later| {
                            (numbers.below(3) > 0).then_some((later, numbers.below(REQUIREMENTS.len())))
                        })
                        .collect()
                });
            }
        }
        let requests =
            (0..=numbers.below(3)).map(|_| (numbers.below(4), numbers.below(REQUIREMENTS.len()))).collect();
        Self { needs, requests }
    }

    pub(super) fn manifests(&self) -> Vec<Manifest> {
        let mut manifests = Vec::new();
        for (name, versions) in NAMES.iter().zip(&self.needs) {
            for (version, needs) in VERSIONS.iter().zip(versions) {
                if let Some(needs) = needs {
                    manifests.push(Memory::manifest(name, version, needs.iter().map(|need| text(*need))));
                }
            }
        }
        manifests
    }

    fn satisfied(choice: &Choice, (module, requirement): Need) -> bool {
        choice[module].is_some_and(|version| REQUIREMENTS[requirement].1 & (1 << version) != 0)
    }

    /// Whether what is chosen has what it needs.
    fn is_whole(&self, choice: &Choice) -> bool {
        choice.iter().zip(&self.needs).all(|(version, versions)| match version {
            None => true,
            Some(version) => versions[*version]
                .as_ref()
                .is_some_and(|needs| needs.iter().all(|need| Self::satisfied(choice, *need))),
        })
    }

    fn holds(&self, choice: &Choice) -> bool {
        self.requests.iter().all(|request| Self::satisfied(choice, *request)) && self.is_whole(choice)
    }

    fn solutions(&self) -> impl Iterator<Item = Choice> {
        let choice = |code: usize| [0, 2, 4, 6].map(|shift| (code >> shift & 3).checked_sub(1));
        (0..256).map(choice).filter(|choice| self.holds(choice))
    }
}

pub(super) fn environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn a_solution_is_found_exactly_when_there_is_one() {
    let (cases, seed) = (environment("LAS_ORACLE_CASES", 5_000), environment("LAS_ORACLE_SEED", 7));
    let mut numbers = Numbers(seed);
    let memory = Memory::new(&VERSIONS);
    let (mut solved, mut refused) = (0_u64, 0_u64);
    for case in 0..cases {
        let graph = Graph::random(&mut numbers);
        let requests: Vec<ModuleRequest> =
            graph.requests.iter().map(|request| text(*request).parse().unwrap()).collect();
        let outcome = memory.install(graph.manifests(), &requests);
        match &outcome {
            Ok(draft) => {
                solved += 1;
                let mut choice: Choice = [None; 4];
                for step in &draft.steps {
                    let StepAction::StoreAdd { item, .. } = &step.action else { panic!("{step:?}") };
                    let version = VERSIONS.map(|text| text.parse::<Version>().unwrap());
                    let module = NAMES.iter().position(|name| *name == item.name.as_str()).unwrap();
                    choice[module] = version.iter().position(|version| *version == item.version);
                    // At each point what is there has what it needs: the order is topological.
                    assert!(graph.is_whole(&choice), "seed {seed}, case {case}: {choice:?} in {graph:?}");
                }
                assert!(graph.holds(&choice), "seed {seed}, case {case}: {choice:?} in {graph:?}");
                // Nothing could be newer without something else being older or more being there.
                let better = |other: &Choice| {
                    *other != choice
                        && (0..4).all(|module| match (choice[module], other[module]) {
                            (None | Some(_), None) => true,
                            (None, Some(_)) => false,
                            (Some(chosen), Some(other)) => other >= chosen,
                        })
                };
                let better = graph.solutions().find(better);
                assert_eq!(better, None, "seed {seed}, case {case}: {choice:?} in {graph:?}");
            }
            Err(failure) => {
                refused += 1;
                assert!(matches!(failure.code, Code::ModuleConflict | Code::ModuleNotFound));
                let found = graph.solutions().next();
                assert_eq!(found, None, "seed {seed}, case {case}: {failure} in {graph:?}");
            }
        }
        let mut shuffled = graph.manifests();
        numbers.shuffle(&mut shuffled);
        let again = memory.install(shuffled, &requests);
        assert_eq!(format!("{outcome:?}"), format!("{again:?}"), "seed {seed}, case {case}: {graph:?}");
    }
    println!("oracle: {cases} graphs, seed {seed}: {solved} solved, {refused} refused, all agree");
    assert!(
        solved > cases / 10 && refused > cases / 10,
        "{solved} solved, {refused} refused: the cases say little"
    );
}
