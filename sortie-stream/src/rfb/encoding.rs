//! Which encodings a viewer may ask for: an allow-list, because an encoding unknown to our parser may change how later messages
//! of the viewer are framed.

use super::Rights;

/// Extended clipboard: lets a viewer send more than Latin-1 text, in messages with a negative length.
pub const EXTENDED_CLIPBOARD: i32 = 0xc0a1_e5ce_u32.cast_signed();

/// Extended mouse buttons: makes some pointer events one byte longer. Never let through: our parser counts six bytes.
pub const EXTENDED_MOUSE_BUTTONS: i32 = -316;

/// Extended desktop size: a viewer that did not ask for it cannot follow another size of the screen. TigerVNC 1.12 crashes when
/// such a viewer asks for one.
pub const EXTENDED_DESKTOP_SIZE: i32 = -308;

/// Whether a viewer with these rights may ask for this encoding or pseudo-encoding.
pub fn is_allowed(encoding: i32, rights: Rights) -> bool {
    match encoding {
        // Raw, CopyRect, RRE, Hextile, Zlib, Tight, TRLE, ZRLE, JPEG, open H.264, Tight PNG.
        0 | 1 | 2 | 5 | 6 | 7 | 15 | 16 | 21 | 50 | -260 => true,
        // Tight: JPEG quality, compression level, fine-grained quality, chroma subsampling.
        -32..=-23 | -256..=-247 | -512..=-412 | -768..=-763 => true,
        // DesktopSize, LastRect, pointer position, Cursor, XCursor, DesktopName, ExtendedDesktopSize, Cursor with alpha.
        -223 | -224 | -232 | -239 | -240 | -307 | EXTENDED_DESKTOP_SIZE | -314 => true,
        // QEMU extended key events and LED state; Fence and ContinuousUpdates: their messages are known to the parser.
        -258 | -261 | -312 | -313 => true,
        // VMware cursor, cursor state, cursor position and LED state: they only go down.
        0x574d_5664..=0x574d_5666 | 0x574d_5668 => true,
        EXTENDED_CLIPBOARD => rights.clipboard_in,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_that_changes_the_framing_of_input_is_never_allowed() {
        for encoding in [EXTENDED_MOUSE_BUTTONS, -257, -259, -305, -309, 0x574d_5667, i32::MIN, i32::MAX] {
            assert!(!is_allowed(encoding, Rights::CONTROL), "{encoding}");
        }
    }

    #[test]
    fn the_extended_clipboard_needs_the_right_to_the_clipboard() {
        assert!(is_allowed(EXTENDED_CLIPBOARD, Rights::CONTROL));
        assert!(!is_allowed(EXTENDED_CLIPBOARD, Rights::VIEW_ONLY));
    }
}
