//! The first start: an administrator, and where services are looked after a token for programs; both are shown once.

use std::{
    fs::OpenOptions,
    io::{IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
};

use anyhow::Context;
use sortie_control::Control;
use sortie_core::secret::Secret;
use tracing::info;

use crate::{config::Settings, telemetry::say};

/// Makes what a fresh installation needs, and hands it over.
pub(super) async fn run(control: &Control, settings: &Settings) -> anyhow::Result<()> {
    let made = control
        .ensure_first_admin(&settings.admin_username, settings.admin_password.clone())
        .await
        .context("the first administrator could not be made")?;
    let Some(admin) = made else { return Ok(()) };
    if let Some(password) = &admin.password {
        hand_over_password(settings, password)?;
    }
    if settings.services.is_some() {
        let token = control.make_first_token(&admin.id).await.context("the first token could not be made")?;
        hand_over_token(settings, &token)?;
    }
    Ok(())
}

fn hand_over_password(settings: &Settings, password: &Secret) -> anyhow::Result<()> {
    let name = &settings.admin_username;
    if std::io::stdout().is_terminal() {
        say("");
        say(&format!("  First sign-in   user name: {name}   password: {}", password.reveal()));
        say("  It is shown this once. Change it after signing in.");
        say("");
        return Ok(());
    }
    let path = write(settings, "first-password", password)?;
    info!(user = name, file = path, "First administrator made; the password is in the file");
    Ok(())
}

fn hand_over_token(settings: &Settings, token: &Secret) -> anyhow::Result<()> {
    if std::io::stdout().is_terminal() {
        say(&format!("  Token for /api/v1 (Authorization: Bearer …), good for a year: {}", token.reveal()));
        say("");
        return Ok(());
    }
    let path = write(settings, "first-token", token)?;
    info!(file = path, "Token for programs made; it is in the file");
    Ok(())
}

/// Writes a secret for this user alone.
fn write(settings: &Settings, name: &str, secret: &Secret) -> anyhow::Result<String> {
    let path = settings.data_dir.join(name);
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("cannot write {}", path.display()))?;
    writeln!(file, "{}", secret.reveal())?;
    Ok(path.display().to_string())
}
