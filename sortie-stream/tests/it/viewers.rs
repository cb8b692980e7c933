//! Several viewers of one real display: each has a connection of its own, so what one asks for or fails to take is its own affair.

use sortie_core::secret::Secret;
use sortie_stream::relay::Summary;
use sortie_stream::rfb::Rights;
use sortie_stream::rfb::handshake::upstream::open;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::task::JoinHandle;

use crate::support::{between, encodings, masked, within};
use crate::xvnc::{PASSWORD, PATIENCE, Xvnc};

const WIDTH: usize = 320;
const HEIGHT: usize = 200;

/// A viewer that reads the protocol itself.
struct Viewer {
    connection: DuplexStream,
    /// Payload left in the frame that is being read.
    in_frame: usize,
    stream: JoinHandle<Summary>,
}

impl Viewer {
    /// Attaches to the display and asks for pixels in this format and encoding; `room` is what the connection holds unread.
    async fn attach(xvnc: &Xvnc, rights: Rights, format: &[u8; 16], encoding: i32, room: usize) -> Self {
        let mut upstream = xvnc.dial().await;
        within(open(&mut upstream, Some(&Secret::new(PASSWORD)), PATIENCE)).await.unwrap();
        let (connection, client) = duplex(room);
        let (relay, canceller, _) = between(client, upstream, rights);
        let stream = tokio::spawn(async move {
            let summary = relay.run(|_| async { None }).await;
            drop(canceller);
            summary
        });
        let mut viewer = Self { connection, in_frame: 0, stream };
        viewer.send(b"RFB 003.008\n").await;
        viewer.send(&[1]).await;
        viewer.send(&[0]).await;
        let hello = viewer.take(12 + 2 + 4 + 24).await;
        let name = u32::from_be_bytes([hello[38], hello[39], hello[40], hello[41]]);
        viewer.take(usize::try_from(name).unwrap()).await;
        viewer.send(&[&[0, 0, 0, 0][..], format].concat()).await;
        viewer.send(&encodings(&[encoding])).await;
        viewer
    }

    async fn send(&mut self, message: &[u8]) {
        within(self.connection.write_all(&masked(0x82, message))).await.unwrap();
    }

    /// Asks for the whole screen.
    async fn ask(&mut self) {
        self.send(&[3, 0, 0, 0, 0, 0, 1, 64, 0, 200]).await;
    }

    /// The next `n` bytes of the display.
    async fn take(&mut self, n: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(n);
        while bytes.len() < n {
            if self.in_frame == 0 {
                let first = within(self.connection.read_u8()).await.unwrap();
                assert_eq!(first, 0x82, "not a binary frame");
                self.in_frame = match self.connection.read_u8().await.unwrap() {
                    126 => usize::from(self.connection.read_u16().await.unwrap()),
                    127 => usize::try_from(self.connection.read_u64().await.unwrap()).unwrap(),
                    short => usize::from(short),
                };
            }
            let mut part = vec![0; self.in_frame.min(n - bytes.len())];
            within(self.connection.read_exact(&mut part)).await.unwrap();
            self.in_frame -= part.len();
            bytes.extend(part);
        }
        bytes
    }

    /// One update: the encoding of its one rectangle and, where that is Raw, its pixels.
    async fn update(&mut self, bytes_per_pixel: usize) -> (i32, Vec<u8>) {
        let head = self.take(4 + 12).await;
        assert_eq!(head[..4], [0, 0, 0, 1], "a FramebufferUpdate with one rectangle");
        assert_eq!(head[8..12], [1, 64, 0, 200], "the whole screen");
        let encoding = i32::from_be_bytes([head[12], head[13], head[14], head[15]]);
        let pixels = match encoding {
            0 => self.take(WIDTH * HEIGHT * bytes_per_pixel).await,
            16 => {
                let length = self.take(4).await;
                let length = u32::from_be_bytes([length[0], length[1], length[2], length[3]]);
                self.take(usize::try_from(length).unwrap()).await
            }
            other => unreachable!("encoding {other} was not asked for"),
        };
        (encoding, pixels)
    }
}

/// 32 bits per pixel, eight per colour.
const DEEP: [u8; 16] = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0];
/// 16 bits per pixel, five or six per colour.
const SHALLOW: [u8; 16] = [16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0];

#[tokio::test]
async fn each_viewer_gets_its_own_pixel_format_and_encoding_at_the_same_time() {
    let xvnc = Xvnc::start();
    let mut owner = Viewer::attach(&xvnc, Rights::CONTROL, &DEEP, 0, 1 << 20).await;
    owner.ask().await;
    let (encoding, first) = owner.update(4).await;
    assert_eq!(encoding, 0);
    let mut guest = Viewer::attach(&xvnc, Rights::VIEW_ONLY, &SHALLOW, 0, 1 << 20).await;
    let mut other = Viewer::attach(&xvnc, Rights::VIEW_ONLY, &DEEP, 16, 1 << 20).await;
    for _ in 0..5 {
        for viewer in [&mut guest, &mut other, &mut owner] {
            viewer.ask().await;
        }
        assert_eq!(other.update(4).await.0, 16);
        let (encoding, pixels) = guest.update(2).await;
        assert_eq!((encoding, pixels.len()), (0, WIDTH * HEIGHT * 2));
        assert_eq!(owner.update(4).await, (0, first.clone()), "the owner's pixels are what they were");
    }
}

#[tokio::test]
async fn an_owner_gets_every_byte_while_another_viewer_takes_none() {
    const FRAMES: usize = 60;
    let xvnc = Xvnc::start();
    let mut owner = Viewer::attach(&xvnc, Rights::CONTROL, &DEEP, 0, 1 << 16).await;
    let mut slow = Viewer::attach(&xvnc, Rights::VIEW_ONLY, &DEEP, 0, 1 << 16).await;
    // It asks for more than all buffers on its way hold, and takes nothing of it.
    for _ in 0..20 {
        slow.ask().await;
    }
    for _ in 0..FRAMES {
        owner.ask().await;
        assert_eq!(owner.update(4).await.1.len(), WIDTH * HEIGHT * 4);
    }
    assert!(!slow.stream.is_finished(), "it was still attached all that time");
    // What it is owed is kept for it: the slow one loses time, and nothing else.
    assert_eq!(slow.update(4).await.1.len(), WIDTH * HEIGHT * 4);
}
