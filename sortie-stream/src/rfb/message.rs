//! The messages a viewer sends after the handshake: how long each is, and what it is about (RFC 6143 §7.5, and the registry of
//! the community's extensions).

use super::Rights;

/// The most encodings one list may have. Real viewers name about thirty.
pub const MAX_ENCODINGS: usize = 64;

/// The longest clipboard text, in bytes; also the longest compressed one.
pub const MAX_CUT_TEXT: u32 = 1024 * 1024;

/// The longest payload of a fence.
pub const MAX_FENCE: usize = 64;

/// The largest width or height a viewer may ask for, in pixels.
pub const MAX_SIDE: u16 = 8192;

/// The longest part of a message that has to be seen as a whole before it is decided on: a full list of encodings.
pub const MAX_HEAD: usize = 4 + 4 * MAX_ENCODINGS;

/// Why a viewer's message ends the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A type that no viewer of ours sends: its length is unknown, so nothing behind it can be read.
    #[error("unknown message type {0}")]
    UnknownType(u8),
    /// A pixel format that is not true colour, or has an impossible depth.
    #[error("unusable pixel format")]
    PixelFormat,
    /// More encodings than [`MAX_ENCODINGS`].
    #[error("too many encodings")]
    Encodings,
    /// More text than [`MAX_CUT_TEXT`].
    #[error("clipboard text too long")]
    CutText,
    /// An extended clipboard message too short for its flags.
    #[error("malformed clipboard message")]
    Clipboard,
    /// A fence with more than [`MAX_FENCE`] bytes.
    #[error("fence too long")]
    Fence,
    /// The handshake of the viewer is not RFB, or chose what was not offered.
    #[error("malformed handshake")]
    Handshake,
}

/// What is done with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on as it is.
    Forward,
    /// It goes on, and a person did something: a key, the pointer, the clipboard.
    ForwardInput,
    /// It goes on without the encodings that are not allowed.
    FilterEncodings,
    /// It ends here.
    Drop,
}

/// The beginning of a message: what has to be seen before the rest may stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The length of the part that is decided on as a whole, in bytes: at most [`MAX_HEAD`].
    pub length: usize,
    /// The length of what follows it, in bytes.
    pub body: u64,
    /// What happens to both.
    pub verdict: Verdict,
}

impl Head {
    /// Reads the message at the start of `bytes`; `None` while its head is incomplete. What is already wrong is refused at once.
    /// A clipboard text of more than `max_clipboard` bytes is dropped.
    pub fn parse(bytes: &[u8], rights: Rights, max_clipboard: u32) -> Result<Option<Self>, Violation> {
        let Some(&kind) = bytes.first() else { return Ok(None) };
        let input = if rights.input { Verdict::ForwardInput } else { Verdict::Drop };
        let head = match kind {
            0 => return pixel_format(bytes),
            2 => return encodings(bytes),
            // FramebufferUpdateRequest, EnableContinuousUpdates.
            3 | 150 => Self::fixed(10, Verdict::Forward),
            4 => Self::fixed(8, input),
            5 => Self::fixed(6, input),
            6 => return cut_text(bytes, rights, max_clipboard),
            248 => return fence(bytes),
            // xvp asks for a shutdown or a reboot: no viewer may.
            250 => Self::fixed(4, Verdict::Drop),
            251 => return Ok(desktop_size(bytes, rights)),
            253 => return Ok(gii(bytes)),
            255 => return qemu(bytes, input),
            unknown => return Err(Violation::UnknownType(unknown)),
        };
        Ok(head.when_complete(bytes))
    }

    const fn fixed(length: usize, verdict: Verdict) -> Self {
        Self { length, body: 0, verdict }
    }

    fn when_complete(self, bytes: &[u8]) -> Option<Self> {
        (bytes.len() >= self.length).then_some(self)
    }
}

fn pixel_format(bytes: &[u8]) -> Result<Option<Head>, Violation> {
    let Some(&[bits, _depth, _big_endian, true_colour]) = bytes.get(4..8) else { return Ok(None) };
    if true_colour == 0 || !matches!(bits, 8 | 16 | 32) {
        return Err(Violation::PixelFormat);
    }
    Ok(Head::fixed(20, Verdict::Forward).when_complete(bytes))
}

fn encodings(bytes: &[u8]) -> Result<Option<Head>, Violation> {
    let Some(&[high, low]) = bytes.get(2..4) else { return Ok(None) };
    let n_encodings = usize::from(u16::from_be_bytes([high, low]));
    if n_encodings > MAX_ENCODINGS {
        return Err(Violation::Encodings);
    }
    Ok(Head::fixed(4 + 4 * n_encodings, Verdict::FilterEncodings).when_complete(bytes))
}

/// The length is signed: a negative one announces an extended message, which begins with four bytes of flags.
fn cut_text(bytes: &[u8], rights: Rights, max_clipboard: u32) -> Result<Option<Head>, Violation> {
    /// A viewer tells that it has text, or sends it. Everything else is the two programs talking to each other.
    const NOTIFY_OR_PROVIDE: u8 = 0x18;
    let Some(&[a, b, c, d]) = bytes.get(4..8) else { return Ok(None) };
    let length = i32::from_be_bytes([a, b, c, d]);
    let n_bytes = length.unsigned_abs();
    if n_bytes > MAX_CUT_TEXT {
        return Err(Violation::CutText);
    }
    let mut head = Head { length: 8, body: u64::from(n_bytes), verdict: Verdict::ForwardInput };
    if length < 0 {
        if n_bytes < 4 {
            return Err(Violation::Clipboard);
        }
        let Some(&flags) = bytes.get(8) else { return Ok(None) };
        if flags & NOTIFY_OR_PROVIDE == 0 {
            head.verdict = Verdict::Forward;
        }
    }
    if !rights.clipboard_in || n_bytes > max_clipboard {
        head.verdict = Verdict::Drop;
    }
    Ok(Some(head))
}

/// Fences pass whatever the rights are: a workload that waits for the answer would stop sending.
fn fence(bytes: &[u8]) -> Result<Option<Head>, Violation> {
    let Some(&n_bytes) = bytes.get(8) else { return Ok(None) };
    let n_bytes = usize::from(n_bytes);
    if n_bytes > MAX_FENCE {
        return Err(Violation::Fence);
    }
    Ok(Head::fixed(9 + n_bytes, Verdict::Forward).when_complete(bytes))
}

fn desktop_size(bytes: &[u8], rights: Rights) -> Option<Head> {
    let &[wide_high, wide_low, tall_high, tall_low, n_screens, _padding] = bytes.get(2..8)? else { return None };
    let (width, height) = (u16::from_be_bytes([wide_high, wide_low]), u16::from_be_bytes([tall_high, tall_low]));
    let is_sane = (1..=MAX_SIDE).contains(&width) && (1..=MAX_SIDE).contains(&height);
    let verdict = if rights.resize && is_sane { Verdict::Forward } else { Verdict::Drop };
    Some(Head { length: 8, body: 16 * u64::from(n_screens), verdict })
}

/// Input of other devices (gii). Never announced by us, so never forwarded; the byte order is the top bit of the second byte.
fn gii(bytes: &[u8]) -> Option<Head> {
    let &[kind, first, second] = bytes.get(1..4)? else { return None };
    let n_bytes = if kind & 0x80 == 0 { [second, first] } else { [first, second] };
    Some(Head { length: 4, body: u64::from(u16::from_be_bytes(n_bytes)), verdict: Verdict::Drop })
}

fn qemu(bytes: &[u8], input: Verdict) -> Result<Option<Head>, Violation> {
    match bytes.get(1) {
        None => Ok(None),
        Some(0) => Ok(Head::fixed(12, input).when_complete(bytes)),
        // Audio is never announced by us: read to its end, never forwarded. Operation 2 carries a sample format.
        Some(1) => {
            let Some(&operation) = bytes.get(3) else { return Ok(None) };
            let length = if operation == 2 { 10 } else { 4 };
            Ok(Head::fixed(length, Verdict::Drop).when_complete(bytes))
        }
        Some(_) => Err(Violation::UnknownType(255)),
    }
}
