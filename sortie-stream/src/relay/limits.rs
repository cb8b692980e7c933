//! How long and how much a relay bears.

use std::time::Duration;

use crate::rfb::message::MAX_CUT_TEXT;

/// The limits of one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long the viewer may take for the RFB handshake.
    pub handshake: Duration,
    /// How long a viewer may take no byte while some wait for it.
    pub client_stall: Duration,
    /// How long the workload may take no byte while some wait for it.
    pub upstream_stall: Duration,
    /// After how much silence in either direction the viewer is pinged. After twice as long without any byte of it, it is lost.
    pub ping: Duration,
    /// How many bytes a direction moves before other tasks get their turn.
    pub turn: usize,
    /// The longest clipboard text that a viewer may send, in bytes; also the longest compressed one. A longer one is dropped, and
    /// one longer than [`MAX_CUT_TEXT`] ends the stream.
    pub clipboard: u32,
    /// How long is waited for the answer to why a workload ended.
    pub ask: Duration,
    /// How long each half of the farewell may take: sending the Close frame, and reading until the viewer closes too.
    pub close: Duration,
}

impl Limits {
    /// What is right for people looking at desktops.
    pub const STANDARD: Self = Self {
        handshake: Duration::from_secs(15),
        client_stall: Duration::from_secs(20),
        upstream_stall: Duration::from_mins(1),
        ping: Duration::from_secs(25),
        turn: 256 * 1024,
        clipboard: MAX_CUT_TEXT,
        ask: Duration::from_millis(500),
        close: Duration::from_secs(1),
    };
}
