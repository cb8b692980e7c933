//! Sharing across replicas, and where only the use cases can be looked into.

use std::time::Duration;

use sortie_control::{
    Control, ControlError,
    account::sign_in::{Arrival, SignInAttempt},
    sharing::{
        join::Visitor,
        share::{ShareRequest, Wanted},
    },
    stream::{StreamStanding, StreamSummary},
};
use sortie_core::{
    app::{AppFields, Visibility},
    id::{RequestId, SessionId},
    policy::Caller,
    secret::{Secret, TokenHash},
    session::{Session, Status},
    sharing::{Permission, ShareTerms},
    sign_in::ClientKind,
};

use crate::stage::{Stage, hidden, within};

async fn running(stage: &Stage, caller: &Caller) -> Session {
    stage.app("terminal", |_| {}).await;
    let session = stage.launch(caller, "terminal").await;
    stage.until(&session.id, "running", |it| it.status == Status::Running).await
}

fn wanted(wanted: Wanted, permission: Permission) -> ShareRequest {
    ShareRequest { wanted, permission, terms: ShareTerms::default() }
}

fn summary() -> StreamSummary {
    StreamSummary { seconds: 1, bytes_up: 0, bytes_down: 0, reason: "the viewer left".to_owned() }
}

/// Another user, with the hash of the token, as a stream keeps it.
async fn somebody(stage: &Stage, name: &str) -> (Caller, TokenHash) {
    let (_, caller) = stage.admin_and(name).await;
    let attempt = crate::stage::attempt(name, ClientKind::Browser);
    let signed_in = stage.control.sign_in(attempt).await.unwrap();
    let token = stage.control.authenticate(signed_in.token.reveal()).await.unwrap().unwrap().token;
    (caller, token)
}

#[tokio::test]
async fn what_one_replica_takes_back_ends_the_streams_of_another() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    let session = running(&stage, &admin).await;
    let (bob, token) = somebody(&stage, "bob").await;
    let share = wanted(Wanted::Named("bob".to_owned()), Permission::ReadOnly);
    let made = stage.control.share_session(&admin, &session.id, share).await.unwrap();

    let other = stage.replica().await;
    let grant = other.open_stream(&bob, &session.id).await.unwrap();
    assert!(!grant.rights.input);
    assert_eq!(other.still_granted(&bob, &token, &grant).await, StreamStanding::Good);
    let seen_here = stage.control.viewers_of(&admin, &session.id).await.unwrap();
    assert_eq!(seen_here.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["bob"]);

    let mut epochs = other.epochs();
    epochs.borrow_and_update();
    stage.control.unshare(&admin, &session.id, &made.share.id).await.unwrap();
    let ended = async {
        while other.still_granted(&bob, &token, &grant).await == StreamStanding::Good {
            epochs.changed().await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(5), ended).await.expect("the other replica hears of it within 5 s");
    assert_eq!(other.still_granted(&bob, &token, &grant).await, StreamStanding::Cut);
    other.stream_closed(&bob, &grant, summary()).await;
    assert!(stage.control.viewers_of(&admin, &session.id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_share_that_runs_out_ends_its_streams_by_itself() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    let session = running(&stage, &admin).await;
    let (bob, token) = somebody(&stage, "bob").await;
    let mut share = wanted(Wanted::Named("bob".to_owned()), Permission::ReadWrite);
    share.terms.expires_in = Some(60);
    stage.control.share_session(&admin, &session.id, share).await.unwrap();
    let grant = stage.control.open_stream(&bob, &session.id).await.unwrap();
    assert!(grant.rights.input);
    stage.clock.advance(Duration::from_secs(59));
    assert_eq!(stage.control.still_granted(&bob, &token, &grant).await, StreamStanding::Good);
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(stage.control.still_granted(&bob, &token, &grant).await, StreamStanding::OutOfTime);
}

#[tokio::test]
async fn of_racing_visitors_a_link_lets_in_exactly_as_many_as_it_may_and_each_once() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    let session = running(&stage, &admin).await;
    let mut share = wanted(Wanted::Link, Permission::ReadOnly);
    share.terms.max_uses = Some(3);
    let made = stage.control.share_session(&admin, &session.id, share).await.unwrap();
    let secret = made.secret.unwrap();
    let mut people = Vec::new();
    for number in 0..6 {
        people.push(somebody(&stage, &format!("user{number}")).await.0);
    }
    // Each comes by four tabs at once.
    let tabs = people.iter().flat_map(|it| std::iter::repeat_n(it.clone(), 4)).map(|caller| {
        let (control, secret) = (stage.control.clone(), secret.clone());
        tokio::spawn(async move {
            let (source_ip, request) = (caller.source_ip.clone(), caller.request.clone());
            let visitor = Visitor { caller: Some(caller.clone()), name: String::new(), source_ip, request };
            (caller.principal.user, control.join_share(&visitor, &secret).await.is_ok())
        })
    });
    let tabs: Vec<_> = tabs.collect();
    let mut inside = std::collections::HashMap::new();
    for tab in tabs {
        let (user, is_in) = within("a join", tab).await.unwrap();
        inside.entry(user).or_insert_with(Vec::new).push(is_in);
    }
    let whole: Vec<_> = inside.values().filter(|it| it.contains(&true)).collect();
    assert_eq!(whole.len(), 3, "{inside:?}");
    let left = stage.control.shares_of(&admin, &session.id).await.unwrap();
    assert_eq!(left[0].uses, 3);
}

#[tokio::test]
async fn a_restart_takes_no_share_along() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    let session = running(&stage, &admin).await;
    let (bob, _) = somebody(&stage, "bob").await;
    let share = wanted(Wanted::Named("bob".to_owned()), Permission::ReadOnly);
    stage.control.share_session(&admin, &session.id, share).await.unwrap();
    let again = stage.control.restart_session(&admin, &session.id).await.unwrap();
    let seen = |id: SessionId| {
        let (control, bob) = (stage.control.clone(), bob.clone());
        async move { control.find_session(&bob, &id).await.is_ok() }
    };
    assert!(seen(session.id).await && !seen(again.id).await);
    assert!(stage.control.shared_sessions(&bob).await.unwrap().is_empty());
}

/// A visitor without an account; what became of the try.
async fn tries(control: &Control, address: &str, secret: &Secret) -> Result<(), ControlError> {
    let request = RequestId::new("r-join").unwrap();
    let visitor = Visitor { caller: None, name: String::new(), source_ip: address.to_owned(), request };
    control.join_share(&visitor, secret).await.map(|_| ())
}

#[tokio::test]
async fn links_that_are_guessed_wait_longer_and_longer_on_every_replica_and_people_elsewhere_do_not() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    let session = running(&stage, &admin).await;
    let share = wanted(Wanted::Link, Permission::ReadOnly);
    let good = stage.control.share_session(&admin, &session.id, share).await.unwrap().secret.unwrap();
    let other = stage.replica().await;
    let mut judged = 0;
    for number in 0..10_000_u32 {
        let control = if number % 2 == 0 { &stage.control } else { &other };
        match tries(control, "203.0.113.9", &Secret::new(format!("guess-{number}"))).await {
            Err(ControlError::NoSuchLink) => judged += 1,
            Err(ControlError::TooManyAttempts { .. }) => {}
            outcome => panic!("{outcome:?}"),
        }
    }
    assert_eq!(judged, 50);
    // Not even the right one is judged from there now; from elsewhere it is: it is for people with an account.
    assert!(matches!(tries(&other, "203.0.113.9", &good).await, Err(ControlError::TooManyAttempts { .. })));
    for _ in 0..100 {
        assert!(matches!(tries(&other, "192.0.2.4", &good).await, Err(ControlError::SignInNeeded)));
    }
    // Whoever guesses links keeps nobody from signing in.
    let arrival = Arrival { source_ip: "203.0.113.9".to_owned(), ..crate::stage::arrival(ClientKind::Api) };
    let attempt = SignInAttempt { arrival, ..crate::stage::attempt("admin", ClientKind::Api) };
    stage.control.sign_in(attempt).await.unwrap();
    // After the wait the next one is judged.
    let Err(ControlError::TooManyAttempts { retry_after }) = tries(&other, "203.0.113.9", &good).await else {
        panic!("it did not have to wait")
    };
    assert!(retry_after <= Duration::from_mins(15), "{retry_after:?}");
    stage.clock.advance(retry_after);
    assert!(matches!(tries(&other, "203.0.113.9", &good).await, Err(ControlError::SignInNeeded)));
}

#[tokio::test]
async fn nobody_is_let_into_a_session_whose_app_is_not_for_them() {
    let stage = Stage::new().await;
    stage.app("vault", hidden).await;
    let admin = stage.caller("admin").await;
    let session = stage.launch(&admin, "vault").await;
    stage.until(&session.id, "running", |it| it.status == Status::Running).await;
    stage.control.save_settings(&admin, vec![("guest_shares".to_owned(), "true".to_owned())]).await.unwrap();
    let (bob, _) = somebody(&stage, "bob").await;
    let invite = async || {
        let share = wanted(Wanted::Named("bob".to_owned()), Permission::ReadOnly);
        stage.control.share_session(&admin, &session.id, share).await.map(|_| ())
    };
    let refused = invite().await;
    assert!(matches!(refused, Err(ControlError::Denied(_))), "{refused:?}");
    let mut link = wanted(Wanted::Link, Permission::ReadOnly);
    link.terms.guests = true;
    let secret = stage.control.share_session(&admin, &session.id, link).await.unwrap().secret.unwrap();
    let come = async || {
        let (source_ip, request) = (bob.source_ip.clone(), bob.request.clone());
        let visitor = Visitor { caller: Some(bob.clone()), name: String::new(), source_ip, request };
        stage.control.join_share(&visitor, &secret).await.map(|_| ())
    };
    let refused = come().await;
    assert!(matches!(refused, Err(ControlError::Denied(_))), "{refused:?}");
    let refused = tries(&stage.control, "192.0.2.4", &secret).await;
    assert!(matches!(refused, Err(ControlError::SignInNeeded)), "{refused:?}");
    // For everybody from now on.
    let vault = stage.control.find_app(&admin, &session.app).await.unwrap().app;
    let fields = AppFields { visibility: Visibility::Public, ..vault.fields };
    stage.control.update_app(&admin, &session.app, None, fields).await.unwrap();
    come().await.unwrap();
    tries(&stage.control, "192.0.2.4", &secret).await.unwrap();
}
