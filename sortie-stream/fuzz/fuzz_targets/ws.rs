//! The frames of a viewer, and of a display that brings a WebSocket: whatever comes, in whatever pieces, the payload is the same
//! and the memory bounded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sortie_stream::ws::Refusal;
use sortie_stream::ws::frames::{Frames, MAX_HELD};
use sortie_stream::ws::header::Peer;

fn payload<'a>(peer: Peer, pieces: impl Iterator<Item = &'a [u8]>) -> Result<Vec<u8>, Refusal> {
    let mut uplink = Frames::new(peer);
    let mut payload = Vec::new();
    for piece in pieces {
        let mut buffer = vec![0; MAX_HELD];
        buffer.extend_from_slice(piece);
        let end = buffer.len();
        let range = uplink.feed(&mut buffer, MAX_HELD..end)?;
        payload.extend_from_slice(&buffer[range]);
    }
    Ok(payload)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, bytes) = input;
    for peer in [Peer::Viewer, Peer::Display] {
        let whole = payload(peer, std::iter::once(bytes));
        let pieces = payload(peer, bytes.chunks(usize::from(size).max(1)));
        assert_eq!(whole, pieces);
    }
});
