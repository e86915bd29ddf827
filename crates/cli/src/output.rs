//! The one place that writes: data to standard output, everything else to standard error.

use crate::lines::Lines;
use crate::stop::Stop;
use las_api::ErrorBody;
use las_api::types::Detail;
use las_i18n::Words;
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// In which form data is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// For people.
    Text,
    /// One JSON document, or one a line.
    Json,
}

/// How much is said besides data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verbosity {
    /// Progress, hints, notes.
    Normal,
    /// Errors only.
    Quiet,
}

/// Standard output and standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) form: Form,
    pub(crate) verbosity: Verbosity,
}

#[expect(
    clippy::unused_self,
    reason = "who writes has been given the output; it is not reached from anywhere"
)]
impl Output {
    /// How data on standard output is coloured.
    pub(crate) fn paint(self) -> Paint {
        Paint { on: self.form == Form::Text && std::io::stdout().is_terminal() && colour_wanted() }
    }

    /// How what goes to standard error is coloured.
    pub(crate) fn note_paint(self) -> Paint {
        Paint { on: std::io::stderr().is_terminal() && colour_wanted() }
    }

    /// Whether a person can be asked.
    pub(crate) fn can_ask(self) -> bool {
        self.form == Form::Text && std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Whether progress may be drawn over itself.
    pub(crate) fn can_draw(self) -> bool {
        self.verbosity == Verbosity::Normal && std::io::stderr().is_terminal()
    }

    /// Data, as it is.
    pub(crate) fn data(self, text: &str) -> Result<(), Stop> {
        let mut stream = std::io::stdout().lock();
        stream.write_all(text.as_bytes())?;
        stream.flush()?;
        Ok(())
    }

    /// A line of data.
    pub(crate) fn line(self, text: &str) -> Result<(), Stop> {
        self.data(&format!("{text}\n"))
    }

    /// A JSON document of its own.
    pub(crate) fn document(self, value: &impl Serialize) -> Result<(), Stop> {
        self.line(&serde_json::to_string_pretty(value).map_err(Stop::defect)?)
    }

    /// A JSON document as one line of several.
    pub(crate) fn json_line(self, value: &impl Serialize) -> Result<(), Stop> {
        self.line(&serde_json::to_string(value).map_err(Stop::defect)?)
    }

    /// Something besides the data; not said when quiet.
    pub(crate) fn note(self, text: &str) {
        if self.verbosity == Verbosity::Normal {
            complain(&format!("{text}\n"));
        }
    }

    /// Like [`Output::note`], without the end of the line.
    pub(crate) fn note_part(self, text: &str) {
        if self.verbosity == Verbosity::Normal {
            complain(text);
        }
    }

    /// A question: shown even when quiet.
    pub(crate) fn ask(self, text: &str) {
        complain(text);
    }

    /// What failed and what to do, to people.
    pub(crate) fn tell_failure(self, words: &Words, error: &ErrorBody) {
        let paint = self.note_paint();
        let mut text =
            format!("{} {}\n", paint.bad(&words.text("cli-error-label", &[])), error_text(words, error));
        text += &details_text(words, &error.details);
        if let Some(remedy) = words.attribute_with(&error_key(error), "remedy", &error.args) {
            text.add_line(&paint.faint(&words.text("cli-remedy-line", &[("remedy", &remedy)])));
        }
        complain(&text);
    }

    /// Like [`Output::tell_failure`]; with JSON the error's body is the document as well.
    pub(crate) fn failure(self, words: &Words, error: &ErrorBody) -> Result<(), Stop> {
        self.tell_failure(words, error);
        if self.form == Form::Json { self.document(error) } else { Ok(()) }
    }
}

fn error_key(error: &ErrorBody) -> String {
    format!("error-{}", error.code)
}

/// One sentence: what failed.
pub(crate) fn error_text(words: &Words, error: &ErrorBody) -> String {
    words.text_with(&error_key(error), &error.args)
}

/// What something rests on: a line each.
pub(crate) fn details_text(words: &Words, details: &[Detail]) -> String {
    let line = |detail: &Detail| words.text_with(&format!("detail-{}", detail.key), &detail.args);
    details.iter().map(|detail| format!("  - {}\n", line(detail))).collect()
}

/// Writes to standard error. If even that is closed, nobody is left to be told.
fn complain(text: &str) {
    let mut stream = std::io::stderr().lock();
    let _ = stream.write_all(text.as_bytes());
    let _ = stream.flush();
}

fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|value| value != "dumb")
}

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint {
    pub(crate) on: bool,
}

impl Paint {
    fn code(self, code: &str, text: &str) -> String {
        if self.on && !text.is_empty() { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
    /// A heading.
    pub(crate) fn strong(self, text: &str) -> String {
        self.code("1", text)
    }
    /// Less important.
    pub(crate) fn faint(self, text: &str) -> String {
        self.code("2", text)
    }
    /// As it should be.
    pub(crate) fn good(self, text: &str) -> String {
        self.code("32", text)
    }
    /// Worth a look.
    pub(crate) fn caution(self, text: &str) -> String {
        self.code("33", text)
    }
    /// Wrong.
    pub(crate) fn bad(self, text: &str) -> String {
        self.code("31", text)
    }
}
