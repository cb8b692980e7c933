//! The secrets of one display: two RFB passwords and an X cookie, in the formats of their readers.

use des::{
    Des,
    cipher::{Array, BlockCipherEncrypt, KeyInit},
};

use crate::names;

/// VNC authentication looks at no more characters than these (RFC 6143 §7.2.2).
const PASSWORD_CHARS: usize = 8;

/// The fixed key under which VNC servers keep passwords in files. It hides nothing; the file's mode does.
const FILE_KEY: [u8; 8] = [0x17, 0x52, 0x6b, 0x06, 0x23, 0x4e, 0x58, 0x07];

/// A fresh RFB password.
pub(crate) fn password() -> String {
    names::random_text(PASSWORD_CHARS)
}

/// The content of a TigerVNC password file: the password for full access, then the view-only one.
pub(crate) fn password_file(full: &str, view_only: &str) -> Vec<u8> {
    [full, view_only].into_iter().flat_map(obscure).collect()
}

fn obscure(password: &str) -> [u8; 8] {
    // VNC's DES takes the bits of each key byte in reverse order.
    let key = FILE_KEY.map(u8::reverse_bits);
    let mut block = [0; 8];
    for (to, from) in block.iter_mut().zip(password.bytes()) {
        *to = from;
    }
    let mut block = Array::from(block);
    Des::new(&Array::from(key)).encrypt_block(&mut block);
    block.into()
}

/// An Xauthority file with one fresh MIT-MAGIC-COOKIE-1 for display 0 of any host name (libXau's `FamilyWild`).
///
/// The host name cannot matter: every sandbox has its own, and the socket is the only way to the display.
pub(crate) fn xauthority() -> Vec<u8> {
    let cookie: [u8; 16] = rand::random();
    let mut file = vec![0xff, 0xff];
    for field in [&b""[..], b"0", b"MIT-MAGIC-COOKIE-1", &cookie] {
        // The longest field has 18 bytes.
        file.extend([0, u8::try_from(field.len()).unwrap_or(u8::MAX)]);
        file.extend(field);
    }
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_file_reads_as_vncpasswd_writes_it() {
        // Written by `vncpasswd -f` for these two passwords.
        let expected = include_bytes!("../tests/data/vncpasswd");
        assert_eq!(password_file("Abc12345", "viewONLY"), expected);
    }

    #[test]
    fn a_cookie_file_has_the_documented_layout() {
        let file = xauthority();
        assert_eq!(file.len(), 2 + 2 + (2 + 1) + (2 + 18) + (2 + 16));
        assert_ne!(file, xauthority());
    }

    #[test]
    fn passwords_have_eight_letters_and_digits() {
        let password = password();
        assert_eq!(password.len(), 8);
        assert!(password.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
}
