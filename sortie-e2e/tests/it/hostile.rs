//! Callers that misuse the protocol, with the server unmoved.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::harness::{server::Server, world::World};

const HEADER_PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_body_of_two_gigabytes_is_refused_unread() {
    let world = World::sqlite();
    let server = world.start().await;
    let admin = server.admin().await;
    let before = server.resident_bytes();
    for (path, token) in [("/api/auth/login", ""), ("/api/apps", admin.token())] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: 2147483648\r\n\r\n{{\"name\":\"",
            server.address
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = timeout(Duration::from_secs(2), first_line(&mut stream)).await.expect("an answer at once");
        assert!(answer.starts_with("HTTP/1.1 413"), "{path}: {answer}");
    }
    let grown = server.resident_bytes().saturating_sub(before);
    assert!(grown < 16 << 20, "the server grew by {grown} bytes");
    still_answers(&server).await;
}

#[tokio::test]
async fn half_sent_headers_are_reaped_and_disturb_nobody() {
    let world = World::sqlite();
    let server = world.start().await;
    let begun = Instant::now();
    let mut half_sent = Vec::new();
    for _ in 0..200 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        // A server that is full may already have closed it.
        let _ = stream.write_all(b"GET /api/apps HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
        half_sent.push(stream);
    }
    still_answers(&server).await;
    for mut stream in half_sent {
        let left = HEADER_PATIENCE.saturating_sub(begun.elapsed());
        timeout(left, stream.read_to_end(&mut Vec::new())).await.expect("every one of them is closed").ok();
    }
    still_answers(&server).await;
}

#[tokio::test]
async fn headers_without_end_are_refused() {
    let world = World::sqlite();
    let server = world.start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let _ = stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").await;
    let line = format!("X-Long: {}\r\n", "a".repeat(8_000));
    for _ in 0..40 {
        // The refusal may come before the last of it is written.
        if stream.write_all(line.as_bytes()).await.is_err() {
            break;
        }
    }
    let answer = timeout(HEADER_PATIENCE, first_line(&mut stream)).await.expect("an end");
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    still_answers(&server).await;
}

#[tokio::test]
async fn what_is_not_http_is_refused() {
    let world = World::sqlite();
    let server = world.start().await;
    for garbage in [&b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..], b"RFB 003.008\n\n\n", b"GET\r\n\r\n\r\n"] {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(garbage).await.unwrap();
        let answer = timeout(HEADER_PATIENCE, first_line(&mut stream)).await.expect("an end");
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 400"), "{answer}");
    }
    still_answers(&server).await;
}

async fn still_answers(server: &Server) {
    let asked = Instant::now();
    assert_eq!(server.anybody().get("/api/apps").await.status, 200);
    assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
}

/// The first line of an answer; empty when the connection just ends.
async fn first_line(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    let mut part = [0; 1024];
    while !answer.contains(&b'\n') {
        match stream.read(&mut part).await {
            Ok(n_bytes) if n_bytes > 0 => answer.extend_from_slice(&part[..n_bytes]),
            Ok(_) | Err(_) => break,
        }
    }
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}
