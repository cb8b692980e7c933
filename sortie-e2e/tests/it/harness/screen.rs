//! A small viewer: RFB 3.8 (RFC 6143) with raw pixels, over a WebSocket of an independent library.

use std::{path::PathBuf, time::Duration};

use futures_util::{SinkExt, StreamExt};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest, error::ProtocolError, protocol::CloseFrame},
};

use super::{PATIENCE, client::Client, seed};

const RETURN: u32 = 0xff0d;
const BYTES_PER_PIXEL: usize = 4;

/// Why there is no screen, or no longer one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    /// Refused before the upgrade, with this HTTP status.
    Refused(u16),
    /// Closed with this code and reason.
    Closed(u16, String),
    /// Cut without a close frame.
    Cut,
}

/// An open screen.
pub(crate) struct Screen {
    socket: WebSocketStream<TcpStream>,
    unread: Vec<u8>,
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Screen {
    /// Opens a session's screen and finishes the RFB handshake.
    pub(crate) async fn open(client: &Client, session: &str) -> Result<Self, Gone> {
        timeout(PATIENCE, Self::handshake(client, session)).await.expect("a screen in time")
    }

    async fn handshake(client: &Client, session: &str) -> Result<Self, Gone> {
        let path = format!("ws://{}/ws/sessions/{session}", client.address);
        let mut request = path.into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "binary".parse().unwrap());
        for (name, text) in client.identity() {
            request.headers_mut().insert(name, text.parse().unwrap());
        }
        let stream = TcpStream::connect(client.address).await.unwrap();
        let socket = match client_async(request, stream).await {
            Ok((socket, response)) => {
                assert_eq!(response.headers()["sec-websocket-protocol"], "binary");
                socket
            }
            Err(Error::Http(response)) => return Err(Gone::Refused(response.status().as_u16())),
            // The server, or what stands before it, was gone before it answered.
            Err(Error::Io(_) | Error::ConnectionClosed | Error::Protocol(ProtocolError::HandshakeIncomplete)) => {
                return Err(Gone::Cut);
            }
            Err(error) => panic!("the upgrade of {session}: {error}"),
        };
        let mut screen = Self { socket, unread: Vec::new(), width: 0, height: 0, pixels: Vec::new() };
        screen.begin_rfb().await?;
        Ok(screen)
    }

    async fn begin_rfb(&mut self) -> Result<(), Gone> {
        assert_eq!(self.take(12).await?, b"RFB 003.008\n");
        self.send(b"RFB 003.008\n".to_vec()).await?;
        let n_types = self.take(1).await?[0];
        assert_eq!(self.take(n_types.into()).await?, [1], "only the security type None is offered");
        self.send(vec![1]).await?;
        assert_eq!(self.take(4).await?, [0; 4], "the security result");
        self.send(vec![1]).await?;
        let init = self.take(24).await?;
        (self.width, self.height) = (u16_at(&init, 0), u16_at(&init, 2));
        assert_eq!(init[4], 32, "bits per pixel");
        let name_length = u32_at(&init, 20);
        self.take(name_length).await?;
        self.pixels = vec![0; self.width * self.height * BYTES_PER_PIXEL];
        // SetEncodings: raw only.
        self.send(vec![2, 0, 0, 1, 0, 0, 0, 0]).await
    }

    /// The screen's size in pixels.
    pub(crate) fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Asks for the whole picture and waits for it.
    pub(crate) async fn frame(&mut self) -> Result<Vec<u8>, Gone> {
        self.request(false).await?;
        timeout(PATIENCE, self.receive_update()).await.expect("a frame in time")?;
        Ok(self.pixels.clone())
    }

    /// Waits until the picture has more than one colour, and answers it.
    pub(crate) async fn painted(&mut self) -> Result<Vec<u8>, Gone> {
        self.shows("more than one colour", |frame| n_colours(frame) > 1).await
    }

    /// Waits until a terminal fills the screen and its prompt is there to type at.
    pub(crate) async fn prompt(&mut self) -> Result<Vec<u8>, Gone> {
        let is_prompt = |frame: &[u8]| share(frame, seed::PAPER) > 0.9 && share(frame, seed::INK) > 0.0;
        self.shows("a terminal with its prompt", is_prompt).await
    }

    /// Waits until a page of one colour fills the screen: a browser takes its time.
    pub(crate) async fn filled_with(&mut self, colour: [u8; 3], limit: Duration) -> Result<Vec<u8>, Gone> {
        self.shows_within(limit, "a page of one colour", |frame| share(frame, colour) > 0.9).await
    }

    /// Waits for a terminal's prompt and clicks into it, as people do.
    pub(crate) async fn terminal(&mut self) -> Result<Vec<u8>, Gone> {
        let frame = self.prompt().await?;
        for buttons in [0, 1, 0] {
            self.send(vec![5, buttons, 0, 100, 0, 100]).await?;
        }
        Ok(frame)
    }

    async fn shows(&mut self, what: &str, is_so: impl Fn(&[u8]) -> bool) -> Result<Vec<u8>, Gone> {
        self.shows_within(PATIENCE, what, is_so).await
    }

    async fn shows_within(
        &mut self,
        limit: Duration,
        what: &str,
        is_so: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<u8>, Gone> {
        let shown = async {
            let mut frame = self.frame().await?;
            while !is_so(&frame) {
                self.request(true).await?;
                self.receive_update().await?;
                frame.clone_from(&self.pixels);
            }
            Ok(frame)
        };
        let Ok(shown) = timeout(limit, shown).await else {
            panic!("waited in vain for {what}; what was shown is in {}", self.keep_picture().display());
        };
        shown
    }

    /// Waits until the picture differs from `before`, and answers it.
    pub(crate) async fn changed_from(&mut self, before: &[u8]) -> Result<Vec<u8>, Gone> {
        let changed = async {
            loop {
                let frame = self.frame().await?;
                if frame != before {
                    return Ok(frame);
                }
                self.request(true).await?;
                self.receive_update().await?;
            }
        };
        timeout(PATIENCE, changed).await.expect("a change in time")
    }

    /// Types a line and presses Return.
    pub(crate) async fn type_line(&mut self, line: &str) -> Result<(), Gone> {
        let keys = line.chars().map(u32::from).chain([RETURN]);
        for key in keys {
            for is_down in [1, 0] {
                let mut event = vec![4, is_down, 0, 0];
                event.extend(key.to_be_bytes());
                self.send(event).await?;
            }
        }
        Ok(())
    }

    /// Copies a text on the person's side, and pastes it with the middle button, as in a terminal.
    pub(crate) async fn paste(&mut self, text: &str) -> Result<(), Gone> {
        let mut message = vec![6, 0, 0, 0];
        message.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
        message.extend(text.as_bytes());
        self.send(message).await?;
        for buttons in [0, 2, 0] {
            self.send(vec![5, buttons, 0, 100, 0, 100]).await?;
        }
        Ok(())
    }

    /// Reads on until the server ends the stream.
    pub(crate) async fn until_gone(mut self) -> Gone {
        timeout(PATIENCE, self.gone()).await.expect("the stream to end in time")
    }

    /// The same, however long it takes.
    pub(crate) async fn gone(&mut self) -> Gone {
        loop {
            if let Err(gone) = self.fill().await {
                return gone;
            }
            self.unread.clear();
        }
    }

    /// Closes it from our side.
    pub(crate) async fn close(mut self) {
        let _ = self.socket.close(None).await;
        let rest = async { while self.fill().await.is_ok() {} };
        timeout(PATIENCE, rest).await.expect("an answered close");
    }

    /// Keeps the last picture for people to look at (Netpbm's PPM).
    fn keep_picture(&self) -> PathBuf {
        let path =
            std::env::temp_dir().join(format!("sortie-e2e-{}-{}.ppm", std::process::id(), self.pixels.as_ptr().addr()));
        let head = format!("P6 {} {} 255\n", self.width, self.height);
        let pixels = self.pixels.chunks(BYTES_PER_PIXEL).flat_map(|it| [it[2], it[1], it[0]]);
        std::fs::write(&path, head.into_bytes().into_iter().chain(pixels).collect::<Vec<_>>()).unwrap();
        path
    }

    async fn request(&mut self, incremental: bool) -> Result<(), Gone> {
        let mut request = vec![3, incremental.into(), 0, 0, 0, 0];
        for side in [self.width, self.height] {
            request.extend(u16::try_from(side).unwrap().to_be_bytes());
        }
        self.send(request).await
    }

    async fn receive_update(&mut self) -> Result<(), Gone> {
        loop {
            match self.take(1).await?[0] {
                0 => return self.receive_rectangles().await,
                2 => {}
                3 => {
                    let length = u32_at(&self.take(7).await?, 3);
                    self.take(length).await?;
                }
                other => panic!("an RFB message of type {other} that nobody asked for"),
            }
        }
    }

    async fn receive_rectangles(&mut self) -> Result<(), Gone> {
        let n_rectangles = u16_at(&self.take(3).await?, 1);
        for _ in 0..n_rectangles {
            let head = self.take(12).await?;
            let (x, y, width, height) = (u16_at(&head, 0), u16_at(&head, 2), u16_at(&head, 4), u16_at(&head, 6));
            assert_eq!(u32_at(&head, 8), 0, "raw pixels only");
            let rows = self.take(width * height * BYTES_PER_PIXEL).await?;
            for (index, row) in rows.chunks(width * BYTES_PER_PIXEL).enumerate() {
                let start = ((y + index) * self.width + x) * BYTES_PER_PIXEL;
                self.pixels[start..start + row.len()].copy_from_slice(row);
            }
        }
        Ok(())
    }

    async fn take(&mut self, n_bytes: usize) -> Result<Vec<u8>, Gone> {
        while self.unread.len() < n_bytes {
            self.fill().await?;
        }
        let rest = self.unread.split_off(n_bytes);
        Ok(std::mem::replace(&mut self.unread, rest))
    }

    async fn fill(&mut self) -> Result<(), Gone> {
        match self.socket.next().await {
            Some(Ok(Message::Binary(bytes))) => self.unread.extend(bytes),
            Some(Ok(Message::Close(frame))) => return Err(closed(frame)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(other)) => panic!("a message that is not binary: {other:?}"),
            Some(Err(_)) | None => return Err(Gone::Cut),
        }
        Ok(())
    }

    async fn send(&mut self, bytes: Vec<u8>) -> Result<(), Gone> {
        self.socket.send(Message::Binary(bytes.into())).await.map_err(|_| Gone::Cut)
    }
}

/// Counts distinct pixels, up to a few.
fn n_colours(frame: &[u8]) -> usize {
    let mut seen: Vec<&[u8]> = Vec::new();
    for pixel in frame.chunks(BYTES_PER_PIXEL) {
        if seen.len() < 4 && !seen.contains(&pixel) {
            seen.push(pixel);
        }
    }
    seen.len()
}

/// The share of pixels of one colour. The display sends 32 bits with blue in the lowest and nothing in the highest.
fn share(frame: &[u8], [red, green, blue]: [u8; 3]) -> f64 {
    let n_found = frame.chunks(BYTES_PER_PIXEL).filter(|it| it[..3] == [blue, green, red]).count();
    ratio(n_found, frame.len() / BYTES_PER_PIXEL)
}

fn ratio(part: usize, whole: usize) -> f64 {
    let [part, whole] = [part, whole].map(|it| f64::from(u32::try_from(it).unwrap()));
    part / whole
}

/// The share of pixels that differ.
pub(crate) fn difference(one: &[u8], other: &[u8]) -> f64 {
    assert_eq!(one.len(), other.len(), "pictures of one size");
    let pixels = one.chunks(BYTES_PER_PIXEL).zip(other.chunks(BYTES_PER_PIXEL));
    ratio(pixels.filter(|(a, b)| a != b).count(), one.len() / BYTES_PER_PIXEL)
}

fn closed(frame: Option<CloseFrame>) -> Gone {
    frame.map_or(Gone::Closed(1005, String::new()), |it| Gone::Closed(it.code.into(), it.reason.to_string()))
}

fn u16_at(bytes: &[u8], at: usize) -> usize {
    u16::from_be_bytes([bytes[at], bytes[at + 1]]).into()
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]).try_into().unwrap()
}
