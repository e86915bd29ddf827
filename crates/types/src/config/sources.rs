//! Which sources of models there are, in which order, and which mirrors each has.

use super::{ConfigValue, Unfit};
use crate::{SourceKind, SourceName, SourceUrl};
use serde_json::{Value, json};
use std::path::Path;

/// One that has a key of its own, by the name under which it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsualSource {
    /// `models.hugging_face`
    HuggingFace,
    /// `models.model_scope`
    ModelScope,
    /// `models.directory`
    Directory,
}

impl UsualSource {
    const ALL: [Self; 3] = [Self::HuggingFace, Self::ModelScope, Self::Directory];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HuggingFace => SourceKind::HuggingFace.as_str(),
            Self::ModelScope => SourceKind::ModelScope.as_str(),
            Self::Directory => SourceKind::Directory.as_str(),
        }
    }
}

/// Where a source lies, the first place before its mirrors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourcePlaces {
    /// Hubs that speak as Hugging Face does.
    HuggingFace(Vec<SourceUrl>),
    /// Hubs that speak as ModelScope does.
    ModelScope(Vec<SourceUrl>),
    /// Folders of this machine, absolute.
    Directories(Vec<String>),
}

impl SourcePlaces {
    const fn kind(&self) -> SourceKind {
        match self {
            Self::HuggingFace(_) => SourceKind::HuggingFace,
            Self::ModelScope(_) => SourceKind::ModelScope,
            Self::Directories(_) => SourceKind::Directory,
        }
    }
}

/// A source of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListedSource {
    /// One whose key says where it is.
    Usual(UsualSource),
    /// One that somebody added.
    Added {
        /// What it is called.
        name: SourceName,
        /// Where it lies.
        places: SourcePlaces,
    },
}

impl ListedSource {
    fn name(&self) -> &str {
        match self {
            Self::Usual(usual) => usual.as_str(),
            Self::Added { name, .. } => name.as_str(),
        }
    }

    fn written(&self) -> String {
        let Self::Added { name, places } = self else { return self.name().to_owned() };
        let all = match places {
            SourcePlaces::HuggingFace(urls) | SourcePlaces::ModelScope(urls) => {
                urls.iter().map(|url| url.as_str().trim_end_matches('/')).collect::<Vec<_>>().join(",")
            }
            SourcePlaces::Directories(paths) => paths.join(","),
        };
        format!("{name}={}:{all}", places.kind().as_str())
    }

    /// Reads `NAME`, or `NAME=KIND:PLACE,MIRROR,…`.
    fn read(text: &str) -> Option<Self> {
        let Some((name, rest)) = text.split_once('=') else {
            return UsualSource::ALL.into_iter().find(|usual| usual.as_str() == text).map(Self::Usual);
        };
        let (kind, places) = rest.split_once(':')?;
        let name: SourceName = name.trim().parse().ok()?;
        // What is asked without being configured has these.
        if RESERVED.contains(&name.as_str()) {
            return None;
        }
        let places = places.split(',').map(str::trim);
        let places = match kind.trim().replace('_', "-") {
            kind if kind == SourceKind::HuggingFace.as_str() => SourcePlaces::HuggingFace(hubs(places)?),
            kind if kind == SourceKind::ModelScope.as_str() => SourcePlaces::ModelScope(hubs(places)?),
            kind if kind == SourceKind::Directory.as_str() => SourcePlaces::Directories(folders(places)?),
            _ => return None,
        };
        Some(Self::Added { name, places })
    }
}

const RESERVED: [&str; 2] = [SourceKind::Catalogue.as_str(), SourceKind::Url.as_str()];

/// Addresses in a network, each once.
fn hubs<'a>(places: impl Iterator<Item = &'a str>) -> Option<Vec<SourceUrl>> {
    let mut all: Vec<SourceUrl> = Vec::new();
    for place in places {
        // Whoever reads an address leaves out what breaks a line.
        if place.chars().any(char::is_control) {
            return None;
        }
        let url: SourceUrl = place.parse().ok()?;
        if url.host().is_none() || url.as_str().contains('?') || all.contains(&url) {
            return None;
        }
        all.push(url);
    }
    Some(all)
}

/// Absolute paths, each once.
fn folders<'a>(places: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let mut all: Vec<String> = Vec::new();
    for place in places {
        if !Path::new(place).is_absolute()
            || place.chars().any(char::is_control)
            || all.iter().any(|known| known == place)
        {
            return None;
        }
        all.push(place.to_owned());
    }
    Some(all)
}

/// The sources in the order in which they are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceList(Vec<ListedSource>);

impl SourceList {
    /// They.
    pub fn all(&self) -> &[ListedSource] {
        &self.0
    }
}

impl ConfigValue for SourceList {
    const FORM: &'static str =
        "hugging-face; model-scope; directory; NAME=hugging-face|model-scope|directory:PLACE,MIRROR,…";
    fn read(text: &str) -> Result<Self, Unfit> {
        let mut all: Vec<ListedSource> = Vec::new();
        let mut from = 0;
        // The last may end as those before it do.
        let whole = text.trim_end().strip_suffix(';').unwrap_or(text);
        for part in whole.split(';') {
            let place = (from, from + part.len());
            from += part.len() + 1;
            let source = ListedSource::read(part.trim()).ok_or(Unfit::Part(place.0, place.1))?;
            if all.iter().any(|known| known.name() == source.name()) {
                return Err(Unfit::Twice(place.0, place.1));
            }
            all.push(source);
        }
        Ok(Self(all))
    }
    fn written(&self) -> String {
        self.0.iter().map(ListedSource::written).collect::<Vec<_>>().join("; ")
    }
    fn schema() -> Value {
        json!({ "type": "string", "minLength": 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ConfigValue as _, Unfit};
    use super::{ListedSource, SourceList, SourcePlaces, UsualSource};

    #[test]
    fn sources_are_read_in_their_order_with_their_mirrors() {
        let text = " a=hugging_face:https://one.example/ , http://two.example/x; \n model-scope ;b=directory:/srv/a,/srv/b;";
        let list = SourceList::read(text).unwrap();
        let [first, second, third] = list.all() else { panic!("{list:?}") };
        let ListedSource::Added { name, places: SourcePlaces::HuggingFace(urls) } = first else {
            panic!("{first:?}")
        };
        assert_eq!((name.as_str(), urls.len(), urls[1].host()), ("a", 2, Some("two.example")));
        assert_eq!(*second, ListedSource::Usual(UsualSource::ModelScope));
        assert!(
            matches!(third, ListedSource::Added { places: SourcePlaces::Directories(paths), .. } if paths.len() == 2)
        );
        let written =
            "a=hugging-face:https://one.example,http://two.example/x; model-scope; b=directory:/srv/a,/srv/b";
        assert_eq!(list.written(), written);
        assert_eq!(SourceList::read(written), Ok(list));
    }

    #[test]
    fn a_source_that_can_not_be_used_is_named_alone() {
        for bad in [
            "elsewhere",
            "a=hugging-face",
            "a=ftp:https://one.example",
            "a=url:https://one.example",
            "A b=hugging-face:https://one.example",
            "catalogue=hugging-face:https://one.example",
            "url=hugging-face:https://one.example",
            "a=hugging-face:",
            "a=hugging-face:one.example",
            "a=hugging-face:file:///srv",
            "a=hugging-face:https://ada:secret@one.example",
            "a=hugging-face:https://one.example?x=1",
            "a=hugging-face:https://one.example,https://one.example/",
            "a=hugging-face:https://one\t.example",
            "a=directory:models",
            "a=directory:/srv,/srv",
            "",
        ] {
            let text = format!("hugging-face;{bad}; directory");
            assert_eq!(SourceList::read(&text), Err(Unfit::Part(13, 13 + bad.len())), "{bad:?}");
        }
        let twice = "a=directory:/srv;a=model-scope:https://one.example";
        assert_eq!(SourceList::read(twice), Err(Unfit::Twice(17, twice.len())));
    }
}
