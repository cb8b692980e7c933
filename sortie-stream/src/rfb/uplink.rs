//! Reads what a viewer sends after the handshake, across any fragmentation, and forwards in place what it has the rights for,
//! no faster than its [`Pace`].

use std::ops::Range;

use tokio::time::Instant;

use super::Rights;
use super::encoding::{EXTENDED_DESKTOP_SIZE, is_allowed};
use super::message::{Head, MAX_HEAD, Verdict, Violation};
use super::pace::{Kind, Pace};

/// The most bytes kept between two reads.
pub const MAX_HELD: usize = MAX_HEAD;

/// The state between two reads. It keeps incomplete heads only: a clipboard text streams through.
#[derive(Debug)]
pub struct Uplink {
    rights: Rights,
    max_clipboard: u32,
    pace: Pace,
    /// Whether the viewer asked to be told of other sizes: only then may it ask for one.
    follows_size: bool,
    /// The beginning of a message, to be read again with what comes next.
    held: [u8; MAX_HELD],
    n_held: usize,
    /// What is left of the current message after its head.
    body: u64,
    /// Whether that goes on to the workload.
    forwards_body: bool,
}

/// What became of one read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forwarded {
    /// Where in the buffer the bytes for the workload lie.
    pub range: Range<usize>,
    /// Whether a person did something: keys, the pointer, the clipboard. Only what was forwarded counts.
    pub has_input: bool,
    /// What was not read, because the viewer is faster than its pace.
    pub delayed: Option<Delayed>,
}

/// Bytes that wait. Nothing else may be fed before them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delayed {
    /// Where in the buffer they lie: to be fed again as they are.
    pub rest: Range<usize>,
    /// When. Fed earlier, they only wait again.
    pub until: Instant,
}

impl Uplink {
    /// A viewer with these rights, of which nothing was read yet. A clipboard text of more than `max_clipboard` bytes is dropped.
    pub fn new(rights: Rights, max_clipboard: u32) -> Self {
        Self {
            rights,
            max_clipboard,
            pace: Pace::default(),
            follows_size: false,
            held: [0; MAX_HELD],
            n_held: 0,
            body: 0,
            forwards_body: false,
        }
    }

    /// Takes the bytes `buffer[input]` and answers where, in the same buffer, those for the workload now lie without gaps. The
    /// [`MAX_HELD`] bytes before `input` may be overwritten, and have to be there: with less room, or a range outside the
    /// buffer, nothing is read and the answer is empty.
    pub fn feed(&mut self, buffer: &mut [u8], input: Range<usize>, now: Instant) -> Result<Forwarded, Violation> {
        let end = input.end;
        let room = input.start.checked_sub(self.n_held).filter(|_| input.start <= end && end <= buffer.len());
        let Some(start) = room else { return Ok(Forwarded { range: 0..0, has_input: false, delayed: None }) };
        buffer[start..input.start].copy_from_slice(&self.held[..self.n_held]);
        self.n_held = 0;
        let (mut has_input, mut delayed) = (false, None);
        // INVARIANT: start <= out <= at <= end.
        let (mut at, mut out) = (start, start);
        while at < end {
            let (n, forwards) = if self.body > 0 {
                let n = usize::try_from(self.body).unwrap_or(usize::MAX).min(end - at);
                self.body -= n as u64;
                (n, self.forwards_body)
            } else if let Some(mut head) = Head::parse(&buffer[at..end], self.rights, self.max_clipboard)? {
                let kind = Kind::of(buffer[at]);
                if kind == Kind::Resize && !self.follows_size {
                    head.verdict = Verdict::Drop;
                }
                if head.verdict != Verdict::Drop
                    && let Err(until) = self.pace.take(kind, now)
                {
                    delayed = Some(Delayed { rest: at..end, until });
                    break;
                }
                self.body = head.body;
                self.forwards_body = head.verdict != Verdict::Drop;
                has_input |= head.verdict == Verdict::ForwardInput;
                if head.verdict == Verdict::FilterEncodings {
                    let list = filter_encodings(&mut buffer[out..at + head.length], at - out, self.rights);
                    self.follows_size = names(list, EXTENDED_DESKTOP_SIZE);
                    out += list.len();
                    at += head.length;
                    continue;
                }
                (head.length, self.forwards_body)
            } else {
                self.hold(&buffer[at..end]);
                break;
            };
            if forwards {
                if out != at {
                    buffer.copy_within(at..at + n, out);
                }
                out += n;
            }
            at += n;
        }
        Ok(Forwarded { range: start..out, has_input, delayed })
    }

    fn hold(&mut self, bytes: &[u8]) {
        // An incomplete head is shorter than the array by the limits in `Head::parse`.
        self.n_held = bytes.len().min(MAX_HELD);
        self.held[..self.n_held].copy_from_slice(&bytes[..self.n_held]);
    }
}

/// Moves the list of encodings that begins at `bytes[from]` to the front, without those that are not allowed. Answers what
/// it is then.
fn filter_encodings(bytes: &mut [u8], from: usize, rights: Rights) -> &[u8] {
    const HEAD: usize = 4;
    bytes.copy_within(from..from + HEAD, 0);
    let mut out = HEAD;
    for at in (from + HEAD..bytes.len()).step_by(4) {
        let encoding = [bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]];
        if is_allowed(i32::from_be_bytes(encoding), rights) {
            bytes[out..out + 4].copy_from_slice(&encoding);
            out += 4;
        }
    }
    let [.., high, low] = ((out - HEAD) / 4).to_be_bytes();
    bytes[2..HEAD].copy_from_slice(&[high, low]);
    &bytes[..out]
}

/// Whether a list of encodings has this one.
fn names(list: &[u8], encoding: i32) -> bool {
    list.get(4..).unwrap_or_default().as_chunks().0.contains(&encoding.to_be_bytes())
}
