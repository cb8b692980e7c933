//! `sortie services secrets`: what services need in their environment, and nobody may see.

use std::io::{self, IsTerminal, Read};

use anyhow::{Context, bail};
use clap::Subcommand;
use sortie_core::{secret::Secret, services::secret::MOST_BYTES};

use super::by_hand::{command_line, with_control};
use crate::{cli::Flags, telemetry::say};

/// What to do about secrets.
#[derive(Debug, Subcommand)]
pub(crate) enum Secrets {
    /// List them by name, without their values.
    List,
    /// Set one to what the standard input holds, without a line break at its end.
    Set {
        /// Its name.
        name: String,
    },
    /// Forget one.
    Forget {
        /// Its name.
        name: String,
    },
}

/// Does it. The server of the same SQLite file must be stopped; a running one takes secrets at `/api/v1/secrets`.
pub(crate) fn run(flags: &Flags, what: Secrets) -> anyhow::Result<()> {
    match what {
        Secrets::List => with_control(flags, async |control| {
            for it in control.service_secrets_by_hand().await? {
                say(&format!(
                    "{} (set {})",
                    it.name,
                    if it.revision == 1 { "once".to_owned() } else { format!("{} times", it.revision) }
                ));
            }
            Ok(())
        }),
        Secrets::Set { name } => {
            let value = read_value()?;
            with_control(flags, async |control| {
                let kept = control.set_service_secret_by_hand(command_line(), &name, &value).await?;
                say(&format!("The secret {} is set.", kept.name));
                Ok(())
            })
        }
        Secrets::Forget { name } => with_control(flags, async |control| {
            control.forget_service_secret_by_hand(command_line(), &name).await?;
            say(&format!("The secret {name} is forgotten."));
            Ok(())
        }),
    }
}

fn read_value() -> anyhow::Result<Secret> {
    let input = io::stdin();
    if input.is_terminal() {
        bail!("a terminal would show it: hand the value over on the standard input, for instance with `< file`");
    }
    // One byte more than a secret and its line break may have: what is too long is refused with the rule, not cut.
    let most = u64::try_from(MOST_BYTES + 3).unwrap_or(u64::MAX);
    let mut text = String::new();
    input.lock().take(most).read_to_string(&mut text).context("the value cannot be read as text")?;
    let value = text.strip_suffix('\n').map_or(text.as_str(), |it| it.strip_suffix('\r').unwrap_or(it));
    Ok(Secret::new(value))
}
