//! What every [`CoordinationStore`](sortie_core::port::CoordinationStore) promises. Each check takes an empty store of its own.

use std::{collections::HashSet, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    audit::{AuditAction, Change},
    event::EventBody,
    id::PlaceId,
    port::{PortError, coordination::Place, sessions::Start},
    quota::Limits,
};
use tokio::task::JoinSet;

use super::sample::{Stores, app, at, change, ensure_same, session, told};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! coordination_contract {
    ($each:ident) => {
        $each! { coordination:
            the_installation_stays_the_same
            a_lease_excludes_others_until_it_is_given_back
            a_lease_that_ran_out_goes_to_somebody_else_with_a_new_epoch
            time_goes_on_and_is_that_of_leases
            of_racing_holders_one_gets_the_lease
            another_machine_is_refused_while_its_place_is_looked_after
            committed_events_are_numbered_in_the_order_of_their_times
            racing_sequencers_number_every_event_once
            forgotten_events_never_give_their_positions_away
            epochs_move_with_their_own_kind_only
        }
    };
}

const LONG: Duration = Duration::from_mins(10);

/// Whoever asks.
pub async fn the_installation_stays_the_same<S: Stores>(store: Arc<S>) -> Result<()> {
    store.ping().await?;
    let first = store.installation().await?;
    ensure!(first.id.as_str().len() >= 16, "{first:?} is too short to be unique");
    ensure_same(&store.installation().await?, &first)
}

/// Its holder keeps it without a new epoch.
pub async fn a_lease_excludes_others_until_it_is_given_back<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = store.take_lease("job", "a", LONG).await?.context("nobody had it")?;
    let again = store.take_lease("job", "a", LONG).await?.context("its holder keeps it")?;
    ensure!(again.epoch == first.epoch && again.until >= first.until, "{first:?} became {again:?}");
    ensure_same(&store.take_lease("job", "b", LONG).await?, &None)?;
    ensure!(store.take_lease("other job", "b", LONG).await?.is_some(), "another lease is free");
    store.give_lease_back("job", "b").await?;
    ensure_same(&store.take_lease("job", "b", LONG).await?, &None)?;
    store.give_lease_back("job", "a").await?;
    let next = store.take_lease("job", "b", LONG).await?.context("it was given back")?;
    ensure!(next.epoch > again.epoch, "{again:?} became {next:?}");
    Ok(())
}

/// A term of nothing is over at once.
pub async fn a_lease_that_ran_out_goes_to_somebody_else_with_a_new_epoch<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = store.take_lease("job", "a", Duration::ZERO).await?.context("nobody had it")?;
    let next = store.take_lease("job", "b", LONG).await?.context("it ran out")?;
    ensure!(next.epoch > first.epoch, "{first:?} became {next:?}");
    ensure_same(&store.take_lease("job", "a", LONG).await?, &None)
}

/// A lease for no time ends between two readings.
pub async fn time_goes_on_and_is_that_of_leases<S: Stores>(store: Arc<S>) -> Result<()> {
    let before = store.time().await?;
    let lease = store.take_lease("job", "a", Duration::ZERO).await?.context("nobody had it")?;
    let after = store.time().await?;
    ensure!(before <= lease.until && lease.until <= after, "{before:?}, {lease:?}, {after:?}");
    Ok(())
}

/// Also when nobody ever had it.
pub async fn of_racing_holders_one_gets_the_lease<S: Stores>(store: Arc<S>) -> Result<()> {
    let mut holders = JoinSet::new();
    for number in 0..16 {
        let store = Arc::clone(&store);
        holders.spawn(async move { store.take_lease("job", &format!("holder-{number}"), LONG).await });
    }
    let mut got = 0;
    while let Some(holder) = holders.join_next().await {
        got += u32::from(holder??.is_some());
    }
    ensure_same(&got, &1)
}

/// For kinds of places that serve one machine; a moved database can be served once the old server is gone.
pub async fn another_machine_is_refused_while_its_place_is_looked_after<S: Stores>(store: Arc<S>) -> Result<()> {
    let place = |id: &str, kind: &str, machine: Option<&str>| -> Result<Place> {
        Ok(Place { id: PlaceId::new(id)?, kind: kind.to_owned(), machine: machine.map(str::to_owned) })
    };
    store.register_place(&place("p-1", "local", Some("m-1"))?).await?;
    store.take_lease("place:p-1", "server", LONG).await?;
    let refused = store.register_place(&place("p-2", "local", Some("m-2"))?).await;
    ensure!(matches!(&refused, Err(PortError::Rejected(why)) if why.contains("m-1")), "found {refused:?}");
    store.register_place(&place("p-1", "local", Some("m-1"))?).await?;
    store.register_place(&place("p-3", "kubernetes", None)?).await?;
    store.give_lease_back("place:p-1", "server").await?;
    store.register_place(&place("p-2", "local", Some("m-2"))?).await?;
    Ok(())
}

/// An event that says so.
fn event(id: &str, seconds: i64) -> Result<Change> {
    told(AuditAction::UpdateApp, &app(id)?.id, seconds)
}

async fn numbered<S: Stores>(store: &Arc<S>) -> Result<Vec<(i64, String)>> {
    let events = store.events_after(0, 10_000).await?;
    let named = events.into_iter().map(|it| match it.event.body {
        EventBody::App { app, .. } => (it.position, app.as_str().to_owned()),
        EventBody::Session { session, .. } => (it.position, session.as_str().to_owned()),
        EventBody::AccessRequest { request, .. } => (it.position, request.as_str().to_owned()),
        EventBody::Services { kind, .. } => (it.position, kind.name().to_owned()),
    });
    Ok(named.collect())
}

/// Not in the order of inserts; and what has a position keeps it.
pub async fn committed_events_are_numbered_in_the_order_of_their_times<S: Stores>(store: Arc<S>) -> Result<()> {
    ensure_same(&store.event_range().await?, &None)?;
    for (id, seconds) in [("b", 5), ("a", 1)] {
        store.insert_app(&app(id)?, event(id, seconds)?).await?;
    }
    ensure_same(&store.events_after(0, 10).await?.len(), &0)?;
    ensure_same(&store.number_events().await?, &2)?;
    store.insert_app(&app("c")?, event("c", 0)?).await?;
    ensure_same(&store.number_events().await?, &1)?;
    ensure_same(&store.number_events().await?, &0)?;
    let expected = vec![(1, "a".to_owned()), (2, "b".to_owned()), (3, "c".to_owned())];
    ensure_same(&numbered(&store).await?, &expected)?;
    ensure_same(&store.event_range().await?, &Some((1, 3)))?;
    ensure_same(&store.events_after(1, 1).await?.iter().map(|it| it.position).collect::<Vec<_>>(), &vec![2])
}

/// While others write: every event gets one position, and later reads never find an earlier one that was not there.
pub async fn racing_sequencers_number_every_event_once<S: Stores>(store: Arc<S>) -> Result<()> {
    const EVENTS: usize = 120;
    let mut tasks = JoinSet::new();
    for writer in 0..4 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in (writer..EVENTS).step_by(4) {
                let id = format!("app-{number}");
                store.insert_app(&app(&id)?, event(&id, i64::try_from(number)?)?).await?;
            }
            Ok::<_, anyhow::Error>(())
        });
    }
    for _ in 0..3 {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            let mut seen = Vec::new();
            while seen.len() < EVENTS {
                store.number_events().await?;
                let now = numbered(&store).await?;
                ensure!(now.starts_with(&seen), "{seen:?} became {now:?}");
                seen = now;
            }
            Ok(())
        });
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let all = numbered(&store).await?;
    let distinct: HashSet<_> = all.iter().map(|it| it.1.clone()).collect();
    ensure_same(&(all.len(), distinct.len()), &(EVENTS, EVENTS))?;
    ensure_same(&store.event_range().await?, &Some((1, i64::try_from(EVENTS)?)))
}

/// A client that resumes behind a forgotten event must not be given another one under its number.
pub async fn forgotten_events_never_give_their_positions_away<S: Stores>(store: Arc<S>) -> Result<()> {
    store.insert_app(&app("a")?, event("a", 1)?).await?;
    store.insert_app(&app("b")?, event("b", 2)?).await?;
    store.number_events().await?;
    store.insert_app(&app("c")?, event("c", 0)?).await?;
    ensure_same(&store.prune_events(at(9)).await?, &2)?;
    store.number_events().await?;
    ensure_same(&numbered(&store).await?, &vec![(3, "c".to_owned())])
}

/// By one for each change.
pub async fn epochs_move_with_their_own_kind_only<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = store.epochs().await?;
    store.insert_app(&app("a")?, change(AuditAction::CreateApp, 0)).await?;
    let second = store.epochs().await?;
    ensure!(second.apps > first.apps, "{first:?} became {second:?}");
    ensure_same(&(second.access, second.sessions), &(first.access, first.sessions))?;
    store
        .launch(&session("s-1", "u-1", 0)?, Start::Cold, Limits::default(), change(AuditAction::CreateSession, 0))
        .await?;
    let third = store.epochs().await?;
    ensure!(third.sessions > second.sessions && third.apps == second.apps, "{second:?} became {third:?}");
    Ok(())
}
