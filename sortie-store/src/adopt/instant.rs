//! The times that the predecessors wrote, in every form that their drivers gave them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime};
use sortie_core::time::Timestamp;

/// Reads a time; one without a zone is UTC. `None` for what is no time.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    // What a program of JavaScript left without a form: milliseconds since 1970.
    if text.len() >= 12 && text.bytes().all(|it| it.is_ascii_digit()) {
        return text.parse::<i64>().ok()?.checked_mul(1_000).map(Timestamp::from_micros);
    }
    // Go's own text form ends with a monotonic reading.
    let text = text.split(" m=").next().unwrap_or(text).trim_end_matches(" UTC").trim_end_matches(" +0000");
    let micros = |it: DateTime<FixedOffset>| Timestamp::from_micros(it.timestamp_micros());
    // A named zone follows the offset.
    let mut parts = text.splitn(4, ' ');
    let zoned = match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(time), Some(offset), _) => format!("{day} {time}{offset}"),
        _ => text.replacen('T', " ", 1),
    };
    let zoned = zoned.strip_suffix('Z').map(|it| format!("{it}+00:00")).unwrap_or(zoned);
    // PostgreSQL leaves the minutes of whole hours out.
    if let Ok(found) = DateTime::parse_from_str(&zoned, "%Y-%m-%d %H:%M:%S%.f%#z") {
        return Some(micros(found));
    }
    NaiveDateTime::parse_from_str(&zoned, "%Y-%m-%d %H:%M:%S%.f")
        .ok()
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
        .map(|it| Timestamp::from_micros(it.and_utc().timestamp_micros()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_the_same_instant_in_utc() {
        let expected = Some(Timestamp::from_micros(1_763_700_000_120_000));
        for text in [
            "2025-11-21 04:40:00.12",
            "2025-11-21T04:40:00.120Z",
            "2025-11-21 04:40:00.120000+00:00",
            "2025-11-21T05:40:00.12+01:00",
            "2025-11-21 05:40:00.12+01",
            "2025-11-21 10:10:00.120000000+0530",
            "2025-11-21 04:40:00.12 +0000 UTC m=+0.004",
            "2025-11-20 23:40:00.12 -0500 EST",
            "1763700000120",
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(read("2025-11-21 04:40:00"), Some(Timestamp::from_micros(1_763_700_000_000_000)));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in ["", "yesterday", "2025-13-40 00:00:00", "12:00"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
