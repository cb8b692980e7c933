//! Guessing is slowed down, and nobody is locked out by it.

use std::time::Duration;

use sortie_control::{
    ControlError,
    account::sign_in::{Arrival, SignInAttempt, SignedIn},
};
use sortie_core::{policy::Caller, port::PageRequest, secret::Secret, sign_in::ClientKind};

use crate::stage::{PASSWORD, Stage, arrival, attempt};

fn from(address: &str, device: Option<&Secret>, client: ClientKind) -> Arrival {
    Arrival { source_ip: address.to_owned(), device: device.cloned(), ..arrival(client) }
}

fn guess(username: &str, arrival: Arrival) -> SignInAttempt {
    SignInAttempt { username: username.to_owned(), password: Secret::new("a wrong guess"), arrival }
}

fn honest(arrival: Arrival) -> SignInAttempt {
    SignInAttempt { arrival, ..attempt("admin", ClientKind::Browser) }
}

async fn wait_of(stage: &Stage, attempt: SignInAttempt) -> Option<Duration> {
    match stage.control.sign_in(attempt).await {
        Err(ControlError::TooManyAttempts { retry_after }) => Some(retry_after),
        Err(ControlError::BadCredentials) | Ok(_) => None,
        Err(error) => panic!("{error:?}"),
    }
}

async fn signed_in(stage: &Stage, arrival: Arrival) -> SignedIn {
    stage.control.sign_in(honest(arrival)).await.unwrap()
}

#[tokio::test]
async fn of_ten_thousand_guesses_a_handful_is_judged_and_the_owner_still_gets_in() {
    let stage = Stage::new().await;
    let device = signed_in(&stage, from("198.51.100.7", None, ClientKind::Browser)).await.device.unwrap();
    let before = stage.credentials.verified();
    for number in 0..10_000_u32 {
        // From many networks at once.
        let address = format!("203.0.{}.{}", number / 100 % 100, number % 100);
        let _ = wait_of(&stage, guess("admin", from(&address, None, ClientKind::Api))).await;
    }
    assert!(stage.credentials.verified() - before <= 5, "{} were judged", stage.credentials.verified() - before);
    // From the browser that signed in before, wherever it is now; and from the address that did.
    signed_in(&stage, from("192.0.2.200", Some(&device), ClientKind::Browser)).await;
    signed_in(&stage, from("198.51.100.7", None, ClientKind::Api)).await;
    // From anywhere else after half a minute at most.
    let wait = wait_of(&stage, honest(from("192.0.2.77", None, ClientKind::Api))).await.unwrap();
    assert!(wait <= Duration::from_secs(30), "{wait:?}");
    stage.clock.advance(wait);
    signed_in(&stage, from("192.0.2.77", None, ClientKind::Api)).await;
}

#[tokio::test]
async fn guesses_from_one_network_wait_longer_and_longer_whomever_they_name() {
    let stage = Stage::new().await;
    let mut judged = 0;
    for number in 0..200 {
        let name = format!("somebody-{number}");
        judged += u32::from(wait_of(&stage, guess(&name, from("203.0.113.9", None, ClientKind::Api))).await.is_none());
    }
    assert_eq!(judged, 50);
}

#[tokio::test]
async fn names_that_exist_and_names_that_do_not_cost_the_same_work_and_wait_alike() {
    let stage = Stage::new().await;
    let mut seen = Vec::new();
    for name in ["admin", "nobody-has-this-name"] {
        let before = stage.credentials.verified();
        let mut waits = Vec::new();
        for number in 0..8 {
            let address = format!("203.0.113.{number}");
            waits.push(wait_of(&stage, guess(name, from(&address, None, ClientKind::Api))).await.is_some());
        }
        seen.push((waits, stage.credentials.verified() - before));
    }
    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn a_browser_that_is_known_to_one_person_is_a_stranger_to_another() {
    let stage = Stage::new().await;
    stage.admin_and("bob").await;
    let device = signed_in(&stage, from("198.51.100.7", None, ClientKind::Browser)).await.device.unwrap();
    for number in 0..20 {
        let address = format!("203.0.113.{number}");
        let _ = wait_of(&stage, guess("bob", from(&address, None, ClientKind::Api))).await;
    }
    let known_elsewhere = from("198.51.100.8", Some(&device), ClientKind::Browser);
    assert!(wait_of(&stage, guess("bob", known_elsewhere)).await.is_some());
}

#[tokio::test]
async fn guessing_the_own_password_with_a_stolen_sign_in_is_slowed_down() {
    let stage = Stage::new().await;
    let caller: Caller = stage.caller("admin").await;
    let new = Secret::new("another long password");
    let mut refused = 0;
    for _ in 0..20 {
        let tried = stage.control.change_password(&caller, &Secret::new("wrong"), &new).await;
        refused += u32::from(matches!(tried, Err(ControlError::TooManyAttempts { .. })));
    }
    assert_eq!(refused, 15);
    assert!(stage.control.change_password(&caller, &Secret::new(PASSWORD), &new).await.is_err());
}

#[tokio::test]
async fn a_password_in_the_name_field_is_kept_nowhere() {
    let stage = Stage::new().await;
    let canary = "canary-password-in-the-wrong-field";
    let _ = wait_of(&stage, guess(canary, arrival(ClientKind::Browser))).await;
    let _ = wait_of(&stage, guess("admin", arrival(ClientKind::Browser))).await;
    let admin = stage.caller("admin").await;
    let page = PageRequest::default();
    let (entries, _) =
        stage.control.audit(&admin, sortie_control::records::AuditQuery::default(), &page, 0).await.unwrap();
    let denied: Vec<_> = entries.items.iter().filter(|it| it.action == "LOGIN" && it.outcome == "denied").collect();
    assert_eq!(denied.iter().map(|it| it.user.as_str()).collect::<Vec<_>>(), ["admin", "unknown"]);
    assert!(denied.iter().all(|it| it.actor_id.is_none()), "nobody has proved to be anybody");
    assert!(!format!("{entries:?}").contains(canary));
    let bytes = std::fs::read(stage.folder().join("sortie.db")).unwrap();
    let wal = std::fs::read(stage.folder().join("sortie.db-wal")).unwrap_or_default();
    for stored in [bytes, wal] {
        assert!(!stored.windows(canary.len()).any(|it| it == canary.as_bytes()), "the database holds it");
    }
}
