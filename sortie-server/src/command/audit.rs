//! `sortie audit`: whether the audit is what was sealed, and all of it as a file.

use std::{
    fs::OpenOptions,
    io::{BufWriter, Write},
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};

use anyhow::{Context, bail};
use clap::{Args, Subcommand, ValueEnum};
use sortie_core::{csv, port::Notary};
use sortie_store::chain::{self, Anchor, Entry};

use crate::{assemble::store_settings, cli::Flags, config::Settings, notary::FileNotary, telemetry::say};

/// What to do about the audit.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Check every sealed entry, the chain, the signatures, and that nothing was cut off.
    Verify(Verify),
    /// Write every entry with its place in the chain, oldest first.
    Export(Export),
}

/// Check the audit.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The public key of another server whose signatures count, too; may be given several times.
    #[arg(long = "key", value_name = "PUBLIC KEY")]
    keys: Vec<String>,
    /// An export in JSON Lines to hold against the chain, too; may be given several times.
    #[arg(long = "archive", value_name = "FILE")]
    archives: Vec<PathBuf>,
}

/// Export the audit.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// A new file for it (default: standard output).
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// How it is written; only JSON Lines can be verified later.
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// One JSON object a line.
    Jsonl,
    /// Comma-separated values; what a spreadsheet would take for a formula is disarmed.
    Csv,
}

impl Audit {
    /// Does it, beside the server that may be running.
    pub(crate) fn run(self, flags: &Flags) -> anyhow::Result<()> {
        let (settings, _) = super::settings(flags)?;
        match self {
            Self::Verify(it) => it.run(&settings),
            Self::Export(it) => it.run(&settings),
        }
    }
}

impl Verify {
    fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let notary = FileNotary::open(settings.audit.key.as_ref(), &settings.data_dir)?;
        let mut trusted = self.keys;
        trusted.extend(notary.former().map(str::to_owned));
        let anchor = Anchor { notary: &notary, trusted: &trusted, head: notary.remembered()? };
        let proof = chain::verify(&store_settings(settings), &anchor)?;
        for finding in &proof.findings {
            say(&format!("wrong: {finding}"));
        }
        if !proof.findings.is_empty() {
            bail!("the audit is not what was sealed");
        }
        say(&format!("The audit is what was sealed: {} entries in {} batches.", proof.sealed, proof.batches));
        if proof.cut > 0 {
            say(&format!("Removed because of their age: the first {}.", proof.cut));
        }
        say(&format!("Not sealed yet: {}. Public key: {}", proof.unsealed, notary.public_key()));
        if !self.archives.is_empty() {
            for it in chain::prove_archives(&store_settings(settings), &self.archives)? {
                let (path, first, last) = (it.path.display(), it.first, it.last);
                say(&format!("{path} is what was sealed: positions {first} to {last}."));
            }
        }
        Ok(())
    }
}

impl Export {
    fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let Some(path) = self.to else {
            return self.format.write(settings, &mut std::io::stdout().lock()).map(drop);
        };
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = file.with_context(|| format!("cannot make {}", path.display()))?;
        let done = self.format.write(settings, &mut &file).and_then(|count| {
            file.sync_all()?;
            Ok(count)
        });
        match done {
            Ok(count) => say(&format!("Exported: {count} entries to {}", path.display())),
            Err(error) => {
                // Half an export is none.
                let _ = std::fs::remove_file(&path);
                return Err(error);
            }
        }
        Ok(())
    }
}

impl Format {
    fn write(self, settings: &Settings, out: &mut dyn Write) -> anyhow::Result<u64> {
        let mut out = BufWriter::new(out);
        if matches!(self, Self::Csv) {
            write!(out, "{}\r\n", Entry::COLUMNS.join(","))?;
        }
        let count = chain::export(&store_settings(settings), &mut |entry| match self {
            Self::Csv => write!(out, "{}\r\n", entry.cells().map(|it| csv::cell(&it)).join(",")),
            Self::Jsonl => {
                serde_json::to_writer(&mut out, entry)?;
                out.write_all(b"\n")
            }
        })?;
        out.flush()?;
        Ok(count)
    }
}
