//! Control frames (RFC 6455 §5.5): pings, pongs and Close, at most 125 bytes of payload each.

use crate::close::CloseReason;

use super::header::{MAX_CONTROL, Opcode};
use super::{Refusal, mask};

/// A whole control frame as it is sent, unmasked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlFrame {
    bytes: [u8; MAX_CONTROL + 2],
    length: usize,
}

impl ControlFrame {
    /// A ping without payload.
    pub fn ping() -> Self {
        Self::new(Opcode::Ping, &[&[]])
    }

    /// The answer to a ping with this payload; what goes beyond 125 bytes is cut.
    pub fn pong(payload: &[u8]) -> Self {
        Self::new(Opcode::Pong, &[payload])
    }

    /// A Close with a code and its text.
    pub fn close(reason: &CloseReason) -> Self {
        Self::new(Opcode::Close, &[&reason.code().number().to_be_bytes(), reason.text().as_bytes()])
    }

    /// The answer to a viewer's Close: its code, or nothing when it gave none.
    pub fn close_echo(received: &PeerClose) -> Self {
        match received.code {
            Some(code) => Self::new(Opcode::Close, &[&code.to_be_bytes()]),
            None => Self::new(Opcode::Close, &[]),
        }
    }

    /// The frame's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
    }

    /// The frame's bytes as a client sends them: masked with this key.
    pub fn masked(&self, key: [u8; 4]) -> Vec<u8> {
        let (head, payload) = self.bytes().split_at(2);
        let mut bytes = [head, &key, payload].concat();
        bytes[1] |= 0x80;
        mask::apply(&mut bytes[6..], key, 0);
        bytes
    }

    fn new(opcode: Opcode, parts: &[&[u8]]) -> Self {
        let mut bytes = [0; MAX_CONTROL + 2];
        let mut length = 2;
        for (slot, byte) in bytes[2..].iter_mut().zip(parts.iter().copied().flatten()) {
            *slot = *byte;
            length += 1;
        }
        bytes[0] = 0x80 | opcode.number();
        bytes[1] = u8::try_from(length - 2).unwrap_or(0);
        Self { bytes, length }
    }
}

/// A Close frame that a viewer sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerClose {
    /// The code, when there was one.
    pub code: Option<u16>,
}

impl PeerClose {
    /// Reads an unmasked Close payload: empty, or a permitted code (RFC 6455 §7.4) and UTF-8.
    pub fn parse(payload: &[u8]) -> Result<Self, Refusal> {
        let (code, text) = match payload {
            [] => return Ok(Self { code: None }),
            [_] => return Err(Refusal::Close),
            [high, low, text @ ..] => (u16::from_be_bytes([*high, *low]), text),
        };
        let is_permitted = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
        if !is_permitted || std::str::from_utf8(text).is_err() {
            return Err(Refusal::Close);
        }
        Ok(Self { code: Some(code) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::close::CloseCode;

    #[test]
    fn a_close_frame_is_a_code_and_its_text() {
        let reason = CloseReason::new(CloseCode::NotReady, "wait");
        assert_eq!(ControlFrame::close(&reason).bytes(), b"\x88\x06\x11\x39wait");
        assert_eq!(ControlFrame::close_echo(&PeerClose { code: Some(1000) }).bytes(), b"\x88\x02\x03\xe8");
        assert_eq!(ControlFrame::close_echo(&PeerClose { code: None }).bytes(), b"\x88\x00");
        let longest = CloseReason::new(CloseCode::Ended, "x".repeat(500));
        assert_eq!(ControlFrame::close(&longest).bytes().len(), 127);
    }

    #[test]
    fn codes_that_may_not_be_sent_are_refused() {
        for payload in [&b"\x03"[..], b"\x03\xed", b"\x03\xee", b"\x00\x00", b"\x13\x88", b"\x03\xe8\xff"] {
            assert_eq!(PeerClose::parse(payload), Err(Refusal::Close), "{payload:x?}");
        }
        assert_eq!(PeerClose::parse(b"\x0f\xa0ok"), Ok(PeerClose { code: Some(4000) }));
    }
}
