//! What a viewer may send, and what reaches the workload.

use std::time::Duration;

use proptest::prelude::*;
use sortie_stream::rfb::Rights;
use sortie_stream::rfb::message::{MAX_CUT_TEXT, Violation};
use sortie_stream::rfb::uplink::{MAX_HELD, Uplink};
use tokio::time::Instant;

use crate::support::{FENCE, KEY, POINTER, QEMU_KEY, RESIZE, UPDATE_REQUEST, cut_text, encodings, extended_clipboard};

const ALL: [i32; 7] = [7, 16, -223, -308, -312, -313, -258];
const EXTENDED_CLIPBOARD: i32 = 0xc0a1_e5ce_u32.cast_signed();

/// What is forwarded of `pieces`, and whether a person did something. What has to wait is waited for.
fn filter(rights: Rights, pieces: &[&[u8]]) -> Result<(Vec<u8>, bool), Violation> {
    limited(rights, MAX_CUT_TEXT, pieces)
}

fn limited(rights: Rights, max_clipboard: u32, pieces: &[&[u8]]) -> Result<(Vec<u8>, bool), Violation> {
    let mut uplink = Uplink::new(rights, max_clipboard);
    let (mut forwarded, mut has_input, mut now) = (Vec::new(), false, Instant::now());
    for piece in pieces {
        let mut buffer = vec![0xee; MAX_HELD];
        buffer.extend_from_slice(piece);
        let mut input = MAX_HELD..buffer.len();
        while !input.is_empty() {
            let outcome = uplink.feed(&mut buffer, input, now)?;
            forwarded.extend_from_slice(&buffer[outcome.range]);
            has_input |= outcome.has_input;
            input = outcome.delayed.map_or(0..0, |it| {
                assert!(it.until > now && !it.rest.is_empty(), "a wait for nothing");
                now = it.until;
                it.rest
            });
        }
    }
    Ok((forwarded, has_input))
}

#[test]
fn a_viewer_with_all_rights_is_forwarded_as_it_is() {
    let pixel_format = [&[0, 0, 0, 0, 32, 24, 0, 1][..], &[0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]].concat();
    let continuous = [150, 1, 0, 0, 0, 0, 4, 0, 3, 0];
    for message in [
        &pixel_format[..],
        &encodings(&ALL),
        UPDATE_REQUEST,
        KEY,
        POINTER,
        QEMU_KEY,
        &cut_text(b"hello"),
        &extended_clipboard(0x1000_0001, b"zlib"),
        &continuous,
        FENCE,
        RESIZE,
    ] {
        let sent = [&encodings(&ALL), message].concat();
        assert_eq!(filter(Rights::CONTROL, &[&sent]).unwrap().0, sent);
    }
}

#[test]
fn nothing_a_view_only_viewer_does_reaches_the_workload() {
    let sent = [KEY, POINTER, QEMU_KEY, &cut_text(b"secret"), &extended_clipboard(0x0800_0001, b""), RESIZE].concat();
    assert_eq!(filter(Rights::VIEW_ONLY, &[&sent]), Ok((vec![], false)));
    let between = [&sent[..], UPDATE_REQUEST, &sent, FENCE, &sent].concat();
    assert_eq!(filter(Rights::VIEW_ONLY, &[&between]), Ok(([UPDATE_REQUEST, FENCE].concat(), false)));
}

#[test]
fn each_right_lets_its_own_messages_pass() {
    let list = encodings(&ALL);
    let sent = [&list[..], KEY, &cut_text(b"text"), RESIZE].concat();
    let only = |input, clipboard_in, resize| filter(Rights { input, clipboard_in, resize }, &[&sent]).unwrap();
    assert_eq!(only(true, false, false), ([&list[..], KEY].concat(), true));
    assert_eq!(only(false, true, false), ([&list[..], &cut_text(b"text")].concat(), true));
    assert_eq!(only(false, false, true), ([&list[..], RESIZE].concat(), false));
}

#[test]
fn only_a_viewer_that_can_follow_another_size_may_ask_for_one() {
    let (follows, does_not) = (encodings(&[7, -308]), encodings(&[7, -223]));
    let sent = [RESIZE, &follows, RESIZE, &does_not, RESIZE, KEY].concat();
    let kept = [&follows[..], RESIZE, &does_not, KEY].concat();
    assert_eq!(filter(Rights::CONTROL, &[&sent]), Ok((kept, true)));
}

#[test]
fn only_what_a_person_does_counts_as_input() {
    let has_input = |message: &[u8]| filter(Rights::CONTROL, &[message]).unwrap().1;
    assert!(has_input(KEY) && has_input(POINTER) && has_input(QEMU_KEY) && has_input(&cut_text(b"")));
    assert!(has_input(&extended_clipboard(0x0800_0001, b"")), "a viewer tells that it has text");
    assert!(!has_input(&extended_clipboard(0x0200_0001, b"")), "a viewer asks for text by itself");
    assert!(!has_input(UPDATE_REQUEST) && !has_input(FENCE) && !has_input(RESIZE));
}

#[test]
fn encodings_that_are_not_allowed_are_taken_out_of_the_list() {
    let sent = encodings(&[-316, 7, -309, 16, EXTENDED_CLIPBOARD, 12_345, -32]);
    let control = encodings(&[7, 16, EXTENDED_CLIPBOARD, -32]);
    assert_eq!(filter(Rights::CONTROL, &[&sent, KEY]).unwrap().0, [&control[..], KEY].concat());
    let view_only = encodings(&[7, 16, -32]);
    assert_eq!(filter(Rights::VIEW_ONLY, &[&sent, KEY, FENCE]).unwrap().0, [&view_only[..], FENCE].concat());
}

#[test]
fn messages_that_nobody_may_send_are_read_to_their_end_and_dropped() {
    let xvp = [250, 0, 1, 2];
    let gii_big = [253, 0x81, 0, 3, 9, 9, 9];
    let gii_little = [253, 0x01, 3, 0, 9, 9, 9];
    let audio = [255, 1, 0, 0];
    let audio_format = [255, 1, 0, 2, 0, 2, 0, 0, 172, 68];
    let too_wide = [251, 0, 0x20, 1, 3, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0, 3, 0, 0, 0, 0, 0];
    for message in [&xvp[..], &gii_big, &gii_little, &audio, &audio_format, &too_wide] {
        assert_eq!(filter(Rights::CONTROL, &[message, KEY]), Ok((KEY.to_vec(), true)), "{message:?}");
    }
}

#[test]
fn what_cannot_be_read_ends_the_stream() {
    let refusal = |message: &[u8]| filter(Rights::CONTROL, &[message]).unwrap_err();
    assert_eq!(refusal(&[99]), Violation::UnknownType(99));
    assert_eq!(refusal(&[1]), Violation::UnknownType(1));
    assert_eq!(refusal(&[255, 7]), Violation::UnknownType(255));
    assert_eq!(refusal(&encodings(&[0; 65])), Violation::Encodings);
    assert_eq!(refusal(&[0, 0, 0, 0, 8, 8, 0, 0]), Violation::PixelFormat);
    assert_eq!(refusal(&[248, 0, 0, 0, 0, 0, 0, 0, 65]), Violation::Fence);
    assert_eq!(refusal(&[6, 0, 0, 0, 0, 0x10, 0, 1]), Violation::CutText);
    assert_eq!(refusal(&[6, 0, 0, 0, 0x80, 0, 0, 0]), Violation::CutText);
    assert_eq!(refusal(&[6, 0, 0, 0, 0xff, 0xff, 0xff, 0xfd]), Violation::Clipboard);
}

#[test]
fn the_longest_text_streams_through_in_pieces() {
    let text = vec![b'x'; MAX_CUT_TEXT as usize];
    let message = cut_text(&text);
    let pieces: Vec<&[u8]> = message.chunks(1000).collect();
    assert_eq!(filter(Rights::CONTROL, &pieces).unwrap().0, message);
    assert_eq!(filter(Rights::VIEW_ONLY, &pieces).unwrap().0, [0_u8; 0]);
}

#[test]
fn a_text_longer_than_the_app_permits_is_dropped_and_the_stream_goes_on() {
    let sent = [&cut_text(b"12345")[..], &extended_clipboard(0x1000_0001, b"1"), &cut_text(b"123456"), KEY].concat();
    let kept = [&cut_text(b"12345")[..], &extended_clipboard(0x1000_0001, b"1"), KEY].concat();
    assert_eq!(limited(Rights::CONTROL, 5, &[&sent]), Ok((kept, true)));
    let too_long = extended_clipboard(0x1000_0001, b"12");
    assert_eq!(limited(Rights::CONTROL, 5, &[&too_long]), Ok((vec![], false)));
}

#[test]
fn what_comes_too_fast_waits_where_it_is_and_nothing_overtakes_it() {
    let sent = [&KEY.repeat(501)[..], UPDATE_REQUEST, FENCE].concat();
    let mut uplink = Uplink::new(Rights::CONTROL, MAX_CUT_TEXT);
    let mut buffer = [&[0; MAX_HELD][..], &sent].concat();
    let (end, now) = (buffer.len(), Instant::now());
    let first = uplink.feed(&mut buffer, MAX_HELD..end, now).unwrap();
    let delayed = first.delayed.unwrap();
    assert_eq!((first.range.len(), delayed.rest.clone()), (500 * KEY.len(), MAX_HELD + 500 * KEY.len()..end));
    assert_eq!(delayed.until - now, Duration::from_millis(2));
    let second = uplink.feed(&mut buffer, delayed.rest, delayed.until).unwrap();
    assert_eq!(buffer[second.range], [KEY, UPDATE_REQUEST, FENCE].concat());
    assert_eq!(second.delayed, None);
}

#[test]
fn what_is_dropped_does_not_use_up_what_is_allowed() {
    let (sent, n) = (KEY.repeat(5000), 5000 * KEY.len());
    let mut uplink = Uplink::new(Rights::VIEW_ONLY, MAX_CUT_TEXT);
    let mut buffer = [&[0; MAX_HELD][..], &sent].concat();
    let outcome = uplink.feed(&mut buffer, MAX_HELD..MAX_HELD + n, Instant::now()).unwrap();
    assert_eq!((outcome.range.len(), outcome.delayed), (0, None));
}

fn message() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        Just(KEY.to_vec()),
        Just(POINTER.to_vec()),
        Just(QEMU_KEY.to_vec()),
        Just(UPDATE_REQUEST.to_vec()),
        Just([&encodings(&ALL)[..], RESIZE].concat()),
        Just(vec![250, 0, 1, 2]),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(|text| cut_text(&text)),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(|it| extended_clipboard(0x1000_0001, &it)),
        prop::collection::vec(prop_oneof![-600_i32..60, any::<i32>()], 0..65).prop_map(|it| encodings(&it)),
        prop::collection::vec(any::<u8>(), 0..65).prop_map(|payload| {
            [&[248, 0, 0, 0, 0, 0, 0, 1, u8::try_from(payload.len()).unwrap()][..], &payload].concat()
        }),
    ]
}

fn rights() -> impl Strategy<Value = Rights> {
    any::<(bool, bool, bool)>().prop_map(|(input, clipboard_in, resize)| Rights { input, clipboard_in, resize })
}

/// Cuts `bytes` at pseudo-random places.
pub(crate) fn cut<'a>(bytes: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let (mut rest, mut pieces) = (bytes, Vec::new());
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (piece, after) = rest.split_at(rest.len().min(*size));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

proptest! {
    #[test]
    fn every_fragmentation_forwards_the_same_bytes(
        messages in prop::collection::vec(message(), 1..12),
        sizes in prop::collection::vec(1_usize..40, 1..8),
        rights in rights(),
    ) {
        let sent = messages.concat();
        let whole = filter(rights, &[&sent]);
        prop_assert_eq!(&whole, &filter(rights, &cut(&sent, &sizes)));
        let each: Vec<u8> = messages.iter().flat_map(|it| filter(rights, &[it]).unwrap().0).collect();
        prop_assert_eq!(whole.unwrap().0, each);
    }

    #[test]
    fn arbitrary_bytes_at_any_fragmentation_are_forwarded_or_refused(
        bytes in prop::collection::vec(any::<u8>(), 0..2000),
        sizes in prop::collection::vec(1_usize..400, 1..8),
        rights in rights(),
    ) {
        if let Ok((forwarded, _)) = filter(rights, &cut(&bytes, &sizes)) {
            prop_assert!(forwarded.len() <= bytes.len());
        }
    }
}
