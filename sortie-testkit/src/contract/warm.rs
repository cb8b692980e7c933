//! What every [`WarmStore`](sortie_core::port::WarmStore) promises. Each check takes an empty store of its own.

use std::sync::Arc;

use anyhow::{Result, ensure};
use sortie_core::{
    app::LaunchType,
    audit::AuditAction,
    id::{PlaceId, SessionId},
    port::{
        PortError,
        sessions::{LaunchError, Start},
    },
    quota::Limits,
    session::Session,
    warm::{Warm, WarmStatus},
};

use super::sample::{Stores, app, at, at_once, audited, change, ensure_same, place, session};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! warm_contract {
    ($each:ident) => {
        $each! { warm:
            a_warm_workload_reads_back_in_its_place_alone
            a_status_moves_only_from_what_it_is
            racing_launches_take_a_warm_workload_once
            a_launch_that_comes_too_late_writes_nothing
            apps_that_wish_a_pool_are_found
        }
    };
}

const NONE: Limits = Limits { per_user: None, tenant_per_user: None, tenant: None, global: None };

fn warm(id: &str, status: WarmStatus) -> Result<Warm> {
    let like = session(id, "u-1", 0)?;
    let Some(mut spec) = like.spec else { anyhow::bail!("the sample has a spec") };
    spec.env = vec![("A".to_owned(), "b".to_owned())];
    Ok(Warm { id: like.id, tenant: like.tenant, spec, place: place()?, incarnation: 3, status, created_at: at(5) })
}

/// Nothing is lost on the way, and other places do not see it.
pub async fn a_warm_workload_reads_back_in_its_place_alone<S: Stores>(store: Arc<S>) -> Result<()> {
    let (one, other) = (warm("w-1", WarmStatus::Making)?, warm("w-2", WarmStatus::Ready)?);
    let elsewhere = Warm { place: PlaceId::new("elsewhere")?, ..warm("w-3", WarmStatus::Ready)? };
    for it in [&one, &other, &elsewhere] {
        store.insert_warm(it).await?;
    }
    ensure_same(&store.list_warm(&place()?).await?, &vec![one.clone(), other])?;
    ensure_same(&store.find_warm(&one.id).await?, &Some(one.clone()))?;
    store.remove_warm(&one.id).await?;
    store.remove_warm(&one.id).await?;
    ensure!(store.find_warm(&one.id).await?.is_none());
    ensure_same(&audited(&store).await?, &0)
}

/// Compare-and-set.
pub async fn a_status_moves_only_from_what_it_is<S: Stores>(store: Arc<S>) -> Result<()> {
    let it = warm("w-1", WarmStatus::Making)?;
    store.insert_warm(&it).await?;
    ensure!(!store.move_warm(&it.id, WarmStatus::Ready, WarmStatus::Taken).await?);
    ensure!(store.move_warm(&it.id, WarmStatus::Making, WarmStatus::Ready).await?);
    ensure!(!store.move_warm(&SessionId::new("w-2")?, WarmStatus::Ready, WarmStatus::Leaving).await?);
    ensure_same(&store.find_warm(&it.id).await?.map(|it| it.status), &Some(WarmStatus::Ready))
}

async fn take<S: Stores>(store: &Arc<S>, session: &Session) -> Result<(), LaunchError> {
    store.launch(session, Start::Warm, NONE, change(AuditAction::CreateSession, 1)).await
}

/// Ten at once.
pub async fn racing_launches_take_a_warm_workload_once<S: Stores>(store: Arc<S>) -> Result<()> {
    let it = warm("w-1", WarmStatus::Ready)?;
    store.insert_warm(&it).await?;
    let taken = at_once(&store, 10, |store, number| async move {
        let one = session("w-1", &format!("u-{number}"), 1)?;
        match take(&store, &one).await {
            Ok(()) => Ok(true),
            Err(LaunchError::Port(PortError::Conflict)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    })
    .await?;
    ensure_same(&taken.into_iter().filter(|it| *it).count(), &1)?;
    ensure_same(&store.find_warm(&it.id).await?.map(|it| it.status), &Some(WarmStatus::Taken))?;
    ensure_same(&audited(&store).await?, &1)
}

/// All or nothing.
pub async fn a_launch_that_comes_too_late_writes_nothing<S: Stores>(store: Arc<S>) -> Result<()> {
    store.insert_warm(&warm("w-1", WarmStatus::Leaving)?).await?;
    for id in ["w-1", "w-2"] {
        let late = session(id, "u-1", 1)?;
        ensure!(matches!(take(&store, &late).await, Err(LaunchError::Port(PortError::Conflict))));
        ensure!(store.find_session(&late.id).await?.is_none());
    }
    ensure_same(&audited(&store).await?, &0)
}

/// Of every tenant, and no others.
pub async fn apps_that_wish_a_pool_are_found<S: Stores>(store: Arc<S>) -> Result<()> {
    let mut wishing = app("wishing")?;
    wishing.fields.launch_type = LaunchType::Container;
    wishing.fields.command = vec!["xterm".to_owned()];
    wishing.fields.warm_pool = 2;
    store.insert_app(&wishing, change(AuditAction::CreateApp, 0)).await?;
    store.insert_app(&app("plain")?, change(AuditAction::CreateApp, 0)).await?;
    ensure_same(&store.warm_apps().await?, &vec![wishing])
}
