//! Rows in the one form that both databases take, and the sum by which they are compared.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Map, Value};

use crate::{adopt::instant, moment::Moment};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, JSON among it.
    Text,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// A point in time.
    Time,
    /// Bytes.
    Bytes,
    /// Whatever an older system wrote; it is kept as text.
    Any,
}

impl Kind {
    /// From the type with which the column was declared for `SQLite`.
    pub(super) fn parse(declared: &str) -> Option<Self> {
        match declared.to_uppercase().as_str() {
            "TEXT" => Some(Self::Text),
            "INTEGER" | "BIGINT" => Some(Self::Integer),
            "BOOLEAN" => Some(Self::Boolean),
            "TIMESTAMP" => Some(Self::Time),
            "BLOB" => Some(Self::Bytes),
            _ => None,
        }
    }

    fn take(self, value: Value) -> Option<Value> {
        Some(match (self, value) {
            (_, Value::Null) => Value::Null,
            (Self::Text | Self::Any, value @ Value::String(_)) => value,
            (Self::Any, value) => value.to_string().into(),
            (Self::Bytes, Value::String(text)) if text.starts_with("\\x") => text.into(),
            (Self::Integer, Value::String(text)) => text.parse::<i64>().ok()?.into(),
            (Self::Integer, value @ Value::Number(_)) => value,
            (Self::Boolean, value @ Value::Bool(_)) => value,
            (Self::Boolean, Value::String(text)) => match text.as_str() {
                "0" => Value::Bool(false),
                "1" => Value::Bool(true),
                _ => return None,
            },
            (Self::Time, Value::String(text)) => Moment::from(instant::read(&text)?).to_text().into(),
            _ => return None,
        })
    }
}

/// Reads the JSON object that a database made of a row.
pub(super) fn read(bytes: &[u8], columns: &[(String, Kind)]) -> Result<Value, String> {
    let mut found: Map<String, Value> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let mut row = Map::new();
    for (name, kind) in columns {
        let value = found.remove(name).unwrap_or_default();
        let taken = kind.take(value).ok_or_else(|| format!("its column {name} does not hold what it should"))?;
        row.insert(name.clone(), taken);
    }
    Ok(Value::Object(row))
}

/// The sum of a table's rows, in whatever order they come.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Checksum {
    rows: u64,
    sums: [u64; 2],
}

impl Checksum {
    /// Adds rows.
    pub(super) fn add(&mut self, rows: &[Value]) {
        for row in rows {
            let text = row.to_string();
            self.rows += 1;
            for (seed, sum) in (0_u8..).zip(&mut self.sums) {
                let mut hasher = DefaultHasher::new();
                (seed, &text).hash(&mut hasher);
                *sum = sum.wrapping_add(hasher.finish());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_row_of_either_database_is_the_same_row() {
        let columns = ["TEXT", "BIGINT", "BOOLEAN", "TIMESTAMP", "TEXT", "BLOB"];
        let columns: Vec<_> =
            columns.iter().zip('a'..).map(|(kind, name)| (name.to_string(), Kind::parse(kind).unwrap())).collect();
        let file = br#"{"a":"x","b":"7","c":"1","d":"2025-11-21 04:40:00.120000","e":null,"f":"\\x00ff"}"#;
        let server = br#"{"a":"x","b":7,"c":true,"d":"2025-11-21T04:40:00.12","e":null,"f":"\\x00ff"}"#;
        let expected = json!({
            "a": "x", "b": 7, "c": true, "d": "2025-11-21 04:40:00.120000", "e": null, "f": "\\x00ff"
        });
        assert_eq!(read(file, &columns), Ok(expected.clone()));
        assert_eq!(read(server, &columns), Ok(expected));
        assert!(read(br#"{"b":"seven"}"#, &columns).unwrap_err().contains("column b"));
    }

    #[test]
    fn a_sum_is_of_the_rows_and_not_of_their_order() {
        let sum = |rows: &[&str]| {
            let mut sum = Checksum::default();
            sum.add(&rows.iter().map(|it| json!({ "a": it })).collect::<Vec<_>>());
            sum
        };
        assert_eq!(sum(&["x", "y"]), sum(&["y", "x"]));
        assert_ne!(sum(&["x", "y"]), sum(&["x", "z"]));
        assert_ne!(sum(&["x"]), sum(&["x", "x"]));
    }
}
