//! The audit as a file, page by page: what is sent is complete, or the connection is cut.

use bytes::Bytes;
use futures_util::{Stream, stream};
use sortie_control::Control;
use sortie_core::{
    csv,
    port::{BoxError, records::AuditFilter},
};

use crate::wire::record::AuditOut;

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Comma-separated values (RFC 4180).
    Csv,
    /// One JSON object per line.
    Jsonl,
}

impl Format {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "jsonl" | "json" => Some(Self::Jsonl),
            _ => None,
        }
    }

    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
        }
    }

    pub(super) fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "audit.csv",
            Self::Jsonl => "audit.jsonl",
        }
    }

    fn head(self) -> String {
        match self {
            Self::Csv => AuditOut::COLUMNS.join(",") + "\r\n",
            Self::Jsonl => String::new(),
        }
    }

    fn line(self, entry: &AuditOut) -> Result<String, BoxError> {
        Ok(match self {
            Self::Csv => entry.cells().map(|it| csv::cell(&it)).join(",") + "\r\n",
            Self::Jsonl => serde_json::to_string(entry)? + "\n",
        })
    }
}

enum Next {
    First,
    Page(String),
    Done,
}

/// The file, one page of rows at a time.
pub(super) fn pieces(
    control: Control,
    filter: AuditFilter,
    format: Format,
) -> impl Stream<Item = Result<Bytes, BoxError>> + Send + 'static {
    stream::try_unfold((control, filter, Next::First), move |(control, filter, next)| async move {
        let (mut text, cursor) = match next {
            Next::First => (format.head(), None),
            Next::Page(cursor) => (String::new(), Some(cursor)),
            Next::Done => return Ok(None),
        };
        let page = control.export_page(&filter, cursor).await?;
        for record in page.items {
            text.push_str(&format.line(&AuditOut::from(record))?);
        }
        let next = page.next.map_or(Next::Done, Next::Page);
        Ok(Some((Bytes::from(text), (control, filter, next))))
    })
}
