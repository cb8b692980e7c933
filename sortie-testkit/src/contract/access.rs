//! What every [`AccessStore`](sortie_core::port::AccessStore) promises. Each check takes an empty store of its own.

use std::{collections::BTreeSet, sync::Arc};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    access::{
        CategoryRight, Grants, Membership,
        request::{AccessRequest, RequestStatus},
    },
    app::{App, Visibility},
    audit::AuditAction,
    category::Category,
    id::{AccessRequestId, AppId, CategoryId, SignInId, TenantId},
    policy::{Action, Object, Principal, app_scope, may},
    port::{
        PageRequest,
        access::{PeopleQuery, RequestScope},
    },
    user::{Role, User},
};

use super::sample::{Stores, app, at, at_once, audited, change, ensure_conflict, ensure_same, tenant, user};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! access_contract {
    ($each:ident) => {
        $each! { access:
            a_list_of_apps_is_what_the_policy_lets_one_see
            a_category_comes_with_its_first_app_and_is_shared_by_the_next
            of_racing_first_apps_of_a_category_one_makes_it
            a_renamed_category_keeps_its_apps_and_rights
            a_category_with_an_app_is_not_deleted
            category_names_are_unique_in_their_tenant_only
            a_right_is_given_and_taken_once
            rights_go_with_the_person_and_with_the_category
            people_are_found_by_a_part_of_their_names_in_their_tenant
            a_request_is_pending_once_and_decided_once
            granting_a_request_approves_the_person
            requests_are_listed_for_who_asked_and_who_decides
        }
    };
}

fn category(id: &str, name: &str) -> Result<Category> {
    Ok(Category {
        id: CategoryId::new(id)?,
        tenant: tenant(),
        name: name.to_owned(),
        description: "things".to_owned(),
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    })
}

fn app_in(id: &str, category: &Category) -> Result<App> {
    let mut one = app(id)?;
    one.category = Some(category.id.clone());
    one.fields.category.clone_from(&category.name);
    Ok(one)
}

async fn insert_user<S: Stores>(store: &Arc<S>, name: &str) -> Result<User> {
    let one = user(name)?;
    store.insert_user(&one, change(AuditAction::CreateUser, 0)).await?;
    Ok(one)
}

async fn insert_category<S: Stores>(store: &Arc<S>, id: &str, name: &str) -> Result<Category> {
    let one = category(id, name)?;
    store.insert_category(&one, change(AuditAction::CreateCategory, 0)).await?;
    Ok(one)
}

async fn give<S: Stores>(store: &Arc<S>, category: &Category, right: CategoryRight, user: &User) -> Result<bool> {
    Ok(store.give_right(&category.id, right, &user.id, change(AuditAction::AddCategoryAdmin, 1)).await?)
}

fn request(id: &str, app: &App, user: &User, seconds: i64) -> Result<AccessRequest> {
    Ok(AccessRequest {
        id: AccessRequestId::new(id)?,
        tenant: tenant(),
        app: app.id.clone(),
        app_name: app.fields.name.clone(),
        category: app.category.clone().context("the app has no category")?,
        user: user.id.clone(),
        username: user.username.clone(),
        message: "please".to_owned(),
        status: RequestStatus::Pending,
        decided_by: None,
        decision_note: String::new(),
        decided_at: None,
        created_at: at(seconds),
    })
}

fn decided(request: &AccessRequest, status: RequestStatus) -> AccessRequest {
    AccessRequest {
        status,
        decided_by: Some("root".to_owned()),
        decision_note: "fine".to_owned(),
        decided_at: Some(at(9)),
        ..request.clone()
    }
}

/// Everybody that the rules tell apart, against every app that they tell apart.
pub async fn a_list_of_apps_is_what_the_policy_lets_one_see<S: Stores>(store: Arc<S>) -> Result<()> {
    let other = TenantId::new("other")?;
    let mut apps = Vec::new();
    for home in [tenant(), other.clone()] {
        for inside in [None, Some("tools"), Some("games")] {
            for visibility in Visibility::ALL {
                for discoverable in [false, true] {
                    let mut one = app(&format!("app-{}", apps.len()))?;
                    one.tenant = home.clone();
                    if let Some(name) = inside {
                        one.category = Some(CategoryId::new(format!("{home}-{name}"))?);
                        name.clone_into(&mut one.fields.category);
                    }
                    one.fields.visibility = *visibility;
                    one.fields.discoverable = discoverable;
                    store.insert_app(&one, change(AuditAction::CreateApp, 0)).await?;
                    apps.push(one);
                }
            }
        }
    }
    let named = |here: &[&str]| here.iter().map(|it| CategoryId::new(*it)).collect::<Result<BTreeSet<_>, _>>();
    let given = [named(&[])?, named(&["default-tools"])?, named(&["default-tools", "other-games"])?];
    for roles in [vec![], vec![Role::User], vec![Role::AppAuthor], vec![Role::TenantAdmin], vec![Role::Admin]] {
        for there in [None, Some(Role::User), Some(Role::AppAuthor)] {
            for administers in &given {
                for approved in &given {
                    let membership = |role| Membership {
                        tenant: other.clone(),
                        slug: "other".to_owned(),
                        name: "Other".to_owned(),
                        roles: vec![role],
                    };
                    let grants = Grants {
                        memberships: there.map(membership).into_iter().collect(),
                        administers: administers.clone(),
                        approved: approved.clone(),
                        ..Grants::default()
                    };
                    let principal = Principal {
                        user: user("ada")?.id,
                        username: "ada".to_owned(),
                        tenant: tenant(),
                        roles: roles.clone(),
                        grants: Arc::new(grants),
                        sign_in: SignInId::new("s")?,
                        scopes: None,
                        guest: None,
                    };
                    for asked in [tenant(), other.clone()] {
                        let scope = app_scope(&principal, &asked);
                        let listed = store.list_apps(&scope, &PageRequest::default()).await?.items;
                        let sees = |it: &&App| {
                            it.tenant == asked && may(&principal, Action::DiscoverApp, Object::of_app(it)).is_granted()
                        };
                        let listed: BTreeSet<_> = listed.into_iter().map(|it| it.id).collect();
                        let expected: BTreeSet<_> = apps.iter().filter(sees).map(|it| it.id.clone()).collect();
                        ensure!(listed == expected, "{principal:?} in {asked}: {listed:?}, not {expected:?}");
                        let inside: BTreeSet<_> = store.categories_with_apps(&scope).await?.into_iter().collect();
                        let expected: BTreeSet<_> =
                            apps.iter().filter(sees).filter_map(|it| it.category.clone()).collect();
                        ensure_same(&inside, &expected)?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// With the id that the app says; another id for the same name is somebody else's category.
pub async fn a_category_comes_with_its_first_app_and_is_shared_by_the_next<S: Stores>(store: Arc<S>) -> Result<()> {
    let tools = category("c-1", "Tools")?;
    store.insert_app(&app_in("a", &tools)?, change(AuditAction::CreateApp, 0)).await?;
    let made = store.category_named(&tenant(), "Tools").await?.context("no category was made")?;
    ensure_same(&made.id, &tools.id)?;
    store.insert_app(&app_in("b", &tools)?, change(AuditAction::CreateApp, 0)).await?;
    ensure_conflict(
        store.insert_app(&app_in("c", &category("c-2", "Tools")?)?, change(AuditAction::CreateApp, 0)).await,
    )?;
    ensure_conflict(
        store.insert_app(&app_in("d", &category("c-1", "Other")?)?, change(AuditAction::CreateApp, 0)).await,
    )?;
    ensure_same(&store.find_app(&AppId::new("c")?).await?, &None)?;
    let mut moved = app_in("b", &category("c-3", "Games")?)?;
    moved.version = 2;
    store.update_app(1, &moved, change(AuditAction::UpdateApp, 1)).await?;
    ensure_same(&store.find_app(&moved.id).await?, &Some(moved))?;
    ensure_same(&store.list_categories(&tenant()).await?.len(), &2)
}

/// The others are told, and come again.
pub async fn of_racing_first_apps_of_a_category_one_makes_it<S: Stores>(store: Arc<S>) -> Result<()> {
    let made = at_once(&store, 8, |store, number| async move {
        let one = app_in(&format!("app-{number}"), &category(&format!("c-{number}"), "Tools")?)?;
        Ok(store.insert_app(&one, change(AuditAction::CreateApp, 0)).await.is_ok())
    });
    ensure_same(&made.await?.into_iter().filter(|it| *it).count(), &1)?;
    ensure_same(&store.list_categories(&tenant()).await?.len(), &1)
}

/// By id: the name in its apps follows.
pub async fn a_renamed_category_keeps_its_apps_and_rights<S: Stores>(store: Arc<S>) -> Result<()> {
    let tools = insert_category(&store, "c-1", "Tools").await?;
    let ada = insert_user(&store, "ada").await?;
    store.insert_app(&app_in("a", &tools)?, change(AuditAction::CreateApp, 0)).await?;
    give(&store, &tools, CategoryRight::Approved, &ada).await?;
    let renamed = Category { name: "Werkzeug".to_owned(), version: 2, ..tools.clone() };
    store.update_category(1, &renamed, change(AuditAction::UpdateCategory, 1)).await?;
    let inside = store.find_app(&AppId::new("a")?).await?.context("the app is gone")?;
    ensure_same(&(inside.category, inside.fields.category), &(Some(tools.id.clone()), "Werkzeug".to_owned()))?;
    ensure_same(&store.grants_of(&ada.id).await?.approved, &BTreeSet::from([tools.id.clone()]))?;
    ensure_same(&store.find_category(&tools.id).await?, &Some(renamed))?;
    ensure_conflict(store.update_category(1, &tools, change(AuditAction::UpdateCategory, 2)).await)
}

/// Without its apps it is.
pub async fn a_category_with_an_app_is_not_deleted<S: Stores>(store: Arc<S>) -> Result<()> {
    let tools = insert_category(&store, "c-1", "Tools").await?;
    let one = app_in("a", &tools)?;
    store.insert_app(&one, change(AuditAction::CreateApp, 0)).await?;
    let before = audited(&store).await?;
    ensure_conflict(store.delete_category(&tools, change(AuditAction::DeleteCategory, 1)).await)?;
    ensure_same(&audited(&store).await?, &before)?;
    store.delete_app(&one, change(AuditAction::DeleteApp, 2)).await?;
    store.delete_category(&tools, change(AuditAction::DeleteCategory, 3)).await?;
    ensure_same(&store.find_category(&tools.id).await?, &None)
}

/// Two tenants may call theirs the same.
pub async fn category_names_are_unique_in_their_tenant_only<S: Stores>(store: Arc<S>) -> Result<()> {
    let tools = insert_category(&store, "c-1", "Tools").await?;
    ensure_conflict(store.insert_category(&category("c-2", "Tools")?, change(AuditAction::CreateCategory, 0)).await)?;
    let elsewhere = Category { tenant: TenantId::new("other")?, ..category("c-3", "Tools")? };
    store.insert_category(&elsewhere, change(AuditAction::CreateCategory, 0)).await?;
    insert_category(&store, "c-4", "Games").await?;
    let taken = Category { name: "Games".to_owned(), version: 2, ..tools };
    ensure_conflict(store.update_category(1, &taken, change(AuditAction::UpdateCategory, 1)).await)?;
    let names: Vec<_> = store.list_categories(&tenant()).await?.into_iter().map(|it| it.name).collect();
    ensure_same(&names, &vec!["Games".to_owned(), "Tools".to_owned()])
}

/// A second time nothing is written.
pub async fn a_right_is_given_and_taken_once<S: Stores>(store: Arc<S>) -> Result<()> {
    let tools = insert_category(&store, "c-1", "Tools").await?;
    let ada = insert_user(&store, "ada").await?;
    for right in CategoryRight::ALL {
        let before = (audited(&store).await?, store.epochs().await?.access);
        ensure!(give(&store, &tools, right, &ada).await?, "{right:?} was there");
        ensure!(!give(&store, &tools, right, &ada).await?, "{right:?} was given twice");
        ensure_same(&audited(&store).await?, &(before.0 + 1))?;
        ensure!(store.epochs().await?.access > before.1, "the epoch did not move");
        let people = store.category_people(&tools.id, right).await?;
        ensure_same(&people.iter().map(|it| it.username.as_str()).collect::<Vec<_>>(), &vec!["ada"])?;
    }
    let grants = store.grants_of(&ada.id).await?;
    ensure_same(&(grants.administers.len(), grants.approved.len()), &(1, 1))?;
    let take =
        || store.take_right(&tools.id, CategoryRight::Admin, &ada.id, change(AuditAction::RemoveCategoryAdmin, 2));
    ensure!(take().await?, "there was nothing to take");
    ensure!(!take().await?, "it was taken twice");
    ensure!(store.grants_of(&ada.id).await?.administers.is_empty(), "the right is still there");
    let nobody = user("nobody")?;
    let given = store.give_right(&tools.id, CategoryRight::Admin, &nobody.id, change(AuditAction::AddCategoryAdmin, 3));
    ensure_conflict(given.await)
}

/// Nothing is left behind.
pub async fn rights_go_with_the_person_and_with_the_category<S: Stores>(store: Arc<S>) -> Result<()> {
    let (tools, games) =
        (insert_category(&store, "c-1", "Tools").await?, insert_category(&store, "c-2", "Games").await?);
    let (ada, bob) = (insert_user(&store, "ada").await?, insert_user(&store, "bob").await?);
    for person in [&ada, &bob] {
        give(&store, &tools, CategoryRight::Admin, person).await?;
        give(&store, &games, CategoryRight::Approved, person).await?;
    }
    store.delete_user(&ada, change(AuditAction::DeleteUser, 1)).await?;
    ensure_same(&store.category_people(&tools.id, CategoryRight::Admin).await?.len(), &1)?;
    store.delete_category(&games, change(AuditAction::DeleteCategory, 2)).await?;
    let grants = store.grants_of(&bob.id).await?;
    ensure_same(&(grants.administers.len(), grants.approved.len()), &(1, 0))
}

/// Wildcards are letters, disabled people and other tenants' are not there.
pub async fn people_are_found_by_a_part_of_their_names_in_their_tenant<S: Stores>(store: Arc<S>) -> Result<()> {
    for name in ["ada", "adam", "b%b"] {
        insert_user(&store, name).await?;
    }
    let stranger = User { tenant: TenantId::new("other")?, ..user("adele")? };
    store.insert_user(&stranger, change(AuditAction::CreateUser, 0)).await?;
    let gone = User { disabled: true, ..user("adrian")? };
    store.insert_user(&gone, change(AuditAction::CreateUser, 0)).await?;
    for (text, limit, expected) in
        [("AD", 10, "ada adam"), ("ad", 1, "ada"), ("%", 10, "b%b"), ("", 10, "ada adam b%b"), ("_", 10, "")]
    {
        let query = PeopleQuery { tenant: tenant(), text: text.to_owned(), limit };
        let found = store.people(&query).await?;
        let names: Vec<_> = found.iter().map(|it| it.username.as_str()).collect();
        ensure!(names.join(" ") == expected, "{text:?} finds {names:?}");
    }
    let query = PeopleQuery { tenant: tenant(), text: "Somebo".to_owned(), limit: 10 };
    ensure_same(&store.people(&query).await?.len(), &3)
}

/// Deciding again conflicts, and changes nothing.
pub async fn a_request_is_pending_once_and_decided_once<S: Stores>(store: Arc<S>) -> Result<()> {
    let tools = insert_category(&store, "c-1", "Tools").await?;
    let (ada, one) = (insert_user(&store, "ada").await?, app_in("a", &tools)?);
    let first = request("r-1", &one, &ada, 1)?;
    store.insert_request(&first, change(AuditAction::RequestAccess, 1)).await?;
    ensure_same(&store.find_request(&first.id).await?, &Some(first.clone()))?;
    ensure_conflict(
        store.insert_request(&request("r-2", &one, &ada, 2)?, change(AuditAction::RequestAccess, 2)).await,
    )?;
    let refused = decided(&first, RequestStatus::Refused);
    store.decide_request(&refused, change(AuditAction::RefuseAccess, 3)).await?;
    ensure_conflict(
        store.decide_request(&decided(&first, RequestStatus::Granted), change(AuditAction::GrantAccess, 4)).await,
    )?;
    ensure!(store.grants_of(&ada.id).await?.approved.is_empty(), "a refused request was granted");
    ensure_same(&store.find_request(&first.id).await?, &Some(refused))?;
    store.insert_request(&request("r-3", &one, &ada, 5)?, change(AuditAction::RequestAccess, 5)).await?;
    let newest = store.grants_of(&ada.id).await?.requests.remove(&one.id);
    ensure_same(&newest, &Some((AccessRequestId::new("r-3")?, RequestStatus::Pending)))
}

/// In the same transaction; where the category is gone nothing is.
pub async fn granting_a_request_approves_the_person<S: Stores>(store: Arc<S>) -> Result<()> {
    let (tools, games) =
        (insert_category(&store, "c-1", "Tools").await?, insert_category(&store, "c-2", "Games").await?);
    let ada = insert_user(&store, "ada").await?;
    let first = request("r-1", &app_in("a", &tools)?, &ada, 1)?;
    let second = request("r-2", &app_in("b", &games)?, &ada, 1)?;
    for one in [&first, &second] {
        store.insert_request(one, change(AuditAction::RequestAccess, 1)).await?;
    }
    store.decide_request(&decided(&first, RequestStatus::Granted), change(AuditAction::GrantAccess, 2)).await?;
    ensure_same(&store.grants_of(&ada.id).await?.approved, &BTreeSet::from([tools.id]))?;
    store.delete_category(&games, change(AuditAction::DeleteCategory, 3)).await?;
    let late =
        store.decide_request(&decided(&second, RequestStatus::Granted), change(AuditAction::GrantAccess, 4)).await;
    ensure_conflict(late)?;
    ensure_same(&store.find_request(&second.id).await?.map(|it| it.status), &Some(RequestStatus::Pending))
}

/// Newest first.
pub async fn requests_are_listed_for_who_asked_and_who_decides<S: Stores>(store: Arc<S>) -> Result<()> {
    let (tools, games) =
        (insert_category(&store, "c-1", "Tools").await?, insert_category(&store, "c-2", "Games").await?);
    let (ada, bob) = (insert_user(&store, "ada").await?, insert_user(&store, "bob").await?);
    let (hammer, chess) = (app_in("hammer", &tools)?, app_in("chess", &games)?);
    for one in [
        request("r-1", &hammer, &ada, 1)?,
        request("r-2", &chess, &ada, 2)?,
        request("r-3", &chess, &bob, 3)?,
        AccessRequest { tenant: TenantId::new("other")?, ..request("r-4", &hammer, &bob, 4)? },
    ] {
        store.insert_request(&one, change(AuditAction::RequestAccess, 1)).await?;
    }
    let of = |user: &User, categories: &[&Category], everything| RequestScope {
        tenant: tenant(),
        user: user.id.clone(),
        categories: categories.iter().map(|it| it.id.clone()).collect(),
        everything,
    };
    for (scope, expected) in [
        (of(&ada, &[], false), "r-2 r-1"),
        (of(&bob, &[&tools], false), "r-3 r-1"),
        (of(&bob, &[], true), "r-3 r-2 r-1"),
    ] {
        let listed = store.list_requests(&scope, Some(RequestStatus::Pending)).await?;
        let ids: Vec<_> = listed.iter().map(|it| it.id.as_str()).collect();
        ensure!(ids.join(" ") == expected, "{scope:?} shows {ids:?}");
        ensure!(store.list_requests(&scope, Some(RequestStatus::Granted)).await?.is_empty(), "granted ones");
    }
    Ok(())
}
