//! What every [`AccountStore`](sortie_core::port::AccountStore) promises. Each check takes an empty store of its own.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use sortie_core::{
    audit::AuditAction,
    port::accounts::SignIns,
    preferences::{Preferences, Theme},
    secret::TokenHash,
    sign_in::{ClientKind, SignIn},
    user::{PasswordHash, Role, User},
};

use super::sample::{Stores, at, at_once, audited, change, ensure_conflict, ensure_same, sign_in, tenant, user};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! accounts_contract {
    ($each:ident) => {
        $each! { accounts:
            a_user_reads_back_as_written
            a_taken_user_name_is_a_conflict
            a_stale_user_conflicts
            a_user_is_found_by_the_exact_name_and_else_without_case
            of_racing_servers_one_makes_the_first_user
            a_sign_in_is_found_by_each_of_its_tokens
            a_refresh_token_is_rotated_once
            use_never_moves_times_back
            revoking_ends_the_good_sign_ins_but_the_excepted_one
            pruning_removes_only_what_ended
            deleting_a_user_takes_sign_ins_and_preferences_along
            preferences_are_the_defaults_until_they_are_saved
        }
    };
}

async fn insert<S: Stores>(store: &Arc<S>, user: &User) -> Result<()> {
    Ok(store.insert_user(user, change(AuditAction::CreateUser, 0)).await?)
}

async fn enter<S: Stores>(store: &Arc<S>, sign_in: &SignIn) -> Result<()> {
    Ok(store.insert_sign_in(sign_in, change(AuditAction::Login, 1)).await?)
}

/// Every field; and the list is by name.
pub async fn a_user_reads_back_as_written<S: Stores>(store: Arc<S>) -> Result<()> {
    let mut ada = user("ada")?;
    ada.email = "ada@example.com".into();
    ada.password = Some(PasswordHash::new("$argon2id$v=19$..."));
    ada.roles = vec![Role::AppAuthor, Role::Auditor];
    ada.last_sign_in_at = Some(at(3));
    insert(&store, &ada).await?;
    ensure_same(&store.find_user(&ada.id).await?, &Some(ada.clone()))?;
    ada.version = 2;
    ada.disabled = true;
    ada.password = None;
    ada.username = "Ada.L".into();
    store.update_user(1, &ada, change(AuditAction::UpdateUser, 4)).await?;
    ensure_same(&store.find_user(&ada.id).await?, &Some(ada.clone()))?;
    let bob = user("Bob")?;
    insert(&store, &bob).await?;
    ensure_same(&store.list_users(&tenant()).await?, &vec![ada, bob])
}

/// On making and on renaming.
pub async fn a_taken_user_name_is_a_conflict<S: Stores>(store: Arc<S>) -> Result<()> {
    insert(&store, &user("ada")?).await?;
    let mut other = user("bob")?;
    insert(&store, &other).await?;
    let twin = User { id: other.id.clone(), ..user("ada")? };
    ensure_conflict(store.insert_user(&twin, change(AuditAction::CreateUser, 1)).await)?;
    other.username = "ada".into();
    other.version = 2;
    ensure_conflict(store.update_user(1, &other, change(AuditAction::UpdateUser, 1)).await)?;
    ensure_same(&audited(&store).await?, &2)
}

/// Neither written over nor deleted.
pub async fn a_stale_user_conflicts<S: Stores>(store: Arc<S>) -> Result<()> {
    let first = user("ada")?;
    insert(&store, &first).await?;
    let second = User { version: 2, display_name: "Ada".to_owned(), ..first.clone() };
    store.update_user(1, &second, change(AuditAction::UpdateUser, 1)).await?;
    ensure_conflict(store.update_user(1, &second, change(AuditAction::UpdateUser, 1)).await)?;
    ensure_conflict(store.delete_user(&first, change(AuditAction::DeleteUser, 1)).await)?;
    ensure_same(&store.find_user(&first.id).await?, &Some(second))
}

/// Where several differ in case only, the exact one is meant or nobody.
pub async fn a_user_is_found_by_the_exact_name_and_else_without_case<S: Stores>(store: Arc<S>) -> Result<()> {
    insert(&store, &user("Zoë")?).await?;
    insert(&store, &user("ada")?).await?;
    insert(&store, &user("Ada")?).await?;
    for (name, expected) in
        [("ZOË", Some("Zoë")), ("ada", Some("ada")), ("Ada", Some("Ada")), ("ADA", None), ("eve", None)]
    {
        let found = store.find_user_by_name(name).await?.map(|it| it.username);
        ensure!(found.as_deref() == expected, "{name} finds {found:?}");
    }
    Ok(())
}

/// And the others learn that there is one.
pub async fn of_racing_servers_one_makes_the_first_user<S: Stores>(store: Arc<S>) -> Result<()> {
    let made = at_once(&store, 8, |store, number| async move {
        let admin = user(&format!("admin-{number}"))?;
        Ok(store.insert_first_user(&admin, change(AuditAction::CreateUser, 0)).await?)
    });
    ensure_same(&made.await?.into_iter().filter(|it| *it).count(), &1)?;
    ensure_same(&store.list_users(&tenant()).await?.len(), &1)
}

/// With its user, to whom the sign-in is written down.
pub async fn a_sign_in_is_found_by_each_of_its_tokens<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, &ada).await?;
    let program = sign_in("i-1", &ada)?;
    let browser = SignIn { client: ClientKind::Browser, refresh: None, ..sign_in("i-2", &ada)? };
    enter(&store, &program).await?;
    enter(&store, &browser).await?;
    let refresh = program.refresh.clone().context("a program has a refresh token")?;
    let ada = User { last_sign_in_at: Some(at(1)), ..ada };
    ensure_same(&store.find_sign_in(&program.token).await?, &Some((program.clone(), ada.clone())))?;
    ensure_same(&store.find_sign_in(&browser.token).await?, &Some((browser, ada.clone())))?;
    ensure_same(&store.find_refresh(&refresh).await?, &Some((program.clone(), ada)))?;
    ensure_same(&store.find_sign_in(&refresh).await?, &None)?;
    ensure_same(&store.find_refresh(&program.token).await?, &None)
}

/// The old one is still recognised, as stolen, and rotates nothing.
pub async fn a_refresh_token_is_rotated_once<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, &ada).await?;
    let before = sign_in("i-1", &ada)?;
    enter(&store, &before).await?;
    let old = before.refresh.clone().context("a program has a refresh token")?;
    let after = SignIn {
        token: TokenHash::new("token-new"),
        refresh: Some(TokenHash::new("refresh-new")),
        previous_refresh: Some(old.clone()),
        last_used_at: at(9),
        expires_at: at(7_200),
        ..before.clone()
    };
    store.rotate_sign_in(&old, &after, change(AuditAction::RefreshLogin, 9)).await?;
    ensure_conflict(store.rotate_sign_in(&old, &after, change(AuditAction::RefreshLogin, 9)).await)?;
    ensure_same(&store.find_sign_in(&before.token).await?, &None)?;
    ensure_same(&store.find_sign_in(&after.token).await?.map(|it| it.0), &Some(after.clone()))?;
    ensure_same(&store.find_refresh(&old).await?.map(|it| it.0), &Some(after))
}

/// Several replicas write down use in any order.
pub async fn use_never_moves_times_back<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, &ada).await?;
    let one = sign_in("i-1", &ada)?;
    enter(&store, &one).await?;
    store.touch_sign_ins(&[(one.id.clone(), at(50), at(4_000))]).await?;
    store.touch_sign_ins(&[(one.id.clone(), at(20), at(3_700))]).await?;
    let stored = store.find_sign_in(&one.token).await?.map(|it| (it.0.last_used_at, it.0.expires_at));
    ensure_same(&stored, &Some((at(50), at(4_000))))
}

/// Those that were over already are not named, and nothing is audited where none was good.
pub async fn revoking_ends_the_good_sign_ins_but_the_excepted_one<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, &ada).await?;
    let (kept, good) = (sign_in("i-1", &ada)?, sign_in("i-2", &ada)?);
    let expired = SignIn { expires_at: at(5), refresh: None, ..sign_in("i-3", &ada)? };
    for one in [&kept, &good, &expired] {
        enter(&store, one).await?;
    }
    let all = SignIns::Of { user: ada.id.clone(), except: Some(kept.id.clone()) };
    let epoch = store.epochs().await?.access;
    ensure_same(&store.revoke_sign_ins(&all, change(AuditAction::RevokeLogin, 10)).await?, &vec![good.id.clone()])?;
    ensure!(store.epochs().await?.access > epoch, "the epoch did not move");
    let before = audited(&store).await?;
    ensure_same(&store.revoke_sign_ins(&all, change(AuditAction::RevokeLogin, 11)).await?, &Vec::new())?;
    ensure_same(&audited(&store).await?, &before)?;
    let revoked_at = store.find_sign_in(&good.token).await?.and_then(|it| it.0.revoked_at);
    ensure_same(&revoked_at, &Some(at(10)))?;
    let one = SignIns::One(kept.id.clone());
    ensure_same(&store.revoke_sign_ins(&one, change(AuditAction::Logout, 12)).await?, &vec![kept.id])
}

/// Expired, revoked or past its end.
pub async fn pruning_removes_only_what_ended<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, &ada).await?;
    let (good, revoked) = (sign_in("i-1", &ada)?, sign_in("i-2", &ada)?);
    let expired = SignIn { expires_at: at(5), refresh: None, ..sign_in("i-3", &ada)? };
    for one in [&good, &revoked, &expired] {
        enter(&store, one).await?;
    }
    store.revoke_sign_ins(&SignIns::One(revoked.id), change(AuditAction::Logout, 6)).await?;
    ensure_same(&store.prune_sign_ins(at(6)).await?, &1)?;
    ensure_same(&store.prune_sign_ins(at(7)).await?, &1)?;
    ensure!(store.find_sign_in(&good.token).await?.is_some(), "a good sign-in was removed");
    Ok(())
}

/// Nothing of them can be used any more.
pub async fn deleting_a_user_takes_sign_ins_and_preferences_along<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, &ada).await?;
    let one = sign_in("i-1", &ada)?;
    enter(&store, &one).await?;
    let saved = Preferences { theme: Some(Theme::Dark), ..Preferences::default() };
    store.save_preferences(&ada.id, &saved, change(AuditAction::UpdatePreferences, 2)).await?;
    store.delete_user(&ada, change(AuditAction::DeleteUser, 3)).await?;
    ensure_same(&store.find_user(&ada.id).await?, &None)?;
    ensure_same(&store.find_sign_in(&one.token).await?, &None)?;
    ensure_same(&store.preferences(&ada.id).await?, &Preferences::default())?;
    ensure_conflict(store.insert_sign_in(&sign_in("i-2", &ada)?, change(AuditAction::Login, 4)).await)
}

/// A theme that follows the system stays one.
pub async fn preferences_are_the_defaults_until_they_are_saved<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, &ada).await?;
    ensure_same(&store.preferences(&ada.id).await?, &Preferences::default())?;
    for theme in [None, Some(Theme::Light), None] {
        let saved = Preferences {
            theme,
            collapsed_categories: vec!["Tools, \"etc\"".to_owned()],
            favorites: vec!["b".to_owned(), "a".to_owned()],
            updated_at: Some(at(2)),
        };
        store.save_preferences(&ada.id, &saved, change(AuditAction::UpdatePreferences, 2)).await?;
        ensure_same(&store.preferences(&ada.id).await?, &saved)?;
    }
    Ok(())
}
