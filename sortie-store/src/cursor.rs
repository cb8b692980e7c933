//! Cursors: where a page ended, as text that means nothing outside. The keys of the last row as JSON, in hex.

use std::fmt::Write;

use serde::{Serialize, de::DeserializeOwned};
use sortie_core::port::{Page, PageRequest};

use crate::{
    error::Failure,
    row::{Corrupt, readable, to_json},
};

/// The cursor of keys.
pub(crate) fn encode<T: Serialize>(keys: &T) -> String {
    to_json(keys).bytes().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The keys of a cursor.
pub(crate) fn decode<T: DeserializeOwned>(cursor: &str) -> Result<T, Failure> {
    let bytes: Option<Vec<u8>> = (0..cursor.len())
        .step_by(2)
        .map(|at| cursor.get(at..at + 2).and_then(|it| u8::from_str_radix(it, 16).ok()))
        .collect();
    bytes
        .and_then(|it| serde_json::from_slice(&it).ok())
        .ok_or_else(|| Failure::Rejected("the cursor is not one that this server made".to_owned()))
}

/// How many rows to ask the database for: one more than the page holds tells whether there is another page.
pub(crate) fn wanted(page: &PageRequest) -> i64 {
    page.limit.map_or(i64::MAX, |it| i64::from(it) + 1)
}

/// Makes a page of the rows that came, of which the last may already belong to the next one.
pub(crate) fn page<R, T, K>(mut rows: Vec<R>, page: &PageRequest, keys: impl Fn(&R) -> K) -> Page<T>
where
    T: TryFrom<R, Error = Corrupt>,
    K: Serialize,
{
    let limit = page.limit.map_or(usize::MAX, |it| it as usize);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| encode(&keys(row)));
    Page { items: readable(rows), next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_anything_else_is_refused() {
        let keys = ("Ä \"name\"".to_owned(), 7i64);
        assert_eq!(decode::<(String, i64)>(&encode(&keys)).unwrap(), keys);
        for bad in ["", "0", "zz", "ä", "22"] {
            assert!(matches!(decode::<(String, i64)>(bad), Err(Failure::Rejected(_))), "{bad:?}");
        }
    }
}
