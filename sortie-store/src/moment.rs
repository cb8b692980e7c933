//! A point in time as both databases keep it: UTC in a `TIMESTAMP`, to the microsecond.
//!
//! SQLite keeps text, always `YYYY-MM-DD HH:MM:SS.ffffff`, so that text order is time order and `sqlite3` can be read by people.

use chrono::{DateTime, NaiveDateTime};
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue, data_types::PgTimestamp},
    serialize::{self, IsNull, Output, ToSql},
    sql_types,
    sqlite::Sqlite,
};
use sortie_core::time::Timestamp;

use crate::connection::AnyBackend;

const TEXT: &str = "%Y-%m-%d %H:%M:%S%.6f";
/// From 1970-01-01 to 2000-01-01, from which PostgreSQL counts.
const PG_EPOCH_MICROS: i64 = 946_684_800_000_000;
/// 0001-01-01 00:00:00 and 9999-12-31 23:59:59.999999: what the text form can hold in order.
const RANGE: (i64, i64) = (-62_135_596_800_000_000, 253_402_300_799_999_999);

/// A column of type `TIMESTAMP`. Times before the year 1 or after 9999 are stored as the first or last one there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = sql_types::Timestamp)]
pub(crate) struct Moment(i64);

impl From<Timestamp> for Moment {
    fn from(at: Timestamp) -> Self {
        Self(at.as_micros().clamp(RANGE.0, RANGE.1))
    }
}

impl From<Moment> for Timestamp {
    fn from(moment: Moment) -> Self {
        Self::from_micros(moment.0)
    }
}

impl Moment {
    /// The text form that `SQLite` keeps.
    pub(crate) fn to_text(self) -> String {
        // The constructor keeps the number within what chrono can hold.
        DateTime::from_timestamp_micros(self.0).map(|it| it.format(TEXT).to_string()).unwrap_or_default()
    }

    fn from_text(text: &str) -> Option<Self> {
        let text = text.trim_end_matches('Z');
        ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .map(|it| Self(it.and_utc().timestamp_micros()))
    }
}

impl ToSql<sql_types::Timestamp, Sqlite> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_text());
        Ok(IsNull::No)
    }
}

impl ToSql<sql_types::Timestamp, Pg> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = PgTimestamp(self.0 - PG_EPOCH_MICROS);
        ToSql::<sql_types::Timestamp, Pg>::to_sql(&micros, &mut out.reborrow())
    }
}

impl ToSql<sql_types::Timestamp, AnyBackend> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, AnyBackend>) -> serialize::Result {
        out.set_value((sql_types::Timestamp, self));
        Ok(IsNull::No)
    }
}

impl FromSql<sql_types::Timestamp, Sqlite> for Moment {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<sql_types::Text, Sqlite>>::from_sql(value)?;
        Self::from_text(&text).ok_or_else(|| format!("{text:?} is not a time").into())
    }
}

impl FromSql<sql_types::Timestamp, Pg> for Moment {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let PgTimestamp(micros) = FromSql::<sql_types::Timestamp, Pg>::from_sql(value)?;
        Ok(Self(micros.saturating_add(PG_EPOCH_MICROS)))
    }
}

impl FromSql<sql_types::Timestamp, AnyBackend> for Moment {
    fn from_sql(value: <AnyBackend as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, sql_types::Timestamp>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_always_has_six_digits_and_reads_back() {
        for (micros, text) in [
            (0, "1970-01-01 00:00:00.000000"),
            (1_763_700_000_120_000, "2025-11-21 04:40:00.120000"),
            (i64::MAX, "9999-12-31 23:59:59.999999"),
            (i64::MIN, "0001-01-01 00:00:00.000000"),
        ] {
            let moment = Moment::from(Timestamp::from_micros(micros));
            assert_eq!(moment.to_text(), text);
            assert_eq!(Moment::from_text(text), Some(moment));
        }
    }

    #[test]
    fn times_that_sqlite_itself_wrote_are_read() {
        assert_eq!(Moment::from_text("1970-01-01 00:00:01"), Some(Moment(1_000_000)));
        assert_eq!(Moment::from_text("1970-01-01T00:00:00.5Z"), Some(Moment(500_000)));
        assert_eq!(Moment::from_text("yesterday"), None);
    }
}
