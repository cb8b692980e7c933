//! From the viewer to the workload: unmasked, filtered, paced, counted.

use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use crate::buffer::{Buffer, HEADROOM, PAYLOAD};
use crate::close::{CloseCode, CloseReason};
use crate::pending::{Pending, poll_read};
use crate::rfb::Rights;
use crate::rfb::handshake::viewer::{CLIENT_INIT, GREETING, Viewer};
use crate::rfb::message::Violation;
use crate::rfb::uplink::{Delayed, Uplink as Filter};
use crate::ws::control::ControlFrame;
use crate::ws::frames::Frames;
use crate::ws::header::Peer;

use super::liveness::Liveness;
use super::{Counters, End, UpstreamEnd};

// What both parsers may keep fits before the payload.
const _: () = assert!(crate::ws::frames::MAX_HELD + crate::rfb::uplink::MAX_HELD <= HEADROOM);

/// The direction's state.
#[derive(Debug)]
pub(super) struct Up {
    leftover: Bytes,
    frames: Frames,
    viewer: Viewer,
    /// What the handshake has to say to the viewer: at most the greeting, the list of types and a result.
    replies: Vec<u8>,
    filter: Filter,
    pending: Option<Pending>,
    /// What the viewer sent too fast: nothing more is read before it was let through.
    delayed: Option<(Buffer, Delayed)>,
    is_flushed: bool,
    counters: Arc<Counters>,
    n_bytes: u64,
}

impl Up {
    pub(super) fn new(leftover: Bytes, rights: Rights, max_clipboard: u32, counters: Arc<Counters>) -> Self {
        Self {
            leftover,
            frames: Frames::new(Peer::Viewer),
            viewer: Viewer::new(),
            replies: GREETING.to_vec(),
            filter: Filter::new(rights, max_clipboard),
            pending: None,
            delayed: None,
            is_flushed: true,
            counters,
            n_bytes: 0,
        }
    }

    /// Bytes forwarded so far.
    pub(super) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Whether the viewer finished its handshake, so that it may be sent what the workload says.
    pub(super) fn is_open(&self) -> bool {
        self.viewer.is_done()
    }

    /// When what was sent too fast may go on.
    pub(super) fn resumes_at(&self) -> Option<Instant> {
        // While something is written that is waited for first.
        self.delayed.as_ref().filter(|_| self.pending.is_none()).map(|(_, delayed)| delayed.until)
    }

    /// What the viewer's handshake waits for; empty when nothing.
    pub(super) fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    /// The pong that is owed to the viewer.
    pub(super) fn take_pong(&mut self) -> Option<ControlFrame> {
        self.frames.take_pong()
    }

    /// Moves what can be moved. Ready only when the stream is over.
    pub(super) fn poll<C, U>(
        &mut self,
        cx: &mut Context<'_>,
        client: &mut C,
        upstream: &mut U,
        liveness: &mut Liveness,
        turn: usize,
    ) -> Poll<End>
    where
        C: AsyncRead + Unpin,
        U: AsyncWrite + Unpin,
    {
        let mut n_moved = 0;
        loop {
            if let Poll::Ready(Err(error)) = self.poll_write(cx, upstream, liveness) {
                return Poll::Ready(End::Upstream(UpstreamEnd::Failed(error)));
            }
            if let Some(close) = self.frames.closed()
                && (self.pending.is_some() || self.delayed.is_none())
            {
                // What a workload does not take at once it does not get any more: the viewer waits for our answer.
                return Poll::Ready(End::ViewerClosed(close.clone()));
            }
            if self.pending.is_some() {
                return Poll::Pending;
            }
            if n_moved >= turn {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            if let Some((buffer, delayed)) = self.delayed.take() {
                let now = Instant::now();
                if now < delayed.until {
                    self.delayed = Some((buffer, delayed));
                    return Poll::Pending;
                }
                // The viewer was not listened to, so its silence was ours.
                liveness.received(now);
                if let Err(reason) = self.filter(buffer, None, delayed.rest, now) {
                    return Poll::Ready(End::ViewerRefused(reason));
                }
                continue;
            }
            let Ok((buffer, n)) = ready!(self.poll_input(cx, client)) else { return Poll::Ready(End::ViewerLost) };
            if n == 0 {
                return Poll::Ready(End::ViewerLost);
            }
            n_moved += n;
            let now = Instant::now();
            liveness.received(now);
            if let Err(reason) = self.take(buffer, HEADROOM..HEADROOM + n, now) {
                return Poll::Ready(End::ViewerRefused(reason));
            }
            if self.viewer.is_done() {
                liveness.handshake_done();
            }
        }
    }

    fn poll_write<U: AsyncWrite + Unpin>(
        &mut self,
        cx: &mut Context<'_>,
        upstream: &mut U,
        liveness: &mut Liveness,
    ) -> Poll<std::io::Result<()>> {
        while let Some(pending) = &mut self.pending {
            let Poll::Ready(is_all) = pending.poll_write(cx, upstream) else {
                liveness.upstream_blocks();
                return Poll::Pending;
            };
            if is_all? {
                self.pending = None;
            }
            self.is_flushed = false;
            liveness.upstream_took();
        }
        if !self.is_flushed {
            ready!(Pin::new(upstream).poll_flush(cx))?;
            self.is_flushed = true;
        }
        Poll::Ready(Ok(()))
    }

    /// One read: first of what came with the upgrade, then of the connection.
    fn poll_input<C: AsyncRead + Unpin>(
        &mut self,
        cx: &mut Context<'_>,
        client: &mut C,
    ) -> Poll<std::io::Result<(Buffer, usize)>> {
        if self.leftover.is_empty() {
            return poll_read(cx, client);
        }
        let mut buffer = Buffer::take();
        let n = self.leftover.len().min(PAYLOAD);
        self.leftover.copy_to_slice(&mut buffer.bytes_mut()[HEADROOM..HEADROOM + n]);
        Poll::Ready(Ok((buffer, n)))
    }

    /// Takes one read apart; what is for the workload becomes pending.
    fn take(&mut self, mut buffer: Buffer, read: Range<usize>, now: Instant) -> Result<(), CloseReason> {
        let bytes = buffer.bytes_mut();
        let mut payload =
            self.frames.feed(bytes, read).map_err(|it| CloseReason::new(it.code(), format!("refused: {it}")))?;
        let mut begin = None;
        while !self.viewer.is_done() && !payload.is_empty() {
            self.replies.extend_from_slice(self.viewer.read(bytes[payload.start]).map_err(violation)?);
            if self.viewer.is_done() {
                bytes[payload.start] = CLIENT_INIT[0];
                begin = Some(payload.start);
            }
            payload.start += 1;
        }
        self.filter(buffer, begin, payload, now)
    }

    /// Lets pass what the viewer may send, now: that becomes pending. `init` is where a `ClientInit` lies that goes before it.
    fn filter(
        &mut self,
        mut buffer: Buffer,
        init: Option<usize>,
        payload: Range<usize>,
        now: Instant,
    ) -> Result<(), CloseReason> {
        let forwarded = self.filter.feed(buffer.bytes_mut(), payload, now).map_err(violation)?;
        if forwarded.has_input {
            self.counters.input_at(now);
        }
        // Nothing is kept by the filter before its first byte, so what it forwards begins right behind ClientInit.
        let range = init.unwrap_or(forwarded.range.start)..forwarded.range.end;
        self.n_bytes += range.len() as u64;
        self.counters.add_up(range.len() as u64);
        if let Some(delayed) = forwarded.delayed {
            // What waits stays where it is; what goes is copied, and so each byte at most once.
            let mut going = Buffer::take();
            let n = range.len();
            going.bytes_mut()[..n].copy_from_slice(&buffer.bytes()[range]);
            self.delayed = Some((buffer, delayed));
            self.pending = (n > 0).then(|| Pending::new(going, 0..n));
        } else {
            self.pending = (!range.is_empty()).then(|| Pending::new(buffer, range));
        }
        Ok(())
    }
}

fn violation(violation: Violation) -> CloseReason {
    let code = match violation {
        Violation::CutText => CloseCode::TooBig,
        Violation::Handshake
        | Violation::UnknownType(_)
        | Violation::PixelFormat
        | Violation::Encodings
        | Violation::Clipboard
        | Violation::Fence => CloseCode::Policy,
    };
    CloseReason::new(code, format!("refused: {violation}"))
}
