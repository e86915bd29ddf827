//! Which modules somebody means who types a few words.

use las_i18n::Words;
use las_types::{Category, Manifest, ModuleName};
use std::cmp::Reverse;

/// What is looked for.
pub(super) struct Wanted {
    words: Vec<String>,
    language: Words,
}

/// How well a module fits: in how many of the words its name, or one that it provides, has a part.
pub(super) type Fit = Reverse<usize>;

impl Wanted {
    /// Words in English and in the asker's language.
    pub(super) fn new(words: &str, language: Option<&str>) -> Self {
        let words = words.split_whitespace().map(str::to_lowercase).collect();
        Self { words, language: Words::for_user(Some(language.unwrap_or("en"))) }
    }

    /// How well it fits; none if one of the words is nowhere in it.
    pub(super) fn fit(
        &self,
        name: &ModuleName,
        category: Category,
        manifest: Option<&Manifest>,
    ) -> Option<Fit> {
        let provided = manifest.map(|manifest| &manifest.interfaces.provides);
        let names = provided.into_iter().flatten().map(|one| one.name.as_str());
        let names: Vec<String> = names.chain([name.as_str()]).map(str::to_lowercase).collect();
        let wire = serde_json::to_value(category).unwrap_or_default();
        let wire = wire.as_str().unwrap_or_default();
        let others = [
            wire.to_owned(),
            self.language.known(&format!("category-{wire}"), &[]).unwrap_or_default().to_lowercase(),
            manifest.map(|manifest| manifest.description.to_lowercase()).unwrap_or_default(),
        ];
        let among = |texts: &[String], word: &String| texts.iter().any(|text| text.contains(word.as_str()));
        if self.words.iter().all(|word| among(&names, word) || among(&others, word)) {
            Some(Reverse(self.words.iter().filter(|word| among(&names, word)).count()))
        } else {
            None
        }
    }
}
