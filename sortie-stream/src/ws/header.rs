//! Frame headers: written for what goes down, read for what comes up (RFC 6455 §5.2).

use super::Refusal;

/// The longest header that we write to a viewer: two bytes and a 64-bit length, never a mask.
pub const MAX_SENT: usize = 10;

/// The longest header of all: with the mask's key.
pub const MAX_HEADER: usize = MAX_SENT + 4;

/// The longest payload of a control frame.
pub const MAX_CONTROL: usize = 125;

const FIN: u8 = 0x80;
const RESERVED: u8 = 0x70;
const MASKED: u8 = 0x80;

/// What a frame is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opcode {
    /// More of the message that is under way.
    Continuation,
    /// The beginning of a binary message.
    Binary,
    /// The other side closes.
    Close,
    /// The other side asks for a pong.
    Ping,
    /// The other side answers a ping.
    Pong,
}

impl Opcode {
    /// The number on the wire.
    pub const fn number(self) -> u8 {
        match self {
            Self::Continuation => 0,
            Self::Binary => 2,
            Self::Close => 8,
            Self::Ping => 9,
            Self::Pong => 10,
        }
    }

    /// Whether frames of this kind may stand between the fragments of a message.
    pub const fn is_control(self) -> bool {
        matches!(self, Self::Close | Self::Ping | Self::Pong)
    }

    fn parse(number: u8) -> Result<Self, Refusal> {
        match number {
            0 => Ok(Self::Continuation),
            1 => Err(Refusal::Text),
            2 => Ok(Self::Binary),
            8 => Ok(Self::Close),
            9 => Ok(Self::Ping),
            10 => Ok(Self::Pong),
            _ => Err(Refusal::UnknownOpcode),
        }
    }
}

/// The header of an unfragmented, unmasked binary frame, right-aligned: it ends where the array ends, so that it can be laid
/// directly before the payload. Answers the array and where the header begins in it.
pub fn encode(payload: usize) -> ([u8; MAX_SENT], usize) {
    let mut bytes = [0; MAX_SENT];
    let first = FIN | Opcode::Binary.number();
    let long = (payload as u64).to_be_bytes();
    if payload <= MAX_CONTROL {
        bytes[8] = first;
        bytes[9] = long[7];
        (bytes, 8)
    } else if u16::try_from(payload).is_ok() {
        bytes[6] = first;
        bytes[7] = 126;
        bytes[8..].copy_from_slice(&long[6..]);
        (bytes, 6)
    } else {
        bytes[0] = first;
        bytes[1] = 127;
        bytes[2..].copy_from_slice(&long);
        (bytes, 0)
    }
}

/// As [`encode`], for what we send to a display: masked with this key.
pub fn encode_masked(payload: usize, key: [u8; 4]) -> ([u8; MAX_HEADER], usize) {
    let (unmasked, start) = encode(payload);
    let mut bytes = [0; MAX_HEADER];
    bytes[..MAX_SENT].copy_from_slice(&unmasked);
    bytes[MAX_SENT..].copy_from_slice(&key);
    bytes[start + 1] |= MASKED;
    (bytes, start)
}

/// Who sent a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A client of ours: it has to mask.
    Viewer,
    /// A server that we dialed: it must not.
    Display,
}

/// A header that the other side sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the frame is.
    pub opcode: Opcode,
    /// Whether it is the last of its message.
    pub is_final: bool,
    /// The length of the payload, in bytes: below 2⁶³.
    pub payload: u64,
    /// The key that the payload is masked with; zeroes where it is not.
    pub key: [u8; 4],
    /// The length of the header itself, in bytes.
    pub length: usize,
}

impl Header {
    /// Reads the header at the start of `bytes`; `None` while it is incomplete. What is already wrong is refused at once.
    pub fn parse(bytes: &[u8], peer: Peer) -> Result<Option<Self>, Refusal> {
        let Some(&first) = bytes.first() else { return Ok(None) };
        if first & RESERVED != 0 {
            return Err(Refusal::ReservedBit);
        }
        let opcode = Opcode::parse(first & 0x0f)?;
        let is_final = first & FIN != 0;
        if opcode.is_control() && !is_final {
            return Err(Refusal::ControlFrame);
        }
        let Some(&second) = bytes.get(1) else { return Ok(None) };
        let key_length = match (peer, second & MASKED != 0) {
            (Peer::Viewer, true) => 4,
            (Peer::Display, false) => 0,
            (Peer::Viewer, false) => return Err(Refusal::Unmasked),
            (Peer::Display, true) => return Err(Refusal::Masked),
        };
        let short = second & !MASKED;
        if opcode.is_control() && usize::from(short) > MAX_CONTROL {
            return Err(Refusal::ControlFrame);
        }
        let after_length = match short {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        let length = after_length + key_length;
        let (Some(extended), Some(key)) = (bytes.get(2..after_length), bytes.get(after_length..length)) else {
            return Ok(None);
        };
        let extended = extended.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        let payload = match short {
            126 if extended > 125 => extended,
            127 if extended > u64::from(u16::MAX) && extended >> 63 == 0 => extended,
            126 | 127 => return Err(Refusal::Length),
            short => u64::from(short),
        };
        let mut mask = [0; 4];
        mask[..key_length].copy_from_slice(key);
        Ok(Some(Self { opcode, is_final, payload, key: mask, length }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_length_takes_the_shortest_header() {
        let header = |payload| {
            let (bytes, start) = encode(payload);
            bytes[start..].to_vec()
        };
        assert_eq!(header(0), [0x82, 0]);
        assert_eq!(header(125), [0x82, 125]);
        assert_eq!(header(126), [0x82, 126, 0, 126]);
        assert_eq!(header(65_535), [0x82, 126, 255, 255]);
        assert_eq!(header(65_536), [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn a_masked_header_is_what_the_other_side_reads() {
        for payload in [0_usize, 125, 126, 65_535, 65_536] {
            let (bytes, start) = encode_masked(payload, [1, 2, 3, 4]);
            let header = Header::parse(&bytes[start..], Peer::Viewer).unwrap().unwrap();
            assert_eq!((header.payload, header.key), (payload as u64, [1, 2, 3, 4]));
            assert_eq!((header.opcode, header.is_final, header.length), (Opcode::Binary, true, bytes.len() - start));
            assert_eq!(Header::parse(&bytes[start..], Peer::Display), Err(Refusal::Masked));
            let (bytes, start) = encode(payload);
            let header = Header::parse(&bytes[start..], Peer::Display).unwrap().unwrap();
            assert_eq!((header.payload, header.length), (payload as u64, bytes.len() - start));
        }
    }

    #[test]
    fn what_the_standard_forbids_is_refused() {
        let cases: [(&[u8], Refusal); 10] = [
            (&[0xc2], Refusal::ReservedBit),
            (&[0x83], Refusal::UnknownOpcode),
            (&[0x8b], Refusal::UnknownOpcode),
            (&[0x81], Refusal::Text),
            (&[0x09], Refusal::ControlFrame),
            (&[0x82, 0x05], Refusal::Unmasked),
            (&[0x89, 0xfe], Refusal::ControlFrame),
            (&[0x82, 0xfe, 0, 125, 1, 2, 3, 4], Refusal::Length),
            (&[0x82, 0xff, 0, 0, 0, 0, 0, 0, 255, 255, 1, 2, 3, 4], Refusal::Length),
            (&[0x82, 0xff, 0x80, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4], Refusal::Length),
        ];
        for (bytes, refusal) in cases {
            assert_eq!(Header::parse(bytes, Peer::Viewer), Err(refusal), "{bytes:x?}");
        }
    }
}
