//! What every [`SharingStore`](sortie_core::port::SharingStore) promises. Each check takes an empty store of its own.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    audit::AuditAction,
    id::{SessionId, ShareId, StreamId, UserId, ViewerId},
    port::{
        sessions::{Guard, Start},
        sharing::{Viewers, replica_lease},
    },
    quota::Limits,
    secret::TokenHash,
    session::Session,
    sharing::{LiveStream, Permission, Recipient, Share, Sharing, Viewer, ViewerRole, ViewerState},
};

use super::sample::{Stores, at, at_once, audited, change, ensure_conflict, ensure_same, failed, session, tenant};

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! sharing_contract {
    ($each:ident) => {
        $each! { sharing:
            what_is_shared_is_read_back_whole
            a_link_is_found_by_the_hash_of_its_secret
            of_racing_joiners_a_link_lets_in_exactly_as_many_as_it_may
            a_link_that_ended_lets_nobody_in
            a_user_comes_once_by_one_share
            a_share_of_another_session_is_not_deleted
            a_deleted_share_takes_its_viewers_and_their_control_along
            viewers_move_only_from_the_states_that_are_named
            refusing_somebody_gives_the_use_back
            control_goes_only_to_a_viewer_of_the_session
            sessions_are_listed_for_those_who_may_watch_them_now
            a_guest_is_found_by_its_token
            an_observer_comes_without_a_share
            streams_live_as_long_as_their_replica
            what_ended_long_ago_is_removed
        }
    };
}

const LONG: Duration = Duration::from_mins(10);

async fn launched<S: Stores>(store: &Arc<S>, id: &str) -> Result<Session> {
    let session = session(id, "u-owner", 0)?;
    store.launch(&session, Start::Cold, Limits::default(), change(AuditAction::CreateSession, 0)).await?;
    Ok(session)
}

fn link(id: &str, session: &Session, max_uses: Option<u32>) -> Result<Share> {
    Ok(Share {
        id: ShareId::new(id)?,
        session: session.id.clone(),
        tenant: tenant(),
        recipient: Recipient::Link { max_uses, approval: true, guests: true },
        permission: Permission::ReadWrite,
        uses: 0,
        expires_at: at(3_600),
        created_by: session.owner.clone(),
        created_at: at(1),
    })
}

/// By one share; `None` makes a guest.
fn viewer(id: &str, share: &Share, user: Option<&str>) -> Result<Viewer> {
    Ok(Viewer {
        id: ViewerId::new(id)?,
        session: share.session.clone(),
        tenant: tenant(),
        share: Some(share.id.clone()),
        user: user.map(UserId::new).transpose()?,
        name: format!("name of {id}"),
        role: ViewerRole::Viewer,
        permission: share.permission,
        state: ViewerState::Waiting,
        reason: None,
        expires_at: share.expires_at,
        created_at: at(2),
    })
}

fn secret(text: &str) -> TokenHash {
    TokenHash::new(format!("hash of {text}"))
}

async fn made<S: Stores>(store: &Arc<S>, share: &Share) -> Result<()> {
    let hash = secret(share.id.as_str());
    Ok(store.insert_share(share, Some(&hash), None, change(AuditAction::CreateShare, 1)).await?)
}

async fn joined<S: Stores>(store: &Arc<S>, share: &Share, viewer: &Viewer) -> Result<bool> {
    let token = secret(viewer.id.as_str());
    let token = viewer.user.is_none().then_some(&token);
    Ok(store.join(&share.id, viewer, token, change(AuditAction::JoinShare, 2)).await?)
}

async fn sharing_of<S: Stores>(store: &Arc<S>, session: &SessionId) -> Result<Sharing> {
    store.sharing(std::slice::from_ref(session)).await?.pop().context("one answer for one session")
}

/// Sessions without any in the same order, too.
pub async fn what_is_shared_is_read_back_whole<S: Stores>(store: Arc<S>) -> Result<()> {
    let (first, second) = (launched(&store, "s-1").await?, launched(&store, "s-2").await?);
    let share = link("x-1", &first, Some(3))?;
    made(&store, &share).await?;
    let recipient = Recipient::User { id: UserId::new("u-ada")?, name: "ada".to_owned() };
    let personal = Share { recipient, permission: Permission::ReadOnly, ..link("x-2", &first, None)? };
    let ada = Viewer { state: ViewerState::Admitted, ..viewer("v-1", &personal, Some("u-ada"))? };
    let before = store.epochs().await?;
    store.insert_share(&personal, None, Some(&ada), change(AuditAction::CreateShare, 1)).await?;
    ensure!(store.epochs().await?.shares > before.shares, "the epoch of shares moves");
    ensure_same(&audited(&store).await?, &4)?;
    let expected = Sharing { shares: vec![share, personal], viewers: vec![ada.clone()], control: None };
    let found = store.sharing(&[second.id, first.id]).await?;
    ensure_same(&found, &vec![Sharing::default(), expected])?;
    ensure_same(&store.find_viewer(&ada.id).await?, &Some(ada))
}

/// And by nothing else.
pub async fn a_link_is_found_by_the_hash_of_its_secret<S: Stores>(store: Arc<S>) -> Result<()> {
    let share = link("x-1", &launched(&store, "s-1").await?, None)?;
    made(&store, &share).await?;
    ensure_same(&store.find_link(&secret("x-1")).await?, &Some(share))?;
    ensure_same(&store.find_link(&TokenHash::new("x-1")).await?, &None)
}

/// However many come at once.
pub async fn of_racing_joiners_a_link_lets_in_exactly_as_many_as_it_may<S: Stores>(store: Arc<S>) -> Result<()> {
    let session = launched(&store, "s-1").await?;
    let share = link("x-1", &session, Some(5))?;
    made(&store, &share).await?;
    let of_race = share.clone();
    let answers = at_once(&store, 16, |store, number| {
        let share = of_race.clone();
        async move {
            let user = format!("u-{number}");
            joined(&store, &share, &viewer(&format!("v-{number}"), &share, Some(&user))?).await
        }
    })
    .await?;
    ensure_same(&answers.into_iter().filter(|it| *it).count(), &5)?;
    let sharing = sharing_of(&store, &session.id).await?;
    ensure_same(&(sharing.viewers.len(), sharing.shares[0].uses), &(5, 5))?;
    // The launch, the share, five joins: who was too late wrote nothing.
    ensure_same(&audited(&store).await?, &7)
}

/// From its last moment on.
pub async fn a_link_that_ended_lets_nobody_in<S: Stores>(store: Arc<S>) -> Result<()> {
    let session = launched(&store, "s-1").await?;
    let share = Share { expires_at: at(2), ..link("x-1", &session, None)? };
    made(&store, &share).await?;
    ensure_same(&joined(&store, &share, &viewer("v-1", &share, Some("u-ada"))?).await?, &false)?;
    ensure_same(&sharing_of(&store, &session.id).await?.viewers.len(), &0)?;
    let gone = link("x-2", &session, None)?;
    ensure_same(&joined(&store, &gone, &viewer("v-2", &gone, Some("u-ada"))?).await?, &false)
}

/// The second time is a conflict and counts no use; guests come as often as the link allows.
pub async fn a_user_comes_once_by_one_share<S: Stores>(store: Arc<S>) -> Result<()> {
    let session = launched(&store, "s-1").await?;
    let share = link("x-1", &session, None)?;
    made(&store, &share).await?;
    ensure_same(&joined(&store, &share, &viewer("v-1", &share, Some("u-ada"))?).await?, &true)?;
    let again = viewer("v-2", &share, Some("u-ada"))?;
    ensure_conflict(store.join(&share.id, &again, None, change(AuditAction::JoinShare, 3)).await)?;
    for id in ["v-3", "v-4"] {
        ensure_same(&joined(&store, &share, &viewer(id, &share, None)?).await?, &true)?;
    }
    let sharing = sharing_of(&store, &session.id).await?;
    ensure_same(&(sharing.viewers.len(), sharing.shares[0].uses), &(3, 3))
}

/// Defect G07 of the older system.
pub async fn a_share_of_another_session_is_not_deleted<S: Stores>(store: Arc<S>) -> Result<()> {
    let (mine, other) = (launched(&store, "s-1").await?, launched(&store, "s-2").await?);
    let share = link("x-1", &other, None)?;
    made(&store, &share).await?;
    let before = audited(&store).await?;
    for which in [Some(&share.id), None] {
        let deleted = store.delete_shares(&mine.id, which, change(AuditAction::DeleteShare, 3)).await?;
        ensure_same(&deleted, &Vec::new())?;
    }
    ensure_same(&audited(&store).await?, &before)?;
    ensure_same(&sharing_of(&store, &other.id).await?.shares.len(), &1)
}

/// In the same transaction.
pub async fn a_deleted_share_takes_its_viewers_and_their_control_along<S: Stores>(store: Arc<S>) -> Result<()> {
    let session = launched(&store, "s-1").await?;
    let (share, other) = (link("x-1", &session, None)?, link("x-2", &session, None)?);
    for it in [&share, &other] {
        made(&store, it).await?;
    }
    let (ada, bob) = (viewer("v-1", &share, Some("u-ada"))?, viewer("v-2", &other, Some("u-bob"))?);
    joined(&store, &share, &ada).await?;
    joined(&store, &other, &bob).await?;
    store.hand_over(&session.id, Some(&ada.id), change(AuditAction::HandOverControl, 3)).await?;
    ensure_same(&sharing_of(&store, &session.id).await?.control.as_ref(), &Some(&ada.id))?;
    let before = store.epochs().await?;
    let deleted = store.delete_shares(&session.id, Some(&share.id), change(AuditAction::DeleteShare, 4)).await?;
    ensure_same(&deleted, &vec![share.id])?;
    ensure!(store.epochs().await?.shares > before.shares, "the epoch of shares moves");
    let left = sharing_of(&store, &session.id).await?;
    ensure_same(&(left.viewers, left.control), &(vec![bob], None))
}

/// One of a session, or all of it; nobody of another one.
pub async fn viewers_move_only_from_the_states_that_are_named<S: Stores>(store: Arc<S>) -> Result<()> {
    let (session, other) = (launched(&store, "s-1").await?, launched(&store, "s-2").await?);
    let share = link("x-1", &session, None)?;
    made(&store, &share).await?;
    let (ada, bob) = (viewer("v-1", &share, Some("u-ada"))?, viewer("v-2", &share, Some("u-bob"))?);
    joined(&store, &share, &ada).await?;
    joined(&store, &share, &bob).await?;
    let admit = |session: SessionId| {
        let (store, one) = (Arc::clone(&store), Viewers::One(ada.id.clone()));
        async move {
            let change = change(AuditAction::AdmitViewer, 3);
            store.move_viewers(&session, &one, &[ViewerState::Waiting], ViewerState::Admitted, change).await
        }
    };
    ensure_same(&admit(other.id.clone()).await?, &Vec::new())?;
    ensure_same(&admit(session.id.clone()).await?, &vec![ada.id.clone()])?;
    let before = audited(&store).await?;
    ensure_same(&admit(session.id.clone()).await?, &Vec::new())?;
    ensure_same(&audited(&store).await?, &before)?;
    let cut = change(AuditAction::CutViewer, 4);
    let from = [ViewerState::Admitted, ViewerState::Waiting];
    let mut moved = store.move_viewers(&session.id, &Viewers::All, &from, ViewerState::Cut, cut).await?;
    moved.sort();
    ensure_same(&moved, &vec![ada.id.clone(), bob.id])?;
    ensure_same(&store.find_viewer(&ada.id).await?.map(|it| it.state), &Some(ViewerState::Cut))
}

/// So that strangers who are sent away do not use a link up.
pub async fn refusing_somebody_gives_the_use_back<S: Stores>(store: Arc<S>) -> Result<()> {
    let session = launched(&store, "s-1").await?;
    let share = link("x-1", &session, Some(1))?;
    made(&store, &share).await?;
    let ada = viewer("v-1", &share, Some("u-ada"))?;
    joined(&store, &share, &ada).await?;
    ensure_same(&joined(&store, &share, &viewer("v-2", &share, Some("u-bob"))?).await?, &false)?;
    let refuse = change(AuditAction::RefuseViewer, 3);
    let one = Viewers::One(ada.id);
    store.move_viewers(&session.id, &one, &[ViewerState::Waiting], ViewerState::Refused, refuse).await?;
    ensure_same(&joined(&store, &share, &viewer("v-3", &share, Some("u-bob"))?).await?, &true)
}

/// And back to the owner.
pub async fn control_goes_only_to_a_viewer_of_the_session<S: Stores>(store: Arc<S>) -> Result<()> {
    let (session, other) = (launched(&store, "s-1").await?, launched(&store, "s-2").await?);
    let share = link("x-1", &session, None)?;
    made(&store, &share).await?;
    let (ada, bob) = (viewer("v-1", &share, Some("u-ada"))?, viewer("v-2", &share, Some("u-bob"))?);
    joined(&store, &share, &ada).await?;
    joined(&store, &share, &bob).await?;
    let hand = |to: Option<&ViewerId>, session: &Session| {
        let (store, to, id) = (Arc::clone(&store), to.cloned(), session.id.clone());
        async move { store.hand_over(&id, to.as_ref(), change(AuditAction::HandOverControl, 3)).await }
    };
    ensure_conflict(hand(Some(&ada.id), &other).await)?;
    for to in [Some(&ada.id), Some(&bob.id), None, None] {
        hand(to, &session).await?;
        ensure_same(&sharing_of(&store, &session.id).await?.control.as_ref(), &to)?;
    }
    Ok(())
}

/// Not those who wait or were cut, not after the end of the share, and not ended sessions.
pub async fn sessions_are_listed_for_those_who_may_watch_them_now<S: Stores>(store: Arc<S>) -> Result<()> {
    let (first, second) = (launched(&store, "s-1").await?, launched(&store, "s-2").await?);
    let user = UserId::new("u-ada")?;
    for (number, session) in [&first, &second].into_iter().enumerate() {
        let share = link(&format!("x-{number}"), session, None)?;
        made(&store, &share).await?;
        joined(&store, &share, &viewer(&format!("v-{number}"), &share, Some("u-ada"))?).await?;
    }
    ensure_same(&store.shared_with(&user, at(3)).await?.len(), &0)?;
    for session in [&first, &second] {
        let admit = change(AuditAction::AdmitViewer, 3);
        let from = [ViewerState::Waiting];
        store.move_viewers(&session.id, &Viewers::All, &from, ViewerState::Admitted, admit).await?;
    }
    let ids = |found: Vec<(Session, Viewer)>| found.into_iter().map(|(it, _)| it.id).collect::<Vec<_>>();
    let mut listed = ids(store.shared_with(&user, at(3)).await?);
    listed.sort();
    ensure_same(&listed, &vec![first.id.clone(), second.id.clone()])?;
    ensure_same(&ids(store.shared_with(&UserId::new("u-bob")?, at(3)).await?), &Vec::new())?;
    ensure_same(&ids(store.shared_with(&user, at(3_600)).await?), &Vec::new())?;
    store.replace_session(&first, &failed(&first, 4)?, Guard::Row, change(AuditAction::FailSession, 4)).await?;
    ensure_same(&ids(store.shared_with(&user, at(5)).await?), &vec![second.id])
}

/// Whatever its state.
pub async fn a_guest_is_found_by_its_token<S: Stores>(store: Arc<S>) -> Result<()> {
    let share = link("x-1", &launched(&store, "s-1").await?, None)?;
    made(&store, &share).await?;
    let guest = viewer("v-1", &share, None)?;
    joined(&store, &share, &guest).await?;
    ensure_same(&store.find_guest(&secret("v-1")).await?, &Some(guest))?;
    ensure_same(&store.find_guest(&secret("x-1")).await?, &None)
}

/// With a reason, and is not cut with the others.
pub async fn an_observer_comes_without_a_share<S: Stores>(store: Arc<S>) -> Result<()> {
    let session = launched(&store, "s-1").await?;
    let root = Viewer {
        share: None,
        role: ViewerRole::Observer,
        permission: Permission::ReadOnly,
        state: ViewerState::Admitted,
        reason: Some("a complaint".to_owned()),
        ..viewer("v-1", &link("x-1", &session, None)?, Some("u-root"))?
    };
    store.insert_observer(&root, change(AuditAction::ObserveSession, 1)).await?;
    ensure_same(&sharing_of(&store, &session.id).await?.viewers, &vec![root.clone()])?;
    ensure_same(&store.shared_with(&UserId::new("u-root")?, at(3)).await?.len(), &0)?;
    let cut = change(AuditAction::CutViewer, 4);
    let moved = store.move_viewers(&session.id, &Viewers::All, &[ViewerState::Admitted], ViewerState::Cut, cut).await?;
    ensure_same(&moved, &Vec::new())
}

/// A replica that died takes its streams along without a word.
pub async fn streams_live_as_long_as_their_replica<S: Stores>(store: Arc<S>) -> Result<()> {
    let session = launched(&store, "s-1").await?;
    let stream = |id: &str, replica: &str, seconds| -> Result<LiveStream> {
        Ok(LiveStream {
            id: StreamId::new(id)?,
            session: session.id.clone(),
            viewer: Some(ViewerId::new("v-1")?),
            replica: replica.to_owned(),
            opened_at: at(seconds),
        })
    };
    let all = [stream("1", "a", 1)?, stream("2", "b", 2)?, stream("3", "b", 3)?];
    let before = store.epochs().await?;
    for it in &all {
        store.open_stream(it, change(AuditAction::GatewayConnect, 1)).await?;
    }
    ensure_same(&store.epochs().await?, &before)?;
    let live = || store.live_streams(std::slice::from_ref(&session.id));
    ensure_same(&live().await?, &Vec::new())?;
    for replica in ["a", "b"] {
        store.take_lease(&replica_lease(replica), replica, LONG).await?;
    }
    ensure_same(&live().await?, &all.to_vec())?;
    let close = change(AuditAction::GatewayDisconnect, 4);
    store.close_stream(&all[1].id, close.clone()).await?;
    store.close_stream(&all[1].id, close).await?;
    ensure_same(&live().await?, &vec![all[0].clone(), all[2].clone()])?;
    store.give_lease_back(&replica_lease("a"), "a").await?;
    ensure_same(&live().await?, &vec![all[2].clone()])?;
    ensure_same(&store.prune_sharing(at(-1)).await?, &1)?;
    ensure_same(&live().await?, &vec![all[2].clone()])?;
    // The launch, three connects, two disconnects.
    ensure_same(&audited(&store).await?, &6)
}

/// Not what is still good.
pub async fn what_ended_long_ago_is_removed<S: Stores>(store: Arc<S>) -> Result<()> {
    let session = launched(&store, "s-1").await?;
    let (old, good) = (link("x-1", &session, None)?, Share { expires_at: at(9_000), ..link("x-2", &session, None)? });
    for share in [&old, &good] {
        made(&store, share).await?;
        joined(&store, share, &viewer(&format!("v-{}", share.id), share, Some("u-ada"))?).await?;
    }
    ensure_same(&store.prune_sharing(at(3_600)).await?, &0)?;
    ensure_same(&store.prune_sharing(at(3_601)).await?, &2)?;
    let left = sharing_of(&store, &session.id).await?;
    ensure_same(&left.shares.iter().map(|it| it.id.clone()).collect::<Vec<_>>(), &vec![good.id])?;
    ensure_same(&left.viewers.len(), &1)
}
