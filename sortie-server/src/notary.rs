//! Who signs the audit's seals: an Ed25519 key (RFC 8032) in a file of the data folder, and beside it how far the chain was.

use std::{
    fmt::Write as _,
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};

use anyhow::Context;
use ring::{
    rand::SystemRandom,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use sortie_core::port::{Notary, seals::SealHead};
use tracing::warn;

use crate::private_file;

const KEY: &str = "audit.key";
const HEAD: &str = "audit.head";

/// The key and the memory of one data folder.
pub(crate) struct FileNotary {
    pair: Ed25519KeyPair,
    public_key: String,
    head: PathBuf,
}

impl FileNotary {
    /// Reads the key; makes one, for its owner alone, where there is none.
    pub(crate) fn open(data_dir: &Path) -> anyhow::Result<Self> {
        let path = data_dir.join(KEY);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => make(&path)?,
            bytes => bytes.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let pair = Ed25519KeyPair::from_pkcs8(&bytes)
            .map_err(|error| anyhow::anyhow!("{} is no Ed25519 key (PKCS #8): {error}", path.display()))?;
        let public_key = to_hex(pair.public_key().as_ref());
        Ok(Self { pair, public_key, head: data_dir.join(HEAD) })
    }

    /// How far the chain was; `None` where nothing is remembered.
    pub(crate) fn remembered(&self) -> anyhow::Result<Option<SealHead>> {
        let text = match fs::read_to_string(&self.head) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.with_context(|| format!("cannot read {}", self.head.display()))?,
        };
        let mut parts = text.split_whitespace();
        let head = (|| {
            let batch = parts.next()?.parse().ok()?;
            let position = parts.next()?.parse().ok()?;
            Some(SealHead { batch, position, hash: parts.next()?.to_owned() })
        })();
        head.map(Some).with_context(|| format!("{} is not what was written there", self.head.display()))
    }
}

/// Forgets how far the chain was: a restored database has the chain of its own time.
pub(crate) fn forget(data_dir: &Path) -> anyhow::Result<()> {
    let path = data_dir.join(HEAD);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", path.display()))
        }
        _ => Ok(()),
    }
}

fn make(path: &Path) -> anyhow::Result<Vec<u8>> {
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
        .map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    private_file::write_new(path, key.as_ref())?;
    Ok(key.as_ref().to_vec())
}

impl Notary for FileNotary {
    fn public_key(&self) -> &str {
        &self.public_key
    }

    fn sign(&self, message: &[u8]) -> String {
        to_hex(self.pair.sign(message).as_ref())
    }

    fn is_signed(&self, public_key: &str, message: &[u8], signature: &str) -> bool {
        let (Some(key), Some(signature)) = (from_hex(public_key), from_hex(signature)) else { return false };
        UnparsedPublicKey::new(&ED25519, key).verify(message, &signature).is_ok()
    }

    fn remember(&self, head: &SealHead) {
        let fresh = self.head.with_extension("head.new");
        let written = fs::write(&fresh, format!("{} {} {}\n", head.batch, head.position, head.hash))
            .and_then(|()| fs::rename(&fresh, &self.head));
        if let Err(error) = written {
            warn!(error = %error, "End of the audit's chain could not be remembered beside the database");
        }
    }
}

/// Bytes in hexadecimal.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Bytes of hexadecimal.
pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    text.as_bytes().chunks(2).map(|it| u8::from_str_radix(std::str::from_utf8(it).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_holds_for_its_message_and_key_only_and_the_key_stays() {
        let folder = tempfile::tempdir().unwrap();
        let notary = FileNotary::open(folder.path()).unwrap();
        let signature = notary.sign(b"one");
        let again = FileNotary::open(folder.path()).unwrap();
        assert!(again.is_signed(notary.public_key(), b"one", &signature));
        assert!(!again.is_signed(notary.public_key(), b"two", &signature));
        let other = tempfile::tempdir().unwrap();
        let stranger = FileNotary::open(other.path()).unwrap();
        assert!(!again.is_signed(stranger.public_key(), b"one", &signature));
        assert!(!again.is_signed("zz", b"one", &signature) && !again.is_signed("", b"one", ""));
    }

    #[test]
    fn the_end_of_the_chain_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let notary = FileNotary::open(folder.path()).unwrap();
        assert_eq!(notary.remembered().unwrap(), None);
        let head = SealHead { batch: 3, position: 700, hash: "ab".to_owned() };
        notary.remember(&head);
        assert_eq!(notary.remembered().unwrap(), Some(head));
    }
}
