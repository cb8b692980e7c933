//! The manual mode: nothing is done before somebody asks, and then until it is done.

use sortie_core::services::{Plan, verdict::Standing};

/// What somebody asked to apply. It is not written down: after a restart one asks again.
#[derive(Debug, Default)]
pub(super) struct Grant {
    given: Option<Asked>,
}

/// The target that was the newest one then, if there was any.
#[derive(Debug, PartialEq, Eq)]
struct Asked(Option<i64>);

impl Grant {
    /// Somebody asks for this target.
    pub(super) fn give(&mut self, target: Option<i64>) {
        self.given = Some(Asked(target));
    }

    /// Whether something is asked for and not done yet.
    pub(super) fn is_held(&self) -> bool {
        self.given.is_some()
    }

    /// Whether this plan may be carried out. Another target takes what was asked for away, and so does the end of the work.
    pub(super) fn covers(&mut self, target: Option<i64>, plan: &Plan, nobody_works: bool) -> bool {
        if self.given != Some(Asked(target)) || (nobody_works && is_done(plan)) {
            self.given = None;
        }
        self.is_held()
    }
}

/// Whether nothing more would come of it: everything is as wanted, or was given up.
fn is_done(plan: &Plan) -> bool {
    let rests = |it: &Standing| {
        matches!(
            it,
            Standing::Applied
                | Standing::Finished(_)
                | Standing::GaveUp { .. }
                | Standing::RolledBack(_)
                | Standing::Blocked(_)
                | Standing::Locked
        )
    };
    plan.steps.is_empty() && plan.verdicts.iter().all(|it| rests(&it.standing))
}

#[cfg(test)]
mod tests {
    use sortie_core::services::{AppNumber, Step};

    use super::*;

    #[test]
    fn what_was_asked_for_ends_with_the_work_or_with_another_target() {
        let step = Step::CreateVolume { app: AppNumber::new(1).unwrap(), name: "1_data".to_owned() };
        let work = Plan { steps: vec![step], verdicts: Vec::new() };
        let mut grant = Grant::default();
        assert!(!grant.covers(Some(1), &work, true));
        grant.give(Some(1));
        assert!(grant.covers(Some(1), &work, true) && grant.covers(Some(1), &Plan::default(), false));
        assert!(!grant.covers(Some(1), &Plan::default(), true));
        assert!(!grant.covers(Some(1), &work, true));
        grant.give(Some(1));
        assert!(!grant.covers(Some(2), &work, true) && !grant.covers(Some(1), &work, true));
    }
}
