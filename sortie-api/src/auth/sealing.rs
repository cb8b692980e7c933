//! Secrets at rest: AES-256-GCM with a key in a file of its own, so that a copy of the database alone tells nothing.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};
use sortie_core::{
    port::{BoxError, Sealer},
    secret::Secret,
};

/// The form of what is sealed: this byte, the nonce, the ciphertext with its tag.
const FORM: u8 = 1;
/// Bytes of a key.
const KEY_LEN: usize = 32;

/// Seals with the key in a file. The file is made with the first secret, for its owner only.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// Nothing is read yet.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    fn read(&self) -> io::Result<LessSafeKey> {
        let bytes = fs::read(&self.path)?;
        let key = UnboundKey::new(&AES_256_GCM, &bytes).map_err(|_| {
            let said = format!("{} must hold {KEY_LEN} bytes", self.path.display());
            io::Error::new(io::ErrorKind::InvalidData, said)
        })?;
        Ok(LessSafeKey::new(key))
    }

    fn read_or_make(&self) -> io::Result<LessSafeKey> {
        match self.read() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            read => return read,
        }
        // Written aside first: whoever finds the file finds a whole key. Of two that make one the first wins.
        let mut bytes = [0; KEY_LEN];
        SystemRandom::new().fill(&mut bytes).map_err(|_| io::Error::other("no random bytes"))?;
        let aside = self.path.with_extension(format!("new-{}", std::process::id()));
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&aside)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        let linked = fs::hard_link(&aside, &self.path);
        fs::remove_file(&aside)?;
        match linked {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => self.read(),
        }
    }
}

impl Sealer for KeyFile {
    fn seal(&self, name: &str, secret: &Secret) -> Result<Vec<u8>, BoxError> {
        let key = self.read_or_make()?;
        let mut nonce = [0; NONCE_LEN];
        SystemRandom::new().fill(&mut nonce).map_err(|_| "no random bytes")?;
        let mut sealed = secret.reveal().as_bytes().to_vec();
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(name), &mut sealed)
            .map_err(|_| "the secret could not be sealed")?;
        Ok([&[FORM][..], &nonce, &sealed].concat())
    }

    fn open(&self, name: &str, sealed: &[u8]) -> Result<Secret, BoxError> {
        let (form, rest) = sealed.split_first().ok_or("nothing is sealed")?;
        let (nonce, sealed) = rest.split_at_checked(NONCE_LEN).ok_or("what is sealed is too short")?;
        if *form != FORM {
            return Err("it was sealed by a newer version".into());
        }
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| "the nonce is of another length")?;
        let opened = self.read()?.open_in_place(nonce, Aad::from(name), &mut sealed);
        let opened = opened.map_err(|_| "another key sealed it, or it was changed")?;
        Ok(Secret::new(std::str::from_utf8(opened)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_only_under_its_name_unchanged_and_with_its_key() {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyFile::new(folder.path().join("services.key"));
        let sealed = key.seal("db", &Secret::new("geheim")).unwrap();
        assert!(!sealed.windows(6).any(|it| it == b"geheim"));
        assert_eq!(key.open("db", &sealed).unwrap().reveal(), "geheim");
        assert!(key.open("other", &sealed).is_err());
        let mut changed = sealed.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(key.open("db", &changed).is_err());
        let other = KeyFile::new(folder.path().join("other.key"));
        assert!(other.open("db", &sealed).is_err());
        other.seal("db", &Secret::new("x")).unwrap();
        assert!(other.open("db", &sealed).is_err());
        assert!(key.open("db", &[]).is_err() && key.open("db", &[FORM]).is_err());
    }

    #[test]
    fn the_same_secret_is_sealed_differently_each_time_and_the_key_is_its_owners() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("services.key");
        let key = KeyFile::new(&path);
        assert_ne!(key.seal("a", &Secret::new("x")).unwrap(), key.seal("a", &Secret::new("x")).unwrap());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
