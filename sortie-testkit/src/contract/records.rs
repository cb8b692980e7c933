//! What every [`RecordStore`](sortie_core::port::RecordStore) promises. Each check takes an empty store of its own.

use std::sync::Arc;

use anyhow::{Result, ensure};
use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry, Outcome},
    id::{AppId, RequestId, TenantId, UserId},
    port::{PageRequest, records::AuditFilter},
    time::Timestamp,
};

use super::sample::{Stores, app, at, audited, change, ensure_same, tenant, whole_audit};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! records_contract {
    ($each:ident) => {
        $each! { records:
            an_entry_reads_back_with_its_details_in_order
            entries_are_listed_newest_first_page_by_page
            an_offset_skips_entries
            a_filter_shows_what_it_asks_for_and_counts_it
            the_choices_are_distinct_and_sorted
            launches_are_counted_per_app_and_day
            a_deleted_app_is_counted_under_its_last_name
            settings_are_written_over_and_others_stay
        }
    };
}

async fn refuse<S: Stores>(store: &Arc<S>, user: &str, action: AuditAction, seconds: i64) -> Result<()> {
    let actor = Actor { name: user.to_owned(), ..Actor::system() };
    let entry = AuditEntry::new(actor, action, Vec::new()).with_outcome(Outcome::Denied);
    Ok(store.record_access(&entry, at(seconds)).await?)
}

/// As a JSON object.
pub async fn an_entry_reads_back_with_its_details_in_order<S: Stores>(store: Arc<S>) -> Result<()> {
    let actor = Actor {
        id: Some(UserId::new("u-1")?),
        name: "ada".to_owned(),
        on_behalf_of: Some(UserId::new("u-2")?),
        source_ip: Some("2001:db8::1".to_owned()),
        request: Some(RequestId::new("r-1")?),
        tenant: tenant(),
    };
    let details = vec![("z", "one \"two\"\n".to_owned()), ("a", "ä".to_owned())];
    let entry = AuditEntry::new(actor, AuditAction::Login, details).with_outcome(Outcome::Failure);
    store.record_access(&entry, at(7)).await?;
    let page = store.list_audit(&whole_audit(), &PageRequest::default(), 0).await?;
    ensure!(page.items.len() == 1, "found {:?}", page.items);
    let found = &page.items[0];
    ensure_same(&(found.timestamp, found.user.as_str(), found.action.as_str()), &(at(7), "ada", "LOGIN"))?;
    ensure_same(&found.details.as_str(), &"{\"z\":\"one \\\"two\\\"\\n\",\"a\":\"ä\"}")?;
    ensure_same(&(found.actor_id.as_deref(), found.on_behalf_of.as_deref()), &(Some("u-1"), Some("u-2")))?;
    ensure_same(&(found.source_ip.as_deref(), found.request_id.as_deref()), &(Some("2001:db8::1"), Some("r-1")))?;
    ensure_same(&(found.outcome.as_str(), &found.tenant), &("failure", &tenant()))
}

/// Also where several have the same time.
pub async fn entries_are_listed_newest_first_page_by_page<S: Stores>(store: Arc<S>) -> Result<()> {
    for (user, seconds) in [("a", 5), ("b", 9), ("c", 5), ("d", 5), ("e", 1)] {
        refuse(&store, user, AuditAction::Login, seconds).await?;
    }
    let (mut paged, mut cursor) = (String::new(), None);
    loop {
        let page = store.list_audit(&whole_audit(), &PageRequest { limit: Some(2), cursor }, 0).await?;
        paged.extend(page.items.iter().map(|it| it.user.as_str()));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    ensure_same(&paged.as_str(), &"bdcae")
}

/// With and without a limit.
pub async fn an_offset_skips_entries<S: Stores>(store: Arc<S>) -> Result<()> {
    for (user, seconds) in [("a", 1), ("b", 2), ("c", 3)] {
        refuse(&store, user, AuditAction::Login, seconds).await?;
    }
    for (limit, offset, expected) in [(Some(1), 1, "b"), (None, 1, "ba"), (Some(5), 3, ""), (Some(5), u64::MAX, "")] {
        let page = store.list_audit(&whole_audit(), &PageRequest { limit, cursor: None }, offset).await?;
        let users: String = page.items.iter().map(|it| it.user.as_str()).collect();
        ensure!(users == expected, "offset {offset} with limit {limit:?} shows {users:?}");
    }
    Ok(())
}

/// The end of a time range is outside.
pub async fn a_filter_shows_what_it_asks_for_and_counts_it<S: Stores>(store: Arc<S>) -> Result<()> {
    refuse(&store, "a", AuditAction::Login, 1).await?;
    refuse(&store, "a", AuditAction::Logout, 2).await?;
    refuse(&store, "b", AuditAction::Login, 3).await?;
    let all = whole_audit;
    for (filter, expected) in [
        (AuditFilter { user: Some("a".to_owned()), ..all() }, 2),
        (AuditFilter { action: Some("LOGIN".to_owned()), ..all() }, 2),
        (AuditFilter { user: Some("b".to_owned()), action: Some("LOGOUT".to_owned()), ..all() }, 0),
        (AuditFilter { from: Some(at(2)), ..all() }, 2),
        (AuditFilter { to: Some(at(2)), ..all() }, 1),
        (AuditFilter { tenant: TenantId::new("other")?, ..all() }, 0),
    ] {
        let listed = store.list_audit(&filter, &PageRequest::default(), 0).await?.items.len();
        let counted = store.count_audit(&filter).await?;
        ensure!(listed == expected && counted == expected as u64, "{filter:?} shows {listed} and counts {counted}");
    }
    Ok(())
}

/// Of one tenant only.
pub async fn the_choices_are_distinct_and_sorted<S: Stores>(store: Arc<S>) -> Result<()> {
    ensure_same(&store.audit_choices(&tenant()).await?, &(Vec::new(), Vec::new()))?;
    for (user, action) in
        [("b", AuditAction::Logout), ("B", AuditAction::Login), ("b", AuditAction::Login), ("a", AuditAction::Login)]
    {
        refuse(&store, user, action, 1).await?;
    }
    let texts = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    ensure_same(&store.audit_choices(&tenant()).await?, &(texts(&["LOGIN", "LOGOUT"]), texts(&["B", "a", "b"])))?;
    ensure_same(&store.audit_choices(&TenantId::new("other")?).await?, &(Vec::new(), Vec::new()))
}

const DAY: i64 = 24 * 3_600;

async fn opened<S: Stores>(store: &Arc<S>, app: &AppId, seconds: i64) -> Result<()> {
    Ok(store.record_link_launch(app, change(AuditAction::OpenLink, seconds)).await?)
}

/// In UTC, and each launch is audited.
pub async fn launches_are_counted_per_app_and_day<S: Stores>(store: Arc<S>) -> Result<()> {
    let (a, b) = (app("a")?, app("b")?);
    store.insert_app(&a, change(AuditAction::CreateApp, 0)).await?;
    for (app, seconds) in [(&a.id, 0), (&a.id, 60), (&b.id, 0), (&a.id, DAY), (&a.id, 2 * DAY)] {
        opened(&store, app, seconds).await?;
    }
    ensure_same(&audited(&store).await?, &6)?;
    let midnight = |seconds: i64| {
        let micros = at(seconds).as_micros();
        Timestamp::from_micros(micros - micros.rem_euclid(DAY * 1_000_000))
    };
    let counts = store.launch_counts(&tenant(), None, Some(at(2 * DAY))).await?;
    let mut found: Vec<_> = counts.iter().map(|it| (it.app.as_str(), it.day, it.count)).collect();
    found.sort_unstable();
    ensure_same(&found, &vec![("a", midnight(0), 2), ("a", midnight(DAY), 1), ("b", midnight(0), 1)])?;
    ensure_same(&store.launch_counts(&tenant(), Some(at(2 * DAY)), None).await?.len(), &1)?;
    ensure_same(&store.launch_counts(&TenantId::new("other")?, None, None).await?, &Vec::new())
}

/// And one of which no name is known under its id.
pub async fn a_deleted_app_is_counted_under_its_last_name<S: Stores>(store: Arc<S>) -> Result<()> {
    let mut a = app("a")?;
    a.fields.name = "Alpha".into();
    store.insert_app(&a, change(AuditAction::CreateApp, 0)).await?;
    opened(&store, &a.id, 0).await?;
    opened(&store, &AppId::new("never-seen")?, 0).await?;
    store.delete_app(&a, change(AuditAction::DeleteApp, 1)).await?;
    let counts = store.launch_counts(&tenant(), None, None).await?;
    let mut names: Vec<_> = counts.iter().map(|it| it.app_name.as_str()).collect();
    names.sort_unstable();
    ensure_same(&names, &vec!["Alpha", "never-seen"])
}

/// Each tenant has its own.
pub async fn settings_are_written_over_and_others_stay<S: Stores>(store: Arc<S>) -> Result<()> {
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let save = |settings: Vec<(String, String)>, tenant: TenantId| {
        let store = Arc::clone(&store);
        async move { store.save_settings(&tenant, &settings, change(AuditAction::UpdateSettings, 0)).await }
    };
    save(vec![pair("b", "1"), pair("a", "2")], tenant()).await?;
    save(vec![pair("b", "3")], tenant()).await?;
    save(vec![pair("b", "4")], TenantId::new("other")?).await?;
    ensure_same(&store.settings(&tenant()).await?, &vec![pair("a", "2"), pair("b", "3")])?;
    ensure_same(&audited(&store).await?, &3)
}
