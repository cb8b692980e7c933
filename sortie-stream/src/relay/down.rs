//! From the workload to the viewer: one frame per read, never looked at.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::Instant;

use crate::buffer::{Buffer, HEADROOM};
use crate::pending::{Pending, poll_read};
use crate::ws::control::ControlFrame;
use crate::ws::header;

use super::liveness::Liveness;
use super::up::Up;
use super::{Counters, End, UpstreamEnd};

/// The direction's state.
#[derive(Debug)]
pub(super) struct Down {
    /// The frame under way: while there is one nothing else may be written.
    frame: Option<Pending>,
    owes_ping: bool,
    is_flushed: bool,
    counters: Arc<Counters>,
    n_bytes: u64,
}

impl Down {
    pub(super) fn new(counters: Arc<Counters>) -> Self {
        Self { frame: None, owes_ping: false, is_flushed: true, counters, n_bytes: 0 }
    }

    /// Bytes of the workload sent so far, without framing.
    pub(super) fn n_bytes(&self) -> u64 {
        self.n_bytes
    }

    /// Sends a ping at the next boundary of frames.
    pub(super) fn ping(&mut self) {
        self.owes_ping = true;
    }

    /// The frame of which a part was written already.
    pub(super) fn into_unfinished(self) -> Option<Pending> {
        self.frame.filter(Pending::has_begun)
    }

    /// Moves what can be moved. Ready only when the stream is over.
    pub(super) fn poll<C, U>(
        &mut self,
        cx: &mut Context<'_>,
        client: &mut C,
        upstream: &mut U,
        up: &mut Up,
        liveness: &mut Liveness,
        turn: usize,
    ) -> Poll<End>
    where
        C: AsyncWrite + Unpin,
        U: AsyncRead + Unpin,
    {
        let mut n_moved = 0;
        loop {
            let is_written = ready!(self.poll_write(cx, client, liveness));
            if is_written.is_err() {
                return Poll::Ready(End::ViewerLost);
            }
            self.frame = self.own_frame(up);
            if self.frame.is_some() {
                continue;
            }
            if !up.is_open() {
                return self.poll_flush(cx, client);
            }
            if n_moved >= turn {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            match poll_read(cx, upstream) {
                Poll::Pending => return self.poll_flush(cx, client),
                Poll::Ready(Err(error)) => return Poll::Ready(End::Upstream(UpstreamEnd::Failed(error))),
                Poll::Ready(Ok((_, 0))) => return Poll::Ready(End::Upstream(UpstreamEnd::Closed)),
                Poll::Ready(Ok((buffer, n))) => {
                    n_moved += n;
                    self.n_bytes += n as u64;
                    self.counters.add_down(n as u64);
                    self.frame = Some(binary(buffer, n));
                }
            }
        }
    }

    fn poll_write<C: AsyncWrite + Unpin>(
        &mut self,
        cx: &mut Context<'_>,
        client: &mut C,
        liveness: &mut Liveness,
    ) -> Poll<io::Result<()>> {
        while let Some(frame) = &mut self.frame {
            let Poll::Ready(is_all) = frame.poll_write(cx, client) else {
                liveness.client_blocks();
                return Poll::Pending;
            };
            if is_all? {
                self.frame = None;
            }
            self.is_flushed = false;
            liveness.client_took(Instant::now());
        }
        Poll::Ready(Ok(()))
    }

    /// Before waiting everything is handed on: a connection with a buffer of its own (TLS) would keep it.
    fn poll_flush<C: AsyncWrite + Unpin>(&mut self, cx: &mut Context<'_>, client: &mut C) -> Poll<End> {
        if !self.is_flushed {
            if ready!(Pin::new(client).poll_flush(cx)).is_err() {
                return Poll::Ready(End::ViewerLost);
            }
            self.is_flushed = true;
        }
        Poll::Pending
    }

    /// What we have to say ourselves, between frames.
    fn own_frame(&mut self, up: &mut Up) -> Option<Pending> {
        if let Some(pong) = up.take_pong() {
            return Some(control(&pong));
        }
        if std::mem::take(&mut self.owes_ping) {
            return Some(control(&ControlFrame::ping()));
        }
        let replies = up.take_replies();
        if replies.is_empty() {
            return None;
        }
        let mut buffer = Buffer::take();
        buffer.bytes_mut()[HEADROOM..HEADROOM + replies.len()].copy_from_slice(&replies);
        Some(binary(buffer, replies.len()))
    }
}

/// Puts the header directly before the `n` bytes behind the headroom.
fn binary(mut buffer: Buffer, n: usize) -> Pending {
    let (bytes, start) = header::encode(n);
    let begin = HEADROOM - (header::MAX_SENT - start);
    buffer.bytes_mut()[begin..HEADROOM].copy_from_slice(&bytes[start..]);
    Pending::new(buffer, begin..HEADROOM + n)
}

fn control(frame: &ControlFrame) -> Pending {
    let mut buffer = Buffer::take();
    let range = HEADROOM..HEADROOM + frame.bytes().len();
    buffer.bytes_mut()[range.clone()].copy_from_slice(frame.bytes());
    Pending::new(buffer, range)
}
