//! WebSocket framing (RFC 6455), without input or output: of the server side, and for displays that bring a WebSocket of the
//! client side too.
//!
//! What goes down is one unfragmented binary frame per read of the workload: [`header::encode`] writes its header in front of the
//! payload. What comes up goes through [`frames::Frames`], which unmasks and compacts in place across any fragmentation and never
//! holds a payload. No extension is ever negotiated.

pub mod accept;
pub mod control;
pub mod frames;
pub mod header;
pub mod mask;

/// Why a viewer's bytes are refused. The stream ends with the code that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A reserved bit is set, though no extension was negotiated.
    #[error("reserved bit set")]
    ReservedBit,
    /// The opcode has no meaning.
    #[error("unknown opcode")]
    UnknownOpcode,
    /// A client must mask.
    #[error("frame not masked")]
    Unmasked,
    /// A server must not mask.
    #[error("frame masked by a server")]
    Masked,
    /// A control frame is longer than 125 bytes or fragmented.
    #[error("malformed control frame")]
    ControlFrame,
    /// A continuation without a beginning, or a beginning inside a message.
    #[error("continuation out of place")]
    Continuation,
    /// The length has its top bit set, or takes more bytes than it needs.
    #[error("malformed length")]
    Length,
    /// The Close frame has one byte, a code that may not be sent, or a text that is not UTF-8.
    #[error("malformed close frame")]
    Close,
    /// A text message: streams are binary.
    #[error("text message")]
    Text,
}

impl Refusal {
    /// The code to close with.
    pub fn code(self) -> crate::close::CloseCode {
        match self {
            Self::Text => crate::close::CloseCode::Unsupported,
            Self::ReservedBit
            | Self::UnknownOpcode
            | Self::Unmasked
            | Self::Masked
            | Self::ControlFrame
            | Self::Continuation
            | Self::Length
            | Self::Close => crate::close::CloseCode::Protocol,
        }
    }
}
