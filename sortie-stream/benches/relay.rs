//! The parts of the byte path that run per frame and per event.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput};
use sortie_stream::rfb::Rights;
use sortie_stream::rfb::message::MAX_CUT_TEXT;
use sortie_stream::ws::header::Peer;
use sortie_stream::ws::{header, mask};
use sortie_stream::{rfb, ws};
use tokio::time::Instant;

const HEADROOM: usize = 512;
const POINTER: [u8; 6] = [5, 0, 1, 2, 3, 4];

fn encode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("header");
    for payload in [12_usize, 1400, 65_536] {
        group.bench_function(payload.to_string(), |bench| bench.iter(|| header::encode(black_box(payload))));
    }
    group.finish();
}

fn unmask(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("unmask");
    for length in [6_usize, 125, 4096, 65_536] {
        for offset in [0_u64, 1, 3] {
            group.throughput(Throughput::Bytes(length as u64));
            group.bench_function(format!("{length}+{offset}"), |bench| {
                let mut bytes = vec![0x5a_u8; length];
                bench.iter(|| mask::apply(black_box(&mut bytes), [1, 2, 3, 4], offset));
            });
        }
    }
    group.finish();
}

/// 1,000 pointer events, each in a frame of its own, as a browser sends them.
fn pointer_frames() -> Vec<u8> {
    let mut frame = vec![0x82, 0x80 | 6, 1, 2, 3, 4];
    frame.extend_from_slice(&POINTER);
    mask::apply(&mut frame[6..], [1, 2, 3, 4], 0);
    frame.repeat(1000)
}

/// Both parsers, over reads of `step` bytes.
fn drive(wire: &[u8], step: usize, buffer: &mut [u8]) -> usize {
    let (mut frames, mut filter) =
        (ws::frames::Frames::new(Peer::Viewer), rfb::uplink::Uplink::new(Rights::CONTROL, MAX_CUT_TEXT));
    let (mut n_forwarded, mut now) = (0, Instant::now());
    for piece in wire.chunks(step) {
        buffer[HEADROOM..HEADROOM + piece.len()].copy_from_slice(piece);
        let Ok(mut payload) = frames.feed(buffer, HEADROOM..HEADROOM + piece.len()) else { return 0 };
        while !payload.is_empty() {
            let Ok(forwarded) = filter.feed(buffer, payload, now) else { return 0 };
            n_forwarded += forwarded.range.len();
            // A viewer of this pace has to wait: by a clock that jumps.
            payload = forwarded.delayed.map_or(0..0, |it| {
                now = it.until;
                it.rest
            });
        }
    }
    n_forwarded
}

fn uplink(criterion: &mut Criterion) {
    let wire = pointer_frames();
    let mut group = criterion.benchmark_group("uplink");
    group.throughput(Throughput::Elements(1000));
    for (name, step) in [("one read", wire.len()), ("one read per event", 12), ("one read per byte", 1)] {
        group.bench_function(name, |bench| {
            bench.iter_batched_ref(
                || vec![0; HEADROOM + wire.len()],
                |buffer| assert_eq!(drive(black_box(&wire), step, buffer), 6000),
                BatchSize::LargeInput,
            );
        });
    }
    group.finish();
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    encode(&mut criterion);
    unmask(&mut criterion);
    uplink(&mut criterion);
    criterion.final_summary();
}
