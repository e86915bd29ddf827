//! Version requirements as ranges that the solver can calculate with.

use las_types::Requirement;
use pubgrub::Ranges;
use semver::{Comparator, Op, Version};

/// The range of versions that satisfy a requirement.
///
/// Ranges follow semver's rules for each operator. Two of its rules are no ranges: a pre-release
/// satisfies only a comparator that names one of the same version, and build metadata is ignored.
/// So each of the `known` versions, the only ones that can be chosen, is put in or taken out
/// where the range alone would say otherwise.
pub fn requirement_range(requirement: &Requirement, known: &[Version]) -> Ranges<Version> {
    let requirement = requirement.semver();
    let mut range = requirement
        .comparators
        .iter()
        .map(comparator_range)
        .fold(Ranges::full(), |all, one| all.intersection(&one));
    for version in known {
        match (requirement.matches(version), range.contains(version)) {
            (true, false) => range = range.union(&Ranges::singleton(version.clone())),
            (false, true) => range = range.intersection(&Ranges::singleton(version.clone()).complement()),
            _ => {}
        }
    }
    range
}

fn comparator_range(comparator: &Comparator) -> Ranges<Version> {
    let Comparator { major, minor, patch, .. } = *comparator;
    let lowest = Version {
        pre: comparator.pre.clone(),
        ..Version::new(major, minor.unwrap_or(0), patch.unwrap_or(0))
    };
    // The first version that no longer has the numbers that are written.
    let after_written = match (minor, patch) {
        (Some(minor), Some(patch)) => Version::new(major, minor, patch.saturating_add(1)),
        (Some(minor), None) => Version::new(major, minor.saturating_add(1), 0),
        (None, _) => Version::new(major.saturating_add(1), 0, 0),
    };
    let after_minor = match minor {
        Some(minor) => Version::new(major, minor.saturating_add(1), 0),
        None => Version::new(major.saturating_add(1), 0, 0),
    };
    match comparator.op {
        // Before the release that it precedes; other pre-releases in between go afterwards.
        Op::Exact if !lowest.pre.is_empty() => {
            let release = Version::new(lowest.major, lowest.minor, lowest.patch);
            Ranges::between(lowest, release)
        }
        Op::Exact | Op::Wildcard => Ranges::between(lowest, after_written),
        Op::Greater if patch.is_some() => Ranges::strictly_higher_than(lowest),
        Op::Greater => Ranges::higher_than(after_written),
        Op::GreaterEq => Ranges::higher_than(lowest),
        Op::Less => Ranges::strictly_lower_than(lowest),
        Op::LessEq if patch.is_some() => Ranges::lower_than(lowest),
        Op::LessEq => Ranges::strictly_lower_than(after_written),
        Op::Tilde => Ranges::between(lowest, after_minor),
        // The leftmost number that isn't zero stays; of zeros, what is written stays.
        Op::Caret => match (major, minor, patch) {
            (0, Some(0), Some(_)) => Ranges::between(lowest, after_written),
            (0, Some(_), _) => Ranges::between(lowest, after_minor),
            _ => Ranges::between(lowest, Version::new(major.saturating_add(1), 0, 0)),
        },
        // An operator that semver may gain: the known versions that match are put in afterwards.
        _ => Ranges::empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::{comparator_range, requirement_range};
    use las_types::Requirement;
    use semver::Version;

    fn versions() -> Vec<Version> {
        let mut all = Vec::new();
        for major in 0..4 {
            for minor in 0..4 {
                for patch in 0..4 {
                    all.push(Version::new(major, minor, patch));
                }
            }
        }
        for text in ["1.2.0-rc.1", "1.2.3-rc.1", "2.0.0-alpha", "1.2.3+build.7", "0.0.0+0123456789ab"] {
            all.push(text.parse().unwrap());
        }
        all
    }

    const REQUIREMENTS: &[&str] = &[
        "*",
        "1.*",
        "1.2.*",
        "1",
        "1.2",
        "1.2.3",
        "=1",
        "=1.2",
        "=1.2.3",
        ">1",
        ">1.2",
        ">1.2.3",
        ">=1",
        ">=1.2.3",
        "<2",
        "<1.2",
        "<1.2.3",
        "<=1",
        "<=1.2",
        "<=1.2.3",
        "~1",
        "~1.2",
        "~1.2.3",
        "^1",
        "^1.2",
        "^1.2.3",
        "^0",
        "^0.2",
        "^0.2.1",
        "^0.0",
        "^0.0.3",
        ">=1.2, <2",
        ">=1.2.0-rc.1",
        "^2.0.0-alpha",
        "=1.2.3-rc.1",
        ">2, <1",
    ];

    #[test]
    fn ranges_say_what_semver_says_of_every_known_version() {
        let known = versions();
        for text in REQUIREMENTS {
            let requirement: Requirement = text.parse().unwrap();
            let range = requirement_range(&requirement, &known);
            for version in &known {
                assert_eq!(
                    range.contains(version),
                    requirement.semver().matches(version),
                    "{version} in {text}"
                );
            }
        }
    }

    #[test]
    fn without_pre_releases_and_builds_the_ranges_need_no_correction() {
        for text in REQUIREMENTS {
            let requirement: Requirement = text.parse().unwrap();
            for version in versions().iter().filter(|v| v.pre.is_empty() && v.build.is_empty()) {
                let all =
                    requirement.semver().comparators.iter().all(|c| comparator_range(c).contains(version));
                assert_eq!(all, requirement.semver().matches(version), "{version} in {text}");
            }
        }
    }
}
