//! What a backup holds beside the database for whoever lost everything: the data folder's keys and the settings, encrypted to
//! a key (age, X25519) whose secret half the operator holds and no server needs.

mod identity;

use std::{collections::BTreeMap, fmt::Write as _, fs, io::ErrorKind, path::Path};

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use sortie_store::backup::{self, Found};

use crate::{
    config::Settings,
    notary::{from_hex, to_hex},
    private_file,
};

pub(crate) use identity::{Recipient, keygen};

/// The keys that a data folder may hold.
const KEYS: [&str; 2] = ["audit.key", "services.key"];
/// Where restored settings are laid for the operator to read; nothing reads them by itself.
const SETTINGS: &str = "settings.restored.env";
const VERSION: u32 = 1;

/// What is encrypted, as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contents {
    version: u32,
    /// In hexadecimal, by their names.
    keys: BTreeMap<String, String>,
    /// As they were written, by their names.
    settings: BTreeMap<String, String>,
}

/// The keys and settings of now, encrypted; `None` where no recipient is named.
pub(crate) fn seal(settings: &Settings) -> anyhow::Result<Option<Vec<u8>>> {
    let Some(recipient) = &settings.backup.recipient else { return Ok(None) };
    let mut keys = BTreeMap::new();
    for name in KEYS {
        let path = settings.data_dir.join(name);
        match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            bytes => {
                let bytes = bytes.with_context(|| format!("cannot read {}", path.display()))?;
                keys.insert(name.to_owned(), to_hex(&bytes));
            }
        }
    }
    let contents = Contents { version: VERSION, keys, settings: settings.backup.written.0.clone() };
    Ok(Some(recipient.encrypt(&serde_json::to_vec(&contents)?)?))
}

/// What a backup holds for who has the secret key in this file.
pub(crate) fn open(found: &Found, key_file: &Path) -> anyhow::Result<Contents> {
    let name = &found.manifest.name;
    let Some(sealed) = backup::enclosure(found)? else {
        bail!("{name} holds no keys: it was made without SORTIE_BACKUP_RECIPIENT");
    };
    let bytes = identity::decrypt(&sealed, key_file).with_context(|| format!("the keys of {name} stay closed"))?;
    let contents: Contents = serde_json::from_slice(&bytes).with_context(|| format!("the keys of {name} are none"))?;
    ensure!(
        contents.version == VERSION,
        "the keys of {name} have the form {}, and this version reads {VERSION}",
        contents.version
    );
    let is_known = |it: &String| KEYS.contains(&it.as_str());
    ensure!(contents.keys.keys().all(is_known), "the keys of {name} have names that this version does not know");
    ensure!(contents.keys.values().all(|it| from_hex(it).is_some()), "a key of {name} is not in hexadecimal");
    Ok(contents)
}

impl Contents {
    /// What it is, in words.
    pub(crate) fn summary(&self) -> String {
        let names: Vec<_> = self.keys.keys().map(String::as_str).collect();
        let names = if names.is_empty() { "no key".to_owned() } else { names.join(", ") };
        format!("{names} and {} settings", self.settings.len())
    }

    /// Puts the keys into a data folder, keeping others of their names under a dated one, and lays the settings beside them.
    /// Answers what was done.
    pub(crate) fn put_back(&self, data_dir: &Path, stamp: &str) -> anyhow::Result<Vec<String>> {
        fs::create_dir_all(data_dir).with_context(|| format!("cannot make {}", data_dir.display()))?;
        let mut done = Vec::new();
        for (name, text) in &self.keys {
            let path = data_dir.join(name);
            let bytes = from_hex(text).with_context(|| format!("{name} is not in hexadecimal"))?;
            match fs::read(&path) {
                Ok(there) if there == bytes => continue,
                Ok(_) => {
                    let kept = data_dir.join(format!("{name}.before-restore-{stamp}"));
                    fs::hard_link(&path, &kept).with_context(|| format!("cannot keep {}", path.display()))?;
                    done.push(format!("{} is kept: {}", path.display(), kept.display()));
                }
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
            }
            private_file::replace(&path, &bytes)?;
            done.push(format!("{} is restored", path.display()));
        }
        let path = data_dir.join(SETTINGS);
        private_file::replace(&path, self.variables().as_bytes())?;
        done.push(format!("The settings of then are in {}: nothing reads them but you", path.display()));
        Ok(done)
    }

    /// The settings as a file of variables.
    fn variables(&self) -> String {
        let mut text = String::new();
        for (name, value) in &self.settings {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{name}='{}'", value.replace('\'', r"'\''"));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents() -> Contents {
        Contents {
            version: VERSION,
            keys: [("audit.key".to_owned(), "0aff".to_owned())].into(),
            settings: [("SORTIE_DB_DSN".to_owned(), "password='it''s'".to_owned())].into(),
        }
    }

    #[test]
    fn keys_come_back_for_their_owner_alone_and_others_of_their_names_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.key");
        fs::write(&path, "another").unwrap();
        contents().put_back(folder.path(), "20261121-120000").unwrap();
        assert_eq!(fs::read(&path).unwrap(), [0x0a, 0xff]);
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let kept = folder.path().join("audit.key.before-restore-20261121-120000");
        assert_eq!(fs::read_to_string(kept).unwrap(), "another");
        let again = contents().put_back(folder.path(), "20261121-120001").unwrap();
        assert_eq!(again.len(), 1, "a key that is there already is left alone: {again:?}");
    }

    #[test]
    fn settings_are_laid_out_so_that_a_file_of_variables_reads_them_back() {
        let folder = tempfile::tempdir().unwrap();
        contents().put_back(folder.path(), "20261121-120000").unwrap();
        let lines = dotenvy::from_path_iter(folder.path().join(SETTINGS)).unwrap();
        let read: Vec<_> = lines.map(Result::unwrap).collect();
        assert_eq!(read, [("SORTIE_DB_DSN".to_owned(), "password='it''s'".to_owned())]);
    }
}
