//! One language's texts, parsed.

use crate::language::LOCALES;
use fluent::concurrent::FluentBundle;
use fluent::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The parsed texts of one language.
pub(crate) struct Bundle(FluentBundle<FluentResource>);

/// The embedded Fluent files of a language: name and content, sorted by name.
pub(crate) fn sources(language: &str) -> Vec<(String, &'static str)> {
    let Some(folder) = LOCALES.get_dir(language) else { return vec![] };
    let mut files: Vec<_> = folder
        .files()
        .filter(|file| file.path().extension().is_some_and(|extension| extension == "ftl"))
        .filter_map(|file| Some((file.path().display().to_string(), file.contents_utf8()?)))
        .collect();
    files.sort();
    files
}

impl Bundle {
    /// Parses a language. A line that can't be read is left out here and a failure in the tests.
    pub(crate) fn of(language: &str) -> Self {
        let tag: LanguageIdentifier = language.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![tag]);
        bundle.set_use_isolating(false);
        for (_, source) in sources(language) {
            let resource =
                FluentResource::try_new(source.to_owned()).unwrap_or_else(|(readable, _)| readable);
            bundle.add_resource_overriding(resource);
        }
        Self(bundle)
    }

    /// A text, or with `attribute` that part of it; none if there is none.
    pub(crate) fn text(
        &self,
        key: &str,
        attribute: Option<&str>,
        args: &mut dyn Iterator<Item = (&str, &str)>,
    ) -> Option<String> {
        let message = self.0.get_message(key)?;
        let pattern = match attribute {
            Some(name) => message.get_attribute(name)?.value(),
            None => message.value()?,
        };
        let mut values = FluentArgs::new();
        for (name, value) in args {
            // Only a count is a number: a version or an id must stay as it was written.
            let value = if name == "count" {
                FluentValue::try_number(value)
            } else {
                FluentValue::from(value.to_owned())
            };
            values.set(name.to_owned(), value);
        }
        let mut errors = vec![];
        let text = self.0.format_pattern(pattern, Some(&values), &mut errors).into_owned();
        Some(if errors.is_empty() { text } else { without_placeholders(&text) })
    }
}

/// Replaces what was left as `{$name}`, for want of an argument, by an ellipsis.
fn without_placeholders(text: &str) -> String {
    let mut rest = text;
    let mut result = String::with_capacity(text.len());
    while let Some((before, after)) = rest.split_once("{$") {
        let Some((_, following)) = after.split_once('}') else { break };
        result.push_str(before);
        result.push('…');
        rest = following;
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::without_placeholders;

    #[test]
    fn a_missing_argument_leaves_an_ellipsis() {
        assert_eq!(without_placeholders("The file {$path} in {$folder}."), "The file … in ….");
        assert_eq!(without_placeholders("all there"), "all there");
        assert_eq!(without_placeholders("open {$brace"), "open {$brace");
    }
}
