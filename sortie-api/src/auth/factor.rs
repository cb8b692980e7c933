//! Codes of second factors: RFC 6238 with its defaults (SHA-1, 30 seconds, six digits), which every authenticator app speaks.

use std::ops::RangeInclusive;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use sortie_core::{credential::FACTOR_DIGITS, secret::Secret};
use subtle::ConstantTimeEq;

/// The letters of base 32 (RFC 4648 §6).
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// 160 bits, as RFC 4226 §4 recommends: a whole number of base-32 letters.
const SECRET_BYTES: usize = 20;

/// A fresh secret in base 32.
pub(super) fn fresh_secret() -> Secret {
    let mut bytes = [0_u8; SECRET_BYTES];
    rand::fill(&mut bytes);
    Secret::new(encode(&bytes))
}

/// The step whose code this is.
pub(super) fn matching_step(secret: &Secret, code: &str, steps: RangeInclusive<i64>) -> Option<i64> {
    let key = decode(secret.reveal())?;
    // All of them are computed and compared, so that time does not tell which it was.
    let mut found = None;
    for step in steps {
        let is_it = bool::from(code_of(&key, step)?.as_bytes().ct_eq(code.as_bytes()));
        found = found.or(is_it.then_some(step));
    }
    found
}

/// The code of a step (RFC 4226 §5.3).
fn code_of(key: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest.last()? & 0x0f);
    let four: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    let number = u32::from_be_bytes(four) & 0x7fff_ffff;
    Some(format!("{:0FACTOR_DIGITS$}", number % 1_000_000))
}

fn encode(bytes: &[u8]) -> String {
    bytes
        .chunks(5)
        .flat_map(|chunk| {
            let bits = chunk.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte)) << (8 * (5 - chunk.len()));
            let letters = (chunk.len() * 8).div_ceil(5);
            (0..letters).map(move |index| char::from(ALPHABET[((bits >> (35 - 5 * index)) & 31) as usize]))
        })
        .collect()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut bits, mut held) = (Vec::new(), 0_u32, 0_u32);
    for letter in text.bytes() {
        let value = ALPHABET.iter().position(|it| *it == letter)?;
        bits = (bits << 5) | u32::try_from(value).ok()?;
        held += 5;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the last six of its eight digits.
    #[test]
    fn the_vectors_of_the_rfc_come_out() {
        let key = b"12345678901234567890";
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_of(key, seconds / 30).as_deref(), Some(code));
        }
    }

    #[test]
    fn the_vectors_of_base_32_come_out() {
        for (plain, text) in
            [("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(encode(plain.as_bytes()), text);
            assert_eq!(decode(text).unwrap(), plain.as_bytes());
        }
    }

    #[test]
    fn a_code_is_found_within_its_steps_only() {
        let secret = fresh_secret();
        assert_eq!(secret.reveal().len(), 32);
        let code = code_of(&decode(secret.reveal()).unwrap(), 1_000).unwrap();
        assert_eq!(matching_step(&secret, &code, 999..=1_001), Some(1_000));
        assert_eq!(matching_step(&secret, "", 999..=1_001), None);
        assert_eq!(matching_step(&secret, &format!("{code}0"), 999..=1_001), None);
    }
}
