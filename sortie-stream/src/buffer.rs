//! Buffers of one size, kept per thread, so that a stream that waits holds none.

use std::cell::RefCell;

/// Bytes in front of the payload: room for a frame header on the way down, and for what the parsers kept on the way up.
pub const HEADROOM: usize = 512;

/// The most payload one buffer takes: one read, and so the largest frame sent to a viewer.
pub const PAYLOAD: usize = 64 * 1024;

/// Buffers each thread keeps for later: enough for the streams that move within one turn of its scheduler.
const KEPT: usize = 16;

thread_local! {
    static POOL: RefCell<Vec<Box<[u8]>>> = const { RefCell::new(Vec::new()) };
}

/// One buffer of [`HEADROOM`] + [`PAYLOAD`] bytes. It goes back to the thread's pool when dropped. Its content is whatever the
/// last user left: callers look only at what they wrote.
#[derive(Debug)]
pub struct Buffer(Box<[u8]>);

impl Buffer {
    /// Takes a buffer from this thread's pool, or makes one.
    pub fn take() -> Self {
        let pooled = POOL.with(|pool| pool.borrow_mut().pop());
        Self(pooled.unwrap_or_else(|| vec![0; HEADROOM + PAYLOAD].into_boxed_slice()))
    }

    /// All bytes, headroom first.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// All bytes, headroom first.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.0);
        // While a thread ends its pool may be gone already: then the buffer is simply freed.
        let _ = POOL.try_with(|pool| {
            let mut pool = pool.borrow_mut();
            if pool.len() < KEPT {
                pool.push(buffer);
            }
        });
    }
}
