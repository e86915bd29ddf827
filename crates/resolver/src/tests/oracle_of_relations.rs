//! The solver against trying everything, where names are provided, modules conflict and versions
//! need what the machine may lack.
//!
//! `LAS_ORACLE_CASES` and `LAS_ORACLE_SEED` as for the oracle of plain needs.

use super::memory::Memory;
use super::oracle::{Numbers, environment};
use las_types::{Code, Manifest, ModuleRequest, StepAction};

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];
const VERSIONS: [&str; 2] = ["1.0.0", "2.0.0"];
/// Names that only the last two modules provide, and that only the others need: no circles here.
const SHARED: [&str; 2] = ["v", "w"];
const PROVIDERS: std::ops::Range<usize> = 3..5;
/// Each with the versions that satisfy it, as bits; the last bit is for what has no version.
const REQUIREMENTS: [(&str, u8); 4] = [("", 7), ("@<2", 1), ("@>=2", 2), ("@=1.0.0", 1)];
/// What the machine's kernel meets, and what it doesn't.
const CONSTRAINTS: [(&str, bool); 2] = [("kernel>=5.15", true), ("kernel>=6.8", false)];

/// A module (0 to 4) or a shared name (5, 6), and a requirement.
type Need = (usize, usize);

fn name(target: usize) -> &'static str {
    NAMES.iter().chain(&SHARED).nth(target).unwrap()
}

fn text((target, requirement): Need) -> String {
    format!("{}{}", name(target), REQUIREMENTS[requirement].0)
}

#[derive(Clone, Debug, Default)]
struct Release {
    needs: Vec<Need>,
    conflicts: Vec<Need>,
    /// A shared name, with a version of it (2 for none).
    provides: Vec<(usize, usize)>,
    constraint: Option<usize>,
}

#[derive(Debug)]
struct Graph {
    releases: [[Option<Release>; 2]; 5],
    requests: Vec<Need>,
}

type Choice = [Option<usize>; 5];

impl Graph {
    fn random(numbers: &mut Numbers) -> Self {
        let mut releases: [[Option<Release>; 2]; 5] = Default::default();
        let requirement = |numbers: &mut Numbers| numbers.below(REQUIREMENTS.len());
        #[expect(clippy::needless_range_loop, reason = "places of three tables at once")]
        for module in 0..NAMES.len() {
            for version in 0..VERSIONS.len() {
                if numbers.below(8) == 0 {
                    continue;
                }
                let mut release = Release::default();
                for later in module + 1..NAMES.len() {
                    if numbers.below(4) == 0 {
                        release.needs.push((later, requirement(numbers)));
                    }
                }
                for shared in 0..SHARED.len() {
                    if PROVIDERS.contains(&module) {
                        if numbers.below(2) == 0 {
                            release.provides.push((shared, numbers.below(3)));
                        }
                    } else if numbers.below(3) == 0 {
                        release.needs.push((NAMES.len() + shared, requirement(numbers)));
                    }
                }
                let other = numbers.below(NAMES.len() + SHARED.len());
                if numbers.below(4) == 0 && other != module {
                    release.conflicts.push((other, requirement(numbers)));
                }
                if numbers.below(5) == 0 {
                    release.constraint = Some(numbers.below(CONSTRAINTS.len()));
                }
                releases[module][version] = Some(release);
            }
        }
        let requests = (0..=numbers.below(3))
            .map(|_| (numbers.below(NAMES.len() + SHARED.len()), requirement(numbers)))
            .collect();
        Self { releases, requests }
    }

    fn manifests(&self) -> Vec<Manifest> {
        let mut manifests = Vec::new();
        for (module, releases) in self.releases.iter().enumerate() {
            for (version, release) in releases.iter().enumerate() {
                let Some(release) = release else { continue };
                let needs = release.needs.iter().map(|need| text(*need));
                let mut manifest = Memory::manifest(NAMES[module], VERSIONS[version], needs);
                manifest.conflicts =
                    release.conflicts.iter().map(|one| text(*one).parse().unwrap()).collect();
                let provided = |(shared, version): &(usize, usize)| match VERSIONS.get(*version) {
                    Some(version) => format!("{}@{version}", SHARED[*shared]).parse().unwrap(),
                    None => SHARED[*shared].parse().unwrap(),
                };
                manifest.interfaces.provides = release.provides.iter().map(provided).collect();
                let constraint = release.constraint.map(|place| CONSTRAINTS[place].0.parse().unwrap());
                manifest.dependencies.runtime = constraint.into_iter().collect();
                manifests.push(manifest);
            }
        }
        manifests
    }

    /// Whether a version of a module is what a need or a conflict names.
    fn is(&self, module: usize, version: usize, (target, requirement): Need) -> bool {
        let (_, satisfying) = REQUIREMENTS[requirement];
        if target < NAMES.len() {
            return target == module && satisfying & (1 << version) != 0;
        }
        let release = self.releases[module][version].as_ref();
        release.is_some_and(|release| {
            let named = |(shared, _): &&(usize, usize)| *shared == target - NAMES.len();
            release.provides.iter().filter(named).any(|(_, version)| satisfying & (1 << version) != 0)
        })
    }

    fn met(&self, choice: &Choice, need: Need) -> bool {
        chosen(choice).any(|(module, version)| self.is(module, version, need))
    }

    /// Whether all that is chosen is there, has what it needs, may be, and can be together.
    fn is_whole(&self, choice: &Choice) -> bool {
        chosen(choice).all(|(module, version)| {
            self.releases[module][version].as_ref().is_some_and(|release| {
                let opposed = |conflict: &Need| {
                    chosen(choice)
                        .filter(|(other, _)| *other != module)
                        .any(|(other, version)| self.is(other, version, *conflict))
                };
                release.needs.iter().all(|need| self.met(choice, *need))
                    && !release.conflicts.iter().any(opposed)
                    && release.constraint.is_none_or(|place| CONSTRAINTS[place].1)
            })
        })
    }

    fn holds(&self, choice: &Choice) -> bool {
        self.requests.iter().all(|request| self.met(choice, *request)) && self.is_whole(choice)
    }

    fn solution(&self) -> Option<Choice> {
        let choice = |code: usize| [1, 3, 9, 27, 81].map(|power| (code / power % 3).checked_sub(1));
        (0..243).map(choice).find(|choice| self.holds(choice))
    }
}

fn chosen(choice: &Choice) -> impl Iterator<Item = (usize, usize)> {
    choice.iter().enumerate().filter_map(|(module, version)| version.map(|version| (module, version)))
}

#[test]
fn a_solution_with_relations_is_found_exactly_when_there_is_one() {
    let (cases, seed) = (environment("LAS_ORACLE_CASES", 5_000), environment("LAS_ORACLE_SEED", 7));
    let mut numbers = Numbers(seed);
    let memory = Memory::new(&VERSIONS).with_kernel("5.15.0-105-generic");
    let (mut solved, mut refused, mut by_machine) = (0_u64, 0_u64, 0_u64);
    for case in 0..cases {
        let graph = Graph::random(&mut numbers);
        let requests: Vec<ModuleRequest> =
            graph.requests.iter().map(|request| text(*request).parse().unwrap()).collect();
        let outcome = memory.install(graph.manifests(), &requests);
        match &outcome {
            Ok(draft) => {
                solved += 1;
                let mut choice: Choice = [None; 5];
                for step in &draft.steps {
                    let StepAction::StoreAdd { item, .. } = &step.action else { panic!("{step:?}") };
                    let module = NAMES.iter().position(|name| *name == item.name.as_str()).unwrap();
                    let version = item.version.to_string();
                    choice[module] = VERSIONS.iter().position(|text| *text == version);
                    // At each point what is there has what it needs: the order is topological.
                    assert!(graph.is_whole(&choice), "seed {seed}, case {case}: {choice:?} in {graph:?}");
                }
                assert!(graph.holds(&choice), "seed {seed}, case {case}: {choice:?} in {graph:?}");
            }
            Err(failure) => {
                refused += 1;
                by_machine += u64::from(failure.code == Code::RuntimeUnmet);
                let known = [Code::ModuleConflict, Code::ModuleNotFound, Code::RuntimeUnmet];
                assert!(known.contains(&failure.code), "{failure}");
                let found = graph.solution();
                assert_eq!(found, None, "seed {seed}, case {case}: {failure} in {graph:?}");
            }
        }
        let mut shuffled = graph.manifests();
        numbers.shuffle(&mut shuffled);
        let again = memory.install(shuffled, &requests);
        assert_eq!(format!("{outcome:?}"), format!("{again:?}"), "seed {seed}, case {case}: {graph:?}");
    }
    println!(
        "oracle of relations: {cases} graphs, seed {seed}: {solved} solved, {refused} refused, all agree"
    );
    assert!(solved > cases / 10 && refused > cases / 10, "{solved} solved, {refused} refused: say little");
    assert!(by_machine > cases / 100, "{by_machine} refused by the machine: they say little");
}
