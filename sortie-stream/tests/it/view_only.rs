//! The promise to whoever shares a screen for looking: whatever a viewer without rights sends, however it is cut, the workload
//! gets nothing of it. Asked of a display that counts bytes, and of a real one with a program that logs its events.

use rand::rngs::SmallRng;
use rand::{RngExt as _, SeedableRng as _};
use sortie_core::secret::Secret;
use sortie_stream::rfb::Rights;
use sortie_stream::rfb::encoding::EXTENDED_DESKTOP_SIZE;
use sortie_stream::rfb::handshake::upstream::open;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::task::JoinHandle;

use crate::support::{RESIZE, between, build, cut_text, encodings, extended_clipboard, masked, within};
use crate::xvnc::{PASSWORD, PATIENCE, Program, Xvnc};

const COUNT: usize = 100_000;
/// After so many messages one follows that everybody may send. That it arrives shows that the others were read.
const EACH: usize = 1_000;
const SENTINEL: &[u8] = &[3, 1, 0, 0, 0, 0, 1, 64, 0, 200];

/// A key, the pointer, the clipboard, another size, or what nobody may send: at random, with random content.
fn message(random: &mut SmallRng) -> Vec<u8> {
    let bytes = |n: usize, random: &mut SmallRng| -> Vec<u8> { (0..n).map(|_| random.random()).collect() };
    let n_text = random.random_range(0..40);
    match random.random_range(0..8) {
        0 | 1 => [&[4][..], &bytes(7, random)].concat(),
        2 | 3 => [&[5][..], &bytes(5, random)].concat(),
        4 => [&[255, 0][..], &bytes(10, random)].concat(),
        5 => cut_text(&bytes(n_text, random)),
        6 => extended_clipboard(random.random(), &bytes(n_text, random)),
        _ => {
            let n_screens = random.random_range(0..3);
            let head = [&[251, 0][..], &bytes(4, random), &[n_screens, 0]].concat();
            [head, bytes(16 * usize::from(n_screens), random)].concat()
        }
    }
}

/// Each byte in a frame of its own: now as messages, now as the fragments of one.
fn frames(message: &[u8], random: &mut SmallRng) -> Vec<u8> {
    let (as_fragments, key): (bool, [u8; 4]) = random.random();
    let last = message.len() - 1;
    let frame = |(at, byte): (usize, &u8)| {
        let first = match (as_fragments, at) {
            (false, _) => 0x82,
            (true, 0) if last > 0 => 0x02,
            (true, at) if at < last => 0x00,
            (true, _) => 0x80,
        };
        [first, 0x81, key[0], key[1], key[2], key[3], byte ^ key[0]]
    };
    message.iter().enumerate().flat_map(frame).collect()
}

/// Sends `COUNT` messages, in writes of at most `step` bytes.
async fn flood(viewer: &mut (impl tokio::io::AsyncWrite + Unpin), count: usize, step: usize) {
    let mut random = SmallRng::seed_from_u64(20_261_121);
    for n in 1..=count {
        let message = message(&mut random);
        for piece in frames(&message, &mut random).chunks(step) {
            viewer.write_all(piece).await.unwrap();
        }
        if n % EACH == 0 {
            viewer.write_all(&masked(0x82, SENTINEL)).await.unwrap();
        }
    }
}

/// The RFB handshake of a raw viewer.
async fn greet(viewer: &mut DuplexStream) {
    let hello = [masked(0x82, b"RFB 003.008\n"), masked(0x82, &[1]), masked(0x82, &[0])].concat();
    viewer.write_all(&hello).await.unwrap();
}

/// What a counting display is sent after `ClientInit`, by `count` messages through a pipe that takes `room` bytes.
async fn arrived(count: usize, room: usize) -> Vec<u8> {
    let (mut viewer, client) = duplex(room);
    let (relay, mut display, _canceller, _) = build(client, Rights::VIEW_ONLY, 1 << 20);
    let running = tokio::spawn(relay.run(|_| async { None }));
    let (mut down, mut up) = tokio::io::split(&mut viewer);
    // What comes down is the handshake, and is read so that it does not fill the pipe.
    let reading = async { while down.read(&mut [0; 64]).await.is_ok_and(|n| n > 0) {} };
    let sending = async {
        up.write_all(&[masked(0x82, b"RFB 003.008\n"), masked(0x82, &[1]), masked(0x82, &[0])].concat()).await.unwrap();
        flood(&mut up, count, room).await;
    };
    tokio::select! {
        () = within(sending) => {}
        () = reading => panic!("the relay ended the stream"),
    }
    drop(viewer);
    let mut bytes = Vec::new();
    within(display.read_to_end(&mut bytes)).await.unwrap();
    within(running).await.unwrap();
    assert_eq!(bytes.remove(0), 1, "ClientInit");
    bytes
}

#[tokio::test]
async fn a_hundred_thousand_messages_in_frames_of_one_byte_reach_no_display() {
    assert_eq!(arrived(COUNT, 64 * 1024).await, SENTINEL.repeat(COUNT / EACH));
}

#[tokio::test]
async fn nothing_passes_when_even_the_frames_arrive_byte_by_byte() {
    assert_eq!(arrived(COUNT / 20, 1).await, SENTINEL.repeat(COUNT / 20 / EACH));
}

/// Reads what a raw viewer is sent, without the frames' headers, until `n` bytes of payload are there.
async fn payload(viewer: &mut DuplexStream, n: usize) -> Vec<u8> {
    let mut payload = Vec::new();
    while payload.len() < n {
        let first = within(viewer.read_u8()).await.unwrap();
        let length = match viewer.read_u8().await.unwrap() {
            126 => usize::from(viewer.read_u16().await.unwrap()),
            127 => usize::try_from(viewer.read_u64().await.unwrap()).unwrap(),
            short => usize::from(short),
        };
        let mut frame = vec![0; length];
        within(viewer.read_exact(&mut frame)).await.unwrap();
        assert_eq!(first, 0x82, "{frame:?}");
        payload.extend(frame);
    }
    payload
}

/// A raw viewer, and the size of the screen that it was told.
struct Attached {
    viewer: DuplexStream,
    running: JoinHandle<()>,
    size: [u16; 2],
}

/// Attaches a raw viewer with these rights, through the display's full password: nothing but our filter stands between.
async fn attach(xvnc: &Xvnc, rights: Rights) -> Attached {
    let mut upstream = xvnc.dial().await;
    within(open(&mut upstream, Some(&Secret::new(PASSWORD)), PATIENCE)).await.unwrap();
    let (mut viewer, client) = duplex(64 * 1024);
    let (relay, canceller, _) = between(client, upstream, rights);
    let running = tokio::spawn(async move {
        relay.run(|_| async { None }).await;
        drop(canceller);
    });
    greet(&mut viewer).await;
    // Greeting, list of types, result, and ServerInit.
    let hello = payload(&mut viewer, 12 + 2 + 4 + 24).await;
    let size = [u16::from_be_bytes([hello[18], hello[19]]), u16::from_be_bytes([hello[20], hello[21]])];
    Attached { viewer, running, size }
}

#[tokio::test]
async fn a_hundred_thousand_messages_reach_neither_a_real_display_nor_the_program_on_it() {
    let xvnc = Xvnc::start();
    let program = Program::logging_events(&xvnc).await;
    let Attached { viewer, running, .. } = attach(&xvnc, Rights::VIEW_ONLY).await;
    let (mut down, mut up) = tokio::io::split(viewer);
    let reading = async { while down.read(&mut [0; 4096]).await.is_ok_and(|n| n > 0) {} };
    tokio::select! {
        () = within(flood(&mut up, COUNT, 64 * 1024)) => {}
        () = reading => panic!("the relay ended the stream"),
    }
    drop((down, up));
    within(running).await.unwrap();
    assert_eq!(xvnc.logged("Clean disconnection").await, 1, "the display has seen the first viewer's end");

    // Somebody with the right does each of these once, and that is all that the display and the program saw.
    let Attached { mut viewer, size, .. } = attach(&xvnc, Rights::CONTROL).await;
    assert_eq!(size, [320, 200]);
    let key = |is_down: u8| [4, is_down, 0, 0, 0, 0, 0, 0x61];
    let click = [[5, 1, 0, 20, 0, 20], [5, 0, 0, 20, 0, 20]].concat();
    // A viewer that cannot follow another size: this display would crash at its request.
    viewer.write_all(&masked(0x82, RESIZE)).await.unwrap();
    viewer.write_all(&masked(0x82, &encodings(&[EXTENDED_DESKTOP_SIZE]))).await.unwrap();
    let deeds = [&key(1)[..], &key(0), &cut_text(b"text"), &click, RESIZE].concat();
    viewer.write_all(&masked(0x82, &deeds)).await.unwrap();
    let events = program.events_until("ButtonRelease").await;
    for name in ["KeyPress", "KeyRelease", "ButtonPress", "ButtonRelease", "MotionNotify"] {
        assert_eq!(events.iter().filter(|it| it.starts_with(name)).count(), 1, "{name}: {events:#?}");
    }
    for deed in ["Key pressed", "Key released", "Remote clipboard announced"] {
        assert_eq!(xvnc.logged(deed).await, 1, "{deed}: {}", xvnc.log());
    }
    assert_eq!(attach(&xvnc, Rights::VIEW_ONLY).await.size, [1024, 768]);
}
