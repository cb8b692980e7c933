//! The keys of backups.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sortie_core::retention::Retention;
use sortie_objects::Address;

use super::{Layered, StoreVariables, Written, settings::Reader};
use crate::enclosure::Recipient;

/// A year, in minutes.
const LONGEST: u64 = 366 * 24 * 60;

/// A folder, or the address of objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Folder(PathBuf),
    Objects(Address),
}

impl Place {
    /// Reads one; answers the rule that it breaks.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("file://") {
            let is_here = path.starts_with('/') && !path.contains(['?', '#', '%']);
            return if is_here {
                Ok(Self::Folder(path.into()))
            } else {
                Err("must be file:/// and a plain path".to_owned())
            };
        }
        if !text.contains("://") {
            return Ok(Self::Folder(text.into()));
        }
        Address::parse(text).map(Self::Objects).map_err(|rule| format!("{rule}, or be a folder"))
    }
}

/// Where backups go, how often, and which are kept.
#[derive(Clone, Debug)]
pub(crate) struct Backup {
    /// Where they go.
    pub(crate) place: Place,
    /// Whether somebody chose it.
    pub(crate) is_named: bool,
    /// Between two backups by the server itself; `None` for none.
    pub(crate) interval: Option<Duration>,
    /// Which are kept.
    pub(crate) retention: Retention,
    /// Whom the keys and settings in them are encrypted to; `None` leaves both out.
    pub(crate) recipient: Option<Recipient>,
    /// What object stores' own tools are told by.
    pub(crate) stores: StoreVariables,
    /// The settings as somebody wrote them, to be encrypted to the recipient.
    pub(crate) written: Written,
}

impl Backup {
    /// Reads them.
    pub(super) fn parse(read: &mut Reader<'_>, layered: &Layered, data_dir: &Path) -> Self {
        let mut count =
            |name: &str, least: u64, most: u64| u32::try_from(read.number(name, least, most)).unwrap_or(u32::MAX);
        let interval = Duration::from_mins(1) * count("SORTIE_BACKUP_INTERVAL", 0, LONGEST);
        let retention = Retention {
            last: count("SORTIE_BACKUP_KEEP_LAST", 1, 100_000),
            daily: count("SORTIE_BACKUP_KEEP_DAILY", 0, 100_000),
            weekly: count("SORTIE_BACKUP_KEEP_WEEKLY", 0, 100_000),
        };
        let named = read.text("SORTIE_BACKUP_DIR").map(|it| Place::parse(it.trim()));
        let is_named = named.is_some();
        let place = match named {
            Some(Ok(place)) => place,
            // Without the value: what is wrong with it may be that it holds a secret.
            Some(Err(rule)) => {
                read.complain(format!("SORTIE_BACKUP_DIR {rule}"));
                Place::Folder(PathBuf::new())
            }
            None => Place::Folder(data_dir.join("backups")),
        };
        let recipient = read.text("SORTIE_BACKUP_RECIPIENT").map(|it| it.trim().parse());
        if let Some(Err(_)) = &recipient {
            // Without the value: it may be the secret half.
            read.complain("SORTIE_BACKUP_RECIPIENT must be a public key of age: age1…");
        }
        let recipient = recipient.and_then(Result::ok);
        let interval = Some(interval).filter(|it| !it.is_zero());
        let (stores, written) = (layered.stores.clone(), layered.written());
        Self { place, is_named, interval, retention, recipient, stores, written }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cli::Flags,
        config::{Settings, load},
    };

    #[test]
    fn backups_go_to_a_folder_or_to_objects() {
        assert_eq!(Place::parse("backups"), Ok(Place::Folder("backups".into())));
        assert_eq!(Place::parse("file:///var/backups"), Ok(Place::Folder("/var/backups".into())));
        assert!(matches!(Place::parse("s3://bucket/prefix"), Ok(Place::Objects(_))));
        for wrong in ["file://host/x", "ftp://host/x", "s3://"] {
            assert!(Place::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_secret_in_the_address_of_backups_is_refused_and_not_repeated() {
        let variables = [("SORTIE_BACKUP_DIR".to_owned(), "s3://ID:hunter2@bucket/x".to_owned())];
        let errors = Settings::parse(&load(&Flags::default(), variables)).unwrap_err().join("\n");
        assert!(errors.contains("SORTIE_BACKUP_DIR must have nothing but a bucket"), "{errors}");
        assert!(!errors.contains("hunter2"), "{errors}");
    }

    #[test]
    fn the_secret_half_of_a_key_is_no_recipient_and_is_not_repeated() {
        let variables = [("SORTIE_BACKUP_RECIPIENT".to_owned(), "AGE-SECRET-KEY-1HUNTER2".to_owned())];
        let errors = Settings::parse(&load(&Flags::default(), variables)).unwrap_err().join("\n");
        assert_eq!(errors, "SORTIE_BACKUP_RECIPIENT must be a public key of age: age1…");
    }
}
