//! A viewer that waits for the first pixels of a program (RFC 6143), over a WebSocket or a bare socket.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, UnixStream},
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite};

/// What lies under the viewer.
enum Transport {
    WebSocket(Box<WebSocketStream<TcpStream>>),
    Bare(UnixStream),
}

/// See the module.
pub(crate) struct Screen {
    transport: Transport,
    unread: Vec<u8>,
    width: u16,
    height: u16,
}

impl Screen {
    /// Attaches to a session through the server.
    pub(crate) async fn through_server(address: &str, token: &str, session: &str) -> anyhow::Result<Self> {
        let request = tungstenite::http::Request::builder()
            .uri(format!("ws://{address}/ws/sessions/{session}"))
            .header("Host", address)
            .header("Authorization", format!("Bearer {token}"))
            .header("Connection", "Upgrade")
            .header("Upgrade", "websocket")
            .header("Sec-WebSocket-Version", "13")
            .header("Sec-WebSocket-Protocol", "binary")
            .header("Sec-WebSocket-Key", tungstenite::handshake::client::generate_key())
            .body(())?;
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (socket, _) = client_async(request, stream).await?;
        Self::open(Transport::WebSocket(Box::new(socket))).await
    }

    /// Attaches to an X server.
    pub(crate) async fn bare(socket: &Path) -> anyhow::Result<Self> {
        Self::open(Transport::Bare(UnixStream::connect(socket).await?)).await
    }

    async fn open(transport: Transport) -> anyhow::Result<Self> {
        let mut screen = Self { transport, unread: Vec::new(), width: 0, height: 0 };
        screen.read(12).await?;
        screen.write(b"RFB 003.008\n").await?;
        let n_types = screen.read(1).await?;
        let types = screen.read(usize::from(n_types.first().copied().unwrap_or_default())).await?;
        ensure!(types.contains(&1), "the display asks for a password");
        screen.write(&[1]).await?;
        ensure!(screen.read(4).await? == [0; 4], "the display refuses");
        screen.write(&[1]).await?;
        let init = screen.read(24).await?;
        screen.width = u16::from_be_bytes([init[0], init[1]]);
        screen.height = u16::from_be_bytes([init[2], init[3]]);
        let name = u32::from_be_bytes([init[20], init[21], init[22], init[23]]);
        screen.read(usize::try_from(name)?).await?;
        // SetEncodings: Raw only.
        screen.write(&[2, 0, 0, 1, 0, 0, 0, 0]).await?;
        Ok(screen)
    }

    /// Asks for frames until one is not of one colour: a program has painted.
    pub(crate) async fn first_pixels(&mut self) -> anyhow::Result<()> {
        let mut incremental = 0;
        loop {
            let [w, x] = self.width.to_be_bytes();
            let [h, y] = self.height.to_be_bytes();
            self.write(&[3, incremental, 0, 0, 0, 0, w, x, h, y]).await?;
            incremental = 1;
            if self.update().await? {
                return Ok(());
            }
        }
    }

    /// Reads one update; answers whether it shows more than one colour.
    async fn update(&mut self) -> anyhow::Result<bool> {
        loop {
            match self.read(1).await?.first() {
                Some(0) => break,
                Some(2) => {}
                Some(3) => {
                    let head = self.read(7).await?;
                    let length = u32::from_be_bytes([head[3], head[4], head[5], head[6]]);
                    self.read(usize::try_from(length)?).await?;
                }
                other => bail!("unexpected message {other:?}"),
            }
        }
        let head = self.read(3).await?;
        let mut painted = false;
        for _ in 0..u16::from_be_bytes([head[1], head[2]]) {
            let rectangle = self.read(12).await?;
            let side = |at: usize| usize::from(u16::from_be_bytes([rectangle[at], rectangle[at + 1]]));
            let pixels = self.read(side(4) * side(6) * 4).await?;
            let first = pixels.get(..3).map(<[u8]>::to_vec);
            painted |= pixels.chunks_exact(4).any(|it| first.as_deref() != it.get(..3));
        }
        Ok(painted)
    }

    async fn write(&mut self, bytes: &[u8]) -> anyhow::Result<()> {
        match &mut self.transport {
            Transport::WebSocket(socket) => socket.send(tungstenite::Message::binary(bytes.to_vec())).await?,
            Transport::Bare(socket) => socket.write_all(bytes).await?,
        }
        Ok(())
    }

    async fn read(&mut self, n_bytes: usize) -> anyhow::Result<Vec<u8>> {
        while self.unread.len() < n_bytes {
            match &mut self.transport {
                Transport::WebSocket(socket) => match socket.next().await.context("the stream ended")?? {
                    tungstenite::Message::Binary(bytes) => self.unread.extend_from_slice(&bytes),
                    tungstenite::Message::Close(reason) => bail!("the stream was closed: {reason:?}"),
                    tungstenite::Message::Text(_)
                    | tungstenite::Message::Ping(_)
                    | tungstenite::Message::Pong(_)
                    | tungstenite::Message::Frame(_) => {}
                },
                Transport::Bare(socket) => {
                    let n = socket.read_buf(&mut self.unread).await?;
                    ensure!(n > 0, "the display went away");
                }
            }
        }
        let rest = self.unread.split_off(n_bytes);
        Ok(std::mem::replace(&mut self.unread, rest))
    }
}
