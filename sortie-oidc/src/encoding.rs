//! The text forms of bytes in tokens and requests.

use base64::{Engine, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest::{self, SHA256};
use url::form_urlencoded;

/// Reads base64url without padding (RFC 7515 §2): nothing else, and in one way only.
pub(crate) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Writes base64url without padding.
pub(crate) fn to_base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The challenge of a PKCE verifier: method S256 (RFC 7636 §4.2).
pub(crate) fn challenge(verifier: &str) -> String {
    to_base64url(digest::digest(&SHA256, verifier.as_bytes()).as_ref())
}

/// A client's name and secret as a header (RFC 6749 §2.3.1: each form-encoded first).
pub(crate) fn basic(id: &str, secret: &str) -> String {
    let encoded = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert_eq!(challenge(verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn bytes_are_written_in_one_way_only() {
        assert_eq!(from_base64url("_-8"), Some(vec![0xff, 0xef]));
        for other in ["/+8", "_-8=", "_-9", "_ -8", "_"] {
            assert_eq!(from_base64url(other), None, "{other}");
        }
    }

    #[test]
    fn a_secret_with_a_colon_stays_one_secret() {
        assert_eq!(basic("a:b", "c d%"), format!("Basic {}", STANDARD.encode("a%3Ab:c+d%25")));
    }
}
