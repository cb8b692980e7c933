//! The certificate of our own listener: read at the start, and again when its files change.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use sortie_api::Tls;
use sortie_control::tasks::Tasks;
use tracing::{info, warn};

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(5);

/// Where certificate and key lie.
#[derive(Clone, Debug)]
pub(crate) struct TlsFiles {
    /// The chain, PEM.
    pub(crate) certificate: PathBuf,
    /// The key, PEM.
    pub(crate) key: PathBuf,
}

/// What tells one version of both files from another; links are followed, because mounted secrets are exchanged by link.
type Version = [(u64, u64, i64, i64); 2];

impl TlsFiles {
    fn version(&self) -> io::Result<Version> {
        let look = |path: &Path| fs::metadata(path).map(|it| (it.ino(), it.size(), it.mtime(), it.mtime_nsec()));
        Ok([look(&self.certificate)?, look(&self.key)?])
    }

    fn read(&self) -> anyhow::Result<(Vec<u8>, Vec<u8>)> {
        let read = |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        Ok((read(&self.certificate)?, read(&self.key)?))
    }
}

/// Loads the certificate and keeps it up to date.
pub(crate) fn load(files: &TlsFiles, tasks: &Tasks) -> anyhow::Result<Tls> {
    let version = files.version().ok();
    let (certificate, key) = files.read()?;
    let shown = format!("{} and {}", files.certificate.display(), files.key.display());
    let tls = Tls::new(&certificate, &key).with_context(|| format!("{shown} cannot be used"))?;
    let (files, kept) = (files.clone(), tls.clone());
    tasks.spawn_loop("certificate", move || keep_fresh(files.clone(), kept.clone(), version));
    Ok(tls)
}

/// Looks for a new certificate for ever. One that cannot be used leaves the old one in force, with one warning.
async fn keep_fresh(files: TlsFiles, tls: Tls, mut seen: Option<Version>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let version = files.version().ok();
        if version == seen {
            continue;
        }
        seen = version;
        let taken = files.read().and_then(|(certificate, key)| Ok(tls.replace(&certificate, &key)?));
        let shown = files.certificate.display();
        match taken {
            Ok(()) => info!(file = %shown, "Certificate replaced"),
            Err(error) => {
                warn!(file = %shown, error = format!("{error:#}"), "New certificate cannot be used; the old one stays");
            }
        }
    }
}
