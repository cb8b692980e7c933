//! A whole stream between an independent WebSocket client and a toy display.

use futures_util::{SinkExt as _, StreamExt as _};
use sortie_stream::close::{CloseCode, CloseReason};
use sortie_stream::relay::{Limits, Relay, Side, refuse};
use sortie_stream::rfb::Rights;
use sortie_stream::socket;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::support::{
    FENCE, KEY, POINTER, QEMU_KEY, RESIZE, Rig, UPDATE_REQUEST, build, cut_text, encodings, masked, within,
};

#[tokio::test]
async fn bytes_go_both_ways_and_are_counted() {
    let mut rig = Rig::open(Rights::CONTROL).await;
    within(rig.display.write_all(b"server init")).await.unwrap();
    assert_eq!(rig.next_bytes().await, b"server init");
    rig.send(KEY).await;
    assert_eq!(rig.display_reads(KEY.len()).await, KEY);
    assert_eq!(rig.counters.n_inputs(), 1);
    let counters = std::sync::Arc::clone(&rig.counters);
    within(rig.viewer.close(None)).await.unwrap();
    let summary = rig.ended().await;
    assert_eq!((summary.bytes_up, summary.bytes_down), (1 + KEY.len() as u64, 11));
    assert_eq!((counters.bytes_up(), counters.bytes_down()), (summary.bytes_up, summary.bytes_down));
    assert_eq!((summary.side, summary.reason.code()), (Side::Client, CloseCode::Ended));
}

#[tokio::test]
async fn a_view_only_viewer_cannot_send_keys_pointer_clipboard_or_resize() {
    let mut rig = Rig::open(Rights::VIEW_ONLY).await;
    for message in [KEY, POINTER, QEMU_KEY, &cut_text(b"text"), RESIZE, &encodings(&[7, -316]), UPDATE_REQUEST, FENCE] {
        rig.send(message).await;
    }
    within(rig.viewer.close(None)).await.unwrap();
    assert_eq!(rig.display_rest().await, [&encodings(&[7])[..], UPDATE_REQUEST, FENCE].concat());
    assert_eq!(rig.counters.n_inputs(), 0);
}

#[tokio::test]
async fn what_came_with_the_upgrade_is_read_first() {
    let (mut viewer, client) = duplex(64 * 1024);
    let (mut relay, mut display, _canceller, _) = build(client, Rights::CONTROL, 1024);
    let early = [masked(0x82, b"RFB 003.008\n"), masked(0x82, &[1]), masked(0x82, &[[0].as_slice(), KEY].concat())];
    let early = early.concat();
    relay.leftover = early[..20].to_vec().into();
    let running = tokio::spawn(relay.run(|_| async { None }));
    within(viewer.write_all(&early[20..])).await.unwrap();
    let mut bytes = [0; 9];
    within(display.read_exact(&mut bytes)).await.unwrap();
    assert_eq!(bytes, [&[1], KEY].concat()[..]);
    drop(viewer);
    assert_eq!(within(running).await.unwrap().side, Side::Client);
}

#[tokio::test]
async fn a_display_that_speaks_out_of_turn_is_not_heard_before_the_handshake_is_over() {
    let mut rig = Rig::start(Rights::CONTROL).await;
    within(rig.display.write_all(b"too early")).await.unwrap();
    // The greeting's answers come one by one, with nothing between them.
    rig.greet().await;
    assert_eq!(rig.next_bytes().await, b"too early");
}

#[tokio::test]
async fn a_stop_closes_with_the_given_code_and_text() {
    let mut rig = Rig::open(Rights::CONTROL).await;
    rig.canceller.cancel(CloseReason::new(CloseCode::SignedOut, "you signed out"));
    assert!(!rig.canceller.cancel(CloseCode::Restarting.into()), "the first reason counts");
    assert_eq!(rig.close_of().await, (4401, "you signed out".to_owned()));
    let summary = rig.ended().await;
    assert_eq!((summary.side, summary.reason.code()), (Side::Us, CloseCode::SignedOut));
}

#[tokio::test]
async fn a_workload_that_ends_is_told_after_its_last_byte() {
    const AMOUNT: usize = 200_000;
    let mut rig = Rig::open(Rights::CONTROL).await;
    let mut display = std::mem::replace(&mut rig.display, duplex(1).0);
    let sending = tokio::spawn(async move {
        display.write_all(&vec![7; AMOUNT]).await.unwrap();
        // The display stops sending, and would still listen.
        display.shutdown().await.unwrap();
        display
    });
    let mut n_bytes = 0;
    let code = loop {
        let message = within(rig.viewer.next()).await.unwrap().unwrap();
        if let Message::Close(frame) = message {
            break u16::from(frame.unwrap().code);
        }
        n_bytes += message.into_data().len();
    };
    assert_eq!((n_bytes, code), (AMOUNT, 1001));
    within(sending).await.unwrap();
}

#[tokio::test]
async fn whoever_knows_why_a_workload_ended_is_asked() {
    let known = CloseReason::new(CloseCode::Ended, "the app exited");
    let mut rig = Rig::with(Rights::CONTROL, Some(known.clone())).await;
    rig.greet().await;
    drop(std::mem::replace(&mut rig.display, duplex(1).0));
    assert_eq!(rig.close_of().await, (1000, "the app exited".to_owned()));
    let summary = rig.ended().await;
    assert_eq!((summary.side, summary.reason), (Side::Upstream, known));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_is_not_waited_for() {
    let (viewer, client) = duplex(64 * 1024);
    let (relay, display, _canceller, _) = build(client, Rights::CONTROL, 1024);
    let mut viewer = WebSocketStream::from_raw_socket(viewer, Role::Client, None).await;
    tokio::spawn(relay.run(|_| std::future::pending()));
    for reply in [&b"RFB 003.008\n"[..], &[1], &[1]] {
        viewer.send(Message::binary(reply.to_vec())).await.unwrap();
    }
    drop(display);
    let begun = tokio::time::Instant::now();
    while !matches!(within(viewer.next()).await, Some(Ok(Message::Close(Some(_))))) {}
    assert_eq!(begun.elapsed(), Limits::STANDARD.ask);
}

#[tokio::test]
async fn a_viewer_that_hangs_up_ends_the_stream() {
    let mut rig = Rig::open(Rights::CONTROL).await;
    rig.send(KEY).await;
    drop(std::mem::replace(&mut rig.viewer, WebSocketStream::from_raw_socket(duplex(1).0, Role::Client, None).await));
    assert_eq!(rig.display_rest().await, KEY);
    let summary = rig.ended().await;
    assert_eq!((summary.side, summary.reason.text()), (Side::Client, "the viewer was lost"));
}

#[tokio::test]
async fn a_viewer_s_close_is_answered_after_its_last_input() {
    let mut rig = Rig::open(Rights::CONTROL).await;
    rig.send(KEY).await;
    within(rig.viewer.close(None)).await.unwrap();
    assert!(matches!(within(rig.viewer.next()).await, Some(Ok(Message::Close(None)))));
    assert_eq!(rig.display_rest().await, KEY);
}

#[tokio::test]
async fn pings_are_answered_between_frames() {
    let mut rig = Rig::open(Rights::CONTROL).await;
    within(rig.viewer.send(Message::Ping(b"there?".as_slice().into()))).await.unwrap();
    assert_eq!(within(rig.viewer.next()).await.unwrap().unwrap(), Message::Pong(b"there?".as_slice().into()));
}

#[tokio::test]
async fn what_no_viewer_may_send_closes_with_its_code() {
    for (message, code) in [
        (Message::text("hello"), 1003),
        (Message::binary(vec![99]), 1008),
        (Message::binary(vec![6, 0, 0, 0, 0x7f, 0, 0, 0]), 1009),
    ] {
        let mut rig = Rig::open(Rights::CONTROL).await;
        within(rig.viewer.send(message)).await.unwrap();
        assert_eq!(rig.close_of().await.0, code);
    }
}

#[tokio::test]
async fn an_unmasked_frame_closes_with_1002() {
    let (mut viewer, client) = duplex(64 * 1024);
    let (relay, _display, _canceller, _) = build(client, Rights::CONTROL, 1024);
    tokio::spawn(relay.run(|_| async { None }));
    within(viewer.write_all(b"\x82\x01x")).await.unwrap();
    let mut bytes = Vec::new();
    within(viewer.read_to_end(&mut bytes)).await.unwrap();
    assert!(bytes.windows(4).any(|it| it[0] == 0x88 && it[2..] == 1002_u16.to_be_bytes()), "{bytes:x?}");
}

#[tokio::test]
async fn a_stream_that_cannot_begin_is_refused_by_a_close_frame() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let viewer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (client, _) = listener.accept().await.unwrap();
    let mut viewer = WebSocketStream::from_raw_socket(viewer, Role::Client, None).await;
    // What the viewer sent before it knew must not cost it the Close frame.
    viewer.send(Message::binary(vec![1; 1000])).await.unwrap();
    let refusing = tokio::spawn(async move { refuse(client, &CloseCode::NotReady.into()).await });
    let Message::Close(Some(frame)) = within(viewer.next()).await.unwrap().unwrap() else { panic!("no close frame") };
    assert_eq!(u16::from(frame.code), 4409);
    drop(viewer);
    within(refusing).await.unwrap();
}

#[tokio::test]
async fn both_directions_move_at_once_over_sockets() {
    const AMOUNT: usize = 8 * 1024 * 1024;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let viewer = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let (client, _) = listener.accept().await.unwrap();
    socket::prepare_client(&client).unwrap();
    let viewer = WebSocketStream::from_raw_socket(viewer, Role::Client, None).await;
    let (relay, display, canceller, counters): (Relay<_, _>, _, _, _) = build(client, Rights::CONTROL, 64 * 1024);
    let summary = tokio::spawn(relay.run(|_| async { None }));
    let mut rig = Rig { viewer, display, summary, canceller, counters };
    rig.greet().await;
    let text = cut_text(&vec![b'x'; AMOUNT / 16]);
    let (mut send, mut receive) = rig.viewer.split();
    let (mut display_reads, mut display_writes) = tokio::io::split(rig.display);
    let up = async {
        for _ in 0..16 {
            send.send(Message::binary(text.clone())).await.unwrap();
        }
    };
    let up_end = async {
        let mut bytes = vec![0; 16 * text.len()];
        display_reads.read_exact(&mut bytes).await.unwrap();
        assert!(bytes.chunks(text.len()).all(|it| it == text));
    };
    let down = async {
        for at in 0..AMOUNT / 4096 {
            display_writes.write_all(&[u8::try_from(at % 251).unwrap(); 4096]).await.unwrap();
        }
    };
    let down_end = async {
        let mut bytes = Vec::with_capacity(AMOUNT);
        while bytes.len() < AMOUNT {
            bytes.extend_from_slice(&receive.next().await.unwrap().unwrap().into_data());
        }
        assert!(bytes.chunks(4096).enumerate().all(|(at, it)| it.iter().all(|it| usize::from(*it) == at % 251)));
    };
    within(Box::pin(async { tokio::join!(up, up_end, down, down_end) })).await;
}
