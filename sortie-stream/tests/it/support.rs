//! What the tests share: a relay between an independent WebSocket client and a toy display.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use sortie_stream::cancel::{self, Canceller};
use sortie_stream::close::CloseReason;
use sortie_stream::relay::{Counters, Limits, Relay, Summary};
use sortie_stream::rfb::Rights;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, DuplexStream, duplex};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

/// Far longer than anything here takes, on a busy machine too.
const DEADLINE: Duration = Duration::from_secs(20);

/// Waits for `future`, but not for ever.
pub(crate) async fn within<F: Future>(future: F) -> F::Output {
    // Paused clocks jump to the next timer, so this one has to be behind everything a test waits for.
    tokio::time::timeout(DEADLINE * 30, future).await.expect("nothing happened in time")
}

/// A running relay with both of its ends.
pub(crate) struct Rig<S = DuplexStream> {
    pub(crate) viewer: WebSocketStream<S>,
    pub(crate) display: DuplexStream,
    pub(crate) summary: JoinHandle<Summary>,
    pub(crate) canceller: Canceller,
    pub(crate) counters: Arc<Counters>,
}

impl Rig {
    /// A relay over pipes in memory, at the very beginning.
    pub(crate) async fn start(rights: Rights) -> Self {
        Self::with(rights, None).await
    }

    /// A relay whose caller knows why the workload ended.
    pub(crate) async fn with(rights: Rights, known: Option<CloseReason>) -> Self {
        let (viewer, client) = duplex(64 * 1024);
        let viewer = WebSocketStream::from_raw_socket(viewer, Role::Client, None).await;
        let (relay, display, canceller, counters) = build(client, rights, 64 * 1024);
        let summary = tokio::spawn(relay.run(move |_| async { known }));
        Self { viewer, display, summary, canceller, counters }
    }

    /// A relay after the handshake.
    pub(crate) async fn open(rights: Rights) -> Self {
        let mut rig = Self::start(rights).await;
        rig.greet().await;
        rig
    }
}

/// A relay between a viewer's connection and a toy display, with `room` bytes in the pipe to it.
pub(crate) fn build<C>(
    client: C,
    rights: Rights,
    room: usize,
) -> (Relay<C, DuplexStream>, DuplexStream, Canceller, Arc<Counters>) {
    let (upstream, display) = duplex(room);
    let (relay, canceller, counters) = between(client, upstream, rights);
    (relay, display, canceller, counters)
}

/// A relay between two connections.
pub(crate) fn between<C, U>(client: C, upstream: U, rights: Rights) -> (Relay<C, U>, Canceller, Arc<Counters>) {
    let (canceller, cancel) = cancel::pair();
    let counters = Arc::new(Counters::new());
    let relay = Relay {
        client,
        leftover: Bytes::new(),
        upstream,
        rights,
        limits: Limits::STANDARD,
        counters: Arc::clone(&counters),
        cancel,
    };
    (relay, canceller, counters)
}

impl<S: AsyncRead + AsyncWrite + Unpin> Rig<S> {
    /// The RFB handshake, as noVNC does it.
    pub(crate) async fn greet(&mut self) {
        assert_eq!(self.next_bytes().await, b"RFB 003.008\n");
        self.send(b"RFB 003.008\n").await;
        assert_eq!(self.next_bytes().await, [1, 1]);
        self.send(&[1]).await;
        assert_eq!(self.next_bytes().await, [0, 0, 0, 0]);
        self.send(&[0]).await;
        assert_eq!(self.display_reads(1).await, [1], "ClientInit asks for a shared desktop");
    }

    /// Sends one binary message.
    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        within(self.viewer.send(Message::binary(bytes.to_vec()))).await.unwrap();
    }

    /// The next binary message, in whole.
    pub(crate) async fn next_bytes(&mut self) -> Vec<u8> {
        let message = within(self.viewer.next()).await.unwrap().unwrap();
        assert!(message.is_binary(), "not a binary message: {message:?}");
        message.into_data().to_vec()
    }

    /// Reads until the relay closes: its code and text.
    pub(crate) async fn close_of(&mut self) -> (u16, String) {
        loop {
            if let Message::Close(frame) = within(self.viewer.next()).await.expect("no close frame").unwrap() {
                let frame = frame.expect("a close frame without a code");
                return (frame.code.into(), frame.reason.to_string());
            }
        }
    }

    /// What the display is sent next: exactly `n` bytes.
    pub(crate) async fn display_reads(&mut self, n: usize) -> Vec<u8> {
        let mut bytes = vec![0; n];
        within(self.display.read_exact(&mut bytes)).await.unwrap();
        bytes
    }

    /// Everything that the display is still sent until the stream is over.
    pub(crate) async fn display_rest(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        within(self.display.read_to_end(&mut bytes)).await.unwrap();
        bytes
    }

    /// How the stream went.
    pub(crate) async fn ended(self) -> Summary {
        drop(self.viewer);
        within(self.summary).await.unwrap()
    }
}

/// A key press.
pub(crate) const KEY: &[u8] = &[4, 1, 0, 0, 0, 0, 0, 0x61];
/// A movement of the pointer.
pub(crate) const POINTER: &[u8] = &[5, 0, 0, 10, 0, 20];
/// A request for what changed on the screen.
pub(crate) const UPDATE_REQUEST: &[u8] = &[3, 1, 0, 0, 0, 0, 4, 0, 3, 0];
/// A request for another size of the screen.
pub(crate) const RESIZE: &[u8] = &[251, 0, 4, 0, 3, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0, 3, 0, 0, 0, 0, 0];
/// A key press with its hardware code.
pub(crate) const QEMU_KEY: &[u8] = &[255, 0, 0, 1, 0, 0, 0, 0x61, 0, 0, 0, 30];
/// The answer to a fence.
pub(crate) const FENCE: &[u8] = &[248, 0, 0, 0, 0, 0, 0, 1, 3, 7, 8, 9];

/// A clipboard text.
pub(crate) fn cut_text(text: &[u8]) -> Vec<u8> {
    let length = u32::try_from(text.len()).unwrap();
    [&[6, 0, 0, 0][..], &length.to_be_bytes(), text].concat()
}

/// An extended clipboard message: flags and data, under a negative length.
pub(crate) fn extended_clipboard(flags: u32, data: &[u8]) -> Vec<u8> {
    let length = i32::try_from(data.len() + 4).unwrap();
    [&[6, 0, 0, 0][..], &(-length).to_be_bytes(), &flags.to_be_bytes(), data].concat()
}

/// A list of encodings.
pub(crate) fn encodings(list: &[i32]) -> Vec<u8> {
    let mut message = vec![2, 0];
    message.extend_from_slice(&u16::try_from(list.len()).unwrap().to_be_bytes());
    message.extend(list.iter().flat_map(|it| it.to_be_bytes()));
    message
}

/// A frame as a viewer sends it: masked.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let key = [0xa1, 0x02, 0x73, 0x44];
    let mut frame = vec![first];
    match payload.len() {
        n @ 0..=125 => frame.push(0x80 | u8::try_from(n).unwrap()),
        n @ 126..=65_535 => {
            frame.push(0xfe);
            frame.extend_from_slice(&u16::try_from(n).unwrap().to_be_bytes());
        }
        n => {
            frame.push(0xff);
            frame.extend_from_slice(&(n as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&key);
    frame.extend(payload.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key));
    frame
}
