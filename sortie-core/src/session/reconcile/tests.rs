use proptest::prelude::*;

use super::*;
use crate::{session::fixture, session::status::apply, time::Timestamp};

fn observations() -> Vec<(&'static str, Observed)> {
    vec![
        ("absent", Observed::Absent),
        ("starting", Observed::Starting { detail: String::new(), cause: None }),
        ("ready", Observed::Ready { name: "w".to_owned(), address: None }),
        ("broken", Observed::Broken(Breakage { reason: Reason::AppExited, detail: String::new(), output: Vec::new() })),
        ("ending", Observed::Ending),
        ("partial", Observed::Partial),
    ]
}

fn name(step: &Step) -> String {
    match step {
        Step::Create => "create".to_owned(),
        Step::Record(SessionEvent::BecameReady { .. }) => "record running".to_owned(),
        Step::Record(SessionEvent::Fail { reason, .. }) => format!("fail {reason}"),
        Step::Record(other) => format!("{other:?}"),
        Step::Delete => "delete".to_owned(),
        Step::RecordReleased => "release".to_owned(),
        Step::SettleOrphan => "whose?".to_owned(),
        Step::Wait(_) => "wait".to_owned(),
        Step::Rest => "rest".to_owned(),
    }
}

fn watch() -> Watch {
    Watch { ready_timeout: Duration::from_mins(2), ..Watch::default() }
}

fn table_row(row: Option<&Session>, watch: &Watch) -> String {
    let cells: Vec<_> = observations().iter().map(|(_, it)| name(&next_step(row, it, watch))).collect();
    cells.join(" | ")
}

#[test]
fn every_cell_of_the_table_is_the_documented_one() {
    let late = Watch { creating_for: Duration::from_mins(2), starting_for: RUNNING_BUT_STARTING, ..watch() };
    let creating = fixture::session(Status::Creating);
    let running = fixture::session(Status::Running);
    assert_eq!(
        table_row(Some(&creating), &watch()),
        "create | wait | record running | fail app_exited | wait | create"
    );
    assert_eq!(
        table_row(Some(&creating), &late),
        "fail start_timeout | fail start_timeout | record running | fail app_exited | wait | fail start_timeout"
    );
    assert_eq!(
        table_row(Some(&running), &watch()),
        "fail workload_lost | rest | rest | fail app_exited | fail workload_lost | fail workload_lost"
    );
    assert_eq!(
        table_row(Some(&running), &late),
        "fail workload_lost | fail workload_lost | rest | fail app_exited | fail workload_lost | fail workload_lost"
    );
    for status in [Status::Stopped, Status::Expired, Status::Failed] {
        let mut ended = fixture::session(status);
        assert_eq!(table_row(Some(&ended), &watch()), "release | delete | delete | delete | wait | delete");
        ended.released_at = Some(Timestamp::from_micros(1));
        assert_eq!(table_row(Some(&ended), &watch()), "rest | delete | delete | delete | wait | delete");
    }
    assert_eq!(table_row(None, &watch()), "rest | whose? | whose? | whose? | wait | whose?");
}

#[test]
fn a_refusal_fails_the_session_with_the_runtime_s_words() {
    let refused = Refusal { code: "command_missing".to_owned(), message: "xterm is not installed".to_owned() };
    let step = next_step(
        Some(&fixture::session(Status::Creating)),
        &Observed::Absent,
        &Watch { refused: Some(refused), ..watch() },
    );
    let Step::Record(SessionEvent::Fail { reason, detail, .. }) = step else { panic!("{step:?}") };
    assert_eq!((reason, detail.as_str()), (Reason::StartRefused, "xterm is not installed"));
}

#[test]
fn a_start_that_takes_too_long_fails_for_the_cause_that_the_runtime_knows() {
    let late = Watch { creating_for: Duration::from_mins(2), ..watch() };
    let starting = Observed::Starting { detail: "fetching the image".to_owned(), cause: Some(Reason::ImagePullFailed) };
    let step = next_step(Some(&fixture::session(Status::Creating)), &starting, &late);
    let Step::Record(SessionEvent::Fail { reason, detail, .. }) = step else { panic!("{step:?}") };
    assert_eq!(reason, Reason::ImagePullFailed);
    assert!(detail.contains("fetching the image"));
}

#[test]
fn a_session_whose_workspace_is_taken_waits_and_creates_nothing() {
    let taken = Watch { workspace_taken: true, creating_for: Duration::from_secs(999), ..watch() };
    let step = next_step(Some(&fixture::session(Status::Creating)), &Observed::Absent, &taken);
    assert_eq!(step, Step::Wait(Waiting::Workspace));
}

/// A small world: what a runtime may show after a step, driven by chance.
fn world_after(step: &Step, world: usize, chance: usize) -> usize {
    match step {
        Step::Create => [1, 1, 5][chance % 3],
        Step::Delete => {
            if world == 5 {
                0
            } else {
                4
            }
        }
        Step::Record(_) | Step::RecordReleased | Step::SettleOrphan | Step::Wait(_) | Step::Rest => match world {
            1 => [1, 2, 3][chance % 3],
            2 => [2, 2, 3, 0][chance % 4],
            4 => [4, 5, 0][chance % 3],
            other => other,
        },
    }
}

proptest! {
    /// Whatever the world does, an ended session is released, and never before its workload is gone.
    #[test]
    fn every_ended_session_is_released_once_and_only_when_its_workload_is_gone(
        chances in proptest::collection::vec(0usize..12, 60),
        stop_at in 0usize..20,
    ) {
        let mut session = fixture::session(Status::Creating);
        let mut world = 0usize;
        for (round, chance) in chances.into_iter().enumerate() {
            if round == stop_at
                && let Ok(transition) = apply(session.status, SessionEvent::Stop(Reason::StoppedByUser))
            {
                session.status = transition.to();
            }
            let observed = observations().swap_remove(world).1;
            let step = next_step(Some(&session), &observed, &watch());
            match &step {
                Step::Record(event) => {
                    let transition = apply(session.status, event.clone());
                    prop_assert!(transition.is_ok(), "the reconciler asked for an illegal move: {step:?}");
                    session.status = transition.unwrap().to();
                }
                Step::RecordReleased => {
                    prop_assert!(session.status.is_final());
                    prop_assert_eq!(world, 0);
                    prop_assert!(session.released_at.is_none());
                    session.released_at = Some(Timestamp::from_micros(1));
                }
                Step::Create => prop_assert_eq!(session.status, Status::Creating),
                Step::Delete => prop_assert!(session.status.is_final()),
                Step::SettleOrphan | Step::Wait(_) | Step::Rest => {}
            }
            world = world_after(&step, world, chance);
        }
        for _ in 0..8 {
            let observed = observations().swap_remove(world).1;
            let step = next_step(Some(&session), &observed, &watch());
            if let Step::Record(event) = &step {
                session.status = apply(session.status, event.clone()).unwrap().to();
            }
            if step == Step::RecordReleased {
                session.released_at = Some(Timestamp::from_micros(1));
            }
            world = match (step, world) { (Step::Create, _) => 3, (Step::Delete, 5) => 0, (Step::Delete, _) => 4, (_, 4) => 0, (_, 1) => 3, (_, it) => it };
        }
        prop_assert!(session.status == Status::Running || session.released_at.is_some());
    }
}

#[test]
fn a_launch_that_was_held_up_fails_with_what_held_it_up() {
    let held = Held { reason: Reason::QuotaExceeded, detail: "used 10 of 10".to_owned() };
    let late = Watch { creating_for: Duration::from_mins(2), held: Some(held), ..watch() };
    let creating = fixture::session(Status::Creating);
    for nothing in [Observed::Absent, Observed::Partial] {
        let step = next_step(Some(&creating), &nothing, &late);
        let Step::Record(SessionEvent::Fail { reason, detail, .. }) = step else { panic!("{step:?}") };
        assert_eq!(reason, Reason::QuotaExceeded);
        assert!(detail.contains("used 10 of 10"), "{detail}");
    }
}

#[test]
fn what_cannot_be_seen_is_waited_for_and_a_launch_not_for_ever() {
    let late = Watch { creating_for: Duration::from_mins(2), ..watch() };
    let step = |status, watch: &Watch| name(&unseen(&fixture::session(status), watch));
    assert_eq!(step(Status::Creating, &watch()), "wait");
    assert_eq!(step(Status::Creating, &late), "fail runtime_unavailable");
    for status in [Status::Running, Status::Stopped, Status::Failed] {
        assert_eq!(step(status, &late), "rest");
    }
}
