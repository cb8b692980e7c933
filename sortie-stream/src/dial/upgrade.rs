//! The opening handshake with a display that brings a WebSocket (RFC 6455 §4.1), from the client's side.

use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use httparse::{EMPTY_HEADER, Response, Status};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::buffer::{Buffer, HEADROOM};
use crate::ws::accept::{SUBPROTOCOL, accept_key};

use super::websocket::WebSocket;

/// The longest answer that is read.
const MAX_ANSWER: usize = 8 * 1024;

/// The most headers of an answer.
const MAX_HEADERS: usize = 64;

/// Why an upgrade did not come about, though somebody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpgradeError {
    /// The host or the path cannot stand in a request.
    #[error("host or path of the display has bytes that a request cannot carry")]
    Address,
    /// The answer is not HTTP/1.1, or too long.
    #[error("display does not answer in HTTP/1.1")]
    Malformed,
    /// The answer is another than 101.
    #[error("display answers the upgrade with status {0}")]
    Status(u16),
    /// The answer does not prove that it read our request.
    #[error("display answers the upgrade without the right Sec-WebSocket-Accept")]
    Accept,
    /// The answer names a subprotocol or an extension that was not offered.
    #[error("display chose what was not offered")]
    NotOffered,
}

/// Asks for the upgrade. No extension is offered, and `binary` as the one subprotocol.
pub(super) async fn upgrade<S>(mut stream: S, host: &str, port: u16, path: &str) -> io::Result<WebSocket<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let key = STANDARD.encode(rand::random::<[u8; 16]>());
    let request = request(host, port, path, &key).ok_or(invalid(UpgradeError::Address))?;
    stream.write_all(request.as_bytes()).await?;
    stream.flush().await?;
    let accept = accept_key(&key);
    let mut buffer = Buffer::take();
    let mut n_read = 0;
    while n_read < MAX_ANSWER {
        let n = stream.read(&mut buffer.bytes_mut()[HEADROOM + n_read..HEADROOM + MAX_ANSWER]).await?;
        if n == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        n_read += n;
        let read = &buffer.bytes()[HEADROOM..HEADROOM + n_read];
        if let Some(length) = answer(read, &accept).map_err(invalid)? {
            return WebSocket::new(stream, buffer, HEADROOM + length..HEADROOM + n_read);
        }
    }
    Err(invalid(UpgradeError::Malformed))
}

/// `None` when host or path would break out of their places in the request.
fn request(host: &str, port: u16, path: &str, key: &str) -> Option<String> {
    let is_plain = |text: &str| text.bytes().all(|it| it.is_ascii_graphic());
    let is_path = path.is_empty() || path.starts_with('/');
    if host.is_empty() || host.contains('/') || !is_plain(host) || !is_path || !is_plain(path) {
        return None;
    }
    let path = if path.is_empty() { "/" } else { path };
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    Some(format!(
        "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Protocol: {SUBPROTOCOL}\r\n\r\n"
    ))
}

/// The length of a good answer; `None` while it is incomplete.
fn answer(bytes: &[u8], accept: &str) -> Result<Option<usize>, UpgradeError> {
    let mut headers = [EMPTY_HEADER; MAX_HEADERS];
    let mut response = Response::new(&mut headers);
    let Status::Complete(length) = response.parse(bytes).map_err(|_| UpgradeError::Malformed)? else {
        return Ok(None);
    };
    let status = response.code.unwrap_or_default();
    if status != 101 {
        return Err(UpgradeError::Status(status));
    }
    let values = |name: &'static str| {
        let named = response.headers.iter().filter(move |it| it.name.eq_ignore_ascii_case(name));
        named.map(|it| str::from_utf8(it.value).unwrap_or_default().trim())
    };
    let has = |name, token: &str| {
        let listed = values(name).flat_map(|it| it.split(','));
        listed.into_iter().any(|it| it.trim().eq_ignore_ascii_case(token))
    };
    if !has("upgrade", "websocket") || !has("connection", "upgrade") || !values("sec-websocket-accept").eq([accept]) {
        return Err(UpgradeError::Accept);
    }
    let is_ours = values("sec-websocket-protocol").all(|it| it == SUBPROTOCOL);
    if !is_ours || values("sec-websocket-extensions").any(|it| !it.is_empty()) {
        return Err(UpgradeError::NotOffered);
    }
    Ok(Some(length))
}

fn invalid(error: UpgradeError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n\
                        Sec-WebSocket-Accept: proof\r\n";

    fn judged(more: &str) -> Result<Option<usize>, UpgradeError> {
        answer(format!("{GOOD}{more}\r\n").as_bytes(), "proof")
    }

    #[test]
    fn an_answer_is_good_only_when_it_proves_itself_and_chose_what_was_offered() {
        assert_eq!(judged(""), Ok(Some(GOOD.len() + 2)));
        assert_eq!(judged("Sec-WebSocket-Protocol: binary\r\n"), Ok(Some(GOOD.len() + 34)));
        assert_eq!(judged("Sec-WebSocket-Protocol: base64\r\n"), Err(UpgradeError::NotOffered));
        assert_eq!(judged("Sec-WebSocket-Extensions: permessage-deflate\r\n"), Err(UpgradeError::NotOffered));
        assert_eq!(judged("Sec-WebSocket-Accept: another\r\n"), Err(UpgradeError::Accept));
        assert_eq!(answer(format!("{GOOD}\r\n").as_bytes(), "another"), Err(UpgradeError::Accept));
        assert_eq!(answer(b"HTTP/1.1 502 Bad Gateway\r\n\r\n", "proof"), Err(UpgradeError::Status(502)));
        assert_eq!(answer(b"RFB 003.008\n", "proof"), Err(UpgradeError::Malformed));
        for end in 0..GOOD.len() {
            assert_eq!(answer(&GOOD.as_bytes()[..end], "proof"), Ok(None), "{end}");
        }
    }

    #[test]
    fn a_host_or_a_path_cannot_add_to_the_request() {
        let good = request("pod.example", 6901, "/websockify?token=a", "k").unwrap();
        assert!(good.starts_with("GET /websockify?token=a HTTP/1.1\r\nHost: pod.example:6901\r\n"));
        assert!(request("::1", 80, "", "k").unwrap().starts_with("GET / HTTP/1.1\r\nHost: [::1]:80\r\n"));
        let bad = [("a", "/x HTTP/1.1\r\nX: y"), ("a", "x"), ("a b", "/"), ("a/b", "/"), ("", "/"), ("a", "/\u{e9}")];
        for (host, path) in bad {
            assert_eq!(request(host, 80, path, "k"), None, "{host:?} {path:?}");
        }
    }
}
