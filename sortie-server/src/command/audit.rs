//! `sortie audit`: whether the audit is what was sealed.

use anyhow::bail;
use clap::Subcommand;
use sortie_core::port::Notary;
use sortie_store::chain::{self, Anchor};

use crate::{assemble::store_settings, cli::Flags, notary::FileNotary, telemetry::say};

/// What to do about the audit.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Check every sealed entry, the chain, the signatures, and that nothing was cut off.
    Verify {
        /// The public key of another server whose signatures count, too; may be given several times.
        #[arg(long = "key", value_name = "PUBLIC KEY")]
        keys: Vec<String>,
    },
}

impl Audit {
    /// Does it, beside the server that may be running.
    pub(crate) fn run(self, flags: &Flags) -> anyhow::Result<()> {
        let Self::Verify { keys } = self;
        let (settings, _) = super::settings(flags)?;
        let notary = FileNotary::open(&settings.data_dir)?;
        let anchor = Anchor { notary: &notary, trusted: &keys, head: notary.remembered()? };
        let proof = chain::verify(&store_settings(&settings), &anchor)?;
        for finding in &proof.findings {
            say(&format!("wrong: {finding}"));
        }
        if !proof.findings.is_empty() {
            bail!("the audit is not what was sealed");
        }
        say(&format!("The audit is what was sealed: {} entries in {} batches.", proof.sealed, proof.batches));
        say(&format!("Not sealed yet: {}. Public key: {}", proof.unsealed, notary.public_key()));
        Ok(())
    }
}
