//! Waiting until a descriptor of the kernel (a pidfd, an inotify queue) has something to say.

use std::{io, os::fd::OwnedFd};

use tokio::io::{Interest, unix::AsyncFd};

/// Puts a descriptor under tokio's eyes.
#[expect(
    deprecated,
    reason = "its successor is an unsafe function; what is unsound about it cannot happen with an OwnedFd"
)]
pub(crate) fn of(descriptor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    AsyncFd::with_interest(descriptor, Interest::READABLE)
}
