//! One line of the list of those who look.

use std::time::Duration;

use crate::rfb::Rights;

/// A live stream, as the list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connected {
    /// What the caller named the viewer.
    pub viewer: String,
    /// What the viewer may do. It holds as long as the stream.
    pub rights: Rights,
    /// Since the stream was taken into the list.
    pub lasting: Duration,
}
