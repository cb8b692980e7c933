//! RFB inside a WebSocket that we dialed: written and read as if it were bare.

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::buffer::{Buffer, HEADROOM, PAYLOAD};
use crate::close::CloseCode;
use crate::pending::{Pending, poll_read};
use crate::ws::Refusal;
use crate::ws::control::ControlFrame;
use crate::ws::frames::Frames;
use crate::ws::header::{self, MAX_HEADER, Peer};
use crate::ws::mask;

/// A connection after its upgrade. Each write becomes one frame; pings are answered between frames, as long as the connection
/// is read or written, by one task. While it waits it holds no buffer.
#[derive(Debug)]
pub struct WebSocket<S> {
    stream: S,
    frames: Frames,
    /// Payload that was received and not yet read.
    received: Option<(Buffer, Range<usize>)>,
    /// A frame under way: while there is one nothing else may be written.
    sending: Option<Pending>,
    has_said_goodbye: bool,
}

impl<S> WebSocket<S> {
    /// The connection after the other side answered the upgrade. `read` is where in `buffer` lies what it sent behind its
    /// answer.
    pub(super) fn new(stream: S, mut buffer: Buffer, read: Range<usize>) -> io::Result<Self> {
        let mut frames = Frames::new(Peer::Display);
        let payload = frames.feed(buffer.bytes_mut(), read).map_err(invalid)?;
        let received = (!payload.is_empty()).then_some((buffer, payload));
        Ok(Self { stream, frames, received, sending: None, has_said_goodbye: false })
    }

    /// Hands over what was received, as far as it fits; `false` when there is nothing.
    fn hand_over(&mut self, target: &mut ReadBuf<'_>) -> bool {
        let Some((buffer, range)) = &mut self.received else { return false };
        let n = range.len().min(target.remaining());
        target.put_slice(&buffer.bytes()[range.start..range.start + n]);
        range.start += n;
        if range.start == range.end {
            self.received = None;
        }
        true
    }
}

impl<S: AsyncWrite + Unpin> WebSocket<S> {
    /// Writes the frame under way, and the pong that is owed. Ready when a new frame may begin.
    fn poll_sending(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            while let Some(frame) = &mut self.sending {
                if ready!(frame.poll_write(cx, &mut self.stream))? {
                    self.sending = None;
                }
            }
            let Some(pong) = self.frames.take_pong() else { return Poll::Ready(Ok(())) };
            self.sending = Some(control(&pong));
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for WebSocket<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, target: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            // What waits to be sent must not wait for what waits to be read. Whether it went is seen by the next write.
            if let Poll::Ready(Err(error)) = this.poll_sending(cx) {
                return Poll::Ready(Err(error));
            }
            if this.hand_over(target) || this.frames.closed().is_some() {
                return Poll::Ready(Ok(()));
            }
            let (mut buffer, n) = ready!(poll_read(cx, &mut this.stream))?;
            if n == 0 {
                return Poll::Ready(Ok(()));
            }
            let payload = this.frames.feed(buffer.bytes_mut(), HEADROOM..HEADROOM + n).map_err(invalid)?;
            if !payload.is_empty() {
                this.received = Some((buffer, payload));
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for WebSocket<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_sending(cx))?;
        let n = bytes.len().min(PAYLOAD);
        if n == 0 {
            return Poll::Ready(Ok(0));
        }
        this.sending = Some(binary(&bytes[..n]));
        // Taken is taken: what does not go out at once goes with the next call.
        match this.poll_sending(cx) {
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Ready(Ok(n)),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_sending(cx))?;
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_sending(cx))?;
        if !this.has_said_goodbye {
            this.has_said_goodbye = true;
            this.sending = Some(control(&ControlFrame::close(&CloseCode::Ended.into())));
            ready!(this.poll_sending(cx))?;
        }
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}

/// One masked binary frame.
fn binary(payload: &[u8]) -> Pending {
    let (n, key) = (payload.len(), rand::random());
    let (head, start) = header::encode_masked(n, key);
    let begin = HEADROOM - (MAX_HEADER - start);
    let mut buffer = Buffer::take();
    let bytes = buffer.bytes_mut();
    bytes[begin..HEADROOM].copy_from_slice(&head[start..]);
    bytes[HEADROOM..HEADROOM + n].copy_from_slice(payload);
    mask::apply(&mut bytes[HEADROOM..HEADROOM + n], key, 0);
    Pending::new(buffer, begin..HEADROOM + n)
}

fn control(frame: &ControlFrame) -> Pending {
    let frame = frame.masked(rand::random());
    let mut buffer = Buffer::take();
    buffer.bytes_mut()[..frame.len()].copy_from_slice(&frame);
    Pending::new(buffer, 0..frame.len())
}

fn invalid(refusal: Refusal) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, refusal)
}
