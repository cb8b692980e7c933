//! A viewer that is faster than anybody works: slowed down, and not one of its messages lost. On a clock that jumps.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use sortie_stream::close::CloseCode;
use sortie_stream::rfb::Rights;
use sortie_stream::rfb::encoding::EXTENDED_DESKTOP_SIZE;
use tokio::io::AsyncReadExt as _;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{KEY, RESIZE, Rig, UPDATE_REQUEST, encodings, within};

/// A viewer that may ask for another size.
async fn resizing() -> Rig {
    let mut rig = Rig::open(Rights::CONTROL).await;
    let list = encodings(&[EXTENDED_DESKTOP_SIZE]);
    rig.send(&list).await;
    assert_eq!(rig.display_reads(list.len()).await, list);
    rig
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_keys_arrives_whole_and_in_order_at_five_hundred_per_second() {
    const COUNT: u32 = 3000;
    let mut rig = Rig::open(Rights::CONTROL).await;
    let begun = Instant::now();
    let sent: Vec<u8> = (0..COUNT).flat_map(|n| [&[4, 1, 0, 0][..], &n.to_be_bytes()].concat()).collect();
    rig.send(&sent).await;
    rig.send(UPDATE_REQUEST).await;
    assert_eq!(rig.display_reads(500 * KEY.len()).await, sent[..500 * KEY.len()]);
    assert_eq!(begun.elapsed(), Duration::ZERO, "a second's worth goes at once");
    let rest = sent.len() - 500 * KEY.len();
    assert_eq!(rig.display_reads(rest).await, sent[500 * KEY.len()..]);
    assert!((5000..5100).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());
    assert_eq!(rig.display_reads(UPDATE_REQUEST.len()).await, UPDATE_REQUEST, "what came after them is not lost");
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_has_to_wait_longer_than_two_pings_is_not_taken_for_lost() {
    let mut rig = resizing().await;
    let begun = Instant::now();
    rig.send(&RESIZE.repeat(202)).await;
    assert_eq!(rig.display_reads(202 * RESIZE.len()).await, RESIZE.repeat(202));
    assert!((100..102).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
    assert!(!rig.summary.is_finished());
}

#[tokio::test(start_paused = true)]
async fn what_waits_costs_one_buffer_because_nothing_more_is_read() {
    let mut rig = Rig::open(Rights::CONTROL).await;
    // Far more than the pipe and one buffer take: the sender is held up, not served.
    let flood = KEY.repeat(100_000);
    let sending =
        within(async { tokio::time::timeout(Duration::from_secs(10), rig.viewer.send(Message::binary(flood))).await });
    assert!(sending.await.is_err(), "800 kB went through in ten seconds");
    let mut arrived = vec![0; 100_000];
    let n = within(rig.display.read(&mut arrived)).await.unwrap();
    assert!((500..6000).contains(&(n / KEY.len())), "{n}");
}

#[tokio::test(start_paused = true)]
async fn who_closes_is_answered_after_what_waited_has_arrived() {
    let mut rig = Rig::open(Rights::CONTROL).await;
    rig.send(&KEY.repeat(1000)).await;
    within(rig.viewer.close(None)).await.unwrap();
    assert!(matches!(within(rig.viewer.next()).await, Some(Ok(Message::Close(None)))));
    assert_eq!(rig.display_rest().await.len(), 1000 * KEY.len());
}

#[tokio::test(start_paused = true)]
async fn a_stop_does_not_wait_for_what_waits() {
    let mut rig = resizing().await;
    rig.send(&RESIZE.repeat(100)).await;
    rig.display_reads(2 * RESIZE.len()).await;
    let begun = Instant::now();
    rig.canceller.cancel(CloseCode::Cut.into());
    assert_eq!(rig.close_of().await.0, 4412);
    assert_eq!(begun.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn what_the_display_shows_does_not_wait_for_what_a_viewer_does() {
    let mut rig = resizing().await;
    rig.send(&RESIZE.repeat(100)).await;
    rig.display_reads(2 * RESIZE.len()).await;
    let begun = Instant::now();
    within(tokio::io::AsyncWriteExt::write_all(&mut rig.display, b"pixels")).await.unwrap();
    assert_eq!(rig.next_bytes().await, b"pixels");
    assert_eq!(begun.elapsed(), Duration::ZERO);
}
