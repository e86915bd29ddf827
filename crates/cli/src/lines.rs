//! Text built line by line.

/// Adds whole lines to a text.
pub(crate) trait Lines {
    /// Adds a line and ends it.
    fn add_line(&mut self, line: &str);
}

impl Lines for String {
    fn add_line(&mut self, line: &str) {
        self.push_str(line);
        self.push('\n');
    }
}
