//! Times as RFC 3339 in UTC.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use sortie_core::time::Timestamp;

/// `2026-11-21T06:30:00.123456Z`.
pub(crate) fn rfc3339(at: Timestamp) -> String {
    let at: DateTime<Utc> = DateTime::from_timestamp_micros(at.as_micros()).unwrap_or_default();
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Reads a time, or a day, which is its midnight.
pub(crate) fn parse_time(text: &str) -> Option<Timestamp> {
    let at = DateTime::parse_from_rfc3339(text).map(|it| it.to_utc()).ok().or_else(|| {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
        Some(day.and_hms_opt(0, 0, 0)?.and_utc())
    })?;
    Some(Timestamp::from_micros(at.timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_back_as_it_was_written() {
        let at = Timestamp::from_micros(1_800_000_000_123_456);
        assert_eq!(rfc3339(at), "2027-01-15T08:00:00.123456Z");
        assert_eq!(parse_time(&rfc3339(at)), Some(at));
        assert_eq!(parse_time("2027-01-15"), parse_time("2027-01-15T01:00:00+01:00"));
        assert_eq!(parse_time("yesterday"), None);
    }
}
