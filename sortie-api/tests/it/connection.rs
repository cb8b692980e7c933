//! What clients do to connections: slowly, hugely, wrongly.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::world::World;

const SHORT: Duration = Duration::from_millis(300);

/// Sends raw bytes and reads until the server closes.
async fn raw(world: &World, bytes: &str) -> String {
    let mut socket = TcpStream::connect(world.address).await.unwrap();
    socket.write_all(bytes.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut answer)).await;
    read.expect("the server closes in time").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_announced_too_large_is_refused_before_it_is_sent() {
    let world = World::start().await;
    let head = "POST /api/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 2000000000\r\n\r\n";
    let begun = Instant::now();
    let answer = raw(&world, head).await;
    assert!(answer.starts_with("HTTP/1.1 413") && answer.contains("body_too_large"), "{answer}");
    assert!(begun.elapsed() < Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_a_length_is_cut_at_the_limit() {
    let world = World::start().await;
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
    let head = "POST /api/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                transfer-encoding: chunked\r\n\r\n";
    let answer = raw(&world, &format!("{head}{chunk}1\r\nx\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_is_given_up() {
    let world = World::start_with(|it| it.header_timeout = SHORT).await;
    raw(&world, "GET /healthz HTTP/1.1\r\nhost: loc").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed() {
    let world = World::start_with(|it| it.header_timeout = SHORT).await;
    let answer = raw(&world, "GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_pauses_is_given_up() {
    let world = World::start_with(|it| it.body_timeout = SHORT).await;
    let head = "POST /api/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 100\r\n\r\n{";
    let answer = raw(&world, head).await;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("body_too_slow"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_can_be_read_in_two_ways_is_refused() {
    let world = World::start().await;
    let both = "POST /api/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\
                content-type: application/json\r\nconnection: close\r\n\r\n0\r\n\r\n";
    let answer = raw(&world, both).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let hosts = "GET /api/config HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    assert!(raw(&world, hosts).await.starts_with("HTTP/1.1 400"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_larger_than_reason_is_refused() {
    let world = World::start().await;
    let head = format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-large: {}\r\n\r\n", "x".repeat(70_000));
    let answer = raw(&world, &head).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let many = format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{}\r\n", "x-many: x\r\n".repeat(200));
    let answer = raw(&world, &many).await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_address_cannot_take_every_connection() {
    let world = World::start_with(|it| it.max_connections_per_address = 3).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut socket = TcpStream::connect(world.address).await.unwrap();
        socket.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
        assert_ne!(socket.read(&mut [0; 16]).await.unwrap(), 0);
        held.push(socket);
    }
    let mut one_more = TcpStream::connect(world.address).await.unwrap();
    assert!(matches!(one_more.read(&mut [0; 16]).await, Ok(0) | Err(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_method_is_told_the_right_ones() {
    let world = World::start().await;
    let answer = world.ask("PATCH", "/api/sessions").await;
    assert_eq!((answer.status, answer.header("allow")), (405, "GET, POST, HEAD"));
    assert_eq!(world.ask("OPTIONS", "/api/apps").await.status, 405);
    assert_eq!(world.ask("GET", "/api/nothing").await.code(), "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_json_is_taken() {
    let world = World::start().await;
    let form = world.ask("POST", "/api/auth/login").body("text/plain", "{}").await;
    assert_eq!((form.status, form.code().as_str()), (415, "unsupported_media_type"));
    let broken = world.ask("POST", "/api/auth/login").body("application/json", "{").await;
    assert_eq!((broken.status, broken.code().as_str()), (400, "malformed_json"));
    let deep =
        world.ask("POST", "/api/auth/login").body("application/json", format!("{{\"x\":{}", "[".repeat(10_000))).await;
    assert_eq!(deep.status, 400);
    let wrong = json!({"username": 7, "password": "canary-password"});
    let wrong = world.ask("POST", "/api/auth/login").json(&wrong).await;
    assert_eq!((wrong.status, wrong.text().contains("canary")), (422, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_costs_one_request() {
    let world = World::start().await;
    let token = world.token("bob").await;
    world.runtime.panic_from_now_on();
    for (method, path) in [("GET", "/api/config"), ("POST", "/api/sessions")] {
        let answer = world.ask(method, path).bearer(&token).json(&json!({"app_id": "shell"})).await;
        assert_eq!((answer.status, answer.code().as_str()), (500, "internal"), "{path}");
        assert!(!answer.text().contains("canary"), "{}", answer.text());
    }
    assert_eq!(world.ask("GET", "/api/auth/me").bearer(&token).await.status, 200);
    assert!(world.ask("GET", "/metrics").await.text().contains("sortie_http_panics_total 2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_goes_on_when_its_client_leaves() {
    let world = World::start().await;
    let token = world.token("ann").await;
    let body = serde_json::to_string(&crate::world::link("left")).unwrap();
    let request = format!(
        "POST /api/apps HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    world.away.hold_inserts();
    let mut socket = TcpStream::connect(world.address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    world.away.insert_begun().await;
    drop(socket);
    // The server has seen the client leave when the connection's place is free again.
    crate::world::eventually("the connection is gone", || async {
        world.ask("GET", "/metrics").await.text().contains("sortie_connections 1\n")
    })
    .await;
    world.away.let_inserts_go();
    crate::world::eventually("the app is there", || async {
        world.ask("GET", "/api/apps/left").bearer(&token).await.status == 200
    })
    .await;
}
