//! `/ws/sessions/{id}`, with an independent WebSocket client.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::Request;
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{self, Message, client::IntoClientRequest},
};

use crate::world::{World, eventually};

pub(crate) type Socket = WebSocketStream<TcpStream>;

pub(crate) fn request(world: &World, id: &str) -> Request<()> {
    let url = format!("ws://localhost:{}/ws/sessions/{id}", world.address.port());
    let mut request = url.into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "binary".parse().unwrap());
    request
}

pub(crate) async fn dial(world: &World, request: Request<()>) -> Result<Socket, u16> {
    let socket = TcpStream::connect(world.address).await.unwrap();
    match client_async(request, socket).await {
        Ok((socket, response)) => {
            assert_eq!(response.headers()["sec-websocket-protocol"], "binary");
            Ok(socket)
        }
        Err(tungstenite::Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

pub(crate) async fn open(world: &World, id: &str, token: &str) -> Socket {
    let mut request = request(world, id);
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    dial(world, request).await.unwrap()
}

/// Reads until so many bytes have come.
async fn bytes(socket: &mut Socket, count: usize) -> Vec<u8> {
    let mut got = Vec::new();
    while got.len() < count {
        let message = tokio::time::timeout(Duration::from_secs(10), socket.next()).await.expect("bytes in time");
        match message.unwrap().unwrap() {
            Message::Binary(part) => got.extend_from_slice(&part),
            Message::Ping(_) | Message::Pong(_) => {}
            other @ (Message::Text(_) | Message::Close(_) | Message::Frame(_)) => panic!("{other:?}"),
        }
    }
    got
}

/// The browser's side of the RFB handshake, up to the server's name.
pub(crate) async fn handshake(socket: &mut Socket) {
    assert_eq!(bytes(socket, 12).await, b"RFB 003.008\n");
    socket.send(Message::binary(&b"RFB 003.008\n"[..])).await.unwrap();
    assert_eq!(bytes(socket, 2).await, [1, 1]);
    socket.send(Message::binary(vec![1])).await.unwrap();
    assert_eq!(bytes(socket, 4).await, [0; 4]);
    socket.send(Message::binary(vec![1])).await.unwrap();
    assert!(bytes(socket, 27).await.ends_with(b"toy"));
}

/// The code and the text that the stream ends with.
pub(crate) async fn closing(socket: &mut Socket) -> (u16, String) {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(10), socket.next()).await.expect("a close in time");
        if let Some(Ok(Message::Close(Some(frame)))) = message {
            return (frame.code.into(), frame.reason.to_string());
        }
        assert!(matches!(message, Some(Ok(_))), "{message:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_sees_and_uses_the_screen_and_stopping_ends_the_stream() {
    let world = World::start().await;
    let bob = world.token("bob").await;
    let id = world.running(&bob).await;
    let mut socket = open(&world, &id, &bob).await;
    handshake(&mut socket).await;
    let key_a = vec![4, 1, 0, 0, 0, 0, 0, 0x61];
    socket.send(Message::binary(key_a)).await.unwrap();
    eventually("the key arrives", || async { world.runtime.received(&id) >= 8 }).await;
    assert!(world.ask("GET", "/metrics").await.text().contains("sortie_streams 1"));

    world.ask("POST", &format!("/api/sessions/{id}/stop")).bearer(&bob).await;
    let (code, text) = closing(&mut socket).await;
    assert_eq!((code, text.as_str()), (1000, "The session was stopped."));
    let (code, _) = closing(&mut open(&world, &id, &bob).await).await;
    assert_eq!(code, 4410);
    let audit = |action: &str| format!("/api/audit?user=bob&action={action}");
    let root = world.token("root").await;
    for action in ["GATEWAY_CONNECT", "GATEWAY_DISCONNECT"] {
        eventually("both ends are audited", || async {
            world.ask("GET", &audit(action)).bearer(&root).await.json()["total"] == 1
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_page_cannot_open_a_stream_with_somebodys_cookie() {
    let world = World::start().await;
    let bob = world.token("bob").await;
    let id = world.running(&bob).await;
    let cookie = world.cookie("bob").await;
    for (origin, expected) in [
        (Some("https://evil.example".to_owned()), Err(403)),
        (Some("null".to_owned()), Err(403)),
        (None, Err(403)),
        (Some(world.origin()), Ok(())),
    ] {
        let mut request = request(&world, &id);
        request.headers_mut().insert("cookie", cookie.parse().unwrap());
        if let Some(origin) = &origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let opened = dial(&world, request).await.map(drop);
        assert_eq!(opened, expected, "{origin:?}");
    }
    assert_eq!(dial(&world, request(&world, &id)).await.map(drop), Err(401));
}

#[tokio::test(flavor = "multi_thread")]
async fn other_peoples_and_missing_sessions_look_the_same_and_administrators_may_not_watch() {
    let world = World::start().await;
    let (bob, adele, root) = (world.token("bob").await, world.token("adele").await, world.token("root").await);
    let id = world.running(&bob).await;
    assert_eq!(closing(&mut open(&world, &id, &adele).await).await.0, 4404);
    assert_eq!(closing(&mut open(&world, "nowhere", &adele).await).await.0, 4404);
    assert_eq!(closing(&mut open(&world, &id, &root).await).await.0, 4403);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_ends_the_stream() {
    let world = World::start().await;
    let bob = world.token("bob").await;
    let id = world.running(&bob).await;
    let mut socket = open(&world, &id, &bob).await;
    handshake(&mut socket).await;
    world.ask("POST", "/api/auth/logout").bearer(&bob).await;
    assert_eq!(closing(&mut socket).await.0, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disabled_account_loses_its_streams() {
    let world = World::start().await;
    let (bob, root) = (world.token("bob").await, world.token("root").await);
    let id = world.running(&bob).await;
    let mut socket = open(&world, &id, &bob).await;
    handshake(&mut socket).await;
    let me = world.ask("GET", "/api/auth/me").bearer(&bob).await.json()["id"].as_str().unwrap().to_owned();
    let disabled = json!({"username": "bob", "roles": ["user"], "disabled": true});
    let put = world.ask("PUT", &format!("/api/admin/users/{me}")).bearer(&root).json(&disabled).await;
    assert_eq!(put.status, 200);
    assert_eq!(closing(&mut socket).await.0, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_tells_viewers_to_come_back() {
    let world = World::start().await;
    let bob = world.token("bob").await;
    let id = world.running(&bob).await;
    let mut socket = open(&world, &id, &bob).await;
    handshake(&mut socket).await;
    let api = std::sync::Arc::clone(&world.api);
    let draining = tokio::spawn(async move { api.drain().await });
    assert_eq!(closing(&mut socket).await.0, 1012);
    draining.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_holds_so_many_streams_and_no_more() {
    let world = World::start_with(|it| it.max_streams_per_user = 1).await;
    let bob = world.token("bob").await;
    let id = world.running(&bob).await;
    let mut first = open(&world, &id, &bob).await;
    handshake(&mut first).await;
    assert_eq!(closing(&mut open(&world, &id, &bob).await).await.0, 4429);
}
