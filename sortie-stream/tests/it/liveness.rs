//! What time does to a stream, on a clock that jumps to whatever comes next.

use std::time::Duration;

use futures_util::StreamExt as _;
use sortie_stream::close::CloseCode;
use sortie_stream::relay::{Limits, Side};
use sortie_stream::rfb::Rights;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{KEY, Rig, UPDATE_REQUEST, build, cut_text, masked, within};

#[tokio::test(start_paused = true)]
async fn a_silent_viewer_that_answers_pings_stays() {
    let mut rig = Rig::open(Rights::CONTROL).await;
    let begun = Instant::now();
    for n in 1..=5 {
        // The client answers by itself.
        assert!(matches!(within(rig.viewer.next()).await, Some(Ok(Message::Ping(_)))));
        assert_eq!(begun.elapsed().as_secs(), 25 * n);
    }
    assert!(!rig.summary.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_answers_no_ping_is_lost_after_two_intervals() {
    // The client answers pings only while it is read, and here nobody reads.
    let rig = Rig::open(Rights::CONTROL).await;
    let begun = Instant::now();
    let summary = within(rig.summary).await.unwrap();
    assert_eq!((summary.side, summary.reason.code()), (Side::Client, CloseCode::TooSlow));
    assert!((50..=52).contains(&begun.elapsed().as_secs()), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_takes_no_byte_while_some_wait_is_closed_as_too_slow() {
    let mut rig = Rig::open(Rights::CONTROL).await;
    let begun = Instant::now();
    let mut display = std::mem::replace(&mut rig.display, duplex(1).0);
    // More than all buffers on the way take.
    tokio::spawn(async move { display.write_all(&vec![1; 1 << 20]).await });
    let summary = within(rig.summary).await.unwrap();
    assert_eq!((summary.side, summary.reason.code()), (Side::Client, CloseCode::TooSlow));
    // The frame that is stuck leaves no room for a Close frame, so the attempt to send one times out too.
    assert_eq!(begun.elapsed().as_millis(), (Limits::STANDARD.client_stall + Limits::STANDARD.close).as_millis());
    assert!(summary.bytes_down < 1 << 18, "what nobody takes is not read from the workload");
}

#[tokio::test(start_paused = true)]
async fn a_workload_that_takes_no_input_is_given_up() {
    let (mut viewer, client) = duplex(1 << 20);
    // The display keeps its end open and never reads.
    let (relay, _display, _canceller, _) = build(client, Rights::CONTROL, 1024);
    let begun = Instant::now();
    let running = tokio::spawn(relay.run(|_| async { None }));
    let hello = [masked(0x82, b"RFB 003.008\n"), masked(0x82, &[1]), masked(0x82, &[0])].concat();
    let text = masked(0x82, &cut_text(&[b'x'; 4096]));
    viewer.write_all(&[hello, text].concat()).await.unwrap();
    let summary = within(running).await.unwrap();
    assert_eq!((summary.side, summary.reason.code()), (Side::Upstream, CloseCode::WorkloadError));
    assert!(begun.elapsed() >= Limits::STANDARD.upstream_stall);
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_never_finishes_its_handshake_is_closed() {
    let mut rig = Rig::start(Rights::CONTROL).await;
    let begun = Instant::now();
    assert_eq!(rig.close_of().await.0, 1008);
    assert_eq!(begun.elapsed(), Limits::STANDARD.handshake);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_pings_by_a_viewer_that_never_reads_is_bounded() {
    let (mut viewer, client) = duplex(4096);
    let (relay, _display, _canceller, _) = build(client, Rights::CONTROL, 1024);
    let running = tokio::spawn(relay.run(|_| async { None }));
    let ping = masked(0x89, &[0; 125]);
    // 64 MiB go in: were each answered, they would pile up here. The relay ends it by its own rules.
    let flooding = async {
        for _ in 0..500_000 {
            if viewer.write_all(&ping).await.is_err() {
                break;
            }
        }
    };
    within(flooding).await;
    let summary = within(running).await.unwrap();
    assert_eq!(summary.side, Side::Client);
}

#[tokio::test(start_paused = true)]
async fn only_input_counts_against_idleness() {
    let mut rig = Rig::open(Rights::CONTROL).await;
    tokio::time::advance(Duration::from_secs(10)).await;
    rig.send(UPDATE_REQUEST).await;
    rig.display_reads(UPDATE_REQUEST.len()).await;
    assert_eq!(rig.counters.idle_for().as_secs(), 10);
    rig.send(KEY).await;
    rig.display_reads(KEY.len()).await;
    assert_eq!(rig.counters.idle_for().as_secs(), 0);
    tokio::time::advance(Duration::from_secs(7)).await;
    assert_eq!(rig.counters.idle_for().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_viewer_that_does_not_close_is_not_waited_for() {
    let (mut viewer, client) = duplex(64 * 1024);
    let (relay, _display, canceller, _) = build(client, Rights::CONTROL, 1024);
    let running = tokio::spawn(relay.run(|_| async { None }));
    let begun = Instant::now();
    canceller.cancel(CloseCode::SessionEnded.into());
    let mut bytes = Vec::new();
    within(viewer.read_to_end(&mut bytes)).await.unwrap();
    assert_eq!(begun.elapsed(), Duration::ZERO, "our half is shut down at once");
    within(running).await.unwrap();
    assert_eq!(begun.elapsed(), Limits::STANDARD.close);
}
