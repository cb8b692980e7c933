//! The listener that speaks TLS itself.

use std::{sync::Arc, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use sortie_api::Tls;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};
use tokio_tungstenite::{
    client_async,
    tungstenite::{Message, client::IntoClientRequest},
};

use crate::world::{PASSWORD, World};

/// A certificate for `localhost` that signs itself, and its key.
fn pair() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

/// Serves the world over TLS, too; answers the port and the certificate to replace.
async fn secure(world: &World, certificate: &str, key: &str) -> (u16, Tls) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let tls = Tls::new(certificate.as_bytes(), key.as_bytes()).unwrap();
    tokio::spawn(sortie_api::server::serve_tls(listener, Arc::clone(&world.api), tls.clone()));
    (port, tls)
}

/// Connects as a client that trusts this certificate and no other.
async fn connect(port: u16, certificate: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let socket = TcpStream::connect(("127.0.0.1", port)).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), socket).await
}

async fn ask(mut stream: TlsStream<TcpStream>, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // The server may close without a TLS goodbye.
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_signs_in_over_tls_and_gets_the_cookie_that_only_https_carries() {
    let world = World::start().await;
    let (certificate, key) = pair();
    let (port, _) = secure(&world, &certificate, &key).await;
    let body = json!({"username": "adele", "password": PASSWORD}).to_string();
    let request = format!(
        "POST /api/auth/login HTTP/1.1\r\nhost: localhost:{port}\r\norigin: https://localhost:{port}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let answer = ask(connect(port, &certificate).await.unwrap(), &request).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("__Host-sortie=") && answer.contains("Secure"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_is_streamed_over_tls() {
    let world = World::start().await;
    let (certificate, key) = pair();
    let (port, _) = secure(&world, &certificate, &key).await;
    let token = world.token("adele").await;
    let id = world.running(&token).await;
    let mut request = format!("wss://localhost:{port}/ws/sessions/{id}").into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "binary".parse().unwrap());
    request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    let (mut socket, _) = client_async(request, connect(port, &certificate).await.unwrap()).await.unwrap();
    let first = tokio::time::timeout(Duration::from_secs(10), socket.next()).await.unwrap().unwrap().unwrap();
    assert_eq!(first, Message::binary(&b"RFB 003.008\n"[..]));
    socket.send(Message::Close(None)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_never_ends_is_given_up() {
    let world = World::start_with(|it| it.header_timeout = Duration::from_millis(300)).await;
    let (certificate, key) = pair();
    let (port, _) = secure(&world, &certificate, &key).await;
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    socket.write_all(&[0x16, 0x03, 0x01]).await.unwrap();
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut rest)).await;
    // Closed with or without what was not read.
    drop(ended.expect("the server closes in time"));
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_on_the_tls_port_gets_no_answer() {
    let world = World::start().await;
    let (certificate, key) = pair();
    let (port, _) = secure(&world, &certificate, &key).await;
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    socket.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut answer)).await.unwrap();
    assert!(!String::from_utf8_lossy(&answer).contains("HTTP/"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_certificate_serves_the_next_connection_and_a_broken_one_does_not() {
    let world = World::start().await;
    let (old, key) = pair();
    let (port, tls) = secure(&world, &old, &key).await;
    let (new, new_key) = pair();
    assert!(tls.replace(new.as_bytes(), key.as_bytes()).is_err(), "the key of another certificate");
    assert!(tls.replace(b"", new_key.as_bytes()).is_err());
    connect(port, &old).await.expect("the old one stays in force");
    tls.replace(new.as_bytes(), new_key.as_bytes()).unwrap();
    connect(port, &new).await.expect("the new one serves");
    assert!(connect(port, &old).await.is_err(), "the old one is gone");
}
