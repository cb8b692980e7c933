//! What an adoption did or would do, for people.

use std::path::PathBuf;

use super::form::Form;

/// How many rows of one kind of remark are named one by one.
const NAMED: usize = 100;

/// What became of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptedTable {
    /// Its old name.
    pub name: String,
    /// How many rows it had.
    pub rows: usize,
    /// How many of them are in today's tables.
    pub kept: usize,
    /// How many of them stood for what is over, and are gone.
    pub over: usize,
    /// The name under which the old table stays as it was, where one of its rows or columns has no place today.
    pub stays_as: Option<String>,
}

/// A value that could not be taken over as it was, or that breaks a rule of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdoptionNote {
    /// The table.
    pub table: &'static str,
    /// The row's key.
    pub row: String,
    /// The column.
    pub column: &'static str,
    /// The old value, where it was changed.
    pub was: Option<String>,
    /// What was done, or what is wrong.
    pub why: String,
}

/// What an adoption did or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adoption {
    /// Who wrote the database.
    pub form: Form,
    /// Every table that is taken over or kept aside.
    pub tables: Vec<AdoptedTable>,
    /// Tables that are none of the predecessors', which stay where they are.
    pub others: Vec<String>,
    /// Everything that is not as it was.
    pub notes: Vec<AdoptionNote>,
    /// Where the file was copied first.
    pub copy: Option<PathBuf>,
}

impl Adoption {
    /// The report, line by line.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("written by: {}", self.form)];
        if let Some(copy) = &self.copy {
            lines.push(format!("copy: {}", copy.display()));
        }
        for table in &self.tables {
            let stays = table.stays_as.as_ref().map(|it| format!("; the old table stays as {it}")).unwrap_or_default();
            let over = if table.over > 0 { format!(", {} over", table.over) } else { String::new() };
            lines.push(format!("table {}: {} of {} rows taken over{over}{stays}", table.name, table.kept, table.rows));
        }
        lines.extend(self.others.iter().map(|it| format!("table {it}: not ours, stays as it is")));
        let mut rest = self.notes.as_slice();
        while let Some(first) = rest.first() {
            let alike = rest.iter().take_while(|it| it.kind() == first.kind()).count();
            let (group, after) = rest.split_at(alike);
            lines.extend(group.iter().take(NAMED).map(AdoptionNote::line));
            if let Some(more) = alike.checked_sub(NAMED).filter(|it| *it > 0) {
                lines.push(format!("note: {} {}: and {more} more", first.table, first.column));
            }
            rest = after;
        }
        lines
    }

    /// Puts remarks of one kind beside each other.
    pub(super) fn sort(&mut self) {
        self.notes.sort_by_key(AdoptionNote::kind);
    }
}

impl AdoptionNote {
    fn kind(&self) -> (&'static str, &'static str) {
        (self.table, self.column)
    }

    fn line(&self) -> String {
        let was = self.was.as_ref().map(|it| format!(" (was {it:?})")).unwrap_or_default();
        if self.row.is_empty() && self.column.is_empty() {
            return format!("note: {}: {}", self.table, self.why);
        }
        format!("note: {} {:?}, {}: {}{was}", self.table, self.row, self.column, self.why)
    }
}
