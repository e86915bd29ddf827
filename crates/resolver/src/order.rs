//! Dependencies before what needs them.

use las_types::ModuleName;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What each name needs directly.
pub(crate) type Needs<'a> = BTreeMap<&'a ModuleName, BTreeSet<&'a ModuleName>>;

/// How far the search came with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visit {
    Not,
    /// It is on the path that led here.
    Open,
    Done,
}

/// Every name after what it needs, otherwise by name; or a circle, from a name back to itself.
/// Needs that are no names of the map are left out.
pub(crate) fn dependencies_first<'a>(needs: &Needs<'a>) -> Result<Vec<&'a ModuleName>, Vec<&'a ModuleName>> {
    // A name is looked up once for each need; after that a name is its number.
    let numbers: HashMap<&ModuleName, usize> = needs.keys().copied().zip(0..).collect();
    let direct: Vec<(&ModuleName, Vec<usize>)> = needs
        .iter()
        .map(|(name, direct)| (*name, direct.iter().filter_map(|need| numbers.get(need).copied()).collect()))
        .collect();
    let mut visits = vec![Visit::Not; direct.len()];
    let mut visit = |number: usize, now: Visit| {
        visits.get_mut(number).map_or(Visit::Done, |visit| std::mem::replace(visit, now))
    };
    let mut order = Vec::with_capacity(direct.len());
    // A chain of needs may be as long as the registry, so its links are kept here and not on the stack.
    let mut path = Vec::new();
    for start in 0..direct.len() {
        let mut next = Some(start);
        loop {
            if let Some(number) = next
                && let Some((name, needs)) = direct.get(number)
            {
                match visit(number, Visit::Open) {
                    Visit::Not => path.push((number, *name, needs.iter())),
                    Visit::Open => {
                        let circle = path.iter().skip_while(|(other, ..)| *other != number);
                        return Err(circle.map(|(_, name, _)| *name).chain([*name]).collect());
                    }
                    Visit::Done => {
                        visit(number, Visit::Done);
                    }
                }
            }
            let Some((number, name, left)) = path.last_mut() else { break };
            next = left.next().copied();
            if next.is_none() {
                visit(*number, Visit::Done);
                order.push(*name);
                path.pop();
            }
        }
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::{Needs, dependencies_first};
    use las_types::ModuleName;
    use std::collections::{BTreeMap, BTreeSet};

    fn order(pairs: &[(&str, &[&str])]) -> Result<String, String> {
        let name = |text: &&str| text.parse::<ModuleName>().unwrap();
        let named: BTreeMap<ModuleName, Vec<ModuleName>> =
            pairs.iter().map(|(from, to)| (name(from), to.iter().map(name).collect())).collect();
        let needs: Needs<'_> = named.iter().map(|(from, to)| (from, to.iter().collect())).collect();
        let text =
            |names: Vec<&ModuleName>| names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        dependencies_first(&needs).map(text).map_err(text)
    }

    #[test]
    fn a_chain_as_long_as_a_registry_takes_no_stack() {
        let names: Vec<ModuleName> = (0..20_000).map(|n| format!("m{n:06}").parse().unwrap()).collect();
        let mut needs: Needs<'_> =
            names.windows(2).map(|pair| (&pair[0], [&pair[1]].into_iter().collect())).collect();
        needs.insert(&names[19_999], BTreeSet::new());
        let order = dependencies_first(&needs).unwrap();
        assert!(order.into_iter().rev().eq(&names));
    }

    #[test]
    fn needs_come_first_and_circles_are_shown() {
        type Pairs<'a> = &'a [(&'a str, &'a [&'a str])];
        let cases: [(Pairs<'_>, Result<&str, &str>); 5] = [
            (&[("a", &["c", "b"]), ("b", &["c"]), ("c", &[])], Ok("c b a")),
            (&[("z", &[]), ("a", &[]), ("m", &["z"])], Ok("a z m")),
            (&[("a", &["elsewhere"])], Ok("a")),
            (&[("a", &["a"])], Err("a a")),
            (&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])], Err("b c b")),
        ];
        for (pairs, expected) in cases {
            assert_eq!(order(pairs), expected.map(str::to_owned).map_err(str::to_owned));
        }
    }
}
