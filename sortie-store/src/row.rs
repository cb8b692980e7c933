//! Rows as they are stored, and what they mean. A row that means nothing names its table, column and id.

pub(crate) mod access;
pub(crate) mod app;
pub(crate) mod audit;
pub(crate) mod credential;
pub(crate) mod event;
pub(crate) mod services;
pub(crate) mod session;
pub(crate) mod sharing;
pub(crate) mod sign_in;
pub(crate) mod spec;
pub(crate) mod sso;
pub(crate) mod tenant;
pub(crate) mod twin;
pub(crate) mod user;
pub(crate) mod warm;

use std::{fmt, str::FromStr};

use serde::{Serialize, de::DeserializeOwned};
use sortie_core::invalid::Invalid;
use tracing::error;

/// A stored value that cannot be what it should be.
#[derive(Debug, thiserror::Error)]
#[error("column {table}.{column} of row {id:?} {why}")]
pub(crate) struct Corrupt {
    table: &'static str,
    column: &'static str,
    id: String,
    why: String,
}

/// The row that is being read, for what is said about it.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub(crate) table: &'static str,
    pub(crate) id: &'a str,
}

impl Reading<'_> {
    /// A value that cannot be read; `why` completes "column … ".
    pub(crate) fn corrupt(self, column: &'static str, why: impl fmt::Display) -> Corrupt {
        Corrupt { table: self.table, column, id: self.id.to_owned(), why: why.to_string() }
    }

    /// One of a closed set of names.
    pub(crate) fn choice<T>(
        self,
        column: &'static str,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, Corrupt> {
        parse(name).ok_or_else(|| self.corrupt(column, format_args!("holds the unknown name {name:?}")))
    }

    /// A typed id.
    pub(crate) fn id<T: FromStr<Err = Invalid>>(self, column: &'static str, text: &str) -> Result<T, Corrupt> {
        text.parse().map_err(|invalid| self.corrupt(column, format_args!("is no id: {invalid}")))
    }

    /// A typed id that may be missing.
    pub(crate) fn optional_id<T: FromStr<Err = Invalid>>(
        self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<T>, Corrupt> {
        text.map(|it| self.id(column, it)).transpose()
    }

    /// JSON.
    pub(crate) fn json<T: DeserializeOwned>(self, column: &'static str, text: &str) -> Result<T, Corrupt> {
        serde_json::from_str(text)
            .map_err(|error| self.corrupt(column, format_args!("is not the JSON expected: {error}")))
    }

    /// JSON of a list; an empty or missing text is an empty list.
    pub(crate) fn list<T: DeserializeOwned>(self, column: &'static str, text: Option<&str>) -> Result<Vec<T>, Corrupt> {
        match text {
            None | Some("") => Ok(Vec::new()),
            Some(text) => self.json(column, text),
        }
    }
}

/// The JSON of a twin. Twins hold text, numbers and lists only, which always can be written.
pub(crate) fn to_json<T: Serialize>(twin: &T) -> String {
    serde_json::to_string(twin).unwrap_or_else(|error| unreachable!("a twin could not be written as JSON: {error}"))
}

/// The rows that mean something. The others are logged: one bad row never stops a list.
pub(crate) fn readable<R, T>(rows: Vec<R>) -> Vec<T>
where
    T: TryFrom<R, Error = Corrupt>,
{
    rows.into_iter()
        .filter_map(|row| {
            T::try_from(row).inspect_err(|corrupt| error!(error = %corrupt, "Row cannot be read and is left out")).ok()
        })
        .collect()
}
