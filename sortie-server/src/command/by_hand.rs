//! What commands have in common that change something without a server.

use std::io::{IsTerminal, Write};

use anyhow::bail;
use sortie_control::Control;
use sortie_core::audit::Actor;

use crate::{assemble, cli::Flags};

/// Who does it: whoever may run the binary on the server's data.
pub(crate) fn command_line() -> Actor {
    Actor { name: "command line".to_owned(), ..Actor::system() }
}

/// Puts the use cases together without any loop, does the work, and closes the database.
pub(crate) fn with_control(flags: &Flags, work: impl AsyncFnOnce(Control) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let (settings, _) = super::settings(flags)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (store, control) = assemble::without_loops(&settings).await?;
        let done = work(control).await;
        tokio::task::spawn_blocking(move || store.close()).await?;
        done
    })
}

/// Whether to go on: `--yes`, or a person at the terminal who types it.
pub(crate) fn confirmed(yes: bool, question: &str) -> anyhow::Result<bool> {
    if yes {
        return Ok(true);
    }
    if !std::io::stdin().is_terminal() {
        bail!("{question} Nobody is there to confirm it; say --yes");
    }
    let mut out = std::io::stdout().lock();
    write!(out, "{question} Type yes: ")?;
    out.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
