//! Reaching displays that are there, not there yet, or never.

use std::time::Duration;

use sortie_core::workload::Address;
use sortie_stream::dial::{Upstream, dial};
use sortie_stream::socket::UPSTREAM_RECEIVE;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, UnixListener};

use crate::support::within;

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_display_on_tcp_is_reached_by_name() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = Address::Tcp("localhost".to_owned(), listener.local_addr().unwrap().port());
    let (dialed, accepted) = within(async { tokio::join!(dial(&address, PATIENCE), listener.accept()) }).await;
    let Upstream::Tcp(stream) = dialed.unwrap() else { panic!("not TCP") };
    assert!(stream.nodelay().unwrap());
    // The kernel keeps twice what was asked, for its own bookkeeping.
    let receive = socket2::SockRef::from(&stream).recv_buffer_size().unwrap();
    assert_eq!(receive, 2 * UPSTREAM_RECEIVE as usize);
    drop(accepted);
}

#[tokio::test]
async fn a_socket_that_appears_later_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("display");
    let address = Address::Unix(path.clone());
    let dialing = tokio::spawn(async move { dial(&address, PATIENCE).await });
    tokio::task::yield_now().await;
    let listener = UnixListener::bind(&path).unwrap();
    let (mut accepted, _) = within(listener.accept()).await.unwrap();
    let mut upstream = within(dialing).await.unwrap().unwrap();
    accepted.write_all(b"hello").await.unwrap();
    let mut bytes = [0; 5];
    within(upstream.read_exact(&mut bytes)).await.unwrap();
    assert_eq!(&bytes, b"hello");
}

#[tokio::test(start_paused = true)]
async fn a_display_that_never_appears_is_given_up_with_the_last_error() {
    let folder = tempfile::tempdir().unwrap();
    let error = within(dial(&Address::Unix(folder.path().join("none")), PATIENCE)).await.unwrap_err();
    assert_eq!(error.last.unwrap().kind(), std::io::ErrorKind::NotFound);
    assert!(error.waited <= PATIENCE && error.waited + Duration::from_millis(250) >= PATIENCE);
}
