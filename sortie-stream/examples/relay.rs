//! A relay in one file: a viewer dials in by WebSocket, the relay finishes the handshake with a display and moves the bytes.
//!
//! Run as it is, with two arguments: where to listen, and the Unix socket of a display that asks for no password. Then point
//! any noVNC at `ws://<listen>/`.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use sortie_core::secret::Secret;
use sortie_core::workload::Address;
use sortie_stream::relay::{Counters, Limits, Relay, Summary};
use sortie_stream::rfb::Rights;
use sortie_stream::rfb::handshake::upstream;
use sortie_stream::ws::accept::{SUBPROTOCOL, accept_key};
use sortie_stream::{cancel, dial, socket};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Takes one viewer from `listener` and relays it to `display` until one of them ends.
pub(crate) async fn serve_one(
    listener: &TcpListener,
    display: &Address,
    password: Option<&Secret>,
    rights: Rights,
) -> Result<Summary, Box<dyn Error + Send + Sync>> {
    let (mut client, _) = listener.accept().await?;
    socket::prepare_client(&client)?;
    let leftover = upgrade(&mut client).await?;
    let mut screen = dial::dial(display, Duration::from_secs(5)).await?;
    upstream::open(&mut screen, password, Duration::from_secs(5)).await?;
    let (_canceller, cancel) = cancel::pair();
    let counters = Arc::new(Counters::new());
    let relay = Relay { client, leftover, upstream: screen, rights, limits: Limits::STANDARD, counters, cancel };
    Ok(relay.run(|_| async { None }).await)
}

/// The smallest opening handshake that works. A real server leaves this to its HTTP library, and checks the Origin.
async fn upgrade(client: &mut TcpStream) -> Result<Bytes, Box<dyn Error + Send + Sync>> {
    const END: &[u8] = b"\r\n\r\n";
    let mut request = Vec::new();
    let end = loop {
        if let Some(at) = request.windows(END.len()).position(|it| it == END) {
            break at + END.len();
        }
        if request.len() > 8192 || client.read_buf(&mut request).await? == 0 {
            return Err("not a request for an upgrade".into());
        }
    };
    let head = std::str::from_utf8(&request[..end])?;
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let accept = accept_key(header("Sec-WebSocket-Key").ok_or("no key")?);
    let offers = header("Sec-WebSocket-Protocol").is_some_and(|it| it.split(',').any(|it| it.trim() == SUBPROTOCOL));
    let protocol = if offers { format!("Sec-WebSocket-Protocol: {SUBPROTOCOL}\r\n") } else { String::new() };
    let answer = format!(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Accept: {accept}\r\n{protocol}\r\n"
    );
    client.write_all(answer.as_bytes()).await?;
    Ok(Bytes::copy_from_slice(&request[end..]))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(listen), Some(display)) = (arguments.next(), arguments.next()) else {
        return Err("usage: relay LISTEN-ADDRESS DISPLAY-SOCKET".into());
    };
    let listener = TcpListener::bind(listen).await?;
    let display = Address::Unix(Path::new(&display).to_owned());
    loop {
        let summary = serve_one(&listener, &display, None, Rights::CONTROL).await?;
        tracing::info!(reason = %summary.reason, bytes_up = summary.bytes_up, "Stream ended");
    }
}
