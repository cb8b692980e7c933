//! What every [`CatalogStore`](sortie_core::port::CatalogStore) promises. Each check takes an empty store of its own.

use std::sync::Arc;

use anyhow::{Result, ensure};
use sortie_core::{
    app::{
        Clipboard, Display, DisplayProtocol, EgressMode, EgressPolicy, EgressRule, LaunchType, Network, OsType,
        RecordingPolicy, ResourceText, Visibility, WorkspaceKind,
    },
    audit::AuditAction,
    id::{AppId, TenantId},
    policy::Scope,
    port::{PageRequest, PortError},
};
use tokio::task::JoinSet;

use super::sample::{Stores, app, at, at_once, audited, change, ensure_conflict, ensure_same, tenant, told, unique};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! catalog_contract {
    ($each:ident) => {
        $each! { catalog:
            an_app_reads_back_as_it_was_written
            a_taken_app_id_is_a_conflict
            a_stale_version_conflicts_and_changes_nothing
            deleting_a_stale_version_conflicts
            apps_are_listed_by_name_page_by_page
            a_scope_shows_only_its_tenant_and_its_visibilities
            seeding_happens_only_into_an_empty_catalog
            a_refused_change_leaves_neither_audit_nor_event
            many_clients_create_apps_and_every_one_is_audited
            a_cursor_of_somebody_else_is_refused
        }
    };
}

/// Every field, with characters that databases stumble over.
pub async fn an_app_reads_back_as_it_was_written<S: Stores>(store: Arc<S>) -> Result<()> {
    let mut full = app("My App? 7")?;
    full.fields.name = "Ünïcode \"quoted\" 'n' `ticked` \\ % _ 🖥".into();
    full.fields.description = "two\nlines".into();
    full.fields.category = "Tools".into();
    full.fields.visibility = Visibility::AdminOnly;
    full.fields.launch_type = LaunchType::Container;
    full.fields.os_type = OsType::Windows;
    full.fields.container_image = "ghcr.io/example/app:latest".into();
    full.fields.container_port = 8_080;
    full.fields.container_args = vec!["--a b".to_owned(), String::new()];
    full.fields.command = vec!["/bin/sh".to_owned(), "-c".to_owned(), "echo \"$HOME\"".to_owned()];
    full.fields.env = vec![("B".to_owned(), "2=3".to_owned()), ("A".to_owned(), String::new())];
    full.fields.network = Network::Host;
    full.fields.window_manager = true;
    full.fields.resources = ResourceText { cpu_limit: "1.5".to_owned(), ..ResourceText::default() };
    let rule = EgressRule { cidr: "10.0.0.0/8".to_owned(), port: 443, protocol: "TCP".to_owned() };
    full.fields.egress = Some(EgressPolicy { mode: EgressMode::Denylist, rules: vec![rule] });
    full.fields.display = Some(Display { protocol: DisplayProtocol::WebSocket, port: 6_080, path: "/ws".to_owned() });
    full.fields.workspace = WorkspaceKind::Persistent;
    full.fields.workspace_size = "5Gi".into();
    full.fields.workspace_storage_class = "fast".into();
    full.fields.clipboard = Clipboard { into_app: true, out_of_app: false, max_in_bytes: 4_096 };
    full.fields.recording = RecordingPolicy::OnRequest;
    full.fields.discoverable = true;
    full.fields.run_as_root = true;
    full.fields.warm_pool = 3;
    full.fields.idle_timeout_secs = 600;
    full.updated_at = at(5);
    store.insert_app(&full, change(AuditAction::CreateApp, 0)).await?;
    ensure_same(&store.find_app(&full.id).await?, &Some(full.clone()))?;
    let mut plain = app("My App? 7")?;
    plain.version = 2;
    store.update_app(1, &plain, change(AuditAction::UpdateApp, 6)).await?;
    ensure_same(&store.find_app(&plain.id).await?, &Some(plain))?;
    ensure_same(&store.find_app(&AppId::new("no such app")?).await?, &None)
}

/// The first one stays.
pub async fn a_taken_app_id_is_a_conflict<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = app("a")?;
    store.insert_app(&first, change(AuditAction::CreateApp, 0)).await?;
    let mut second = app("a")?;
    second.fields.name = "other".into();
    ensure_conflict(store.insert_app(&second, change(AuditAction::CreateApp, 1)).await)?;
    ensure_same(&store.find_app(&first.id).await?, &Some(first))
}

/// Of two people who change the same app, the second one is told.
pub async fn a_stale_version_conflicts_and_changes_nothing<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = app("a")?;
    store.insert_app(&first, change(AuditAction::CreateApp, 0)).await?;
    let mut second = first.clone();
    second.version = 2;
    second.fields.name = "second".into();
    store.update_app(1, &second, change(AuditAction::UpdateApp, 1)).await?;
    let mut third = first;
    third.version = 2;
    third.fields.name = "third".into();
    ensure_conflict(store.update_app(1, &third, change(AuditAction::UpdateApp, 2)).await)?;
    ensure_same(&store.find_app(&second.id).await?, &Some(second))?;
    ensure_same(&audited(&store).await?, &2)
}

/// An app that was changed since is not deleted.
pub async fn deleting_a_stale_version_conflicts<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = app("a")?;
    store.insert_app(&first, change(AuditAction::CreateApp, 0)).await?;
    let mut second = first.clone();
    second.version = 2;
    store.update_app(1, &second, change(AuditAction::UpdateApp, 1)).await?;
    ensure_conflict(store.delete_app(&first, change(AuditAction::DeleteApp, 2)).await)?;
    store.delete_app(&second, change(AuditAction::DeleteApp, 3)).await?;
    ensure_conflict(store.delete_app(&second, change(AuditAction::DeleteApp, 4)).await)?;
    ensure_same(&store.find_app(&second.id).await?, &None)
}

/// In byte order of name and id, whatever the database's locale; and completely without paging.
pub async fn apps_are_listed_by_name_page_by_page<S: Stores>(store: Arc<S>) -> Result<()> {
    for (id, name) in [("1", "b"), ("2", "B"), ("3", "a"), ("4", "b"), ("5", "ä"), ("6", "a b")] {
        let mut one = app(id)?;
        one.fields.name = name.to_owned();
        store.insert_app(&one, change(AuditAction::CreateApp, 0)).await?;
    }
    let scope = Scope::Tenant(tenant());
    let whole = store.list_apps(&scope, &PageRequest::default()).await?;
    let ids: Vec<_> = whole.items.iter().map(|it| it.id.as_str().to_owned()).collect();
    ensure_same(&ids.join(""), &"236145".to_owned())?;
    ensure_same(&whole.next, &None)?;
    let (mut paged, mut cursor) = (Vec::new(), None);
    loop {
        let page = store.list_apps(&scope, &PageRequest { limit: Some(2), cursor }).await?;
        ensure!(page.items.len() <= 2, "a page of {}", page.items.len());
        paged.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    ensure_same(&paged, &whole.items)
}

/// Another tenant's apps and other visibilities are not there.
pub async fn a_scope_shows_only_its_tenant_and_its_visibilities<S: Stores>(store: Arc<S>) -> Result<()> {
    let other = TenantId::new("other")?;
    for (id, tenant, visibility) in [
        ("1", tenant(), Visibility::Public),
        ("2", tenant(), Visibility::AdminOnly),
        ("3", other.clone(), Visibility::Public),
    ] {
        let mut one = app(id)?;
        one.tenant = tenant;
        one.fields.visibility = visibility;
        store.insert_app(&one, change(AuditAction::CreateApp, 0)).await?;
    }
    for (scope, expected) in [
        (Scope::Tenant(tenant()), "1 2"),
        (Scope::Visible(tenant(), vec![Visibility::Public]), "1"),
        (Scope::Visible(tenant(), Vec::new()), ""),
        (Scope::Tenant(other), "3"),
    ] {
        let page = store.list_apps(&scope, &PageRequest::default()).await?;
        let ids: Vec<_> = page.items.iter().map(|it| it.id.as_str()).collect();
        ensure!(ids.join(" ") == expected, "{scope:?} shows {ids:?}");
    }
    Ok(())
}

/// Of servers that start together, one sows.
pub async fn seeding_happens_only_into_an_empty_catalog<S: Stores>(store: Arc<S>) -> Result<()> {
    let sown = at_once(&store, 8, |store, number| async move {
        let apps: Vec<_> = (0..20).map(|it| app(&format!("app-{number}-{it}"))).collect::<Result<_>>()?;
        Ok(store.seed_apps(&apps, change(AuditAction::SeedApps, 0)).await?)
    });
    ensure_same(&sown.await?.into_iter().filter(|it| *it).count(), &1)?;
    ensure_same(&audited(&store).await?, &1)
}

/// All or nothing.
pub async fn a_refused_change_leaves_neither_audit_nor_event<S: Stores>(store: Arc<S>) -> Result<()> {
    let one = app("a")?;
    store.insert_app(&one, told(AuditAction::CreateApp, &one.id, 0)?).await?;
    let before = (audited(&store).await?, store.epochs().await?);
    ensure_conflict(store.insert_app(&one, told(AuditAction::CreateApp, &one.id, 1)?).await)?;
    ensure_conflict(store.update_app(7, &one, told(AuditAction::UpdateApp, &one.id, 1)?).await)?;
    ensure_same(&(audited(&store).await?, store.epochs().await?), &before)?;
    ensure_same(&store.number_events().await?, &1)
}

/// No busy error, no lost entry, no lost event.
pub async fn many_clients_create_apps_and_every_one_is_audited<S: Stores>(store: Arc<S>) -> Result<()> {
    const CLIENTS: usize = 32;
    const APPS: usize = 1_000;
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let store = Arc::clone(&store);
        clients.spawn(async move {
            let mut made = 0;
            for number in (client..APPS).step_by(CLIENTS) {
                let one = app(&format!("app-{number}"))?;
                // A server without a free connection says "later", and then a client comes again.
                loop {
                    match store.insert_app(&one, told(AuditAction::CreateApp, &one.id, 0)?).await {
                        Ok(()) => break,
                        Err(PortError::Unavailable(error)) if error.to_string().contains("connection is busy") => {}
                        Err(error) => return Err(anyhow::Error::from(error)),
                    }
                }
                made += 1;
            }
            Ok(made)
        });
    }
    let mut made = 0;
    while let Some(client) = clients.join_next().await {
        made += client??;
    }
    let listed = store.list_apps(&Scope::Tenant(tenant()), &PageRequest::default()).await?;
    ensure_same(&(made, listed.items.len()), &(APPS, APPS))?;
    ensure_same(&audited(&store).await?, &(APPS as u64))?;
    ensure_same(&store.epochs().await?.apps, &i64::try_from(APPS)?)
}

/// It is refused in words, not with an empty page.
pub async fn a_cursor_of_somebody_else_is_refused<S: Stores>(store: Arc<S>) -> Result<()> {
    let page = PageRequest { limit: Some(1), cursor: Some(unique("nonsense")) };
    let result = store.list_apps(&Scope::Tenant(tenant()), &page).await;
    ensure!(matches!(result, Err(PortError::Rejected(_))), "found {result:?}");
    Ok(())
}
