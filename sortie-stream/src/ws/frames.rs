//! Reads what the other side sends, across any fragmentation, in place.

use std::ops::Range;

use super::Refusal;
use super::control::{ControlFrame, PeerClose};
use super::header::{Header, MAX_CONTROL, MAX_HEADER, Opcode, Peer};
use super::mask;

/// The most bytes kept between two reads: a whole control frame less its last byte.
pub const MAX_HELD: usize = MAX_HEADER + MAX_CONTROL;

/// The state between two reads. It never holds payload of a message, so a frame's length costs no memory.
#[derive(Debug)]
pub struct Frames {
    peer: Peer,
    /// The beginning of a header or of a control frame, to be read again with what comes next.
    held: [u8; MAX_HELD],
    n_held: usize,
    body: Option<Body>,
    /// Whether a message has begun and its last frame has not been seen.
    in_message: bool,
    pong: Option<ControlFrame>,
    closed: Option<PeerClose>,
}

/// A data frame whose payload is under way.
#[derive(Debug)]
struct Body {
    remaining: u64,
    key: [u8; 4],
    offset: u64,
}

impl Frames {
    /// A connection to this peer, of which nothing was read yet.
    pub fn new(peer: Peer) -> Self {
        Self { peer, held: [0; MAX_HELD], n_held: 0, body: None, in_message: false, pong: None, closed: None }
    }

    /// Takes the bytes `buffer[input]` and answers where, in the same buffer, the payload of the data frames among them now
    /// lies, unmasked and without gaps. The [`MAX_HELD`] bytes before `input` may be overwritten, and have to be there: with
    /// less room, or a range outside the buffer, nothing is read and the answer is empty.
    pub fn feed(&mut self, buffer: &mut [u8], input: Range<usize>) -> Result<Range<usize>, Refusal> {
        let end = input.end;
        let room = input.start.checked_sub(self.n_held).filter(|_| input.start <= end && end <= buffer.len());
        let Some(start) = room else { return Ok(0..0) };
        buffer[start..input.start].copy_from_slice(&self.held[..self.n_held]);
        self.n_held = 0;
        // INVARIANT: start <= out <= at <= end.
        let (mut at, mut out) = (start, start);
        while at < end && self.closed.is_none() {
            if let Some(body) = &mut self.body {
                let n = usize::try_from(body.remaining).unwrap_or(usize::MAX).min(end - at);
                mask::apply(&mut buffer[at..at + n], body.key, body.offset);
                if out != at {
                    buffer.copy_within(at..at + n, out);
                }
                body.offset += n as u64;
                body.remaining -= n as u64;
                if body.remaining == 0 {
                    self.body = None;
                }
                at += n;
                out += n;
            } else {
                let taken = self.frame(&mut buffer[at..end])?;
                if taken == 0 {
                    self.hold(&buffer[at..end]);
                    break;
                }
                at += taken;
            }
        }
        Ok(start..out)
    }

    /// The pong that is owed, if any: only the latest ping is answered, so that a flood of them cannot pile up.
    pub fn take_pong(&mut self) -> Option<ControlFrame> {
        self.pong.take()
    }

    /// Whether a pong is owed.
    pub fn owes_pong(&self) -> bool {
        self.pong.is_some()
    }

    /// The Close that the other side sent, if it did. Nothing after it is read.
    pub fn closed(&self) -> Option<&PeerClose> {
        self.closed.as_ref()
    }

    /// Reads the frame that begins at `bytes`: the header of a data frame, or the whole of a control frame. Answers how many
    /// bytes that took; 0 while it is incomplete.
    fn frame(&mut self, bytes: &mut [u8]) -> Result<usize, Refusal> {
        let Some(header) = Header::parse(bytes, self.peer)? else { return Ok(0) };
        if !header.opcode.is_control() {
            if self.in_message != (header.opcode == Opcode::Continuation) {
                return Err(Refusal::Continuation);
            }
            self.in_message = !header.is_final;
            if header.payload > 0 {
                self.body = Some(Body { remaining: header.payload, key: header.key, offset: 0 });
            }
            return Ok(header.length);
        }
        // A control frame's payload is at most 125 bytes: the header was refused otherwise.
        let whole = header.length + usize::try_from(header.payload).unwrap_or(MAX_CONTROL);
        let Some(payload) = bytes.get_mut(header.length..whole) else { return Ok(0) };
        mask::apply(payload, header.key, 0);
        match header.opcode {
            Opcode::Ping => self.pong = Some(ControlFrame::pong(payload)),
            Opcode::Close => self.closed = Some(PeerClose::parse(payload)?),
            Opcode::Pong | Opcode::Continuation | Opcode::Binary => {}
        }
        Ok(whole)
    }

    fn hold(&mut self, bytes: &[u8]) {
        // Incomplete headers and control frames are shorter than the array by the checks of `Header::parse`.
        self.n_held = bytes.len().min(MAX_HELD);
        self.held[..self.n_held].copy_from_slice(&bytes[..self.n_held]);
    }
}
