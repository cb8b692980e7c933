//! Tokens of 256 random bits, and passwords for people to type.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use sortie_core::secret::{Secret, TokenHash};

/// Letters and digits that nobody mistakes for one another (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Five bits each: 130 bits.
const PASSWORD_LETTERS: usize = 26;

/// A fresh token and its hash.
pub(super) fn fresh() -> (Secret, TokenHash) {
    let mut bytes = [0_u8; 32];
    rand::fill(&mut bytes);
    let text = URL_SAFE_NO_PAD.encode(bytes);
    let hash = hash(&text);
    (Secret::new(text), hash)
}

/// The hash of a token. It has so many bits that a plain hash is enough.
pub(super) fn hash(token: &str) -> TokenHash {
    use std::fmt::Write as _;
    let digest = Sha256::digest(token.as_bytes());
    TokenHash::new(digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing into a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

/// A password in groups of five.
pub(super) fn password() -> Secret {
    let mut bytes = [0_u8; PASSWORD_LETTERS];
    rand::fill(&mut bytes);
    let letters: Vec<char> = bytes.iter().map(|it| char::from(ALPHABET[usize::from(it & 31)])).collect();
    let groups: Vec<String> = letters.chunks(5).map(|it| it.iter().collect()).collect();
    Secret::new(groups.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_hash_as_documented() {
        let ((a, hash_a), (b, _)) = (fresh(), fresh());
        assert_ne!(a.reveal(), b.reveal());
        assert_eq!(hash(a.reveal()), hash_a);
        assert_eq!(hash("abc").as_str(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn a_made_up_password_has_the_promised_bits() {
        let password = password();
        let letters = password.reveal().chars().filter(|it| *it != '-').count();
        assert!(letters * 5 >= 128, "{}", password.reveal());
        assert!(sortie_core::user::check_password(password.reveal(), "admin").is_ok());
    }
}
