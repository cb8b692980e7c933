//! VNC authentication (RFC 6143 §7.2.2): a challenge, encrypted with DES under the password.
//!
//! Weak by today's measure, and what displays offer. It guards a display that only this machine reaches, with a random password
//! per session.

use des::Des;
use des::cipher::{BlockCipherEncrypt as _, KeyInit as _};

/// The length of challenge and response, in bytes.
pub const CHALLENGE: usize = 16;

/// The response to `challenge`. Of the password only the first eight bytes count; a shorter one is filled with zeros.
pub fn respond(password: &str, challenge: [u8; CHALLENGE]) -> [u8; CHALLENGE] {
    let mut key = [0; 8];
    for (slot, byte) in key.iter_mut().zip(password.bytes()) {
        // The protocol takes the bits of each byte in reverse.
        *slot = byte.reverse_bits();
    }
    let cipher = Des::new(&key.into());
    let mut response = challenge;
    let (blocks, _) = response.as_chunks_mut::<8>();
    for block in blocks {
        cipher.encrypt_block(block.into());
    }
    response
}
