//! What every [`CredentialStore`](sortie_core::port::CredentialStore) promises. Each check takes an empty store of its own.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    audit::AuditAction,
    credential::{Challenge, FactorProof, KnownOrigin, ResetLink, SecondFactor},
    port::accounts::SignIns,
    secret::{Secret, TokenHash},
    sign_in::{ClientKind, SignIn},
    throttle::{Lane, LaneKind},
    token_scope::TokenScope,
    user::{PasswordHash, User},
};

use super::sample::{Stores, at, at_once, audited, change, ensure_conflict, ensure_same, sign_in, tenant, user};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! credentials_contract {
    ($each:ident) => {
        $each! { credentials:
            of_tries_at_once_each_is_counted
            a_lane_that_turned_out_well_is_free_again
            an_origin_is_known_to_the_user_who_came_from_it
            replacing_a_user_ends_what_hangs_on_the_old_credentials
            a_link_is_found_until_another_is_made
            sign_ins_are_listed_while_they_are_good
            a_token_reads_back_with_its_scopes_and_is_no_sign_in
            a_factor_is_confirmed_once_and_then_stays
            a_proof_is_good_once
            a_challenge_is_tried_so_often_and_taken_once
            any_used_refresh_token_leads_to_its_family
            a_family_ends_even_while_its_access_token_has_run_out
            facts_name_the_provider_and_the_second_factor
            pruning_credentials_keeps_what_is_good
        }
    };
}

async fn ada<S: Stores>(store: &Arc<S>) -> Result<User> {
    let ada = user("ada")?;
    store.insert_user(&ada, change(AuditAction::CreateUser, 0)).await?;
    Ok(ada)
}

fn hash(text: &str) -> TokenHash {
    TokenHash::new(text)
}

fn factor(user: &User) -> SecondFactor {
    SecondFactor {
        user: user.id.clone(),
        secret: Secret::new("JBSWY3DPEHPK3PXP"),
        created_at: at(1),
        confirmed_at: None,
        last_step: 0,
        recovery_codes_left: 0,
    }
}

async fn confirmed<S: Stores>(store: &Arc<S>) -> Result<User> {
    let ada = ada(store).await?;
    store.begin_second_factor(&factor(&ada), change(AuditAction::BeginSecondFactor, 1)).await?;
    let codes = [hash("code-1"), hash("code-2")];
    store.confirm_second_factor(&ada.id, 10, &codes, change(AuditAction::EnableSecondFactor, 2)).await?;
    Ok(ada)
}

fn challenge(token: &str, user: &User) -> Challenge {
    Challenge {
        token: hash(token),
        user: user.id.clone(),
        client: ClientKind::Browser,
        created_at: at(0),
        expires_at: at(300),
        tries: 0,
    }
}

/// Five are free; the others wait, however many servers ask.
pub async fn of_tries_at_once_each_is_counted<S: Stores>(store: Arc<S>) -> Result<()> {
    let let_through = at_once(&store, 12, |store, _| async move {
        let lanes = [Lane::of_name("ada"), Lane::of_address("192.0.2.1")];
        Ok(store.charge_lanes(&lanes, at(0)).await?.is_ok())
    });
    ensure_same(&let_through.await?.into_iter().filter(|it| *it).count(), &5)?;
    let wait = store.charge_lanes(&[Lane::of_name("ADA")], at(0)).await?;
    ensure!(wait.is_err_and(|it| it > Duration::ZERO && it <= Duration::from_secs(30)), "{wait:?}");
    ensure!(store.charge_lanes(&[Lane::of_name("bob")], at(0)).await?.is_ok(), "another lane is full, too");
    Ok(())
}

/// Of its own kind: an own lane forgets everything, a shared one forgets one failure.
pub async fn a_lane_that_turned_out_well_is_free_again<S: Stores>(store: Arc<S>) -> Result<()> {
    for kind in [LaneKind::Known, LaneKind::Account] {
        let lane = [Lane { kind, subject: "x".to_owned() }];
        for _ in 0..5 {
            ensure!(store.charge_lanes(&lane, at(0)).await?.is_ok(), "a free try was refused");
        }
        ensure!(store.charge_lanes(&lane, at(0)).await?.is_err(), "the sixth try was not refused");
        store.settle_lanes(&lane, at(0)).await?;
        ensure!(store.charge_lanes(&lane, at(0)).await?.is_ok(), "it is not free again");
        let again = store.charge_lanes(&lane, at(0)).await?;
        ensure_same(&again.is_ok(), &(kind == LaneKind::Known))?;
    }
    Ok(())
}

/// And to nobody else, and not for ever.
pub async fn an_origin_is_known_to_the_user_who_came_from_it<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = ada(&store).await?;
    let bob = user("bob")?;
    store.insert_user(&bob, change(AuditAction::CreateUser, 0)).await?;
    let origin = |seconds| KnownOrigin { mark: hash("m-1"), user: ada.id.clone(), last_used_at: at(seconds) };
    store.remember_origins(&[origin(50), origin(20)]).await?;
    let marks = [hash("m-1"), hash("m-2")];
    ensure_same(&store.known_origins(&ada.id, &marks, at(49)).await?, &vec![hash("m-1")])?;
    ensure_same(&store.known_origins(&ada.id, &marks, at(50)).await?, &Vec::new())?;
    ensure_same(&store.known_origins(&bob.id, &marks, at(0)).await?, &Vec::new())
}

/// In one step, with one entry in the audit; or nothing of it.
pub async fn replacing_a_user_ends_what_hangs_on_the_old_credentials<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = ada(&store).await?;
    let (kept, other) = (sign_in("i-1", &ada)?, sign_in("i-2", &ada)?);
    let token = SignIn { client: ClientKind::Token, refresh: None, ..sign_in("i-3", &ada)? };
    for one in [&kept, &other, &token] {
        store.insert_sign_in(one, change(AuditAction::Login, 1)).await?;
    }
    let link = ResetLink { token: hash("link"), user: ada.id.clone(), created_at: at(1), expires_at: at(100) };
    store.insert_reset_link(&link, change(AuditAction::CreateResetLink, 1)).await?;
    store.insert_challenge(&challenge("c-1", &ada)).await?;
    let ada = store.find_user(&ada.id).await?.context("the user is gone")?;
    let after = User { version: 2, password: Some(PasswordHash::new("new")), ..ada.clone() };
    let ending = SignIns::Interactive { user: ada.id.clone(), except: Some(kept.id.clone()) };
    let (epoch, before) = (store.epochs().await?.access, audited(&store).await?);
    let ended = store.replace_user(1, &after, &ending, change(AuditAction::ChangePassword, 5)).await?;
    ensure_same(&ended, &vec![other.id])?;
    ensure!(store.epochs().await?.access > epoch, "the epoch did not move");
    ensure_same(&audited(&store).await?, &(before + 1))?;
    ensure_same(&store.find_user(&ada.id).await?, &Some(after.clone()))?;
    ensure_same(&store.find_reset_link(&link.token).await?, &None)?;
    ensure_same(&store.try_challenge(&hash("c-1"), 5, at(6)).await?, &None)?;
    let all = SignIns::Of { user: ada.id.clone(), except: None };
    ensure_conflict(store.replace_user(1, &after, &all, change(AuditAction::ChangePassword, 6)).await)?;
    let good = store.list_sign_ins(&ada.id, at(7)).await?;
    ensure_same(&good.len(), &2)
}

/// With its user.
pub async fn a_link_is_found_until_another_is_made<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = ada(&store).await?;
    let link =
        |token: &str| ResetLink { token: hash(token), user: ada.id.clone(), created_at: at(1), expires_at: at(100) };
    store.insert_reset_link(&link("a"), change(AuditAction::CreateResetLink, 1)).await?;
    ensure_same(&store.find_reset_link(&hash("a")).await?, &Some((link("a"), ada.clone())))?;
    store.insert_reset_link(&link("b"), change(AuditAction::CreateResetLink, 2)).await?;
    ensure_same(&store.find_reset_link(&hash("a")).await?, &None)?;
    ensure_same(&store.find_reset_link(&hash("b")).await?.map(|it| it.0), &Some(link("b")))
}

/// The last used first.
pub async fn sign_ins_are_listed_while_they_are_good<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = ada(&store).await?;
    let (old, fresh, revoked) = (sign_in("i-1", &ada)?, sign_in("i-2", &ada)?, sign_in("i-3", &ada)?);
    let expired = SignIn { expires_at: at(5), refresh: None, ..sign_in("i-4", &ada)? };
    for one in [&old, &fresh, &revoked, &expired] {
        store.insert_sign_in(one, change(AuditAction::Login, 1)).await?;
    }
    store.touch_sign_ins(&[(fresh.id.clone(), at(6), at(3_600))]).await?;
    store.revoke_sign_ins(&SignIns::One(revoked.id), change(AuditAction::Logout, 2)).await?;
    let ids: Vec<_> = store.list_sign_ins(&ada.id, at(10)).await?.into_iter().map(|it| it.id).collect();
    ensure_same(&ids, &vec![fresh.id, old.id])
}

/// It ends by its own name only, and making it is not signing in.
pub async fn a_token_reads_back_with_its_scopes_and_is_no_sign_in<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = ada(&store).await?;
    let token = SignIn {
        client: ClientKind::Token,
        refresh: None,
        name: "backup \"job\"".to_owned(),
        scopes: Some(vec![TokenScope::Read, TokenScope::Apps]),
        ..sign_in("i-1", &ada)?
    };
    store.insert_sign_in(&token, change(AuditAction::CreateToken, 1)).await?;
    ensure_same(&store.find_sign_in(&token.token).await?, &Some((token.clone(), ada.clone())))?;
    let (user, id) = (ada.id.clone(), token.id.clone());
    let as_sign_in = SignIns::NoToken { user: user.clone(), id: id.clone() };
    ensure_same(&store.revoke_sign_ins(&as_sign_in, change(AuditAction::RevokeLogin, 2)).await?, &Vec::new())?;
    let all = SignIns::Interactive { user: user.clone(), except: None };
    ensure_same(&store.revoke_sign_ins(&all, change(AuditAction::RevokeLogin, 2)).await?, &Vec::new())?;
    let other = SignIns::Token { user: super::sample::user("bob")?.id, id: id.clone() };
    ensure_same(&store.revoke_sign_ins(&other, change(AuditAction::RevokeToken, 2)).await?, &Vec::new())?;
    let own = SignIns::Token { user, id: id.clone() };
    ensure_same(&store.revoke_sign_ins(&own, change(AuditAction::RevokeToken, 2)).await?, &vec![id])
}

/// One that waits for confirmation is written over.
pub async fn a_factor_is_confirmed_once_and_then_stays<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = ada(&store).await?;
    let first = SecondFactor { secret: Secret::new("FIRST"), ..factor(&ada) };
    store.begin_second_factor(&first, change(AuditAction::BeginSecondFactor, 1)).await?;
    store.begin_second_factor(&factor(&ada), change(AuditAction::BeginSecondFactor, 1)).await?;
    let enable = || change(AuditAction::EnableSecondFactor, 2);
    let codes = [hash("code-1"), hash("code-2")];
    store.confirm_second_factor(&ada.id, 10, &codes, enable()).await?;
    ensure_conflict(store.confirm_second_factor(&ada.id, 11, &codes, enable()).await)?;
    ensure_conflict(store.begin_second_factor(&factor(&ada), change(AuditAction::BeginSecondFactor, 3)).await)?;
    let stored = store.second_factor(&ada.id).await?.context("the factor is gone")?;
    ensure_same(&stored.secret.reveal(), &"JBSWY3DPEHPK3PXP")?;
    ensure_same(&(stored.confirmed_at, stored.last_step, stored.recovery_codes_left), &(Some(at(2)), 10, 2))?;
    ensure!(store.remove_second_factor(&ada.id, change(AuditAction::DisableSecondFactor, 4)).await?, "none was there");
    let before = audited(&store).await?;
    ensure!(!store.remove_second_factor(&ada.id, change(AuditAction::DisableSecondFactor, 4)).await?, "one was left");
    ensure_same(&audited(&store).await?, &before)?;
    let fresh = [hash("code-3")];
    let renewed = store.replace_recovery_codes(&ada.id, &fresh, change(AuditAction::RenewRecoveryCodes, 5)).await;
    ensure_conflict(renewed)
}

/// Neither a step nor a code is taken twice, by however many at once.
pub async fn a_proof_is_good_once<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = confirmed(&store).await?;
    for proof in [FactorProof::Step(11), FactorProof::RecoveryCode(hash("code-1"))] {
        let id = ada.id.clone();
        let taken = at_once(&store, 6, move |store, _| {
            let (id, proof) = (id.clone(), proof.clone());
            async move { Ok(store.use_factor_proof(&id, &proof, None).await?) }
        });
        ensure_same(&taken.await?.into_iter().filter(|it| *it).count(), &1)?;
    }
    ensure!(!store.use_factor_proof(&ada.id, &FactorProof::Step(9), None).await?, "an earlier step was taken");
    ensure!(store.use_factor_proof(&ada.id, &FactorProof::Step(12), None).await?, "a later step was not taken");
    store.replace_recovery_codes(&ada.id, &[hash("code-3")], change(AuditAction::RenewRecoveryCodes, 5)).await?;
    let old = FactorProof::RecoveryCode(hash("code-2"));
    ensure!(!store.use_factor_proof(&ada.id, &old, None).await?, "an old code was taken");
    Ok(())
}

/// And not after its time.
pub async fn a_challenge_is_tried_so_often_and_taken_once<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = ada(&store).await?;
    store.insert_challenge(&challenge("c-1", &ada)).await?;
    let tried = |tries| Some((Challenge { tries, ..challenge("c-1", &ada) }, ada.clone()));
    ensure_same(&store.try_challenge(&hash("c-1"), 2, at(1)).await?, &tried(1))?;
    ensure_same(&store.try_challenge(&hash("c-1"), 2, at(299)).await?, &tried(2))?;
    ensure_same(&store.try_challenge(&hash("c-1"), 2, at(299)).await?, &None)?;
    store.insert_challenge(&challenge("c-2", &ada)).await?;
    ensure_same(&store.try_challenge(&hash("c-2"), 2, at(300)).await?, &None)?;
    let taken = at_once(&store, 6, |store, _| async move { Ok(store.take_challenge(&hash("c-2")).await?) });
    ensure_same(&taken.await?.into_iter().filter(|it| *it).count(), &1)
}

/// The one before the last as well as the first.
pub async fn any_used_refresh_token_leads_to_its_family<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = ada(&store).await?;
    let mut current = sign_in("i-1", &ada)?;
    store.insert_sign_in(&current, change(AuditAction::Login, 1)).await?;
    let first = current.refresh.clone().context("a program has a refresh token")?;
    for round in 0..3 {
        let before = current.refresh.clone().context("a program has a refresh token")?;
        current = SignIn {
            token: hash(&format!("t-{round}")),
            refresh: Some(hash(&format!("r-{round}"))),
            previous_refresh: Some(before.clone()),
            ..current
        };
        store.rotate_sign_in(&before, &current, change(AuditAction::RefreshLogin, 2)).await?;
    }
    for used in [first, hash("r-0"), hash("r-1"), hash("r-2")] {
        ensure_same(&store.find_refresh(&used).await?.map(|it| it.0), &Some(current.clone()))?;
    }
    Ok(())
}

/// Its refresh token would otherwise make a new one.
pub async fn a_family_ends_even_while_its_access_token_has_run_out<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = ada(&store).await?;
    let program = sign_in("i-1", &ada)?;
    store.insert_sign_in(&program, change(AuditAction::Login, 1)).await?;
    let all = SignIns::Of { user: ada.id, except: None };
    let ended = store.revoke_sign_ins(&all, change(AuditAction::RevokeLogin, 7_200)).await?;
    ensure_same(&ended, &vec![program.id])
}

/// One that is not confirmed is none.
pub async fn facts_name_the_provider_and_the_second_factor<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = confirmed(&store).await?;
    let bob = user("bob")?;
    store.insert_user(&bob, change(AuditAction::CreateUser, 0)).await?;
    store.begin_second_factor(&factor(&bob), change(AuditAction::BeginSecondFactor, 1)).await?;
    let mut facts = store.account_facts(&tenant()).await?;
    facts.sort_by(|a, b| a.user.cmp(&b.user));
    let seen: Vec<_> = facts.iter().map(|it| (it.user.clone(), it.provider.as_str(), it.second_factor)).collect();
    ensure_same(&seen, &vec![(ada.id, "local", true), (bob.id, "local", false)])
}

/// Lanes, origins, links and challenges that nobody can use any more.
pub async fn pruning_credentials_keeps_what_is_good<S: Stores>(store: Arc<S>) -> Result<()> {
    let ada = ada(&store).await?;
    store.insert_challenge(&challenge("c-1", &ada)).await?;
    let link = ResetLink { token: hash("l"), user: ada.id.clone(), created_at: at(1), expires_at: at(1_000) };
    store.insert_reset_link(&link, change(AuditAction::CreateResetLink, 1)).await?;
    ensure!(store.charge_lanes(&[Lane::of_name("ada")], at(0)).await?.is_ok(), "a free try was refused");
    store.remember_origins(&[KnownOrigin { mark: hash("m"), user: ada.id.clone(), last_used_at: at(0) }]).await?;
    ensure_same(&store.prune_credentials(at(301)).await?, &1)?;
    ensure_same(&store.prune_credentials(at(301)).await?, &0)?;
    ensure_same(&store.prune_credentials(at(1_001)).await?, &1)?;
    ensure_same(&store.prune_credentials(at(90_000)).await?, &1)?;
    ensure_same(&store.prune_credentials(at(200 * 86_400)).await?, &1)
}
