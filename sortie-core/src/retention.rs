//! Which backups are kept: the newest ones, and one for each of the last days and weeks.

use std::collections::BTreeSet;

use crate::time::Timestamp;

const DAY: i64 = 86_400_000_000;
/// The Unix epoch was a Thursday; weeks begin on Mondays (ISO 8601).
const THURSDAY: i64 = 3;

/// How many are kept. The newest backup is always kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// So many of the newest.
    pub last: u32,
    /// The newest one of each of so many days (UTC) that have any.
    pub daily: u32,
    /// The newest one of each of so many weeks (UTC, from Monday) that have any.
    pub weekly: u32,
}

impl Retention {
    /// For each time, whether its backup is kept. The times may come in any order.
    pub fn keep(self, times: &[Timestamp]) -> Vec<bool> {
        let mut newest_first: Vec<usize> = (0..times.len()).collect();
        newest_first.sort_by_key(|index| std::cmp::Reverse(times.get(*index).copied()));
        let (mut days, mut weeks) = (BTreeSet::new(), BTreeSet::new());
        let mut kept = vec![false; times.len()];
        for (place, index) in (0_u32..).zip(newest_first) {
            let (Some(time), Some(keep)) = (times.get(index), kept.get_mut(index)) else { continue };
            let day = time.as_micros().div_euclid(DAY);
            let week = (day + THURSDAY).div_euclid(7);
            let is_recent = place < self.last.max(1);
            let is_of_its_day = first_of(&mut days, day, self.daily);
            let is_of_its_week = first_of(&mut weeks, week, self.weekly);
            *keep = is_recent || is_of_its_day || is_of_its_week;
        }
        kept
    }
}

/// Whether this is the first of its day or week, and there is still room for one.
fn first_of(seen: &mut BTreeSet<i64>, number: i64, room: u32) -> bool {
    seen.len() < usize::try_from(room).unwrap_or(usize::MAX) && seen.insert(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours after Monday 2026-11-16, 00:00 UTC.
    fn at(hours: i64) -> Timestamp {
        Timestamp::from_micros(1_794_787_200_000_000 + hours * 3_600_000_000)
    }

    fn kept(rule: Retention, hours: &[i64]) -> Vec<i64> {
        let times: Vec<_> = hours.iter().copied().map(at).collect();
        hours.iter().zip(rule.keep(&times)).filter(|(_, keep)| *keep).map(|(hour, _)| *hour).collect()
    }

    #[test]
    fn the_newest_and_one_for_each_day_and_week_are_kept() {
        let rule = Retention { last: 2, daily: 3, weekly: 2 };
        // Three on Wednesday, one on Tuesday, two on Monday, one on Sunday, two in the week before.
        let hours = [58, 50, 49, 30, 20, 10, -1, -100, -200];
        assert_eq!(kept(rule, &hours), [58, 50, 30, 20, -1]);
        let mut mixed = hours;
        mixed.reverse();
        assert_eq!(kept(rule, &mixed), [-1, 20, 30, 50, 58]);
    }

    #[test]
    fn the_newest_backup_is_kept_whatever_the_rule_says() {
        assert_eq!(kept(Retention { last: 0, daily: 0, weekly: 0 }, &[1, 5, 3]), [5]);
    }
}
