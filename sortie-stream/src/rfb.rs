//! The remote framebuffer protocol (RFC 6143 and the community's extensions), as far as a relay has to know it.
//!
//! [`handshake`] ends the security part on both sides, so that the workload's password never reaches a browser. [`uplink`] reads
//! what a viewer sends and lets pass what it has the [`Rights`] for. What the workload sends is never read here.

pub mod encoding;
pub mod handshake;
pub mod message;
pub mod pace;
pub mod uplink;
pub mod vnc_auth;

/// What a viewer may do. What it may not do is dropped before it reaches the workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    /// Keys and the pointer.
    pub input: bool,
    /// Putting text into the workload's clipboard.
    pub clipboard_in: bool,
    /// Changing the size of the screen.
    pub resize: bool,
}

impl Rights {
    /// Everything.
    pub const CONTROL: Self = Self { input: true, clipboard_in: true, resize: true };
    /// Looking only.
    pub const VIEW_ONLY: Self = Self { input: false, clipboard_in: false, resize: false };
}
