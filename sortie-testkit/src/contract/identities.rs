//! What every [`IdentityStore`](sortie_core::port::IdentityStore) promises. Each check takes an empty store of its own.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use sortie_core::{
    access::CategoryRight,
    audit::AuditAction,
    category::Category,
    id::CategoryId,
    local_path::LocalPath,
    port::identities::LogoutOutcome,
    secret::TokenHash,
    sign_in::{ClientKind, SignIn},
    sso::{CategoryGrant, Identity, KnownIdentity, LogoutNotice, PendingSignIn, ProviderSession},
    user::{Role, User},
};

use super::sample::{Stores, at, at_once, audited, change, ensure_conflict, ensure_same, sign_in, user};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! identities_contract {
    ($each:ident) => {
        $each! { identities:
            a_begun_sign_in_is_taken_once_by_whoever_is_first
            a_begun_sign_in_that_ran_out_is_nobodys
            an_identity_reads_back_with_its_user
            an_identity_is_never_given_a_user_who_is_there
            of_racing_first_sign_ins_one_makes_the_user
            an_identity_and_its_user_are_written_together
            groups_give_and_take_rights_in_categories_and_leave_the_others
            a_logout_ends_the_sign_ins_of_its_session_once
            a_logout_of_a_person_ends_every_sign_in_that_hangs_on_the_provider
            deleting_a_user_frees_the_identity
            pruning_removes_what_ran_out
        }
    };
}

const ISSUER: &str = "https://idp.example";

fn identity(subject: &str) -> Result<Identity> {
    Ok(Identity::new(ISSUER, subject)?)
}

fn known(subject: &str, user: &User) -> Result<KnownIdentity> {
    Ok(KnownIdentity {
        identity: identity(subject)?,
        user: user.id.clone(),
        roles: vec![Role::Auditor],
        created_at: at(0),
        last_seen_at: at(0),
    })
}

fn pending(state: &str) -> Result<PendingSignIn> {
    Ok(PendingSignIn {
        state: TokenHash::new(state),
        browser: TokenHash::new("browser"),
        redirect: LocalPath::parse("/sessions/7?a=b#c")?,
        created_at: at(0),
        expires_at: at(600),
    })
}

async fn insert<S: Stores>(store: &Arc<S>, subject: &str, user: &User) -> Result<()> {
    Ok(store.insert_identity(&known(subject, user)?, user, change(AuditAction::CreateUser, 0)).await?)
}

async fn enter<S: Stores>(
    store: &Arc<S>,
    id: &str,
    user: &User,
    subject: &str,
    session: Option<&str>,
) -> Result<SignIn> {
    let one = SignIn { client: ClientKind::Browser, refresh: None, ..sign_in(id, user)? };
    let hangs =
        ProviderSession { sign_in: one.id.clone(), identity: identity(subject)?, session: session.map(str::to_owned) };
    store.insert_sso_sign_in(&one, &hangs, change(AuditAction::SsoLogin, 1)).await?;
    Ok(one)
}

fn notice(id: &str, subject: Option<&str>, session: Option<&str>) -> LogoutNotice {
    LogoutNotice {
        issuer: ISSUER.to_owned(),
        token_id: id.to_owned(),
        subject: subject.map(str::to_owned),
        session: session.map(str::to_owned),
        expires_at: at(120),
    }
}

/// However many ask at once.
pub async fn a_begun_sign_in_is_taken_once_by_whoever_is_first<S: Stores>(store: Arc<S>) -> Result<()> {
    store.begin_sso(&pending("s-1")?).await?;
    store.begin_sso(&pending("s-2")?).await?;
    ensure_conflict(store.begin_sso(&pending("s-2")?).await)?;
    let taken = at_once(&store, 8, |store, _| async move { Ok(store.take_sso(&TokenHash::new("s-1"), at(1)).await?) });
    let taken: Vec<_> = taken.await?.into_iter().flatten().collect();
    ensure_same(&taken, &vec![pending("s-1")?])?;
    ensure_same(&store.take_sso(&TokenHash::new("s-2"), at(1)).await?, &Some(pending("s-2")?))?;
    ensure_same(&store.take_sso(&TokenHash::new("s-2"), at(1)).await?, &None)
}

/// At the very moment, too.
pub async fn a_begun_sign_in_that_ran_out_is_nobodys<S: Stores>(store: Arc<S>) -> Result<()> {
    store.begin_sso(&pending("s-1")?).await?;
    ensure_same(&store.take_sso(&TokenHash::new("s-1"), at(600)).await?, &None)?;
    ensure_same(&store.take_sso(&TokenHash::new("unknown"), at(1)).await?, &None)
}

/// Issuer and subject are compared byte by byte.
pub async fn an_identity_reads_back_with_its_user<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, "Subject-1", &ada).await?;
    let found = store.find_identity(&identity("Subject-1")?).await?;
    ensure_same(&found, &Some((known("Subject-1", &ada)?, ada)))?;
    for other in ["subject-1", "Subject-1 ", "Subject"] {
        ensure_same(&store.find_identity(&identity(other)?).await?, &None)?;
    }
    let elsewhere = Identity::new("https://idp.example/", "Subject-1")?;
    ensure_same(&store.find_identity(&elsewhere).await?, &None)
}

/// Neither by the name nor by a name that differs in case, and nothing is left of the attempt.
pub async fn an_identity_is_never_given_a_user_who_is_there<S: Stores>(store: Arc<S>) -> Result<()> {
    store.insert_user(&user("admin")?, change(AuditAction::CreateUser, 0)).await?;
    for name in ["admin", "Admin", "ADMIN"] {
        let stranger = User { username: name.to_owned(), ..user("stranger")? };
        let theirs = known("s", &stranger)?;
        ensure_conflict(store.insert_identity(&theirs, &stranger, change(AuditAction::CreateUser, 1)).await)?;
    }
    let twin = User { username: "other".to_owned(), ..user("admin")? };
    ensure_conflict(store.insert_identity(&known("s", &twin)?, &twin, change(AuditAction::CreateUser, 1)).await)?;
    ensure_same(&store.find_identity(&identity("s")?).await?, &None)?;
    ensure_same(&store.list_users(&user("admin")?.tenant).await?.len(), &1)?;
    ensure_same(&audited(&store).await?, &1)
}

/// And the others learn that the identity is known.
pub async fn of_racing_first_sign_ins_one_makes_the_user<S: Stores>(store: Arc<S>) -> Result<()> {
    let made = at_once(&store, 8, |store, number| async move {
        let person = user(&format!("ada-{number}"))?;
        Ok(insert(&store, "same", &person).await.is_ok())
    });
    ensure_same(&made.await?.into_iter().filter(|it| *it).count(), &1)?;
    ensure_same(&store.list_users(&user("x")?.tenant).await?.len(), &1)
}

/// Or neither of them.
pub async fn an_identity_and_its_user_are_written_together<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, "s", &ada).await?;
    let after = User { version: 2, roles: vec![Role::Admin], email: "ada@example.com".to_owned(), ..ada.clone() };
    let seen = KnownIdentity { roles: vec![Role::Admin], last_seen_at: at(9), ..known("s", &ada)? };
    let epoch = store.epochs().await?.access;
    store.update_identity(1, &seen, &after, change(AuditAction::UpdateUser, 9)).await?;
    ensure!(store.epochs().await?.access > epoch, "the epoch did not move");
    ensure_conflict(store.update_identity(1, &seen, &after, change(AuditAction::UpdateUser, 9)).await)?;
    let foreign = known("unknown", &ada)?;
    let third = User { version: 3, ..after.clone() };
    ensure_conflict(store.update_identity(2, &foreign, &third, change(AuditAction::UpdateUser, 9)).await)?;
    ensure_same(&store.find_identity(&identity("s")?).await?, &Some((seen, after)))?;
    ensure_same(&audited(&store).await?, &2)
}

fn grants(list: &[(&str, CategoryRight)]) -> Vec<CategoryGrant> {
    list.iter().map(|(category, right)| CategoryGrant { category: (*category).to_owned(), right: *right }).collect()
}

/// Rights that somebody gave by hand are not the groups' to take, and unknown names give nothing.
pub async fn groups_give_and_take_rights_in_categories_and_leave_the_others<S: Stores>(store: Arc<S>) -> Result<()> {
    use CategoryRight::{Admin, Approved};
    let ada = user("ada")?;
    insert(&store, "s", &ada).await?;
    for (id, name) in [("c-1", "Tools"), ("c-2", "Office")] {
        let one = Category {
            id: CategoryId::new(id)?,
            tenant: ada.tenant.clone(),
            name: name.to_owned(),
            description: String::new(),
            version: 1,
            created_at: at(0),
            updated_at: at(0),
        };
        store.insert_category(&one, change(AuditAction::CreateCategory, 0)).await?;
    }
    let (tools, office) = (CategoryId::new("c-1")?, CategoryId::new("c-2")?);
    store.give_right(&office, Approved, &ada.id, change(AuditAction::AddCategoryAdmin, 1)).await?;
    let wanted = grants(&[("Office", Approved), ("Tools", Admin), ("Tools", Approved), ("tools", Admin)]);
    let epoch = store.epochs().await?.access;
    let unknown = store.give_category_rights(&ada, &wanted, change(AuditAction::UpdateUser, 2)).await?;
    ensure_same(&unknown, &vec!["tools".to_owned()])?;
    ensure!(store.epochs().await?.access > epoch, "the epoch did not move");
    let given = store.grants_of(&ada.id).await?;
    ensure_same(&given.administers, &[tools.clone()].into())?;
    ensure_same(&given.approved, &[tools.clone(), office.clone()].into())?;
    let before = audited(&store).await?;
    store.give_category_rights(&ada, &wanted, change(AuditAction::UpdateUser, 3)).await?;
    ensure_same(&audited(&store).await?, &before)?;
    // What was taken by hand while a group gives it comes back.
    store.take_right(&tools, Admin, &ada.id, change(AuditAction::AddCategoryAdmin, 4)).await?;
    store.give_category_rights(&ada, &wanted, change(AuditAction::UpdateUser, 5)).await?;
    ensure_same(&store.grants_of(&ada.id).await?.administers, &[tools.clone()].into())?;
    let less = grants(&[("Tools", Approved)]);
    store.give_category_rights(&ada, &less, change(AuditAction::UpdateUser, 6)).await?;
    let given = store.grants_of(&ada.id).await?;
    ensure_same(&given.administers, &[].into())?;
    ensure_same(&given.approved, &[tools, office.clone()].into())?;
    store.give_category_rights(&ada, &[], change(AuditAction::UpdateUser, 7)).await?;
    ensure_same(&store.grants_of(&ada.id).await?.approved, &[office].into())
}

/// A second copy of the notice ends nothing, and neither does one of another provider.
pub async fn a_logout_ends_the_sign_ins_of_its_session_once<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, "s", &ada).await?;
    let first = enter(&store, "i-1", &ada, "s", Some("sid-1")).await?;
    let second = enter(&store, "i-2", &ada, "s", Some("sid-2")).await?;
    let before = audited(&store).await?;
    let elsewhere = LogoutNotice { issuer: "https://other.example".to_owned(), ..notice("j-1", None, Some("sid-1")) };
    let obeyed = store.obey_logout(&elsewhere, change(AuditAction::RevokeLogin, 2)).await?;
    ensure_same(&obeyed, &LogoutOutcome::Ended(Vec::new()))?;
    let mixed = notice("j-0", Some("somebody else"), Some("sid-1"));
    let obeyed = store.obey_logout(&mixed, change(AuditAction::RevokeLogin, 2)).await?;
    ensure_same(&obeyed, &LogoutOutcome::Ended(Vec::new()))?;
    let nobody = notice("j-n", None, None);
    let obeyed = store.obey_logout(&nobody, change(AuditAction::RevokeLogin, 2)).await?;
    ensure_same(&obeyed, &LogoutOutcome::Ended(Vec::new()))?;
    ensure_same(&audited(&store).await?, &before)?;
    let meant = notice("j-1", None, Some("sid-1"));
    let epoch = store.epochs().await?.access;
    let obeyed = store.obey_logout(&meant, change(AuditAction::RevokeLogin, 3)).await?;
    ensure_same(&obeyed, &LogoutOutcome::Ended(vec![first.id]))?;
    ensure!(store.epochs().await?.access > epoch, "the epoch did not move");
    let again = store.obey_logout(&meant, change(AuditAction::RevokeLogin, 4)).await?;
    ensure_same(&again, &LogoutOutcome::SeenBefore)?;
    ensure_same(&audited(&store).await?, &(before + 1))?;
    let left = store.find_sign_in(&second.token).await?.context("the other sign-in is there")?;
    ensure_same(&left.0.revoked_at, &None)
}

/// But not a sign-in with a local password.
pub async fn a_logout_of_a_person_ends_every_sign_in_that_hangs_on_the_provider<S: Stores>(
    store: Arc<S>,
) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, "s", &ada).await?;
    let first = enter(&store, "i-1", &ada, "s", Some("sid-1")).await?;
    let second = enter(&store, "i-2", &ada, "s", None).await?;
    let local = sign_in("i-3", &ada)?;
    store.insert_sign_in(&local, change(AuditAction::Login, 1)).await?;
    let obeyed = store.obey_logout(&notice("j-1", Some("s"), None), change(AuditAction::RevokeLogin, 3)).await?;
    let LogoutOutcome::Ended(mut ended) = obeyed else { anyhow::bail!("it was not seen before") };
    ended.sort();
    ensure_same(&ended, &vec![first.id, second.id])?;
    let left = store.find_sign_in(&local.token).await?.context("the local sign-in is there")?;
    ensure_same(&left.0.revoked_at, &None)
}

/// Whoever comes with it afterwards is somebody new.
pub async fn deleting_a_user_frees_the_identity<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = user("ada")?;
    insert(&store, "s", &ada).await?;
    let one = enter(&store, "i-1", &ada, "s", None).await?;
    let current = store.find_user(&ada.id).await?.context("the user is there")?;
    store.delete_user(&current, change(AuditAction::DeleteUser, 2)).await?;
    ensure_same(&store.find_identity(&identity("s")?).await?, &None)?;
    ensure_same(&store.find_sign_in(&one.token).await?, &None)?;
    let gone = ProviderSession { sign_in: sign_in("i-2", &ada)?.id, identity: identity("s")?, session: None };
    let late = store.insert_sso_sign_in(&sign_in("i-2", &ada)?, &gone, change(AuditAction::SsoLogin, 3)).await;
    ensure_conflict(late)?;
    insert(&store, "s", &user("ada-again")?).await
}

/// And nothing else.
pub async fn pruning_removes_what_ran_out<S: Stores>(store: Arc<S>) -> Result<()> {
    store.begin_sso(&pending("s-1")?).await?;
    store.begin_sso(&PendingSignIn { expires_at: at(900), ..pending("s-2")? }).await?;
    store.obey_logout(&notice("j-1", Some("s"), None), change(AuditAction::RevokeLogin, 1)).await?;
    ensure_same(&store.prune_sso(at(120)).await?, &0)?;
    ensure_same(&store.prune_sso(at(700)).await?, &2)?;
    ensure!(store.take_sso(&TokenHash::new("s-2"), at(700)).await?.is_some(), "a good one was removed");
    Ok(())
}
