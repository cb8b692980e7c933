//! Bytes that were read and are not yet written.

use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::buffer::{Buffer, HEADROOM};

/// A part of a buffer on its way out.
#[derive(Debug)]
pub(crate) struct Pending {
    buffer: Buffer,
    range: Range<usize>,
    has_begun: bool,
}

impl Pending {
    pub(crate) fn new(buffer: Buffer, range: Range<usize>) -> Self {
        Self { buffer, range, has_begun: false }
    }

    /// What is left to write.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.buffer.bytes()[self.range.clone()]
    }

    /// Whether some of it was written already, so that the rest has to follow.
    pub(crate) fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Writes once. Answers whether that was all.
    pub(crate) fn poll_write<W: AsyncWrite + Unpin>(
        &mut self,
        cx: &mut Context<'_>,
        writer: &mut W,
    ) -> Poll<io::Result<bool>> {
        let n = ready!(Pin::new(writer).poll_write(cx, self.rest()))?;
        if n == 0 {
            return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
        }
        self.has_begun = true;
        self.range.start += n;
        Poll::Ready(Ok(self.range.is_empty()))
    }
}

/// Reads once, behind the headroom. Answers the buffer and how many bytes came; while there is nothing no buffer is held.
pub(crate) fn poll_read<R: AsyncRead + Unpin>(
    cx: &mut Context<'_>,
    reader: &mut R,
) -> Poll<io::Result<(Buffer, usize)>> {
    let mut buffer = Buffer::take();
    let mut target = ReadBuf::new(&mut buffer.bytes_mut()[HEADROOM..]);
    ready!(Pin::new(reader).poll_read(cx, &mut target))?;
    let n = target.filled().len();
    Poll::Ready(Ok((buffer, n)))
}
