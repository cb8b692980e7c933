//! Our side towards the browser: RFB 3.8 with security None, as a machine without input or output.

use super::{VERSION_LENGTH, Version};
use crate::rfb::message::Violation;

/// What is sent before the viewer says anything.
pub const GREETING: &[u8] = b"RFB 003.008\n";

/// The `ClientInit` for the workload: shared, whatever the viewer asked for.
pub const CLIENT_INIT: [u8; 1] = [1];

/// None, the one security type on offer.
const NONE: u8 = 1;

/// How far a viewer has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    step: Step,
    version: [u8; VERSION_LENGTH],
    n_read: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Version,
    Security(Version),
    ClientInit,
    Done,
}

/// What the viewer is to be sent next.
pub type Reply = &'static [u8];

impl Default for Viewer {
    fn default() -> Self {
        Self::new()
    }
}

impl Viewer {
    /// A viewer that was sent the [`GREETING`].
    pub fn new() -> Self {
        Self { step: Step::Version, version: [0; VERSION_LENGTH], n_read: 0 }
    }

    /// Whether `ClientInit` came: everything after it is for [`crate::rfb::uplink`].
    pub fn is_done(&self) -> bool {
        self.step == Step::Done
    }

    /// Reads one byte of the viewer; answers what to send, which is mostly nothing.
    pub fn read(&mut self, byte: u8) -> Result<Reply, Violation> {
        match self.step {
            Step::Version => {
                self.version[self.n_read] = byte;
                self.n_read += 1;
                if self.n_read < VERSION_LENGTH {
                    return Ok(&[]);
                }
                let version = Version::parse(self.version).ok_or(Violation::Handshake)?;
                if version == Version::V3_3 {
                    self.step = Step::ClientInit;
                    return Ok(&[0, 0, 0, NONE]);
                }
                self.step = Step::Security(version);
                Ok(&[1, NONE])
            }
            Step::Security(version) => {
                if byte != NONE {
                    return Err(Violation::Handshake);
                }
                self.step = Step::ClientInit;
                Ok(if version == Version::V3_8 { &[0; 4] } else { &[] })
            }
            Step::ClientInit => {
                self.step = Step::Done;
                Ok(&[])
            }
            Step::Done => Ok(&[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replies(bytes: &[u8]) -> Result<(Vec<u8>, bool), Violation> {
        let mut viewer = Viewer::new();
        let mut replies = Vec::new();
        for byte in bytes {
            replies.extend_from_slice(viewer.read(*byte)?);
        }
        Ok((replies, viewer.is_done()))
    }

    #[test]
    fn each_version_gets_the_answers_it_waits_for() {
        assert_eq!(replies(b"RFB 003.008\n\x01\x00"), Ok((vec![1, 1, 0, 0, 0, 0], true)));
        assert_eq!(replies(b"RFB 003.007\n\x01\x00"), Ok((vec![1, 1], true)));
        assert_eq!(replies(b"RFB 003.003\n\x00"), Ok((vec![0, 0, 0, 1], true)));
    }

    #[test]
    fn a_viewer_that_chooses_what_was_not_offered_is_refused() {
        assert_eq!(replies(b"RFB 003.008\n\x02"), Err(Violation::Handshake));
        assert_eq!(replies(b"GET / HTTP/1"), Err(Violation::Handshake));
    }
}
