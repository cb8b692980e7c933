//! Why a stream ends, as the browser is told: WebSocket close codes (RFC 6455 §7.4) and a short text.

use std::borrow::Cow;
use std::fmt;

/// The longest text a Close frame can carry: a control frame holds 125 bytes, and two are the code.
pub const MAX_TEXT: usize = 123;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal, $redial:literal;)*) => {
        /// Every close code that Sortie sends. This is the one table: the number, the text that goes with it unless a better
        /// one is known, and whether a viewer should dial again.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum CloseCode { $($(#[$doc])* $name,)* }

        impl CloseCode {
            /// All codes, in ascending order.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The number on the wire.
            pub const fn number(self) -> u16 {
                match self { $(Self::$name => $code,)* }
            }

            /// The text that is sent when nothing better is known.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Whether a viewer should dial again, at once or after a pause.
            pub const fn may_redial(self) -> bool {
                match self { $(Self::$name => $redial,)* }
            }

            /// The code with this number; `None` for one that Sortie does not send.
            pub const fn from_number(number: u16) -> Option<Self> {
                match number { $($code => Some(Self::$name),)* _ => None }
            }
        }
    };
}

codes! {
    /// The session ended as it should: its app exited, or somebody stopped it. Also a viewer that left.
    Ended = 1000, "the session ended", false;
    /// The workload closed the connection, and nobody knows why.
    WorkloadEnded = 1001, "the workload ended", true;
    /// The viewer broke the WebSocket or the RFB protocol.
    Protocol = 1002, "protocol error", false;
    /// The viewer sent text; streams are binary.
    Unsupported = 1003, "only binary messages are understood", false;
    /// The viewer sent what no viewer may send.
    Policy = 1008, "not permitted on a stream", false;
    /// The viewer sent more in one message than is taken.
    TooBig = 1009, "message too big", false;
    /// The workload failed, or broke its protocol.
    WorkloadError = 1011, "the workload failed", true;
    /// This server is restarting: dial again at once.
    Restarting = 1012, "the server is restarting", true;
    /// The request for the stream made no sense.
    BadRequest = 4400, "bad request", false;
    /// Nobody is signed in, or the sign-in ended.
    SignedOut = 4401, "not signed in", false;
    /// The principal may not attach to this session.
    NotAllowed = 4403, "not allowed", false;
    /// There is no such session, or the principal may not know of it.
    NoSuchSession = 4404, "no such session", false;
    /// The viewer takes no bytes, or answers no ping.
    TooSlow = 4408, "the viewer is too slow", true;
    /// The session's screen is not ready yet: dial again soon.
    NotReady = 4409, "the session is not ready yet", true;
    /// The session has ended: do not dial again.
    SessionEnded = 4410, "the session has ended", false;
    /// What the viewer may do has changed: dial again at once, with the new rights.
    RightsChanged = 4411, "what you may do here has changed", true;
    /// The owner of the session ended this viewer's stream.
    Cut = 4412, "the owner ended this view", false;
    /// There are too many streams: dial again later.
    TooManyStreams = 4429, "too many streams", true;
}

/// A close code with the text that goes with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseReason {
    code: CloseCode,
    text: Cow<'static, str>,
}

impl CloseReason {
    /// A code with a text of one's own, cut to [`MAX_TEXT`] bytes at a character's boundary.
    pub fn new(code: CloseCode, text: impl Into<Cow<'static, str>>) -> Self {
        let mut text = text.into();
        if text.len() > MAX_TEXT {
            let end = text.floor_char_boundary(MAX_TEXT);
            text.to_mut().truncate(end);
        }
        Self { code, text }
    }

    /// The code.
    pub fn code(&self) -> CloseCode {
        self.code
    }

    /// The text: at most [`MAX_TEXT`] bytes.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What a Close frame with this number and text meant; `None` for a number that Sortie does not send.
    pub fn parse(number: u16, text: &str) -> Option<Self> {
        Some(Self::new(CloseCode::from_number(number)?, text.to_owned()))
    }
}

impl From<CloseCode> for CloseReason {
    fn from(code: CloseCode) -> Self {
        Self { code, text: Cow::Borrowed(code.text()) }
    }
}

impl fmt::Display for CloseReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code.number(), self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_again_by_its_number() {
        for code in CloseCode::ALL {
            assert_eq!(CloseCode::from_number(code.number()), Some(*code));
            assert!(code.text().len() <= MAX_TEXT);
        }
        assert_eq!(CloseCode::from_number(1006), None);
        assert!(CloseCode::ALL.is_sorted_by_key(|it| it.number()));
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let reason = CloseReason::new(CloseCode::Ended, "é".repeat(100));
        assert_eq!(reason.text(), "é".repeat(61));
        assert_eq!(CloseReason::parse(1000, reason.text()), Some(reason));
    }
}
