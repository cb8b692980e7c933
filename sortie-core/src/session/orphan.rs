//! Whose is a workload without a row? Only what is surely ours and surely left over is removed.

use std::time::Duration;

use crate::{
    id::{InstallationId, PlaceId},
    time::Timestamp,
    workload::Labels,
};

/// How old a workload without a row must be before it may be removed.
pub const ORPHAN_AGE: Duration = Duration::from_mins(10);

/// What is known about the whole place when one unknown workload is judged.
#[derive(Clone, Debug)]
pub struct Census<'a> {
    /// Our installation.
    pub installation: &'a InstallationId,
    /// Its incarnation now.
    pub incarnation: i64,
    /// The place that was listed.
    pub place: &'a PlaceId,
    /// How many workloads were listed.
    pub listed: usize,
    /// How many of them have no row.
    pub unknown: usize,
}

/// What to do with a workload without a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Ours and left over.
    Delete,
    /// Not ours: another installation's or another place's. Not counted.
    NotOurs,
    /// Too young to judge.
    TooYoung,
    /// It could be a mistake of ours (a restored database, too many at once): a person settles it.
    Keep,
}

/// Judges one workload that has no row.
pub fn verdict(labels: &Labels, census: &Census<'_>, now: Timestamp) -> Verdict {
    if labels.installation != *census.installation || labels.place != *census.place {
        return Verdict::NotOurs;
    }
    if now.since(labels.created_at) < ORPHAN_AGE {
        return Verdict::TooYoung;
    }
    let tolerated = (census.listed / 10).max(3);
    if census.unknown > tolerated || labels.incarnation != census.incarnation {
        return Verdict::Keep;
    }
    Verdict::Delete
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{SessionId, UserId};

    fn labels(age: Duration) -> (Labels, Timestamp) {
        let created_at = Timestamp::from_micros(1_000_000);
        let labels = Labels {
            installation: InstallationId::new("i").unwrap(),
            incarnation: 1,
            place: PlaceId::new("p").unwrap(),
            session: SessionId::new("s").unwrap(),
            owner: UserId::new("u").unwrap(),
            created_at,
        };
        (labels, created_at.plus(age))
    }

    fn judge(change: impl FnOnce(&mut Labels), age: Duration, listed: usize, unknown: usize) -> Verdict {
        let (mut labels, now) = labels(age);
        let (installation, place) = (labels.installation.clone(), labels.place.clone());
        change(&mut labels);
        let census = Census { installation: &installation, incarnation: 1, place: &place, listed, unknown };
        verdict(&labels, &census, now)
    }

    #[test]
    fn an_old_left_over_of_ours_is_deleted() {
        assert_eq!(judge(|_| {}, ORPHAN_AGE, 1, 1), Verdict::Delete);
    }

    #[test]
    fn a_workload_of_another_installation_is_never_touched() {
        let other = |labels: &mut Labels| labels.installation = InstallationId::new("x").unwrap();
        assert_eq!(judge(other, ORPHAN_AGE, 1, 1), Verdict::NotOurs);
    }

    #[test]
    fn a_young_workload_is_left_alone_because_its_row_may_be_on_its_way() {
        assert_eq!(judge(|_| {}, Duration::from_secs(599), 1, 1), Verdict::TooYoung);
    }

    #[test]
    fn many_unknown_workloads_at_once_look_like_a_mistake_of_ours_and_are_kept() {
        assert_eq!(judge(|_| {}, ORPHAN_AGE, 10, 4), Verdict::Keep);
        assert_eq!(judge(|_| {}, ORPHAN_AGE, 40, 4), Verdict::Delete);
    }

    #[test]
    fn a_workload_from_before_a_restore_is_kept() {
        assert_eq!(judge(|labels| labels.incarnation = 0, ORPHAN_AGE, 1, 1), Verdict::Keep);
    }
}
