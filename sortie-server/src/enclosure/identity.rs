//! Keys of age: a recipient that anybody may read, and an identity that only the operator does.

use std::{fmt, fs, path::Path, str::FromStr};

use age::{secrecy::ExposeSecret, x25519};
use anyhow::{Context, anyhow, bail};

use crate::private_file;

/// A larger file is none of keys.
const MOST_BYTES: u64 = 64 * 1024;

/// Whom backups' keys are encrypted to: `age1…`.
#[derive(Clone)]
pub(crate) struct Recipient(x25519::Recipient);

impl FromStr for Recipient {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Recipient {
    /// The bytes for this recipient alone.
    pub(super) fn encrypt(&self, bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
        age::encrypt(&self.0, bytes).context("the keys cannot be encrypted")
    }
}

/// Makes a new key: the secret half into a new file, for its owner alone; answers the public one.
pub(crate) fn keygen(path: &Path) -> anyhow::Result<String> {
    let identity = x25519::Identity::generate();
    let public = identity.to_public().to_string();
    let text = format!("# public key: {public}\n{}\n", identity.to_string().expose_secret());
    private_file::write_new(path, text.as_bytes())?;
    Ok(public)
}

/// Decrypts with whichever key of the file fits. No message repeats what is in the file.
pub(super) fn decrypt(sealed: &[u8], key_file: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = key_file.display();
    let length = fs::metadata(key_file).with_context(|| format!("cannot read {shown}"))?.len();
    if length > MOST_BYTES {
        bail!("{shown} is too long for a file of keys");
    }
    let text = fs::read_to_string(key_file).with_context(|| format!("cannot read {shown}"))?;
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
    let mut tried = 0;
    for line in lines {
        let identity: x25519::Identity =
            line.parse().map_err(|_| anyhow!("{shown} must hold one AGE-SECRET-KEY-1… a line, and comments"))?;
        tried += 1;
        if let Ok(bytes) = age::decrypt(&identity, sealed) {
            return Ok(bytes);
        }
    }
    bail!("none of the {tried} keys in {shown} opens them")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encrypted_to_a_key_opens_with_its_secret_half_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (mine, other) = (folder.path().join("mine"), folder.path().join("other"));
        let recipient: Recipient = keygen(&mine).unwrap().parse().unwrap();
        keygen(&other).unwrap();
        let sealed = recipient.encrypt(b"the keys").unwrap();
        assert_eq!(decrypt(&sealed, &mine).unwrap(), b"the keys");
        let refused = format!("{:#}", decrypt(&sealed, &other).unwrap_err());
        assert!(refused.starts_with("none of the 1 keys"), "{refused}");
        assert!(keygen(&mine).is_err(), "a key is never written over");
        fs::write(&other, "hunter2").unwrap();
        let refused = format!("{:#}", decrypt(&sealed, &other).unwrap_err());
        assert!(refused.contains("AGE-SECRET-KEY-1…") && !refused.contains("hunter2"), "{refused}");
        let mut damaged = sealed;
        *damaged.last_mut().unwrap() ^= 1;
        assert!(decrypt(&damaged, &mine).is_err());
    }
}
