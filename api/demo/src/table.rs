//! A table as it stands in a file: comma-separated text (RFC 4180) in UTF-8, below a row of column names.

/// The rows of a file, as they are written.
pub(super) struct Table {
    text: csv::Writer<Vec<u8>>,
    rows: usize,
}

impl Table {
    /// A table of these columns, without a row.
    pub(super) fn new(columns: &[&str]) -> Self {
        let mut table = Self { text: csv::Writer::from_writer(Vec::new()), rows: 0 };
        table.write(columns);
        table
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: &[&str]) {
        self.write(cells);
        self.rows += 1;
    }

    fn write(&mut self, cells: &[&str]) {
        let written = self.text.write_record(cells);
        debug_assert!(written.is_ok(), "memory takes what it is given, and rows are of one length");
    }

    /// Whether it has no row.
    pub(super) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The whole text.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.text.into_inner().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_quoted_only_where_they_must_be() {
        let mut table = Table::new(&["surname", "marks", "note", "said", "class"]);
        assert!(table.is_empty());
        table.row(&["O'Connor", r"/\/\", "a, b", "say \"x\"", ""]);
        assert!(!table.is_empty());
        assert_eq!(
            String::from_utf8(table.into_bytes()).unwrap(),
            "surname,marks,note,said,class\nO'Connor,/\\/\\,\"a, b\",\"say \"\"x\"\"\",\n"
        );
    }
}
