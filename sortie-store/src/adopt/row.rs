//! Rows on their way: old ones as their columns' text, new ones as JSON that both databases can insert.

use std::{collections::BTreeMap, fmt};

use serde_json::Value;

/// One old row. Every value is text; a number as its digits.
#[derive(Debug, Default)]
pub(crate) struct OldRow(BTreeMap<String, Option<String>>);

impl OldRow {
    /// Reads the JSON object that the database made of the row; bytes that are no UTF-8 become replacement characters.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        let fields: BTreeMap<String, Value> = serde_json::from_str(&String::from_utf8_lossy(bytes))?;
        let text = |value: Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => Some(value.to_string()),
        };
        Ok(Self(fields.into_iter().map(|(name, value)| (name, text(value))).collect()))
    }

    /// The value; `None` for a missing column and for NULL.
    pub(crate) fn get(&self, column: &str) -> Option<&str> {
        self.0.get(column)?.as_deref()
    }

    /// The value; empty for a missing column and for NULL.
    pub(crate) fn text(&self, column: &str) -> &str {
        self.get(column).unwrap_or_default()
    }

    /// The value unless it is empty.
    pub(crate) fn filled(&self, column: &str) -> Option<&str> {
        self.get(column).filter(|it| !it.is_empty())
    }
}

/// A new row and the table where it goes.
#[derive(Debug)]
pub(crate) struct NewRow {
    /// The table.
    pub(crate) table: &'static str,
    /// The columns, as a JSON object.
    pub(crate) columns: Value,
}

/// Why a row has no place in today's tables.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Homeless {
    /// The row's key.
    pub(crate) row: String,
    /// The column that says so.
    pub(crate) column: &'static str,
    /// What is wrong.
    pub(crate) why: String,
}

impl Homeless {
    /// Names the row and what is wrong with it.
    pub(crate) fn new(row: impl Into<String>, column: &'static str, why: impl fmt::Display) -> Self {
        Self { row: row.into(), column, why: why.to_string() }
    }
}
