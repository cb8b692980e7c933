//! Who signs the audit's seals: an Ed25519 key (RFC 8032) that all servers of a database share, or one in a file of the data
//! folder; and in that folder how far the chain was.

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
use sortie_core::{
    port::{Notary, seals::SealHead},
    secret::Secret,
};
use tracing::warn;

use crate::private_file;

const KEY: &str = "audit.key";
const HEAD: &str = "audit.head";
/// The length of an Ed25519 key's seed, in bytes.
const SEED: usize = 32;

/// The key and the memory of one data folder.
pub(crate) struct FileNotary {
    pair: Ed25519KeyPair,
    public_key: String,
    /// The public half of the folder's own key, where a shared one is used instead.
    former: Option<String>,
    head: PathBuf,
}

impl FileNotary {
    /// Takes the shared key; without one reads the folder's own, and makes one, for its owner alone, where there is none.
    pub(crate) fn open(shared: Option<&Secret>, data_dir: &Path) -> anyhow::Result<Self> {
        let (path, head) = (data_dir.join(KEY), data_dir.join(HEAD));
        let own = read(&path)?;
        let (pair, former) = match (shared, own) {
            (Some(seed), own) => (of_seed(seed)?, own.as_ref().map(public_key)),
            (None, Some(own)) => (own, None),
            (None, None) => (make(&path)?, None),
        };
        Ok(Self { public_key: public_key(&pair), pair, former, head })
    }

    /// The public half of the key that this folder's server signed with before it was given a shared one.
    pub(crate) fn former(&self) -> Option<&str> {
        self.former.as_deref()
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

/// Whether a text is what a shared key is given as: a seed in hexadecimal.
pub(crate) fn is_seed(text: &str) -> bool {
    from_hex(text).is_some_and(|it| it.len() == SEED)
}

fn of_seed(seed: &Secret) -> anyhow::Result<Ed25519KeyPair> {
    let bytes = from_hex(seed.reveal().trim()).context("SORTIE_AUDIT_KEY is not in hexadecimal")?;
    Ed25519KeyPair::from_seed_unchecked(&bytes).map_err(|_| anyhow::anyhow!("SORTIE_AUDIT_KEY is no Ed25519 key"))
}

fn public_key(pair: &Ed25519KeyPair) -> String {
    to_hex(pair.public_key().as_ref())
}

fn read(path: &Path) -> anyhow::Result<Option<Ed25519KeyPair>> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        bytes => of_file(&bytes.with_context(|| format!("cannot read {}", path.display()))?, path).map(Some),
    }
}

fn of_file(bytes: &[u8], path: &Path) -> anyhow::Result<Ed25519KeyPair> {
    Ed25519KeyPair::from_pkcs8(bytes)
        .map_err(|error| anyhow::anyhow!("{} is no Ed25519 key (PKCS #8): {error}", path.display()))
}

fn make(path: &Path) -> anyhow::Result<Ed25519KeyPair> {
    let key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
        .map_err(|_| anyhow::anyhow!("the system gives no random numbers"))?;
    private_file::write_new(path, key.as_ref())?;
    of_file(key.as_ref(), path)
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
        let notary = FileNotary::open(None, folder.path()).unwrap();
        let signature = notary.sign(b"one");
        let again = FileNotary::open(None, folder.path()).unwrap();
        assert!(again.is_signed(notary.public_key(), b"one", &signature));
        assert!(!again.is_signed(notary.public_key(), b"two", &signature));
        let other = tempfile::tempdir().unwrap();
        let stranger = FileNotary::open(None, other.path()).unwrap();
        assert!(!again.is_signed(stranger.public_key(), b"one", &signature));
        assert!(!again.is_signed("zz", b"one", &signature) && !again.is_signed("", b"one", ""));
    }

    #[test]
    fn servers_with_one_shared_key_sign_alike_and_know_what_they_signed_with_before() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let before = FileNotary::open(None, one.path()).unwrap();
        let shared = Secret::new(format!("{}\n", "5a".repeat(SEED)));
        let first = FileNotary::open(Some(&shared), one.path()).unwrap();
        let second = FileNotary::open(Some(&shared), other.path()).unwrap();
        assert_eq!(first.public_key(), second.public_key());
        assert!(second.is_signed(first.public_key(), b"one", &first.sign(b"one")));
        assert_eq!((first.former(), second.former()), (Some(before.public_key()), None));
        assert!(!other.path().join(KEY).exists(), "a server with a shared key makes none of its own");
        assert!(is_seed(&"5a".repeat(SEED)) && !is_seed("5a") && !is_seed(&"zz".repeat(SEED)));
    }

    #[test]
    fn the_end_of_the_chain_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let notary = FileNotary::open(None, folder.path()).unwrap();
        assert_eq!(notary.remembered().unwrap(), None);
        let head = SealHead { batch: 3, position: 700, hash: "ab".to_owned() };
        notary.remember(&head);
        assert_eq!(notary.remembered().unwrap(), Some(head));
    }
}
