//! The messages of a viewer: whatever comes, in whatever pieces, the same bytes are forwarded. With all rights and with none.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sortie_stream::rfb::Rights;
use sortie_stream::rfb::message::{MAX_CUT_TEXT, Violation};
use sortie_stream::rfb::uplink::{MAX_HELD, Uplink};
use tokio::time::Instant;

fn forwarded<'a>(rights: Rights, pieces: impl Iterator<Item = &'a [u8]>) -> Result<Vec<u8>, Violation> {
    let mut uplink = Uplink::new(rights, MAX_CUT_TEXT / 2);
    let (mut forwarded, mut now) = (Vec::new(), Instant::now());
    for piece in pieces {
        let mut buffer = vec![0; MAX_HELD];
        buffer.extend_from_slice(piece);
        let mut input = MAX_HELD..buffer.len();
        while !input.is_empty() {
            let outcome = uplink.feed(&mut buffer, input, now)?;
            forwarded.extend_from_slice(&buffer[outcome.range]);
            // What has to wait is waited for, by a clock that jumps.
            input = outcome.delayed.map_or(0..0, |it| {
                assert!(it.until > now);
                now = it.until;
                it.rest
            });
        }
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
