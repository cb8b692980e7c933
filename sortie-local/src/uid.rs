//! One unprivileged uid for each live session, when the server runs as root.
//!
//! A claim is a file named after the uid, in one folder for the whole machine, that names a workload's folder. It is good for
//! as long as that folder's record says the same uid: nothing has to be given back after a crash.

use std::{
    fs::{self, File},
    os::unix::{
        ffi::{OsStrExt, OsStringExt},
        fs::MetadataExt,
    },
    path::{Path, PathBuf},
};

use rustix::fs::FlockOperation;

use crate::{
    error::{FileContext, LocalError, Outcome},
    place,
    record::Record,
    settings::Settings,
};

/// All servers of one machine share this folder, so that two of them never use the same uid.
const CLAIMS: &str = "/run/sortie-uids";

/// A uid that is claimed. The machine's claims stay locked until this is dropped: write the record first.
pub(crate) struct Claim {
    pub(crate) uid: u32,
    _lock: File,
}

/// Claims a free uid of the settings' range for the workload that will be in `folder`.
pub(crate) fn claim(settings: &Settings, folder: &Path) -> Outcome<Claim> {
    claim_in(Path::new(CLAIMS), settings.uid_base, folder)
}

/// Forgets the claim of the workload that was in `folder`. A leftover would only be found stale later.
pub(crate) fn release(uid: u32, folder: &Path) {
    let claims = Path::new(CLAIMS);
    let path = claims.join(uid.to_string());
    // Failing leaves a stale claim, which the next claimant of this uid replaces.
    let Ok(_lock) = place::lock(&claims.join("lock"), FlockOperation::LockExclusive) else { return };
    if fs::read(&path).is_ok_and(|it| it == folder.as_os_str().as_bytes()) {
        let _ = fs::remove_file(path);
    }
}

fn claim_in(claims: &Path, base: u32, folder: &Path) -> Outcome<Claim> {
    place::private_folder(claims)?;
    let lock = place::lock(&claims.join("lock"), FlockOperation::LockExclusive)?;
    // Uid 0 is nobody's, whatever the settings say.
    for uid in base.max(1)..base.saturating_add(Settings::UID_COUNT) {
        let path = claims.join(uid.to_string());
        if is_taken(&path, uid, folder)? || runs_something(uid) {
            continue;
        }
        place::write_whole(&path, folder.as_os_str().as_bytes())?;
        return Ok(Claim { uid, _lock: lock });
    }
    Err(LocalError::NoUid)
}

fn is_taken(path: &Path, uid: u32, folder: &Path) -> Outcome<bool> {
    let holder = match fs::read(path) {
        Ok(content) => PathBuf::from(std::ffi::OsString::from_vec(content)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error).on("read", path),
    };
    if holder == folder {
        return Ok(false);
    }
    Ok(match Record::read(&holder) {
        Ok(found) => found.is_some_and(|it| it.uid == Some(uid)),
        // A record that cannot be read keeps its uid: what cannot be checked is not given away.
        Err(_) => true,
    })
}

/// Whether any process runs as this uid: those of a workload whose folder was removed by hand, say.
fn runs_something(uid: u32) -> bool {
    // A process belongs to its directory's owner, and so does every other file of /proc that is not root's.
    fs::read_dir("/proc")
        .is_ok_and(|mut all| all.any(|it| it.and_then(|it| it.metadata()).is_ok_and(|it| it.uid() == uid)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uid_is_not_given_twice_while_its_workload_exists() {
        // Uids that no other test gives to processes.
        let dir = tempfile::tempdir().unwrap();
        let workload = |name: &str| {
            let folder = dir.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("spec.json"), b"not readable").unwrap();
            folder
        };
        let (one, two, three) = (workload("one"), workload("two"), workload("three"));
        let claims = dir.path().join("claims");
        assert_eq!(claim_in(&claims, 900_000, &one).unwrap().uid, 900_000);
        assert_eq!(claim_in(&claims, 900_000, &two).unwrap().uid, 900_001);
        fs::remove_dir_all(&one).unwrap();
        assert_eq!(claim_in(&claims, 900_000, &three).unwrap().uid, 900_000);
    }

    #[test]
    fn a_session_never_gets_the_uid_of_root() {
        let dir = tempfile::tempdir().unwrap();
        assert_ne!(claim_in(&dir.path().join("claims"), 0, &dir.path().join("w")).unwrap().uid, 0);
    }
}
