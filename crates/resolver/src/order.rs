//! Dependencies before what needs them.

use las_types::ModuleName;
use std::collections::{BTreeMap, BTreeSet};

/// What each name needs directly.
pub(crate) type Needs<'a> = BTreeMap<&'a ModuleName, BTreeSet<&'a ModuleName>>;

/// Every name after what it needs, otherwise by name; or a circle, from a name back to itself.
/// Needs that are no names of the map are left out.
pub(crate) fn dependencies_first<'a>(needs: &Needs<'a>) -> Result<Vec<&'a ModuleName>, Vec<&'a ModuleName>> {
    let mut done = BTreeSet::new();
    let mut order = Vec::with_capacity(needs.len());
    // A chain of needs may be as long as the registry, so its links are kept here and not on the stack.
    let mut path = Vec::new();
    let mut open = BTreeSet::new();
    for (name, direct) in needs {
        if !done.contains(name) {
            open.insert(*name);
            path.push((*name, direct.iter()));
        }
        while let Some((name, left)) = path.last_mut() {
            let Some(need) = left.next() else {
                let name = *name;
                path.pop();
                open.remove(name);
                done.insert(name);
                order.push(name);
                continue;
            };
            let Some(direct) = needs.get(need).filter(|_| !done.contains(need)) else { continue };
            if !open.insert(*need) {
                let circle = path.iter().map(|(name, _)| *name).skip_while(|name| name != need);
                return Err(circle.chain([*need]).collect());
            }
            path.push((*need, direct.iter()));
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
