//! What every [`SessionStore`](sortie_core::port::SessionStore) promises. Each check takes an empty store of its own.

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use anyhow::{Result, bail, ensure};
use sortie_core::{
    app::{EgressMode, EgressPolicy},
    audit::AuditAction,
    event::{Event, SessionEventKind},
    id::{EventId, PlaceId, SessionId, TenantId, UserId, WorkspaceId},
    policy::Scope,
    port::{
        PageRequest, PortError,
        sessions::{Guard, LaunchError, SessionFilter, Start},
    },
    quota::{Limits, QuotaKind, Usage},
    session::{PhaseKind, Session, Status},
    workload::{Viewport, WorkspaceClaim},
};
use tokio::task::JoinSet;

use super::sample::{
    Stores, app, at, audited, change, ensure_conflict, ensure_same, failed, place, running, session, tenant, told,
    unique,
};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! sessions_contract {
    ($each:ident) => {
        $each! { sessions:
            a_session_reads_back_as_it_was_written
            a_launch_is_one_row_one_audit_entry_and_one_count
            racing_launches_of_one_user_fill_the_limit_exactly
            racing_launches_of_many_users_fill_the_global_limit_exactly
            racing_launches_fill_a_tenant_s_limit_exactly
            racing_launches_of_one_user_fill_the_limit_in_the_tenant_exactly
            a_restart_does_not_need_a_place_for_the_session_it_replaces
            a_released_session_no_longer_counts
            a_stale_session_conflicts_and_changes_nothing
            a_live_session_follows_an_egress_policy
            a_session_with_input_since_does_not_expire
            activity_is_written_only_forward_and_only_while_running
            a_phase_is_told_without_an_audit_entry
            a_scope_shows_only_its_sessions
            sessions_are_listed_newest_first_page_by_page
            unreleased_sessions_are_those_of_the_place
            a_workspace_has_one_holder_until_it_is_released
            a_second_workspace_for_the_same_app_is_a_conflict
            deleting_an_app_that_was_launched_keeps_its_history
        }
    };
}

const NONE: Limits = Limits { per_user: None, tenant_per_user: None, tenant: None, global: None };

async fn launch<S: Stores>(store: &Arc<S>, session: &Session) -> Result<()> {
    Ok(store.launch(session, Start::Cold, NONE, told(AuditAction::CreateSession, &session.app, 0)?).await?)
}

async fn replace<S: Stores>(store: &Arc<S>, before: &Session, after: &Session) -> Result<(), PortError> {
    store.replace_session(before, after, Guard::Row, change(AuditAction::SessionReady, 1)).await
}

/// Every column, through every status.
pub async fn a_session_reads_back_as_it_was_written<S: Stores>(store: Arc<S>) -> Result<()> {
    let mut first = session("s 1?", "u-1", 0)?;
    first.viewport = Viewport::new(1_920, 1_080)?;
    first.idle_timeout = Some(Duration::from_secs(90));
    first.max_lifetime = Some(Duration::from_hours(1));
    first.workspace = WorkspaceClaim::Persistent(WorkspaceId::new("w-1")?);
    first.replaces = Some(SessionId::new("s-0")?);
    launch(&store, &first).await?;
    ensure_same(&store.find_session(&first.id).await?, &Some(first.clone()))?;
    let mut before = first;
    for after in
        [running(&before, 1)?, failed(&running(&before, 1)?, 2)?, failed(&running(&before, 1)?, 2)?.released(at(3))]
    {
        replace(&store, &before, &after).await?;
        ensure_same(&store.find_session(&after.id).await?, &Some(after.clone()))?;
        before = after;
    }
    ensure_same(&store.find_session(&SessionId::new("none")?).await?, &None)
}

/// And its event gets a position.
pub async fn a_launch_is_one_row_one_audit_entry_and_one_count<S: Stores>(store: Arc<S>) -> Result<()> {
    let before = store.epochs().await?.sessions;
    launch(&store, &session("s-1", "u-1", 0)?).await?;
    ensure_same(&audited(&store).await?, &1)?;
    ensure_same(&store.number_events().await?, &1)?;
    let counts = store.launch_counts(&tenant(), None, None).await?;
    ensure_same(&counts.iter().map(|it| (it.app.as_str(), it.count)).collect::<Vec<_>>(), &vec![("terminal", 1)])?;
    ensure!(store.epochs().await?.sessions > before, "the epoch did not move");
    Ok(())
}

/// Launches that race until each has an answer; answers how many were admitted. `Unavailable` may be asked again.
async fn race<S: Stores>(store: &Arc<S>, users: i64, limits: Limits, expected: QuotaKind) -> Result<usize> {
    let mut launches = JoinSet::new();
    for number in 0..64 {
        let store = Arc::clone(store);
        launches.spawn(async move {
            let one = session(&format!("s-{number}"), &format!("u-{}", number % users), number)?;
            loop {
                match store.launch(&one, Start::Cold, limits, told(AuditAction::CreateSession, &one.app, 0)?).await {
                    Ok(()) => return Ok(true),
                    Err(LaunchError::Quota(exceeded)) if exceeded.kind == expected => return Ok(false),
                    Err(LaunchError::Port(PortError::Unavailable(_))) => {}
                    Err(error) => bail!(error),
                }
            }
        });
    }
    let mut admitted = 0;
    while let Some(launch) = launches.join_next().await {
        admitted += usize::from(launch??);
    }
    Ok(admitted)
}

/// Never more, and never fewer.
pub async fn racing_launches_of_one_user_fill_the_limit_exactly<S: Stores>(store: Arc<S>) -> Result<()> {
    let limits = Limits { per_user: NonZeroU32::new(5), global: None, ..Limits::default() };
    ensure_same(&race(&store, 1, limits, QuotaKind::User).await?, &5)?;
    ensure_same(
        &store.usage(&tenant(), &UserId::new("u-0")?).await?,
        &Usage { user: 5, tenant_user: 5, tenant: 5, global: 5 },
    )?;
    ensure_same(&audited(&store).await?, &5)
}

/// Never more, and never fewer.
pub async fn racing_launches_of_many_users_fill_the_global_limit_exactly<S: Stores>(store: Arc<S>) -> Result<()> {
    let limits = Limits { per_user: None, global: NonZeroU32::new(5), ..Limits::default() };
    ensure_same(&race(&store, 16, limits, QuotaKind::Global).await?, &5)?;
    ensure_same(&audited(&store).await?, &5)
}

/// Never more, and never fewer: of one tenant, whoever they are and whatever another tenant does.
pub async fn racing_launches_fill_a_tenant_s_limit_exactly<S: Stores>(store: Arc<S>) -> Result<()> {
    let mut elsewhere = session("s-elsewhere", "u-0", 0)?;
    elsewhere.tenant = TenantId::new("other")?;
    launch(&store, &elsewhere).await?;
    let limits = Limits { tenant: NonZeroU32::new(5), ..Limits::default() };
    ensure_same(&race(&store, 16, limits, QuotaKind::Tenant).await?, &5)?;
    let in_tenant = store.usage(&tenant(), &UserId::new("u-0")?).await?;
    ensure_same(&(in_tenant.tenant, in_tenant.global), &(5, 6))
}

/// The same for one person in one tenant.
pub async fn racing_launches_of_one_user_fill_the_limit_in_the_tenant_exactly<S: Stores>(store: Arc<S>) -> Result<()> {
    let mut elsewhere = session("s-elsewhere", "u-0", 0)?;
    elsewhere.tenant = TenantId::new("other")?;
    launch(&store, &elsewhere).await?;
    let limits = Limits { tenant_per_user: NonZeroU32::new(3), ..Limits::default() };
    ensure_same(&race(&store, 1, limits, QuotaKind::TenantUser).await?, &3)?;
    let used = store.usage(&tenant(), &UserId::new("u-0")?).await?;
    ensure_same(&(used.tenant_user, used.user), &(3, 4))
}

/// The replaced one is ending.
pub async fn a_restart_does_not_need_a_place_for_the_session_it_replaces<S: Stores>(store: Arc<S>) -> Result<()> {
    let limits = Limits { per_user: NonZeroU32::new(1), global: NonZeroU32::new(1), ..Limits::default() };
    let first = session("s-1", "u-1", 0)?;
    launch(&store, &first).await?;
    let mut second = session("s-2", "u-1", 1)?;
    let refused = store.launch(&second, Start::Cold, limits, change(AuditAction::RestartSession, 1)).await;
    ensure!(matches!(refused, Err(LaunchError::Quota(_))), "found {refused:?}");
    second.replaces = Some(first.id);
    store.launch(&second, Start::Cold, limits, change(AuditAction::RestartSession, 1)).await?;
    Ok(())
}

/// An ended one still does.
pub async fn a_released_session_no_longer_counts<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = session("s-1", "u-1", 0)?;
    launch(&store, &first).await?;
    launch(&store, &session("s-2", "u-2", 0)?).await?;
    let ended = failed(&first, 1)?;
    replace(&store, &first, &ended).await?;
    ensure_same(
        &store.usage(&tenant(), &first.owner).await?,
        &Usage { user: 1, tenant_user: 1, tenant: 2, global: 2 },
    )?;
    replace(&store, &ended, &ended.released(at(2))).await?;
    ensure_same(&store.usage(&tenant(), &first.owner).await?, &Usage { user: 0, tenant_user: 0, tenant: 1, global: 1 })
}

/// Of two that saw the same row, one writes.
pub async fn a_stale_session_conflicts_and_changes_nothing<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = session("s-1", "u-1", 0)?;
    launch(&store, &first).await?;
    let ready = running(&first, 1)?;
    replace(&store, &first, &ready).await?;
    let before = (audited(&store).await?, store.epochs().await?);
    ensure_conflict(replace(&store, &first, &failed(&first, 2)?).await)?;
    ensure_same(&(audited(&store).await?, store.epochs().await?), &before)?;
    ensure_same(&store.find_session(&first.id).await?, &Some(ready))
}

/// And nothing else of what was resolved at launch is written anew.
pub async fn a_live_session_follows_an_egress_policy<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = session("s-1", "u-1", 0)?;
    launch(&store, &first).await?;
    let policy = EgressPolicy { mode: EgressMode::Denylist, rules: Vec::new() };
    let Some(next) = first.with_egress(Some(&policy), at(1)) else { bail!("the policy says nothing new") };
    replace(&store, &first, &next).await?;
    ensure_same(&store.find_session(&first.id).await?, &Some(next.clone()))?;
    let ready = running(&next, 2)?;
    replace(&store, &next, &ready).await?;
    ensure_same(&store.find_session(&first.id).await?, &Some(ready))
}

/// Expiry holds only for the activity that was read.
pub async fn a_session_with_input_since_does_not_expire<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = session("s-1", "u-1", 0)?;
    launch(&store, &first).await?;
    let ready = running(&first, 1)?;
    replace(&store, &first, &ready).await?;
    store.touch(&[(first.id.clone(), at(5))]).await?;
    let ended = failed(&ready, 9)?;
    let expire =
        |before| store.replace_session(before, &ended, Guard::RowAndActivity, change(AuditAction::ExpireSession, 9));
    ensure_conflict(expire(&ready).await)?;
    let mut seen = ready.clone();
    seen.last_input_at = Some(at(5));
    expire(&seen).await?;
    let stored = store.find_session(&first.id).await?.map(|it| (it.status, it.last_input_at));
    ensure_same(&stored, &Some((Status::Failed, Some(at(5)))))
}

/// And it does not count as a change of the row.
pub async fn activity_is_written_only_forward_and_only_while_running<S: Stores>(store: Arc<S>) -> Result<()> {
    let (first, second) = (session("s-1", "u-1", 0)?, session("s-2", "u-1", 0)?);
    launch(&store, &first).await?;
    launch(&store, &second).await?;
    let ready = running(&first, 1)?;
    replace(&store, &first, &ready).await?;
    let gone = SessionId::new("gone")?;
    store.touch(&[(first.id.clone(), at(9)), (second.id.clone(), at(9)), (gone, at(9))]).await?;
    store.touch(&[(first.id.clone(), at(4))]).await?;
    let stored = store.find_session(&first.id).await?.map(|it| (it.last_input_at, it.version));
    ensure_same(&stored, &Some((Some(at(9)), ready.version)))?;
    ensure_same(&store.find_session(&second.id).await?.and_then(|it| it.last_input_at), &None)
}

/// It is an observation.
pub async fn a_phase_is_told_without_an_audit_entry<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = session("s-1", "u-1", 0)?;
    launch(&store, &first).await?;
    let Some(next) = first.in_phase(PhaseKind::Starting, "pulling", at(1)) else { bail!("the phase says nothing new") };
    let event =
        || -> Result<_> { Ok(Event::of_session(EventId::new(unique("e"))?, &next, SessionEventKind::Phase, at(1))) };
    store.record_phase(&first, &next, event()?).await?;
    ensure_conflict(store.record_phase(&first, &next, event()?).await)?;
    ensure_same(&store.find_session(&first.id).await?, &Some(next.clone()))?;
    ensure_same(&audited(&store).await?, &1)?;
    store.number_events().await?;
    let events = store.events_after(0, 10).await?;
    ensure_same(&events.len(), &2)?;
    let expected = Event { id: events[1].event.id.clone(), ..event()? };
    ensure_same(&events[1].event, &expected)
}

async fn listed<S: Stores>(store: &Arc<S>, scope: &Scope, filter: &SessionFilter) -> Result<String> {
    let page = store.list_sessions(scope, filter, &PageRequest::default()).await?;
    Ok(page.items.iter().map(|it| it.id.as_str()).collect::<Vec<_>>().join(" "))
}

/// Another tenant's and another owner's sessions are not there.
pub async fn a_scope_shows_only_its_sessions<S: Stores>(store: Arc<S>) -> Result<()> {
    let other = TenantId::new("other")?;
    let first = session("s-1", "u-1", 1)?;
    launch(&store, &first).await?;
    launch(&store, &session("s-2", "u-2", 2)?).await?;
    launch(&store, &Session { tenant: other.clone(), ..session("s-3", "u-1", 3)? }).await?;
    replace(&store, &first, &running(&first, 1)?).await?;
    let owner =
        |id: &str| -> Result<_> { Ok(SessionFilter { owner: Some(UserId::new(id)?), ..SessionFilter::default() }) };
    let running = SessionFilter { statuses: vec![Status::Running, Status::Failed], ..SessionFilter::default() };
    for (scope, filter, expected) in [
        (Scope::Tenant(tenant()), SessionFilter::default(), "s-2 s-1"),
        (Scope::Tenant(tenant()), owner("u-2")?, "s-2"),
        (Scope::Tenant(tenant()), running, "s-1"),
        (Scope::OwnedBy(tenant(), UserId::new("u-1")?), SessionFilter::default(), "s-1"),
        (Scope::OwnedBy(tenant(), UserId::new("u-1")?), owner("u-2")?, ""),
        (Scope::Tenant(other), SessionFilter::default(), "s-3"),
        (Scope::Visible(tenant(), Vec::new()), SessionFilter::default(), ""),
    ] {
        let found = listed(&store, &scope, &filter).await?;
        ensure!(found == expected, "{scope:?} with {filter:?} shows {found:?}");
    }
    Ok(())
}

/// Also where several were launched in the same microsecond.
pub async fn sessions_are_listed_newest_first_page_by_page<S: Stores>(store: Arc<S>) -> Result<()> {
    for (id, seconds) in [("s-1", 5), ("s-2", 7), ("s-3", 5), ("s-4", 5), ("s-5", 1)] {
        launch(&store, &session(id, "u-1", seconds)?).await?;
    }
    let scope = Scope::Tenant(tenant());
    let (mut paged, mut cursor) = (Vec::new(), None);
    loop {
        let page = PageRequest { limit: Some(2), cursor };
        let page = store.list_sessions(&scope, &SessionFilter::default(), &page).await?;
        paged.extend(page.items.iter().map(|it| it.id.as_str().to_owned()));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    ensure_same(&paged.join(" "), &"s-2 s-4 s-3 s-1 s-5".to_owned())
}

/// Ended ones too, until they are released; other places are named with how many.
pub async fn unreleased_sessions_are_those_of_the_place<S: Stores>(store: Arc<S>) -> Result<()> {
    let (first, second) = (session("s-1", "u-1", 1)?, session("s-2", "u-1", 2)?);
    let elsewhere = PlaceId::new("place-2")?;
    launch(&store, &first).await?;
    launch(&store, &second).await?;
    launch(&store, &Session { place: elsewhere.clone(), ..session("s-3", "u-1", 3)? }).await?;
    let ended = failed(&first, 4)?;
    replace(&store, &first, &ended).await?;
    ensure_same(&store.unreleased(&place()?).await?, &vec![ended.clone(), second.clone()])?;
    replace(&store, &ended, &ended.released(at(5))).await?;
    ensure_same(&store.unreleased(&place()?).await?, &vec![second])?;
    ensure_same(&store.elsewhere(&place()?).await?, &vec![(elsewhere, 1)])
}

fn persistent(id: &str, workspace: &str) -> Result<Session> {
    Ok(Session { workspace: WorkspaceClaim::Persistent(WorkspaceId::new(workspace)?), ..session(id, "u-1", 0)? })
}

/// Releasing gives it back in the same step.
pub async fn a_workspace_has_one_holder_until_it_is_released<S: Stores>(store: Arc<S>) -> Result<()> {
    let (first, second) = (persistent("s-1", "w-1")?, persistent("s-2", "w-1")?);
    let workspace = WorkspaceId::new("w-1")?;
    ensure_same(&store.workspace_of(&first.owner, &first.app).await?, &None)?;
    launch(&store, &first).await?;
    launch(&store, &second).await?;
    ensure_same(&store.workspace_of(&first.owner, &first.app).await?, &Some(workspace.clone()))?;
    ensure!(store.claim_workspace(&workspace, &first.id).await?, "nobody held it");
    ensure!(store.claim_workspace(&workspace, &first.id).await?, "the holder claims it again");
    ensure!(!store.claim_workspace(&workspace, &second.id).await?, "it is held");
    let ended = failed(&first, 1)?;
    replace(&store, &first, &ended).await?;
    ensure!(!store.claim_workspace(&workspace, &second.id).await?, "the holder is not released yet");
    replace(&store, &ended, &ended.released(at(2))).await?;
    ensure!(store.claim_workspace(&workspace, &second.id).await?, "it was given back");
    Ok(())
}

/// One person has one workspace per app.
pub async fn a_second_workspace_for_the_same_app_is_a_conflict<S: Stores>(store: Arc<S>) -> Result<()> {
    launch(&store, &persistent("s-1", "w-1")?).await?;
    let refused =
        store.launch(&persistent("s-2", "w-2")?, Start::Cold, NONE, change(AuditAction::CreateSession, 0)).await;
    ensure!(matches!(refused, Err(LaunchError::Port(PortError::Conflict))), "found {refused:?}");
    ensure_same(&store.find_session(&SessionId::new("s-2")?).await?, &None)
}

/// Sessions and counts keep the app's name.
pub async fn deleting_an_app_that_was_launched_keeps_its_history<S: Stores>(store: Arc<S>) -> Result<()> {
    let mut launched = app("terminal")?;
    launched.fields.name = "Terminal".into();
    store.insert_app(&launched, change(AuditAction::CreateApp, 0)).await?;
    let mut first = session("s-1", "u-1", 0)?;
    first.app_name = "Terminal".into();
    launch(&store, &first).await?;
    store.delete_app(&launched, change(AuditAction::DeleteApp, 1)).await?;
    ensure_same(&store.find_session(&first.id).await?, &Some(first))?;
    let counts = store.launch_counts(&tenant(), None, None).await?;
    ensure_same(&counts.iter().map(|it| (it.app_name.as_str(), it.count)).collect::<Vec<_>>(), &vec![("Terminal", 1)])
}
