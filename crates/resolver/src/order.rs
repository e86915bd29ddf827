//! Dependencies before what needs them.

use las_types::ModuleName;
use std::collections::BTreeMap;

/// What each name needs directly.
pub(crate) type Needs = BTreeMap<ModuleName, Vec<ModuleName>>;

/// Every name after what it needs, otherwise by name; or a circle, from a name back to itself.
/// Needs that are no names of the map are left out.
pub(crate) fn dependencies_first(needs: &Needs) -> Result<Vec<ModuleName>, Vec<ModuleName>> {
    let mut visit = Visit { needs, path: Vec::new(), done: Vec::new() };
    for name in needs.keys() {
        visit.name(name)?;
    }
    Ok(visit.done)
}

struct Visit<'a> {
    needs: &'a Needs,
    /// From where the visit began to where it is.
    path: Vec<ModuleName>,
    done: Vec<ModuleName>,
}

impl Visit<'_> {
    fn name(&mut self, name: &ModuleName) -> Result<(), Vec<ModuleName>> {
        if self.done.contains(name) {
            return Ok(());
        }
        if let Some(begin) = self.path.iter().position(|other| other == name) {
            let mut circle = self.path.split_off(begin);
            circle.push(name.clone());
            return Err(circle);
        }
        let Some(direct) = self.needs.get(name) else { return Ok(()) };
        let mut direct = direct.clone();
        direct.sort();
        self.path.push(name.clone());
        for need in &direct {
            self.name(need)?;
        }
        self.path.pop();
        self.done.push(name.clone());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Needs, dependencies_first};

    fn needs(pairs: &[(&str, &[&str])]) -> Needs {
        let name = |text: &&str| text.parse().unwrap();
        pairs.iter().map(|(from, to)| (name(from), to.iter().map(name).collect())).collect()
    }

    fn order(pairs: &[(&str, &[&str])]) -> Result<String, String> {
        let text = |names: Vec<las_types::ModuleName>| {
            names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        dependencies_first(&needs(pairs)).map(text).map_err(text)
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
