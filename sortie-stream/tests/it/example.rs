//! The example of the README, run.

use sortie_core::workload::Address;
use sortie_stream::rfb::Rights;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixListener};
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::Message;

use futures_util::{SinkExt as _, StreamExt as _};

use crate::support::within;

#[path = "../../examples/relay.rs"]
#[expect(dead_code, reason = "only the example's own main is called")]
mod relay;

#[tokio::test]
async fn the_example_relays_a_viewer_to_a_display() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("display");
    let displays = UnixListener::bind(&path).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        relay::serve_one(&listener, &Address::Unix(path), None, Rights::CONTROL).await.map_err(|it| it.to_string())
    });
    let display = tokio::spawn(async move {
        let (mut display, _) = displays.accept().await.unwrap();
        display.write_all(b"RFB 003.008\n\x01\x01\0\0\0\0").await.unwrap();
        let mut told = [0; 14];
        display.read_exact(&mut told).await.unwrap();
        assert_eq!(&told, b"RFB 003.008\n\x01\x01");
        display.write_all(b"screen").await.unwrap();
        display
    });
    let socket = TcpStream::connect(address).await.unwrap();
    let (mut viewer, _) = within(client_async(format!("ws://{address}/"), socket)).await.unwrap();
    for message in [&b"RFB 003.008\n"[..], &[1], &[0]] {
        viewer.send(Message::binary(message.to_vec())).await.unwrap();
    }
    let mut seen = Vec::new();
    while !seen.ends_with(b"screen") {
        seen.extend_from_slice(&within(viewer.next()).await.unwrap().unwrap().into_data());
    }
    drop(within(display).await.unwrap());
    while !matches!(within(viewer.next()).await, Some(Ok(Message::Close(_)))) {}
    drop(viewer);
    assert_eq!(within(serving).await.unwrap().unwrap().bytes_down, 6);
}
