//! What every command works with: the core's client, the person's language, the output.

use crate::output::{Form, Output};
use crate::stop::Stop;
use las_i18n::Words;
use las_server::Client;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Who has the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Core {
    /// This process, for as long as the command runs.
    Here,
    /// Another process.
    Elsewhere,
}

/// What a command works with.
pub(crate) struct Context {
    pub(crate) client: Client,
    pub(crate) words: Words,
    pub(crate) output: Output,
    pub(crate) core: Core,
}

impl Context {
    /// Asks the core.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        command: &str,
        arguments: impl Serialize,
    ) -> Result<T, Stop> {
        Ok(self.client.call(command, arguments).await?)
    }

    /// Gives a view: as JSON document, or as the text that `render` makes of it.
    pub(crate) fn show<T: Serialize>(
        &self,
        view: &T,
        render: impl FnOnce(&T, &View<'_>) -> String,
    ) -> Result<(), Stop> {
        match self.output.form {
            Form::Json => self.output.document(view),
            Form::Text => self.output.data(&render(view, &self.view())),
        }
    }

    /// What rendering for standard output needs.
    pub(crate) fn view(&self) -> View<'_> {
        View { words: &self.words, paint: self.output.paint() }
    }

    /// A text without arguments.
    pub(crate) fn word(&self, key: &str) -> String {
        self.words.text(key, &[])
    }
}

/// What rendering needs: it touches nothing else, so that it can be tested.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    pub(crate) words: &'a Words,
    pub(crate) paint: crate::output::Paint,
}

impl View<'_> {
    /// A text without arguments.
    pub(crate) fn word(&self, key: &str) -> String {
        self.words.text(key, &[])
    }

    /// A table heading: `cli-column-<name>` of each.
    pub(crate) fn heading(&self, names: &[&str]) -> crate::table::Table {
        crate::table::Table::new(names.iter().map(|name| self.word(&format!("cli-column-{name}"))))
    }

    /// The word for a value of the wire, such as a state: `<prefix>-<value>`.
    pub(crate) fn value(&self, prefix: &str, value: &impl Serialize) -> String {
        self.word(&format!("{prefix}-{}", wire_name(value)))
    }
}

/// How a value without content is written on the wire.
pub(crate) fn wire_name(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
