//! Certificates of both sides of an engine's port.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, ensure};

/// The folders of both sides, each with `ca.pem`, `cert.pem` and `key.pem`, and of a stranger with an authority of its own.
pub struct Certificates {
    /// What the daemon serves with.
    pub(super) server: PathBuf,
    /// Whom the daemon lets in.
    pub client: PathBuf,
    /// Whom it does not know, and who does not know it: of another authority.
    pub stranger: PathBuf,
}

impl Certificates {
    pub(super) fn make(folder: &Path) -> Result<Self> {
        let side = |name: &str| folder.join(name);
        let made = Self { server: side("tls-server"), client: side("tls-client"), stranger: side("tls-stranger") };
        certify(&folder.join("tls-authority"), &[&made.server, &made.client])?;
        certify(&folder.join("tls-other-authority"), &[&made.stranger])?;
        Ok(made)
    }
}

fn certify(authority: &Path, sides: &[&Path]) -> Result<()> {
    let new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
    std::fs::create_dir_all(authority)?;
    openssl(authority, &[&new[..], &["-subj", "/CN=authority", "-keyout", "key.pem", "-out", "ca.pem"]].concat())?;
    for side in sides {
        std::fs::create_dir_all(side)?;
        std::fs::copy(authority.join("ca.pem"), side.join("ca.pem"))?;
        let (ca, key) = (authority.join("ca.pem"), authority.join("key.pem"));
        let signed = ["-CA", &*ca.to_string_lossy(), "-CAkey", &*key.to_string_lossy()];
        let own = ["-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "cert.pem"];
        let names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE"];
        openssl(side, &[&new[..], &own, &signed, &names].concat())?;
    }
    Ok(())
}

fn openssl(folder: &Path, words: &[&str]) -> Result<()> {
    let output = Command::new("openssl").args(words).current_dir(folder).output()?;
    ensure!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}
