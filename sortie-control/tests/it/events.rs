use sortie_control::events::FeedItem;
use sortie_core::{
    event::{EventBody, SessionEventKind},
    session::Status,
};

use crate::stage::{Stage, within};

async fn kinds(feed: &mut sortie_control::events::EventFeed, until: SessionEventKind) -> Vec<(i64, SessionEventKind)> {
    let mut heard = Vec::new();
    loop {
        let Some(FeedItem::Event(event)) = within("the next event", feed.next()).await else {
            panic!("events were lost")
        };
        if let EventBody::Session { kind, .. } = event.event.body {
            heard.push((event.position, kind));
            if kind == until {
                return heard;
            }
        }
    }
}

#[tokio::test]
async fn a_listener_that_comes_back_hears_what_it_missed_in_order_and_once() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let ada = stage.caller("admin").await;
    let mut live = stage.control.events_from(None).await.unwrap();
    let launched = stage.launch(&ada, "terminal").await;
    let first = kinds(&mut live, SessionEventKind::Ready).await;
    assert_eq!(first.first().map(|it| it.1), Some(SessionEventKind::Created));
    let left_at = first.first().unwrap().0;
    stage.control.stop_session(&ada, &launched.id).await.unwrap();
    stage.until(&launched.id, "released", |it| it.released_at.is_some()).await;
    let to_the_end = kinds(&mut live, SessionEventKind::Released).await;
    let mut back = stage.control.events_from(Some(left_at)).await.unwrap();
    let missed = kinds(&mut back, SessionEventKind::Released).await;
    let expected: Vec<_> = first.into_iter().skip(1).chain(to_the_end).collect();
    assert_eq!(missed, expected);
}

#[tokio::test]
async fn a_listener_from_an_unknown_position_is_told_to_read_again() {
    let stage = Stage::new().await;
    let mut feed = stage.control.events_from(Some(4_711)).await.unwrap();
    assert!(matches!(within("the first item", feed.next()).await, Some(FeedItem::Resync)));
}

#[tokio::test]
async fn a_person_hears_of_the_own_sessions_only() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let (admin, bob) = stage.admin_and("bob").await;
    let mut feed = stage.control.events_from(None).await.unwrap();
    let launched = stage.launch(&admin, "terminal").await;
    stage.until(&launched.id, "running", |it| it.status == Status::Running).await;
    let Some(FeedItem::Event(event)) = within("an event", feed.next()).await else { panic!("no event") };
    let nothing = std::collections::HashSet::new();
    let hears = |caller: &sortie_core::policy::Caller, all| {
        stage.control.may_hear(&caller.principal, &event.event, all, &nothing)
    };
    assert!(hears(&admin, false) && !hears(&bob, false) && !hears(&bob, true));
}
