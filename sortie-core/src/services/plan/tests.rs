//! Plans against a simulated engine: wherever one starts, following them leads to the target.

mod engine;
mod targets;

use std::time::Duration;

use proptest::prelude::*;

use self::{
    engine::{FOREIGN, SimEngine},
    targets::{Wish, wishes},
};
use super::*;
use crate::services::{
    failure::{Cause, Failure},
    seen::Health,
};

const RULES: Rules = Rules {
    settle: Duration::from_secs(5),
    first_delay: Duration::from_secs(1),
    longest_delay: Duration::from_mins(1),
    give_up_after: 4,
};

/// Follows plans until nothing changes any more; answers the last one.
fn follow(engine: &mut SimEngine, target: &Target, memory: &mut Memory) -> Plan {
    let mut last = Plan::default();
    for _ in 0..400 {
        last = one_pass(engine, target, memory, usize::MAX);
        let moves = |it: &Verdict| {
            matches!(
                it.standing,
                Standing::Starting | Standing::BackingOff { .. } | Standing::Pending | Standing::Leaving
            )
        };
        if last.steps.is_empty() && !last.verdicts.iter().any(moves) {
            break;
        }
        engine.pass_time(Duration::from_secs(3));
    }
    last
}

/// One pass that may end after some steps, as in a crash.
fn one_pass(engine: &mut SimEngine, target: &Target, memory: &mut Memory, steps: usize) -> Plan {
    let seen = engine.seen(target);
    memory.learn(target, &seen, engine.now, &RULES);
    let plan = plan(target, &seen, memory, &RULES, engine.now);
    let ranks: Vec<u8> = plan.steps.iter().map(Step::rank).collect();
    assert!(ranks.is_sorted(), "out of order: {:?}", plan.steps);
    engine.run(target, &plan, memory, steps);
    plan
}

/// One whole pass; answers how the first service stands.
fn pass(engine: &mut SimEngine, target: &Target, memory: &mut Memory) -> &'static str {
    one_pass(engine, target, memory, usize::MAX).verdicts[0].standing.name()
}

fn standing_of<'a>(plan: &'a Plan, name: &str) -> &'a Standing {
    &plan.verdicts.iter().find(|it| it.service_name == name).unwrap().standing
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn following_plans_leads_to_the_target_from_anywhere(before in wishes(), interrupted in 0usize..12, after in wishes()) {
        let mut engine = SimEngine::default();
        let mut memory = Memory::default();
        let (before, after) = (targets::target(&before), targets::target(&after));
        one_pass(&mut engine, &before, &mut memory, interrupted);
        // A crash: what was remembered is lost.
        memory = Memory::default();
        follow(&mut engine, &before, &mut memory);
        let volumes = engine.volumes.clone();
        one_pass(&mut engine, &after, &mut Memory::default(), interrupted);
        let last = follow(&mut engine, &after, &mut memory);

        prop_assert!(last.steps.is_empty(), "{last:#?}");
        for (app, service) in after.services() {
            let key = Key { app: app.number, service: service.number };
            let verdict = last.verdicts.iter().find(|it| it.key == key).unwrap();
            let expected = if targets::may_run(app, service) { "applied" } else { verdict.standing.name() };
            prop_assert_eq!(verdict.standing.name(), expected, "{} {:#?}", service.name, last.verdicts);
            if expected == "applied" {
                let runs: Vec<_> = engine.containers.iter().filter(|it| it.key == key && it.is_up()).collect();
                prop_assert_eq!(runs.len(), 1);
                prop_assert_eq!(&runs[0].fingerprint, &service.fingerprint());
            }
        }
        // What nobody wants is gone, but volumes stay.
        prop_assert!(engine.containers.iter().all(|it| after.service(it.key).is_some()));
        prop_assert!(volumes.is_subset(&engine.volumes));
        for network in engine.networks.iter().filter(|it| !FOREIGN.contains(&it.name.as_str())) {
            prop_assert!(after.apps.contains_key(&network.app));
        }
    }

    #[test]
    fn a_plan_that_was_followed_is_not_planned_again(wish in wishes()) {
        let mut engine = SimEngine::default();
        let mut memory = Memory::default();
        let target = targets::target(&wish);
        follow(&mut engine, &target, &mut memory);
        let before = engine.clone();
        let again = one_pass(&mut engine, &target, &mut memory, usize::MAX);
        prop_assert_eq!(again.steps, Vec::new());
        prop_assert_eq!(before, engine);
    }
}

#[test]
fn one_bad_app_never_stops_the_others() {
    let mut engine = SimEngine::default();
    let target = targets::target(&[Wish::named("bad").image("missing"), Wish::named("good").of_app(2)]);
    let last = follow(&mut engine, &target, &mut Memory::default());
    assert_eq!(standing_of(&last, "good"), &Standing::Applied);
    let Standing::GaveUp { failure, failures: 4 } = standing_of(&last, "bad") else { panic!("{last:#?}") };
    assert_eq!(failure.cause, Cause::ImageNotFound);
}

#[test]
fn a_service_that_dies_at_once_is_tried_after_growing_pauses_and_then_given_up() {
    let mut engine = SimEngine::default();
    let target = targets::target(&[Wish::named("short").image("dies")]);
    let last = follow(&mut engine, &target, &mut Memory::default());
    let Standing::GaveUp { failure, failures: 4 } = standing_of(&last, "short") else { panic!("{last:#?}") };
    assert_eq!(failure.cause, Cause::Exits);
    assert_eq!(engine.starts, 4);
    let delays: Vec<u64> = (1..9).map(|it| super::super::memory::delay(it, &RULES).as_secs()).collect();
    assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60]);
}

#[test]
fn what_a_failed_service_needs_is_made_with_its_next_attempt_and_not_before() {
    let target = targets::target(&[Wish::named("web")]);
    let (app, service) = target.services().next().unwrap();
    let key = Key { app: app.number, service: service.number };
    let (mut memory, now) = (Memory::default(), Timestamp::from_micros(0));
    let failure = Failure::new(Cause::EngineFailed, "no network can be made");
    memory.failed(key, &service.fingerprint(), failure, now, &RULES);
    assert_eq!(plan(&target, &Seen::default(), &memory, &RULES, now).steps, []);
    let later = now.plus(RULES.first_delay);
    assert!(!plan(&target, &Seen::default(), &memory, &RULES, later).steps.is_empty());
}

#[test]
fn a_changed_target_is_tried_at_once_after_giving_up() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    follow(&mut engine, &targets::target(&[Wish::named("web").image("dies")]), &mut memory);
    let last = follow(&mut engine, &targets::target(&[Wish::named("web")]), &mut memory);
    assert!(last.is_applied(), "{last:#?}");
}

#[test]
fn what_one_depends_on_is_well_before_it_starts() {
    let mut engine = SimEngine::default();
    let target = targets::target(&[Wish::named("db").probed(), Wish::named("web").after("db")]);
    let first = one_pass(&mut engine, &target, &mut Memory::default(), usize::MAX);
    assert_eq!(standing_of(&first, "web"), &Standing::Waiting(vec!["db".to_owned()]));
    assert!(engine.containers.iter().all(|it| it.service_name == "db"));
    assert!(follow(&mut engine, &target, &mut Memory::default()).is_applied());
}

#[test]
fn with_start_first_the_old_version_goes_when_the_new_one_is_well() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    follow(&mut engine, &targets::target(&[Wish::named("web").probed().start_first()]), &mut memory);
    let next = targets::target(&[Wish::named("web").probed().start_first().image("b")]);
    one_pass(&mut engine, &next, &mut memory, usize::MAX);
    assert_eq!(engine.containers.iter().filter(|it| it.is_up()).count(), 2, "both run");
    assert!(follow(&mut engine, &next, &mut memory).is_applied());
    assert_eq!(engine.containers.len(), 1);
}

#[test]
fn with_start_first_a_version_that_does_not_get_well_is_rolled_back() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    let good = targets::target(&[Wish::named("web").probed().start_first()]);
    follow(&mut engine, &good, &mut memory);
    let running = engine.containers[0].id.clone();
    let last =
        follow(&mut engine, &targets::target(&[Wish::named("web").image("sick").probed().start_first()]), &mut memory);
    assert!(matches!(standing_of(&last, "web"), Standing::RolledBack(_)), "{last:#?}");
    assert_eq!(engine.containers.iter().map(|it| &it.id).collect::<Vec<_>>(), [&running]);
}

#[test]
fn an_old_version_runs_on_while_the_new_image_cannot_be_fetched() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    follow(&mut engine, &targets::target(&[Wish::named("web")]), &mut memory);
    follow(&mut engine, &targets::target(&[Wish::named("web").image("missing")]), &mut memory);
    assert!(engine.containers.iter().any(Container::is_up));
}

#[test]
fn an_update_lock_keeps_what_runs() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    follow(&mut engine, &targets::target(&[Wish::named("web")]), &mut memory);
    let mut next = targets::target(&[Wish::named("web").image("b")]);
    next.apps.values_mut().for_each(|it| it.update_lock = true);
    let locked = follow(&mut engine, &next, &mut memory);
    assert_eq!(standing_of(&locked, "web"), &Standing::Locked);
    next.apps.values_mut().for_each(|it| it.update_lock = false);
    assert!(follow(&mut engine, &next, &mut memory).is_applied());
}

#[test]
fn a_container_stopped_by_hand_is_started_again() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    let target = targets::target(&[Wish::named("web")]);
    follow(&mut engine, &target, &mut memory);
    engine.containers[0].state = ContainerState::Exited(137);
    assert!(follow(&mut engine, &target, &mut memory).is_applied());
}

#[test]
fn a_container_that_the_engine_cannot_start_again_and_again_is_made_anew() {
    let mut engine = SimEngine::default();
    let target = targets::target(&[Wish::named("web")]);
    follow(&mut engine, &target, &mut Memory::default());
    engine.containers[0].state = ContainerState::Created;
    let (app, service) = target.services().next().unwrap();
    let key = Key { app: app.number, service: service.number };
    let mut memory = Memory::default();
    let mut steps_after_failure = || {
        let failure = Failure::new(Cause::EngineFailed, "the task exists already");
        memory.failed(key, &service.fingerprint(), failure, engine.now, &RULES);
        engine.pass_time(RULES.longest_delay);
        let steps = plan(&target, &engine.seen(&target), &memory, &RULES, engine.now).steps;
        steps.iter().map(Step::name).collect::<Vec<_>>()
    };
    assert_eq!(steps_after_failure(), ["start container"]);
    assert_eq!(steps_after_failure(), ["remove container", "start container"]);
}

#[test]
fn a_network_that_is_there_twice_is_made_one_and_goes_as_one() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    let target = targets::target(&[Wish::named("web")]);
    follow(&mut engine, &target, &mut memory);
    let names = |target: &Target, seen: &Seen| -> Vec<&str> {
        plan(target, seen, &memory, &RULES, engine.now).steps.iter().map(Step::name).collect()
    };
    let mut seen = engine.seen(&target);
    assert_eq!(names(&target, &seen), [""; 0]);
    seen.networks.extend(seen.networks.clone());
    assert_eq!(names(&target, &seen), ["create network"]);
    assert_eq!(names(&Target::default(), &seen), ["stop container", "remove container", "remove network"]);
}

#[test]
fn a_container_that_lost_its_network_is_made_anew() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    let target = targets::target(&[Wish::named("web")]);
    follow(&mut engine, &target, &mut memory);
    let (lost, networks) = (engine.containers[0].id.clone(), std::mem::take(&mut engine.containers[0].networks));
    let plan = one_pass(&mut engine, &target, &mut memory, usize::MAX);
    assert_eq!(standing_of(&plan, "web").name(), "backing_off");
    assert!(follow(&mut engine, &target, &mut memory).is_applied());
    assert_eq!(engine.containers[0].networks, networks);
    assert_ne!(engine.containers[0].id, lost);
}

#[test]
fn a_new_attempt_is_left_to_show_whether_it_gets_well() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    let target = targets::target(&[Wish::named("web").probed()]);
    follow(&mut engine, &target, &mut memory);
    let judged = |health: Health, memory: &mut Memory, engine: &mut SimEngine| {
        engine.pass_time(RULES.longest_delay);
        let mut seen = engine.seen(&target);
        seen.containers[0].health = health;
        memory.learn(&target, &seen, engine.now, &RULES);
        plan(&target, &seen, memory, &RULES, engine.now).verdicts[0].standing.name()
    };
    let bad = || Health::Unhealthy("no".to_owned());
    assert_eq!(judged(bad(), &mut memory, &mut engine), "backing_off");
    assert_eq!(judged(bad(), &mut memory, &mut engine), "pending", "the next attempt is due");
    engine.containers[0].id = "next".to_owned();
    assert_eq!(judged(Health::Waiting, &mut memory, &mut engine), "starting");
    assert_eq!(judged(bad(), &mut memory, &mut engine), "backing_off");
}

#[test]
fn what_the_engine_starts_again_and_again_is_stopped_though_it_is_seen_running() {
    let mut engine = SimEngine::default();
    let target = targets::target(&[Wish::named("web")]);
    follow(&mut engine, &target, &mut Memory::default());
    let mut seen = engine.seen(&target);
    seen.containers[0].restarts = 9;
    seen.containers[0].started_at = Some(engine.now);
    let mut memory = Memory::default();
    memory.learn(&target, &seen, engine.now, &RULES);
    let plan = plan(&target, &seen, &memory, &RULES, engine.now);
    assert_eq!(standing_of(&plan, "web").failure().unwrap().cause, Cause::Exits);
    assert_eq!(plan.steps.iter().map(Step::name).collect::<Vec<_>>(), ["stop container"]);
}

#[test]
fn restarts_from_before_a_stop_do_not_count_against_the_run_after_it() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    let target = targets::target(&[Wish::named("web")]);
    follow(&mut engine, &target, &mut memory);
    // Podman goes on with its count, Docker begins anew.
    for after in [9, 0] {
        engine.containers[0].restarts = 9;
        engine.containers[0].state = ContainerState::Exited(0);
        assert_eq!(pass(&mut engine, &target, &mut memory), "backing_off");
        engine.pass_time(RULES.longest_delay);
        assert_eq!(pass(&mut engine, &target, &mut memory), "pending", "it is started again");
        engine.containers[0].restarts = after;
        assert_eq!(pass(&mut engine, &target, &mut memory), "starting", "with {after}");
        // What it does from now on counts.
        engine.containers[0].restarts = after + 2;
        engine.containers[0].started_at = Some(engine.now);
        assert_eq!(pass(&mut engine, &target, &mut memory), "backing_off", "with {after}");
        engine.pass_time(RULES.longest_delay);
        pass(&mut engine, &target, &mut memory);
        engine.pass_time(RULES.longest_delay);
        assert_eq!(pass(&mut engine, &target, &mut memory), "applied", "with {after}");
    }
}

#[test]
fn restarts_of_weeks_ago_do_not_count_against_the_next_one() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    let target = targets::target(&[Wish::named("web")]);
    follow(&mut engine, &target, &mut memory);
    engine.containers[0].restarts = 5;
    engine.pass_time(RULES.longest_delay);
    assert_eq!(pass(&mut engine, &target, &mut memory), "applied");
    engine.containers[0].restarts = 6;
    engine.containers[0].started_at = Some(engine.now);
    assert_eq!(pass(&mut engine, &target, &mut memory), "starting");
}

#[test]
fn what_is_not_well_is_not_stopped_for_restarts_of_before() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    let target = targets::target(&[Wish::named("web").probed()]);
    follow(&mut engine, &target, &mut memory);
    let mut seen = engine.seen(&target);
    seen.containers[0].restarts = 1;
    seen.containers[0].health = Health::Unhealthy("no".to_owned());
    memory.learn(&target, &seen, engine.now, &RULES);
    let plan = plan(&target, &seen, &memory, &RULES, engine.now);
    assert_eq!(plan.verdicts[0].standing.name(), "backing_off");
    assert_eq!(plan.steps, []);
}

#[test]
fn volumes_go_only_with_their_app_and_when_that_was_asked_for() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    let mut target = targets::target(&[Wish::named("db").with_volume()]);
    follow(&mut engine, &target, &mut memory);
    let number = *target.apps.keys().next().unwrap();
    let mut kept = target.clone();
    kept.remove(number, false);
    follow(&mut engine, &kept, &mut memory);
    assert_eq!(engine.volumes.iter().filter(|it| it.app == number).count(), 1);
    target.remove(number, true);
    follow(&mut engine, &target, &mut memory);
    assert_eq!(engine.volumes.iter().filter(|it| it.app == number).count(), 0);
}

#[test]
fn an_image_goes_when_nothing_needs_it_and_only_if_it_was_downloaded_for_services() {
    let mut engine = SimEngine::default();
    let mut memory = Memory::default();
    follow(&mut engine, &targets::target(&[Wish::named("web")]), &mut memory);
    engine.images.insert("brought".to_owned());
    follow(&mut engine, &targets::target(&[Wish::named("web").image("b")]), &mut memory);
    assert_eq!(engine.images.iter().map(String::as_str).collect::<Vec<_>>(), ["b", "brought"]);
}
