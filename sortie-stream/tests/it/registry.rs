//! The list of live streams.

use std::time::Duration;

use sortie_stream::close::{CloseCode, CloseReason};
use sortie_stream::registry::{Connected, NotOpened, Streams};
use sortie_stream::rfb::Rights;

use crate::support::within;

#[tokio::test]
async fn all_streams_of_one_key_are_ended_and_no_others() {
    let streams = Streams::new();
    let (_a, mut first) = streams.open("session-1", &["sign-in-1"], 9).unwrap();
    let (_b, mut second) = streams.open("session-1", &["sign-in-2"], 9).unwrap();
    let (_c, third) = streams.open("session-2", &["sign-in-1"], 9).unwrap();
    assert_eq!((streams.count(), streams.count_of("session-1"), streams.count_of("sign-in-1")), (3, 2, 2));
    let stopped = CloseReason::new(CloseCode::Ended, "stopped");
    assert_eq!(streams.close("session-1", &stopped), 2);
    assert_eq!(within(first.cancelled()).await, stopped);
    assert_eq!(within(second.cancelled()).await, stopped);
    // Of the two under the sign-in, one was ended before and keeps its reason.
    assert_eq!(streams.close("sign-in-1", &CloseCode::SignedOut.into()), 1);
    let mut third = third;
    assert_eq!(within(third.cancelled()).await.code(), CloseCode::SignedOut);
    assert_eq!(within(first.cancelled()).await, stopped);
}

#[test]
fn a_key_has_no_more_streams_than_it_may() {
    let streams = Streams::new();
    let first = streams.open("session", &["sign-in"], 1).unwrap();
    assert_eq!(streams.open("session", &[], 1).unwrap_err(), NotOpened::TooMany);
    assert_eq!(NotOpened::TooMany.code().number(), 4429);
    streams.open("another", &["sign-in"], 1).unwrap();
    drop(first);
    assert_eq!((streams.count(), streams.keys().len()), (0, 0));
    streams.open("session", &[], 1).unwrap();
}

#[tokio::test]
async fn draining_ends_every_stream_and_waits_for_it() {
    let streams = Streams::new();
    let (membership, mut cancel) = streams.open("session", &[], 1).unwrap();
    let stream = tokio::spawn(async move {
        let reason = cancel.cancelled().await;
        drop(membership);
        reason
    });
    assert_eq!(within(streams.drain(Duration::from_secs(10))).await, 0);
    assert_eq!(within(stream).await.unwrap().code(), CloseCode::Restarting);
    assert_eq!(streams.open("session", &[], 1).unwrap_err(), NotOpened::Draining);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_does_not_go_is_not_waited_for_longer_than_asked() {
    let streams = Streams::new();
    let _kept = streams.open("session", &[], 1).unwrap();
    assert_eq!(within(streams.drain(Duration::from_secs(3))).await, 1);
}

#[tokio::test(start_paused = true)]
async fn who_looks_is_listed_with_rights_and_time_until_the_stream_is_over() {
    const HOUR: Duration = Duration::from_hours(1);
    let streams = Streams::new();
    let (owner, _) = streams.open("user-1", &["session"], 9).unwrap();
    owner.identify("viewer-1", Rights::CONTROL, &[]);
    tokio::time::advance(HOUR).await;
    let (guest, _) = streams.open("user-2", &["session"], 9).unwrap();
    let (_unknown, _) = streams.open("user-3", &["session"], 9).unwrap();
    guest.identify("viewer-2", Rights::VIEW_ONLY, &["share-1"]);
    let line = |viewer: &str, rights, lasting| Connected { viewer: viewer.to_owned(), rights, lasting };
    let guest_line = line("viewer-2", Rights::VIEW_ONLY, Duration::ZERO);
    let owner_line = line("viewer-1", Rights::CONTROL, HOUR);
    assert_eq!(streams.connected("session"), [owner_line.clone(), guest_line.clone()]);
    assert_eq!(streams.connected("share-1"), [guest_line]);
    drop(guest);
    assert_eq!(streams.connected("session"), [owner_line]);
    assert_eq!(streams.connected("share-1"), []);
}

#[tokio::test]
async fn one_viewer_and_one_share_can_be_ended_by_themselves() {
    let streams = Streams::new();
    let join = |user: &str, viewer: &str, share: &str| {
        let (membership, cancel) = streams.open(user, &["session"], 9).unwrap();
        membership.identify(viewer, Rights::VIEW_ONLY, &[viewer, share]);
        (membership, cancel)
    };
    let (_a, mut first) = join("user-1", "viewer-1", "share-1");
    let (_b, mut second) = join("user-2", "viewer-2", "share-1");
    let (_c, mut third) = join("user-1", "viewer-3", "share-2");
    assert_eq!(streams.close("viewer-2", &CloseCode::Cut.into()), 1);
    assert_eq!(within(second.cancelled()).await.code().number(), 4412);
    assert_eq!(streams.close("share-1", &CloseCode::RightsChanged.into()), 1, "one of two had been ended before");
    assert_eq!(within(first.cancelled()).await.code().number(), 4411);
    assert_eq!(streams.close("session", &CloseCode::Ended.into()), 1);
    assert_eq!(within(third.cancelled()).await.code(), CloseCode::Ended);
}
