//! Names of folders, made from ids that may hold anything but control characters.

use rand::distr::{Alphanumeric, SampleString};
use sha2::{Digest, Sha256};

/// The longest id that becomes a folder's name unchanged, in bytes.
const MAX_PLAIN_BYTES: usize = 64;

/// The folder's name for an id: the id itself where it is harmless, else a hash of it. Never begins with a dot.
pub(crate) fn folder(id: &str) -> String {
    let harmless = id.len() <= MAX_PLAIN_BYTES
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    // The tilde cannot occur in a plain name, so a hash never meets an id.
    if harmless { id.to_owned() } else { format!("~{}", hash(id, 16)) }
}

/// The first `n_bytes` of the id's SHA-256, in hex.
pub(crate) fn hash(id: &str, n_bytes: usize) -> String {
    let nibble = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    let digest = Sha256::digest(id.as_bytes());
    digest.iter().take(n_bytes).flat_map(|byte| [nibble(byte >> 4), nibble(byte & 0xf)]).collect()
}

/// A fresh random name of 24 letters and digits (142 bits): it marks the processes of one workload.
pub(crate) fn mark() -> String {
    random_text(24)
}

/// Random letters and digits from the thread's cryptographic generator.
pub(crate) fn random_text(n_chars: usize) -> String {
    Alphanumeric.sample_string(&mut rand::rng(), n_chars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_harmless_id_names_its_folder() {
        assert_eq!(folder("0198c0de-7f3a-7000-8000-000000000001"), "0198c0de-7f3a-7000-8000-000000000001");
    }

    #[test]
    fn no_id_leads_out_of_its_folder() {
        for id in ["..", "../../etc", "/etc/passwd", ".hidden", "a b", "-rf", "Ünï", &"x".repeat(255)] {
            let name = folder(id);
            assert!(name.starts_with('~') && name.len() <= 33, "{id}: {name}");
            assert!(!name.contains(['/', ' ']), "{id}: {name}");
        }
    }

    #[test]
    fn different_ids_have_different_folders() {
        assert_ne!(folder("a b"), folder("a  b"));
        assert_ne!(mark(), mark());
    }
}
