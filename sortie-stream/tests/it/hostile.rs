//! The handshake with displays, good and bad.

use std::time::Duration;

use sortie_core::secret::Secret;
use sortie_stream::rfb::handshake::upstream::{HandshakeError, MAX_REASON, open};
use sortie_stream::rfb::vnc_auth;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};
use tokio::time::Instant;

use crate::support::within;

const DEADLINE: Duration = Duration::from_secs(15);

/// Opens a display that says `script`, whatever it is told; answers what it was told too.
async fn against(script: &[u8], password: Option<&str>) -> (Result<(), HandshakeError>, Vec<u8>) {
    let (mut upstream, mut display) = duplex(1 << 20);
    display.write_all(script).await.unwrap();
    let password = password.map(Secret::new);
    let outcome = within(open(&mut upstream, password.as_ref(), DEADLINE)).await;
    drop(upstream);
    let mut told = Vec::new();
    display.read_to_end(&mut told).await.unwrap();
    (outcome, told)
}

#[tokio::test]
async fn each_version_of_the_protocol_is_spoken() {
    let challenge = [7; 16];
    let response = vnc_auth::respond("password", challenge);
    let cases: [(&[u8], Option<&str>, Vec<u8>); 6] = [
        (b"RFB 003.008\n\x01\x01\0\0\0\0", None, b"RFB 003.008\n\x01".to_vec()),
        (b"RFB 003.007\n\x01\x01", None, b"RFB 003.007\n\x01".to_vec()),
        (b"RFB 003.003\n\0\0\0\x01", None, b"RFB 003.003\n".to_vec()),
        (
            &[b"RFB 003.008\n\x03\x10\x01\x02", &challenge[..], &[0; 4]].concat(),
            Some("password"),
            [b"RFB 003.008\n\x02", &response[..]].concat(),
        ),
        (
            &[b"RFB 003.003\n\0\0\0\x02", &challenge[..], &[0; 4]].concat(),
            Some("password"),
            [b"RFB 003.003\n", &response[..]].concat(),
        ),
        (b"RFB 004.001\n\x02\x01\x13\0\0\0\0", Some("unneeded"), b"RFB 003.008\n\x01".to_vec()),
    ];
    for (script, password, expected) in cases {
        let (outcome, told) = against(script, password).await;
        outcome.unwrap();
        assert_eq!(told, expected);
    }
}

#[tokio::test]
async fn nothing_after_the_handshake_is_read() {
    let (mut upstream, mut display) = duplex(1024);
    display.write_all(b"RFB 003.008\n\x01\x01\0\0\0\0next").await.unwrap();
    open(&mut upstream, None, DEADLINE).await.unwrap();
    let mut next = [0; 4];
    upstream.read_exact(&mut next).await.unwrap();
    assert_eq!(&next, b"next");
}

#[tokio::test]
async fn a_display_that_cannot_be_opened_says_why() {
    assert!(matches!(against(b"HTTP/1.1 400 Bad", None).await.0, Err(HandshakeError::Version)));
    assert!(matches!(against(b"RFB 002.002\n", None).await.0, Err(HandshakeError::Version)));
    assert!(matches!(against(b"RFB 003.008\n\x02\x05\x13", Some("x")).await.0, Err(HandshakeError::Security)));
    assert!(matches!(against(b"RFB 003.008\n\x01\x02", None).await.0, Err(HandshakeError::PasswordNeeded)));
    assert!(matches!(against(b"RFB 003.003\n\0\0\0\x63", None).await.0, Err(HandshakeError::Security)));
    assert!(matches!(against(b"RFB 003.008\n\x01\x01\0\0\0\x09", None).await.0, Err(HandshakeError::Malformed)));
    let refusals: [&[u8]; 3] = [
        b"RFB 003.008\n\0\0\0\0\x04busy",
        b"RFB 003.003\n\0\0\0\0\0\0\0\x04busy",
        b"RFB 003.008\n\x01\x01\0\0\0\x01\0\0\0\x04busy",
    ];
    for script in refusals {
        let Err(HandshakeError::Refused(text)) = against(script, None).await.0 else { panic!("not refused") };
        assert_eq!(text, "busy");
    }
}

#[tokio::test]
async fn an_endless_reason_is_cut_and_its_control_characters_are_taken_out() {
    let reason = [b"RFB 003.008\n\0\xff\xff\xff\xff".as_slice(), &b"\x1b[2J".repeat(100_000)].concat();
    let Err(HandshakeError::Refused(text)) = against(&reason, None).await.0 else { panic!("not refused") };
    assert_eq!(text.len(), MAX_REASON as usize);
    assert!(text.starts_with(" [2J [2J"));
}

/// A display that says `script` and then nothing, without closing.
async fn hanging(script: &[u8]) -> (DuplexStream, DuplexStream) {
    let (upstream, mut display) = duplex(1024);
    display.write_all(script).await.unwrap();
    (upstream, display)
}

#[tokio::test(start_paused = true)]
async fn a_display_that_hangs_is_given_up_at_the_deadline() {
    for script in
        [&b""[..], b"RFB 003", b"RFB 003.008\n", b"RFB 003.008\n\xff\x01", b"RFB 003.008\n\0\xff\xff\xff\xff..."]
    {
        let (mut upstream, _display) = hanging(script).await;
        let begun = Instant::now();
        assert!(matches!(within(open(&mut upstream, None, DEADLINE)).await, Err(HandshakeError::TimedOut)));
        assert_eq!(begun.elapsed(), DEADLINE);
    }
}

#[tokio::test]
async fn a_display_that_hangs_up_is_an_error() {
    let (mut upstream, display) = hanging(b"RFB 003.008\n\x01").await;
    drop(display);
    assert!(matches!(within(open(&mut upstream, None, DEADLINE)).await, Err(HandshakeError::Io(_))));
}
