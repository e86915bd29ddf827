//! Aligned columns.

use crate::output::Paint;

/// Rows under a heading; columns are as wide as their widest cell.
#[derive(Debug, Default)]
pub(crate) struct Table {
    heading: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings; empty ones for none.
    pub(crate) fn new(heading: impl IntoIterator<Item = String>) -> Self {
        Self { heading: heading.into_iter().collect(), rows: vec![] }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The lines, each indented by `indent` spaces and ended.
    pub(crate) fn render(&self, indent: usize, paint: Paint) -> String {
        let heading: Vec<String> = self.heading.iter().map(|cell| paint.faint(cell)).collect();
        let lines = || (!heading.is_empty()).then_some(&heading).into_iter().chain(&self.rows);
        let columns = lines().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|column| {
                lines().filter_map(|cells| cells.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
            })
            .collect();
        let mut text = String::new();
        for cells in lines() {
            let mut line = " ".repeat(indent);
            for (cell, wide) in cells.iter().zip(&widths) {
                line += cell;
                line += &" ".repeat(wide - width(cell) + 2);
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

/// Columns that a text takes on a terminal: colours none, East Asian letters two.
pub(crate) fn width(text: &str) -> usize {
    let mut columns = 0;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            letters.by_ref().find(|c| *c == 'm');
        } else {
            columns += if is_wide(letter) { 2 } else { 1 };
        }
    }
    columns
}

/// The blocks of Unicode's East Asian Width (UAX #11) that names and texts here can come from.
fn is_wide(letter: char) -> bool {
    matches!(u32::from(letter), 0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1faff | 0x20000..=0x3fffd)
}

#[cfg(test)]
mod tests {
    use super::{Table, width};
    use crate::output::Paint;

    fn table(rows: &[&[&str]]) -> Table {
        let mut rows = rows.iter().map(|cells| cells.iter().map(|&cell| cell.to_owned()));
        let mut table = Table::new(rows.next().into_iter().flatten());
        rows.for_each(|cells| table.row(cells));
        table
    }

    #[test]
    fn columns_are_aligned() {
        let table = table(&[&["NAME", "SIZE"], &["llama.cpp", "46 MB"], &["x", ""]]);
        assert_eq!(table.render(2, Paint { on: false }), "  NAME       SIZE\n  llama.cpp  46 MB\n  x\n");
    }

    #[test]
    fn wide_letters_and_colours_keep_the_columns() {
        let table = table(&[&["名称", "B"], &["ab", "c"], &["\u{1b}[32mok\u{1b}[0m", "d"]]);
        let plain = table.render(0, Paint { on: false }).replace("\u{1b}[32m", "").replace("\u{1b}[0m", "");
        assert_eq!(plain, "名称  B\nab    c\nok    d\n");
        assert_eq!(width("名a"), 3);
    }

    #[test]
    fn a_table_without_heading_has_only_rows() {
        let mut table = Table::default();
        table.row(["a".to_owned(), "b".to_owned()]);
        assert_eq!(table.render(0, Paint { on: false }), "a  b\n");
    }
}
