//! What every [`TenantStore`](sortie_core::port::TenantStore) promises. Each check takes an empty store of its own.

use std::{num::NonZeroU32, sync::Arc};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    access::{CategoryRight, Membership},
    app::App,
    audit::AuditAction,
    category::Category,
    id::{CategoryId, TenantId},
    policy::Scope,
    port::{PageRequest, PortError},
    sso::{Identity, KnownIdentity},
    tenant::{Branding, Tenant, TenantQuotas},
    user::{Role, User},
};

use super::sample::{Stores, app, at, at_once, audited, change, ensure_conflict, ensure_same, tenant, user};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! tenants_contract {
    ($each:ident) => {
        $each! { tenants:
            one_tenant_is_there_from_the_start
            a_tenant_reads_back_and_is_found_by_its_short_name
            short_names_are_unique_and_stale_versions_conflict
            a_tenant_in_which_something_lives_is_not_deleted
            of_racing_apps_exactly_those_fit_that_the_tenant_may_have
            of_racing_accounts_exactly_those_fit_that_the_tenant_may_have
            a_membership_gives_its_roles_and_ends_with_the_rights_in_the_tenant
        }
    };
}

/// How many come at once, and how many of them may.
const RACERS: usize = 16;
const MOST: u32 = 8;

fn research() -> Result<Tenant> {
    Ok(Tenant {
        id: TenantId::new("t-1")?,
        name: "Research".to_owned(),
        slug: "research".to_owned(),
        branding: Branding {
            display_name: "Lab".to_owned(),
            logo_url: "https://example.com/logo.svg".to_owned(),
            primary_color: "#0f766e".to_owned(),
            secondary_color: String::new(),
        },
        quotas: TenantQuotas {
            max_total_sessions: NonZeroU32::new(7),
            default_mem_limit: "2Gi".to_owned(),
            ..TenantQuotas::default()
        },
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    })
}

async fn insert<S: Stores>(store: &Arc<S>) -> Result<Tenant> {
    let made = research()?;
    store.insert_tenant(&made, change(AuditAction::CreateTenant, 0)).await?;
    Ok(made)
}

fn member(tenant: &Tenant, role: Role) -> Membership {
    let Tenant { id, slug, name, .. } = tenant.clone();
    Membership { tenant: id, slug, name, roles: vec![role] }
}

/// Called `default`.
pub async fn one_tenant_is_there_from_the_start<S: Stores>(store: Arc<S>) -> Result<()> {
    let all = store.list_tenants().await?;
    ensure_same(&all.iter().map(|it| it.id.clone()).collect::<Vec<_>>(), &vec![tenant()])?;
    ensure_same(&all[0].quotas, &TenantQuotas::default())
}

/// With looks and quotas.
pub async fn a_tenant_reads_back_and_is_found_by_its_short_name<S: Stores>(store: Arc<S>) -> Result<()> {
    let made = insert(&store).await?;
    ensure_same(&store.find_tenant(&made.id).await?, &Some(made.clone()))?;
    for text in ["t-1", "research"] {
        ensure_same(&store.tenant_called(text).await?, &Some(made.clone()))?;
    }
    ensure_same(&store.tenant_called("Research").await?, &None)
}

/// And nothing is written.
pub async fn short_names_are_unique_and_stale_versions_conflict<S: Stores>(store: Arc<S>) -> Result<()> {
    let made = insert(&store).await?;
    let before = audited(&store).await?;
    let twin = Tenant { id: TenantId::new("t-2")?, ..made.clone() };
    ensure_conflict(store.insert_tenant(&twin, change(AuditAction::CreateTenant, 1)).await)?;
    let taken = Tenant { slug: "default".to_owned(), version: 2, ..made.clone() };
    ensure_conflict(store.update_tenant(1, &taken, change(AuditAction::UpdateTenant, 1)).await)?;
    ensure_same(&audited(&store).await?, &before)?;
    let renamed = Tenant { name: "Science".to_owned(), version: 2, ..made.clone() };
    store.update_tenant(1, &renamed, change(AuditAction::UpdateTenant, 1)).await?;
    ensure_conflict(store.update_tenant(1, &made, change(AuditAction::UpdateTenant, 2)).await)
}

/// An app, an account; an empty one goes with its members and categories.
pub async fn a_tenant_in_which_something_lives_is_not_deleted<S: Stores>(store: Arc<S>) -> Result<()> {
    let made = insert(&store).await?;
    let mut one = app("a")?;
    one.tenant = made.id.clone();
    store.insert_app(&one, change(AuditAction::CreateApp, 0)).await?;
    ensure_conflict(store.delete_tenant(&made, change(AuditAction::DeleteTenant, 1)).await)?;
    store.delete_app(&one, change(AuditAction::DeleteApp, 2)).await?;
    let ada = User { tenant: made.id.clone(), ..user("ada")? };
    store.insert_user(&ada, change(AuditAction::CreateUser, 0)).await?;
    ensure_conflict(store.delete_tenant(&made, change(AuditAction::DeleteTenant, 3)).await)?;
    store.delete_user(&ada, change(AuditAction::DeleteUser, 4)).await?;
    let bob = user("bob")?;
    store.insert_user(&bob, change(AuditAction::CreateUser, 0)).await?;
    store.save_member(&member(&made, Role::User), &bob.id, change(AuditAction::SaveTenantMember, 5)).await?;
    store.delete_tenant(&made, change(AuditAction::DeleteTenant, 6)).await?;
    ensure_same(&store.find_tenant(&made.id).await?, &None)?;
    ensure_same(&store.grants_of(&bob.id).await?.memberships.len(), &1)
}

/// Eight of sixteen, half of them in a category of their own; those that are refused leave nothing behind. One that is deleted
/// makes room for one.
pub async fn of_racing_apps_exactly_those_fit_that_the_tenant_may_have<S: Stores>(store: Arc<S>) -> Result<()> {
    let quotas = TenantQuotas { max_apps: NonZeroU32::new(MOST), ..TenantQuotas::default() };
    let made = Tenant { quotas, ..research()? };
    store.insert_tenant(&made, change(AuditAction::CreateTenant, 0)).await?;
    let of_tenant = made.id.clone();
    let outcomes = at_once(&store, RACERS, move |store, number| {
        let of_tenant = of_tenant.clone();
        async move {
            let mut one = App { tenant: of_tenant, ..app(&format!("app-{number}"))? };
            if number % 2 == 0 {
                one.category = Some(CategoryId::new(format!("c-{number}"))?);
                one.fields.category = format!("Category {number}");
            }
            admitted(store.insert_app(&one, change(AuditAction::CreateApp, 1)).await)
        }
    })
    .await?;
    ensure_same(&outcomes.iter().filter(|it| **it).count(), &(MOST as usize))?;
    let apps = store.list_apps(&Scope::Tenant(made.id.clone()), &PageRequest::default()).await?.items;
    ensure_same(&apps.len(), &(MOST as usize))?;
    let used = apps.iter().filter(|it| it.category.is_some()).count();
    ensure_same(&store.list_categories(&made.id).await?.len(), &used)?;
    ensure_same(&audited(&store).await?, &(1 + u64::from(MOST)))?;
    store.delete_app(&apps[0], change(AuditAction::DeleteApp, 2)).await?;
    let more = App { tenant: made.id.clone(), ..app("one more")? };
    ensure!(admitted(store.insert_app(&more, change(AuditAction::CreateApp, 3)).await)?, "there was room for one");
    let last = App { tenant: made.id.clone(), ..app("one too many")? };
    ensure!(!admitted(store.insert_app(&last, change(AuditAction::CreateApp, 3)).await)?, "there was room for two");
    // Elsewhere there is no limit.
    store.insert_app(&app("elsewhere")?, change(AuditAction::CreateApp, 3)).await?;
    Ok(())
}

/// Eight of sixteen, whether an administrator makes them or they come from an identity provider.
pub async fn of_racing_accounts_exactly_those_fit_that_the_tenant_may_have<S: Stores>(store: Arc<S>) -> Result<()> {
    let quotas = TenantQuotas { max_users: NonZeroU32::new(MOST), ..TenantQuotas::default() };
    let made = Tenant { quotas, ..research()? };
    store.insert_tenant(&made, change(AuditAction::CreateTenant, 0)).await?;
    let of_tenant = made.id.clone();
    let outcomes = at_once(&store, RACERS, move |store, number| {
        let of_tenant = of_tenant.clone();
        async move {
            let one = User { tenant: of_tenant, ..user(&format!("user-{number}"))? };
            let change = change(AuditAction::CreateUser, 1);
            if number % 2 == 0 {
                return admitted(store.insert_user(&one, change).await);
            }
            let known = KnownIdentity {
                identity: Identity::new("https://idp.example", format!("subject-{number}"))?,
                user: one.id.clone(),
                roles: Vec::new(),
                created_at: at(1),
                last_seen_at: at(1),
            };
            admitted(store.insert_identity(&known, &one, change).await)
        }
    })
    .await?;
    ensure_same(&outcomes.iter().filter(|it| **it).count(), &(MOST as usize))?;
    let people = store.list_users(&made.id).await?;
    ensure_same(&people.len(), &(MOST as usize))?;
    ensure_same(&audited(&store).await?, &(1 + u64::from(MOST)))?;
    store.delete_user(&people[0], change(AuditAction::DeleteUser, 2)).await?;
    let more = User { tenant: made.id.clone(), ..user("one more")? };
    ensure!(admitted(store.insert_user(&more, change(AuditAction::CreateUser, 3)).await)?, "there was room for one");
    let last = User { tenant: made.id.clone(), ..user("one too many")? };
    ensure!(!admitted(store.insert_user(&last, change(AuditAction::CreateUser, 3)).await)?, "there was room for two");
    store.insert_user(&user("elsewhere")?, change(AuditAction::CreateUser, 3)).await?;
    Ok(())
}

/// Whether something was let in, or refused because the tenant is full.
fn admitted(outcome: Result<(), PortError>) -> Result<bool> {
    match outcome {
        Ok(()) => Ok(true),
        Err(PortError::Rejected(why)) if why.starts_with("this tenant has all of its 8 ") => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Whoever leaves a tenant leaves its categories.
pub async fn a_membership_gives_its_roles_and_ends_with_the_rights_in_the_tenant<S: Stores>(
    store: Arc<S>,
) -> Result<()> {
    let made = insert(&store).await?;
    let ada = user("ada")?;
    store.insert_user(&ada, change(AuditAction::CreateUser, 0)).await?;
    let inside = |id: &str, tenant: &TenantId| -> Result<Category> {
        let name = id.to_owned();
        let (id, tenant) = (CategoryId::new(id)?, tenant.clone());
        Ok(Category { id, tenant, name, description: String::new(), version: 1, created_at: at(0), updated_at: at(0) })
    };
    for category in [inside("here", &made.id)?, inside("home", &tenant())?] {
        store.insert_category(&category, change(AuditAction::CreateCategory, 0)).await?;
        for right in CategoryRight::ALL {
            store.give_right(&category.id, right, &ada.id, change(AuditAction::AddCategoryAdmin, 0)).await?;
        }
    }
    let save = |role| {
        let (store, membership, user) = (Arc::clone(&store), member(&made, role), ada.id.clone());
        async move { store.save_member(&membership, &user, change(AuditAction::SaveTenantMember, 1)).await }
    };
    save(Role::User).await?;
    save(Role::TenantAdmin).await?;
    let grants = store.grants_of(&ada.id).await?;
    let there = grants.member_of(&made.id).context("no member")?;
    ensure_same(&(there.slug.as_str(), &there.roles), &("research", &vec![Role::TenantAdmin]))?;
    ensure!(grants.member_of(&tenant()).is_some(), "the home is missing");
    let members = store.members(&made.id).await?;
    ensure_same(
        &members.iter().map(|it| (it.person.username.as_str(), it.at_home)).collect::<Vec<_>>(),
        &vec![("ada", false)],
    )?;
    ensure_same(&(members[0].roles.clone(), members[0].account_roles.len()), &(vec![Role::TenantAdmin], 0))?;
    let home = Tenant { id: tenant(), ..made.clone() };
    store.save_member(&member(&home, Role::Auditor), &ada.id, change(AuditAction::SaveTenantMember, 1)).await?;
    let at_home = store.members(&home.id).await?;
    ensure_same(
        &(at_home[0].roles.as_slice(), at_home[0].account_roles.as_slice(), at_home[0].at_home),
        &(&[Role::Auditor][..], &[Role::User][..], true),
    )?;
    let remove = || store.remove_member(&made.id, &ada.id, change(AuditAction::RemoveTenantMember, 2));
    ensure!(remove().await?, "there was nobody");
    ensure!(!remove().await?, "removed twice");
    let grants = store.grants_of(&ada.id).await?;
    let left: Vec<_> = grants.administers.iter().chain(&grants.approved).map(CategoryId::as_str).collect();
    ensure_same(&left, &vec!["home", "home"])?;
    let nobody = user("nobody")?;
    let saved =
        store.save_member(&member(&made, Role::User), &nobody.id, change(AuditAction::SaveTenantMember, 3)).await;
    ensure_conflict(saved)
}
