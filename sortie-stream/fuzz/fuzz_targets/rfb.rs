//! The messages of a viewer: whatever comes, in whatever pieces, the same bytes are forwarded. With all rights and with none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sortie_stream::rfb::Rights;
use sortie_stream::rfb::message::Violation;
use sortie_stream::rfb::uplink::{MAX_HELD, Uplink};

fn forwarded<'a>(rights: Rights, pieces: impl Iterator<Item = &'a [u8]>) -> Result<Vec<u8>, Violation> {
    let mut uplink = Uplink::new(rights);
    let mut forwarded = Vec::new();
    for piece in pieces {
        let mut buffer = vec![0; MAX_HELD];
        buffer.extend_from_slice(piece);
        let end = buffer.len();
        let outcome = uplink.feed(&mut buffer, MAX_HELD..end)?;
        forwarded.extend_from_slice(&buffer[outcome.range]);
    }
    Ok(forwarded)
}

fuzz_target!(|input: (u8, &[u8])| {
    let (size, bytes) = input;
    for rights in [Rights::CONTROL, Rights::VIEW_ONLY] {
        let whole = forwarded(rights, std::iter::once(bytes));
        let pieces = forwarded(rights, bytes.chunks(usize::from(size).max(1)));
        assert_eq!(whole, pieces);
    }
});
