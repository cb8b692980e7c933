//! Codes of second factors: RFC 6238 with its defaults (SHA-1, 30 seconds, six digits), which every authenticator app speaks.

use std::ops::RangeInclusive;

use sortie_core::{credential::FACTOR_STEP_SECONDS, secret::Secret};
use subtle::ConstantTimeEq;
use totp_rs::{Builder, Secret as Key, Totp};

/// 160 bits, as RFC 4226 §4 recommends: a whole number of base-32 letters.
const SECRET_BYTES: usize = 20;

/// A fresh secret in base 32.
pub(super) fn fresh_secret() -> Secret {
    let mut bytes = [0_u8; SECRET_BYTES];
    rand::fill(&mut bytes);
    Secret::new(Key::new_stack(bytes).to_base32())
}

/// The step whose code this is.
pub(super) fn matching_step(secret: &Secret, code: &str, steps: RangeInclusive<i64>) -> Option<i64> {
    let factor = factor(secret)?;
    // All of them are computed and compared, so that time does not tell which it was.
    let mut found = None;
    for step in steps {
        let is_it = bool::from(code_of(&factor, step)?.as_bytes().ct_eq(code.as_bytes()));
        found = found.or(is_it.then_some(step));
    }
    found
}

/// Refuses keys shorter than the 128 bits that RFC 4226 §4 demands.
fn factor(secret: &Secret) -> Option<Totp> {
    let key = Key::try_from_base32(secret.reveal()).ok()?;
    Builder::new().with_secret(key).build().ok()
}

/// The code of a step.
fn code_of(factor: &Totp, step: i64) -> Option<String> {
    let time = u64::try_from(step.checked_mul(FACTOR_STEP_SECONDS)?).ok()?;
    Some(factor.generate(time).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the last six of its eight digits.
    #[test]
    fn the_vectors_of_the_rfc_come_out() {
        // `12345678901234567890` in base 32.
        let factor = factor(&Secret::new("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")).unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code_of(&factor, seconds / 30).as_deref(), Some(code));
        }
    }

    /// Made by an earlier version, and in people's devices since.
    #[test]
    fn a_secret_of_an_earlier_version_stays_good() {
        let kept = Secret::new("MZXW6YTBOJRGC6TROV4HMZLSPEQGY33O");
        let steps = 58_765_431..=58_765_433;
        assert_eq!(matching_step(&kept, "403008", steps.clone()), Some(58_765_432));
        assert_eq!(matching_step(&kept, "000000", steps), None);
    }

    #[test]
    fn a_code_is_found_within_its_steps_only() {
        let secret = fresh_secret();
        assert_eq!(secret.reveal().len(), 32);
        assert_ne!(secret.reveal(), fresh_secret().reveal());
        let code = code_of(&factor(&secret).unwrap(), 1_000).unwrap();
        assert_eq!(matching_step(&secret, &code, 999..=1_001), Some(1_000));
        assert_eq!(matching_step(&secret, "", 999..=1_001), None);
        assert_eq!(matching_step(&secret, &format!("{code}0"), 999..=1_001), None);
    }

    #[test]
    fn what_is_no_secret_has_no_codes() {
        for broken in ["", "MZXW6", "no base 32!", "MZXW6YTBOI1"] {
            assert_eq!(matching_step(&Secret::new(broken), "000000", 0..=2), None);
        }
    }
}
