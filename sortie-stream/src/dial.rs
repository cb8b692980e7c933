//! Connects to a workload's display, which may still be starting.

mod upgrade;
mod websocket;

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use sortie_core::workload::Address;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpSocket, TcpStream, UnixStream, lookup_host};
use tokio::time::{Instant, sleep, timeout_at};

use crate::socket::UPSTREAM_RECEIVE;

pub use self::upgrade::UpgradeError;
pub use self::websocket::WebSocket;

/// The first pause between two attempts; each further one is twice as long, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(20);

/// The longest pause: a display that appears is found within this time.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// What the upgrade over a Unix socket names as its port: there is none.
const HTTP_PORT: u16 = 80;

/// Why nobody could be reached.
#[derive(Debug, thiserror::Error)]
#[error("failed to reach the display within {waited:?}")]
pub struct DialError {
    /// How long was tried.
    pub waited: Duration,
    /// The last attempt's failure; `None` when not even the first attempt came to an end.
    #[source]
    pub last: Option<io::Error>,
}

/// A connection to a display.
#[derive(Debug)]
pub enum Upstream {
    /// Over TCP.
    Tcp(TcpStream),
    /// Over a Unix socket.
    Unix(UnixStream),
    /// Inside a WebSocket over TCP.
    WebSocket(Box<WebSocket<TcpStream>>),
    /// Inside a WebSocket over a Unix socket.
    UnixWebSocket(Box<WebSocket<UnixStream>>),
}

/// Connects to `address`, again and again until `patience` is over: pauses of 20, 40, 80, 160 and then 250 ms. TCP sends without
/// delay and with a receive buffer of [`UPSTREAM_RECEIVE`] bytes. A WebSocket whose upgrade is refused counts as not there yet: its
/// display may be starting behind it. What was refused is then the source of the error.
pub async fn dial(address: &Address, patience: Duration) -> Result<Upstream, DialError> {
    let begun = Instant::now();
    let deadline = begun + patience;
    let mut last = None;
    let mut pause = FIRST_PAUSE;
    loop {
        match timeout_at(deadline, connect(address)).await {
            Ok(Ok(upstream)) => return Ok(upstream),
            Ok(Err(error)) => last = Some(error),
            Err(_) => return Err(DialError { waited: begun.elapsed(), last }),
        }
        if Instant::now() + pause >= deadline {
            return Err(DialError { waited: begun.elapsed(), last });
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn connect(address: &Address) -> io::Result<Upstream> {
    match address {
        Address::Unix(path) => Ok(Upstream::Unix(UnixStream::connect(path).await?)),
        Address::Tcp(host, port) => Ok(Upstream::Tcp(tcp(host, *port).await?)),
        Address::WebSocket { host, port, path } => {
            let stream = tcp(host, *port).await?;
            Ok(Upstream::WebSocket(Box::new(upgrade::upgrade(stream, host, *port, path).await?)))
        }
        Address::UnixWebSocket { socket, path } => {
            let stream = UnixStream::connect(socket).await?;
            Ok(Upstream::UnixWebSocket(Box::new(upgrade::upgrade(stream, "localhost", HTTP_PORT, path).await?)))
        }
    }
}

/// Tries each of the host's addresses in turn.
async fn tcp(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in lookup_host((host, port)).await? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // Set before connecting: the window that is announced depends on it.
        socket.set_recv_buffer_size(UPSTREAM_RECEIVE)?;
        match socket.connect(address).await {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

impl AsyncRead for Upstream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::Unix(stream) => Pin::new(stream).poll_read(cx, buffer),
            Self::WebSocket(stream) => Pin::new(stream.as_mut()).poll_read(cx, buffer),
            Self::UnixWebSocket(stream) => Pin::new(stream.as_mut()).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Upstream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::Unix(stream) => Pin::new(stream).poll_write(cx, bytes),
            Self::WebSocket(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
            Self::UnixWebSocket(stream) => Pin::new(stream.as_mut()).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_flush(cx),
            Self::Unix(stream) => Pin::new(stream).poll_flush(cx),
            Self::WebSocket(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
            Self::UnixWebSocket(stream) => Pin::new(stream.as_mut()).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Unix(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::WebSocket(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
            Self::UnixWebSocket(stream) => Pin::new(stream.as_mut()).poll_shutdown(cx),
        }
    }
}
