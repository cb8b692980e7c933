//! What a row looks like after a legal move. The store writes it with compare-and-set.

use super::{Ending, NewSession, Phase, PhaseKind, Session, Status, Transition};
use crate::{app::EgressPolicy, spec::Spec, time::Timestamp};

impl Session {
    /// The row of a fresh launch.
    pub fn launched(new: NewSession, at: Timestamp) -> Self {
        Self {
            id: new.id,
            tenant: new.tenant,
            owner: new.owner,
            owner_name: new.owner_name,
            app: new.spec.app.clone(),
            app_name: new.spec.app_name.clone(),
            status: Status::Creating,
            ending: None,
            phase: Phase { kind: PhaseKind::Queued, detail: String::new(), since: at },
            version: 1,
            place: new.place,
            workload_name: None,
            workload_address: None,
            spec: Some(new.spec),
            viewport: new.viewport,
            workspace: new.workspace,
            idle_timeout: new.idle_timeout,
            max_lifetime: new.max_lifetime,
            created_at: at,
            updated_at: at,
            started_at: None,
            last_input_at: None,
            released_at: None,
            replaces: new.replaces,
        }
    }

    /// The row after a move.
    #[must_use]
    pub fn after(&self, transition: &Transition, at: Timestamp) -> Self {
        let mut next = self.changed(at);
        next.status = transition.to();
        match transition {
            Transition::Ready { name, address } => {
                next.workload_name = Some(name.clone());
                next.workload_address.clone_from(address);
                next.started_at = Some(at);
                next.phase = Phase { kind: PhaseKind::Ready, detail: String::new(), since: at };
            }
            Transition::End { reason, detail, output, .. } => {
                next.ending = Some(Ending { reason: *reason, detail: detail.clone(), output: output.clone(), at });
                next.phase = Phase { kind: PhaseKind::Ended, detail: String::new(), since: at };
            }
        }
        next
    }

    /// The row in another phase; `None` when that says nothing new.
    pub fn in_phase(&self, kind: PhaseKind, detail: &str, at: Timestamp) -> Option<Self> {
        if self.phase.kind == kind && self.phase.detail == detail {
            return None;
        }
        let mut next = self.changed(at);
        let since = if self.phase.kind == kind { self.phase.since } else { at };
        next.phase = Phase { kind, detail: detail.to_owned(), since };
        Some(next)
    }

    /// The row of a live session with another egress policy; `None` when that changes nothing. It is the one part of an app's
    /// definition that follows the app.
    pub fn with_egress(&self, egress: Option<&EgressPolicy>, at: Timestamp) -> Option<Self> {
        let spec = self.spec.as_ref()?;
        if self.status.is_final() || spec.egress.as_ref() == egress {
            return None;
        }
        let mut next = self.changed(at);
        next.spec = Some(Spec { egress: egress.cloned(), ..spec.clone() });
        Some(next)
    }

    /// The row after everything of its workload was observed gone.
    #[must_use]
    pub fn released(&self, at: Timestamp) -> Self {
        let mut next = self.changed(at);
        next.released_at = Some(at);
        next
    }

    fn changed(&self, at: Timestamp) -> Self {
        Self { version: self.version + 1, updated_at: at, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::EgressMode,
        session::{Reason, SessionEvent, fixture, status::apply},
    };

    #[test]
    fn an_ended_row_says_why_and_when_and_counts_its_version() {
        let running = fixture::session(Status::Running);
        let at = Timestamp::from_micros(7);
        let stop = apply(running.status, SessionEvent::Stop(Reason::StoppedByUser)).unwrap();
        let stopped = running.after(&stop, at);
        assert_eq!((stopped.status, stopped.version), (Status::Stopped, 2));
        assert_eq!(stopped.ending.map(|it| (it.reason, it.at)), Some((Reason::StoppedByUser, at)));
    }

    #[test]
    fn a_phase_that_says_nothing_new_changes_nothing_and_more_detail_keeps_its_start() {
        let row = fixture::session(Status::Creating);
        assert_eq!(row.in_phase(PhaseKind::Queued, "", Timestamp::from_micros(9)), None);
        let told = row.in_phase(PhaseKind::Queued, "soon", Timestamp::from_micros(9)).unwrap();
        assert_eq!(told.phase.since, row.phase.since);
    }

    #[test]
    fn only_a_live_row_follows_an_egress_policy_and_only_a_new_one() {
        let at = Timestamp::from_micros(9);
        let policy = EgressPolicy { mode: EgressMode::Denylist, rules: Vec::new() };
        let mut row = fixture::session(Status::Running);
        assert_eq!(row.with_egress(Some(&policy), at), None, "a row of an older system has no definition");
        row.spec = Some(fixture::spec());
        let next = row.with_egress(Some(&policy), at).unwrap();
        assert_eq!((next.version, next.spec.as_ref().unwrap().egress.as_ref()), (2, Some(&policy)));
        assert_eq!(next.with_egress(Some(&policy), at), None);
        let over = Session { spec: row.spec, ..fixture::session(Status::Stopped) };
        assert_eq!(over.with_egress(Some(&policy), at), None);
    }
}
