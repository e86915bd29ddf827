//! The file: TOML, read with its positions, changed without touching what a person wrote around a value.

use las_types::{CONFIG_KEYS, Code, ConfigKey, Failure, Unfit, config_key};
use std::path::Path;
use toml_edit::{Document, DocumentMut, Item, Table, TableLike, Value};

/// A value of the file.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: &'static ConfigKey,
    pub(super) value: String,
    pub(super) line: u32,
}

/// How near a name must be to be meant, from 0 to 1.
const NEAR: f64 = 0.75;

/// The key or the table that was probably meant; `none` without one.
pub fn suggestion(name: &str) -> &'static str {
    let near = |meant: &str| {
        // In a short name one slip weighs more than it should.
        let slip = if strsim::osa_distance(name, meant) == 1 { 0.9 } else { 0.0 };
        strsim::jaro_winkler(name, meant).max(slip)
    };
    let candidates = CONFIG_KEYS.iter().flat_map(|key| {
        // `level` alone is nearer to `log.level` than its length says.
        let (table, last) = key.name.split_once('.').unwrap_or(("", key.name));
        [(near(key.name), key.name), (near(last), key.name), (near(table), table)]
    });
    let best = candidates.max_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(score, _)| *score >= NEAR).map_or("none", |(_, meant)| meant)
}

/// A value that its key can't have. `place` is file with line and column, variable or flag.
pub(super) fn unfit(place: &str, key: &ConfigKey, given: &str, unfit: Unfit) -> Failure {
    // What can't be shown is not repeated.
    let shown: String = unfit.part_of(given).chars().filter(|c| !c.is_control()).take(80).collect();
    Failure::new(Code::ConfigInvalid)
        .with("where", place)
        .with("problem", unfit.as_str())
        .with("key", key.name)
        .with("given", shown)
        .with("expected", key.form)
        .with("suggestion", key.default)
        .with("detail", "")
}

fn unknown(place: &str, name: &str) -> Failure {
    let shown: String = name.chars().filter(|c| !c.is_control()).take(80).collect();
    Failure::new(Code::ConfigInvalid)
        .with("where", place)
        .with("problem", "unknown-key")
        .with("key", shown)
        .with("given", "")
        .with("expected", "")
        .with("suggestion", suggestion(name))
        .with("detail", "")
}

fn syntax(place: &str, detail: &str) -> Failure {
    Failure::new(Code::ConfigInvalid)
        .with("where", place)
        .with("problem", "syntax")
        .with("key", "")
        .with("given", "")
        .with("expected", "TOML")
        .with("suggestion", "none")
        .with("detail", detail.lines().next().unwrap_or_default())
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    entries: Vec<Entry>,
    problems: Vec<Failure>,
}

impl Reader<'_> {
    fn position(&self, offset: usize) -> (u32, u32) {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let short = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        (short(line), short(column))
    }

    fn place(&self, offset: usize) -> String {
        let (line, column) = self.position(offset);
        format!("{}:{line}:{column}", self.path.display())
    }

    fn table(&mut self, table: &dyn TableLike, prefix: &str) {
        for (name, item) in table.iter() {
            let whole = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
            let offset = table.key(name).and_then(toml_edit::Key::span).map_or(0, |span| span.start);
            let is_table =
                CONFIG_KEYS.iter().any(|key| key.name.split_once('.').is_some_and(|(own, _)| own == whole));
            match (config_key(&whole), item.as_table_like()) {
                (None, Some(inner)) if is_table => self.table(inner, &whole),
                (Some(key), None) => self.value(key, item, offset),
                (Some(key), Some(_)) => {
                    self.problems.push(unfit(&self.place(offset), key, "{…}", Unfit::Form));
                }
                (None, _) => self.problems.push(unknown(&self.place(offset), &whole)),
            }
        }
    }

    fn value(&mut self, key: &'static ConfigKey, item: &Item, offset: usize) {
        let text = match item.as_value() {
            Some(Value::Boolean(value)) if key.bare => value.value().to_string(),
            Some(Value::String(value)) if !key.bare => value.value().clone(),
            other => {
                let given =
                    other.map_or_else(|| "[…]".to_owned(), |value| value.to_string().trim().to_owned());
                self.problems.push(unfit(&self.place(offset), key, &given, Unfit::Form));
                return;
            }
        };
        match key.read(&text) {
            Ok(value) => self.entries.push(Entry { key, value, line: self.position(offset).0 }),
            Err(why) => self.problems.push(unfit(&self.place(offset), key, &text, why)),
        }
    }
}

/// Reads a file's text: its values, and everything in it that can't be accepted, each with its place.
pub(super) fn read(path: &Path, text: &str) -> (Vec<Entry>, Vec<Failure>) {
    let mut reader = Reader { path, text, entries: Vec::new(), problems: Vec::new() };
    match Document::parse(text) {
        Ok(document) => reader.table(document.as_table(), ""),
        Err(error) => {
            let place = reader.place(error.span().map_or(0, |span| span.start));
            reader.problems.push(syntax(&place, error.message()));
        }
    }
    (reader.entries, reader.problems)
}

/// The text with this key at that value, or without the key; comments and order stay. The text must be one that
/// [`read`] accepts.
pub(super) fn edit(path: &Path, text: &str, key: &ConfigKey, value: Option<&str>) -> Result<String, Failure> {
    let failed = |error: toml_edit::TomlError| syntax(&path.display().to_string(), error.message());
    let mut document: DocumentMut = text.parse().map_err(failed)?;
    // Comments alone belong to no value: what is added comes after them.
    let comments =
        if document.is_empty() { std::mem::take(&mut document).to_string() } else { String::new() };
    let (table, name): (&mut dyn TableLike, &str) = match key.name.split_once('.') {
        None => (document.as_table_mut(), key.name),
        Some((table, name)) => {
            if value.is_none() && !document.contains_key(table) {
                return Ok(text.to_owned());
            }
            let item = document.entry(table).or_insert_with(|| Item::Table(Table::new()));
            (
                item.as_table_like_mut()
                    .ok_or_else(|| Failure::internal("a table that is none was accepted"))?,
                name,
            )
        }
    };
    match value {
        None => drop(table.remove(name)),
        Some(value) => {
            let mut new = if key.bare { Value::from(value == "true") } else { Value::from(value) };
            match table.get_mut(name).and_then(Item::as_value_mut) {
                Some(old) => {
                    *new.decor_mut() = old.decor().clone();
                    *old = new;
                }
                None => drop(table.insert(name, Item::Value(new))),
            }
        }
    }
    Ok(format!("{comments}{document}"))
}
