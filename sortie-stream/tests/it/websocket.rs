//! Displays that bring a WebSocket: an independent server of that protocol on the other side.

use std::io;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use sortie_core::workload::Address;
use sortie_stream::dial::{UpgradeError, Upstream, dial};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::handshake::server::{Callback, ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, FrameHeader};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use crate::support::within;

const PATIENCE: Duration = Duration::from_secs(20);

fn address(listener: &TcpListener) -> Address {
    let port = listener.local_addr().unwrap().port();
    Address::WebSocket { host: "127.0.0.1".to_owned(), port, path: "/websockify?a=b".to_owned() }
}

/// Answers as websockify does.
struct Websockify;

impl Callback for Websockify {
    fn on_request(self, request: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
        assert_eq!(request.uri(), "/websockify?a=b");
        assert!(!request.headers().contains_key("sec-websocket-extensions"));
        response.headers_mut().insert("sec-websocket-protocol", request.headers()["sec-websocket-protocol"].clone());
        Ok(response)
    }
}

/// Both ends of a connection: ours, and the independent server's.
async fn pair() -> (Upstream, WebSocketStream<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = address(&listener);
    let serve = async {
        let (stream, _) = listener.accept().await.unwrap();
        accept_hdr_async(stream, Websockify).await.unwrap()
    };
    let (upstream, server) = within(async { tokio::join!(dial(&address, PATIENCE), serve) }).await;
    (upstream.unwrap(), server)
}

fn fragment(is_final: bool, opcode: Data, payload: &[u8]) -> Message {
    let header = FrameHeader { is_final, opcode: OpCode::Data(opcode), ..FrameHeader::default() };
    Message::Frame(Frame::from_payload(header, Bytes::copy_from_slice(payload)))
}

#[tokio::test]
async fn what_is_written_arrives_masked_and_whole_whatever_its_length() {
    let (mut upstream, mut server) = pair().await;
    for length in [1, 125, 126, 65_535, 65_536, 200_000_usize] {
        let bytes: Vec<u8> = (0..length).map(|it| u8::try_from(it % 251).unwrap()).collect();
        let writing = async {
            upstream.write_all(&bytes).await.unwrap();
            upstream.flush().await.unwrap();
        };
        let reading = async {
            let mut read = Vec::new();
            while read.len() < length {
                // This server refuses a frame that is not masked.
                let message = server.next().await.unwrap().unwrap();
                assert!(message.is_binary());
                read.extend_from_slice(&message.into_data());
            }
            read
        };
        let ((), read) = within(async { tokio::join!(writing, reading) }).await;
        assert_eq!(read, bytes);
    }
}

#[tokio::test]
async fn fragments_with_a_ping_between_them_are_one_stream_and_the_ping_is_answered() {
    let (mut upstream, mut server) = pair().await;
    let parts = [
        fragment(false, Data::Binary, b"frag"),
        fragment(false, Data::Continue, b""),
        Message::Ping(b"?".as_slice().into()),
    ];
    for message in parts {
        within(server.send(message)).await.unwrap();
    }
    within(server.send(fragment(true, Data::Continue, b"ments"))).await.unwrap();
    let mut bytes = [0; 9];
    within(upstream.read_exact(&mut bytes)).await.unwrap();
    assert_eq!(&bytes, b"fragments");
    // The pong waits for nobody to write: whoever reads on sends it.
    let mut byte = [0];
    let waiting = upstream.read(&mut byte);
    let pong = async {
        let pong = server.next().await.unwrap().unwrap();
        assert_eq!(pong, Message::Pong(b"?".as_slice().into()));
        server.send(Message::binary(b"!".as_slice())).await.unwrap();
    };
    let (read, ()) = within(async { tokio::join!(waiting, pong) }).await;
    assert_eq!((read.unwrap(), byte), (1, *b"!"));
}

#[tokio::test]
async fn the_other_side_s_close_is_the_end_after_its_last_byte() {
    let (mut upstream, mut server) = pair().await;
    within(server.send(Message::binary(b"last".as_slice()))).await.unwrap();
    within(server.close(None)).await.unwrap();
    let mut bytes = Vec::new();
    within(upstream.read_to_end(&mut bytes)).await.unwrap();
    assert_eq!(bytes, b"last");
}

#[tokio::test]
async fn our_shutdown_is_a_close_frame() {
    let (mut upstream, mut server) = pair().await;
    within(upstream.shutdown()).await.unwrap();
    let Message::Close(Some(frame)) = within(server.next()).await.unwrap().unwrap() else { panic!("no close frame") };
    assert_eq!(u16::from(frame.code), 1000);
}

#[tokio::test]
async fn text_or_a_masked_frame_of_a_display_is_an_error_and_not_data() {
    for hostile in [&b"\x81\x01x"[..], b"\x82\x81\x01\x02\x03\x04x", b"\xc2\x01x", b"\x89\x7e\x00\x80"] {
        let (mut upstream, mut server) = pair().await;
        within(server.get_mut().write_all(hostile)).await.unwrap();
        let error = within(upstream.read(&mut [0; 9])).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{hostile:x?}");
    }
}

/// Dials a server that says `script` to everybody; answers why that failed.
async fn refusal(script: Vec<u8>) -> io::Error {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = address(&listener);
    let serving = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(&script).await;
        }
    });
    let error = within(dial(&address, Duration::from_millis(300))).await.unwrap_err();
    serving.abort();
    error.last.unwrap()
}

#[tokio::test]
async fn a_refused_upgrade_is_tried_again_and_told_at_the_end() {
    let of = |error: &io::Error| error.get_ref().and_then(|it| it.downcast_ref::<UpgradeError>()).copied();
    let bad_gateway = refusal(b"HTTP/1.1 502 Bad Gateway\r\n\r\n".to_vec()).await;
    assert_eq!(of(&bad_gateway), Some(UpgradeError::Status(502)));
    let unproven =
        b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n";
    assert_eq!(of(&refusal(unproven.to_vec()).await), Some(UpgradeError::Accept));
    assert_eq!(of(&refusal(b"RFB 003.008\n".to_vec()).await), Some(UpgradeError::Malformed));
    let endless = [&b"HTTP/1.1 101 Switching\r\nX: "[..], &vec![b'x'; 1 << 20]].concat();
    assert_eq!(of(&refusal(endless).await), Some(UpgradeError::Malformed));
}

#[tokio::test]
async fn a_bridge_that_is_not_ready_yet_is_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = address(&listener);
    let serve = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n").await.unwrap();
        drop(stream);
        let (stream, _) = listener.accept().await.unwrap();
        accept_hdr_async(stream, Websockify).await.unwrap()
    };
    let (upstream, _server) = within(async { tokio::join!(dial(&address, PATIENCE), serve) }).await;
    assert!(matches!(upstream, Ok(Upstream::WebSocket(_))));
}
