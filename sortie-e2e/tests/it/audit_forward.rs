//! The audit's way to a collector: complete, in order, and never in anybody's way.

use std::{fs, time::Duration};

use super::{
    backup::does,
    harness::{
        collector::{Collector, Mood},
        server::Server,
        wait_for,
        world::World,
    },
};

const SOON: Duration = Duration::from_mins(1);
const TOKEN: &str = "a-token-of-the-collector";

fn aimed(mut world: World, collector: &Collector) -> World {
    world.set("SORTIE_AUDIT_FORWARD_URL", &collector.url());
    world.set("SORTIE_AUDIT_FORWARD_TOKEN", TOKEN);
    world
}

async fn metric(server: &Server, name: &str) -> f64 {
    let text = String::from_utf8_lossy(&server.anybody().get("/metrics").await.body).into_owned();
    let line = text.lines().find(|it| it.starts_with(&format!("{name} "))).map(str::to_owned);
    let line = line.unwrap_or_else(|| panic!("{name} is missing: {text}"));
    line.split(' ').next_back().unwrap().parse().unwrap()
}

/// What the collector has is the whole audit, by the audit's own proof.
async fn is_whole(world: &World, collector: &Collector) {
    let sealed = wait_for(SOON, "everything to be sealed", || async {
        let said = does(world, &["audit", "verify"], "").await;
        let count = said.split("sealed: ").nth(1)?.split(' ').next()?.parse::<usize>().ok()?;
        (said.contains("Not sealed yet: 0.") && collector.audit().len() == count).then_some(count)
    })
    .await;
    let file = world.folder().join("collected.jsonl");
    let lines: Vec<_> = collector.audit().into_values().collect();
    fs::write(&file, lines.join("\n") + "\n").unwrap();
    let proved = format!("is what was sealed: positions 1 to {sealed}.");
    does(world, &["audit", "verify", "--archive", &file.display().to_string()], &proved).await;
}

#[tokio::test]
async fn every_audit_entry_reaches_the_collector_in_order_on_both_databases() {
    for world in [World::sqlite(), World::postgres()] {
        let collector = Collector::start().await;
        collector.take_at_most(3);
        let world = aimed(world, &collector);
        let server = world.start().await;
        let admin = server.admin().await;
        for name in ["ann", "bob", "cid"] {
            server.user(&admin, name).await;
        }
        collector.has("cid").await;
        is_whole(&world, &collector).await;
        let lines = collector.lines();
        assert_eq!(collector.audit().len(), lines.len(), "nothing comes twice while nothing fails: {lines:#?}");
        assert!(collector.tokens().iter().all(|it| *it == format!("Bearer {TOKEN}")) && collector.refused() > 0);
        assert!(!world.logs().contains(TOKEN) && !lines.concat().contains(TOKEN), "a credential is nobody's to read");
        let said = does(&world, &["config"], &collector.url()).await;
        assert!(!said.contains(TOKEN), "{said}");
    }
}

#[tokio::test]
async fn a_collector_that_is_away_holds_nobody_up_and_gets_everything_when_it_is_back() {
    for world in [World::sqlite(), World::postgres()] {
        let collector = Collector::start().await;
        collector.set(Mood::Refuses(503));
        let world = aimed(world, &collector);
        let server = world.start().await;
        let admin = server.admin().await;
        wait_for(SOON, "a refusal", || async { (collector.refused() > 1).then_some(()) }).await;
        server.user(&admin, "ann").await;
        wait_for(SOON, "the lag to be seen", || async {
            let is_seen = metric(&server, "sortie_audit_forward_lag_seconds").await > 1.0
                && metric(&server, "sortie_audit_forward_waiting").await > 0.0
                && metric(&server, "sortie_audit_forward_failures").await > 1.0;
            is_seen.then_some(())
        })
        .await;
        assert!(collector.lines().is_empty() && world.logs().contains("takes no entries"));
        collector.set(Mood::Takes);
        collector.has("ann").await;
        is_whole(&world, &collector).await;
        wait_for(SOON, "the lag to be gone", || async {
            (metric(&server, "sortie_audit_forward_waiting").await == 0.0).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_server_killed_before_it_marked_what_it_sent_sends_the_same_again() {
    for world in [World::sqlite(), World::postgres()] {
        let collector = Collector::start().await;
        let world = aimed(world, &collector);
        let server = world.start().await;
        let admin = server.admin().await;
        collector.has("LOGIN").await;
        collector.set(Mood::Holds);
        server.user(&admin, "ann").await;
        collector.has("ann").await;
        let before = collector.lines().len();
        server.kill();
        collector.set(Mood::Takes);
        let _server = world.start().await;
        wait_for(SOON, "the same to be sent again", || async { (collector.lines().len() > before).then_some(()) })
            .await;
        is_whole(&world, &collector).await;
        let (lines, audit) = (collector.lines(), collector.audit());
        assert!(lines.len() > audit.len(), "the lines that were not marked came twice: {lines:#?}");
    }
}

#[tokio::test]
async fn of_two_replicas_one_hands_the_audit_on_and_the_other_takes_over() {
    let collector = Collector::start().await;
    let first = aimed(World::postgres(), &collector);
    let second = first.beside();
    let (one, other) = (first.start().await, second.start().await);
    let admin = other.admin().await;
    other.user(&admin, "ann").await;
    collector.has("ann").await;
    assert_eq!(collector.audit().len(), collector.lines().len(), "nobody sends what the other sends");
    one.kill();
    other.user(&admin, "bob").await;
    collector.has("bob").await;
    let count = second.query("SELECT count(*) FROM audit_log").parse::<usize>().unwrap();
    wait_for(SOON, "the whole audit", || async { (collector.audit().len() >= count).then_some(()) }).await;
}
