//! WebSocket frames of a viewer, at any fragmentation.

use proptest::prelude::*;
use sortie_stream::ws::Refusal;
use sortie_stream::ws::control::{ControlFrame, PeerClose};
use sortie_stream::ws::frames::{Frames, MAX_HELD};
use sortie_stream::ws::header::Peer;

use crate::filter::cut;
use crate::support::masked;

/// The payload of all data frames in `pieces`.
fn payload(uplink: &mut Frames, pieces: &[&[u8]]) -> Result<Vec<u8>, Refusal> {
    let mut payload = Vec::new();
    for piece in pieces {
        let mut buffer = vec![0xee; MAX_HELD];
        buffer.extend_from_slice(piece);
        let end = buffer.len();
        let range = uplink.feed(&mut buffer, MAX_HELD..end)?;
        payload.extend_from_slice(&buffer[range]);
    }
    Ok(payload)
}

#[test]
fn a_control_frame_may_stand_between_fragments() {
    let sent = [masked(0x02, b"one "), masked(0x89, b"hi"), masked(0x00, b""), masked(0x80, b"two")].concat();
    let mut uplink = Frames::new(Peer::Viewer);
    assert_eq!(payload(&mut uplink, &[&sent]).unwrap(), b"one two");
    assert_eq!(uplink.take_pong(), Some(ControlFrame::pong(b"hi")));
}

#[test]
fn of_many_pings_only_the_latest_is_answered() {
    let flood: Vec<u8> = (0..100_u8).flat_map(|it| masked(0x89, &[it; 125])).collect();
    let mut uplink = Frames::new(Peer::Viewer);
    assert_eq!(payload(&mut uplink, &[&flood]).unwrap(), [0_u8; 0]);
    assert_eq!(uplink.take_pong(), Some(ControlFrame::pong(&[99; 125])));
    assert_eq!(uplink.take_pong(), None);
}

#[test]
fn nothing_is_read_after_a_close() {
    let sent = [masked(0x82, b"last"), masked(0x88, b"\x03\xe8bye"), masked(0x82, b"more")].concat();
    let mut uplink = Frames::new(Peer::Viewer);
    assert_eq!(payload(&mut uplink, &[&sent]).unwrap(), b"last");
    assert_eq!(uplink.closed(), Some(&PeerClose { code: Some(1000) }));
}

#[test]
fn fragments_out_of_place_are_refused() {
    for sent in [
        masked(0x80, b"a continuation without a beginning"),
        [masked(0x02, b"begun"), masked(0x82, b"and begun again")].concat(),
        [masked(0x82, b"whole"), masked(0x80, b"and continued")].concat(),
    ] {
        assert_eq!(payload(&mut Frames::new(Peer::Viewer), &[&sent]), Err(Refusal::Continuation));
    }
}

#[test]
fn a_frame_of_a_gibibyte_is_passed_on_as_it_comes() {
    let header = [&[0x82, 0xff][..], &(1_u64 << 30).to_be_bytes(), &[0; 4]].concat();
    let mut uplink = Frames::new(Peer::Viewer);
    assert_eq!(payload(&mut uplink, &[&header, b"beginning"]).unwrap(), b"beginning");
    // The state holds the frame's length, and no room for its payload.
    assert!(size_of::<Frames>() < 1024);
}

fn frames() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    let data = prop::collection::vec(any::<u8>(), 0..300);
    let message = (prop::collection::vec(data, 1..4), any::<bool>());
    prop::collection::vec(message, 1..6).prop_map(|messages| {
        let (mut wire, mut expected) = (Vec::new(), Vec::new());
        for (fragments, pings) in messages {
            let n = fragments.len();
            for (at, fragment) in fragments.iter().enumerate() {
                let opcode = if at == 0 { 2 } else { 0 };
                let fin = if at + 1 == n { 0x80 } else { 0 };
                wire.extend(masked(fin | opcode, fragment));
                expected.extend_from_slice(fragment);
                if pings {
                    wire.extend(masked(0x89, &fragment[..fragment.len().min(125)]));
                }
            }
        }
        (wire, expected)
    })
}

proptest! {
    #[test]
    fn every_fragmentation_gives_the_same_payload(
        (wire, expected) in frames(),
        sizes in prop::collection::vec(1_usize..50, 1..8),
    ) {
        prop_assert_eq!(payload(&mut Frames::new(Peer::Viewer), &cut(&wire, &sizes)).unwrap(), expected);
    }

    #[test]
    fn arbitrary_bytes_are_taken_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..600),
        sizes in prop::collection::vec(1_usize..200, 1..8),
    ) {
        if let Ok(taken) = payload(&mut Frames::new(Peer::Viewer), &cut(&bytes, &sizes)) {
            prop_assert!(taken.len() <= bytes.len());
        }
    }
}
