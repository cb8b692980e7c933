//! `sortie backup | verify | restore | prune`.

mod every;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::bail;

use clap::{Args, Subcommand};
use sortie_core::{
    audit::{AuditAction, AuditEntry, Change},
    retention::Retention,
};
use sortie_store::backup::{self, Destination};

use super::by_hand::{command_line, confirmed};
use crate::{
    assemble::store_settings, cli::Flags, clock, config::Settings, enclosure, notary, progress::Bar, shelf,
    telemetry::say,
};

/// Make a backup.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Make {
    #[command(subcommand)]
    more: Option<More>,
    /// The folder or the address of objects for it (default: `SORTIE_BACKUP_DIR`).
    #[arg(long, value_name = "PLACE")]
    to: Option<String>,
    /// With objects: the folder to make it in (default: one of the system's for temporary files).
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
    /// Go on, one each period (such as 30s, 15m or 1h), and remove those that no rule keeps; SIGTERM ends it.
    #[arg(long, value_name = "PERIOD", value_parser = every::period)]
    every: Option<Duration>,
    #[command(flatten)]
    keep: Keep,
}

/// Which backups stay.
#[derive(Debug, Args)]
struct Keep {
    /// Newest ones to keep, at least 1 (default: `SORTIE_BACKUP_KEEP_LAST`).
    #[arg(long = "keep-last", value_name = "COUNT")]
    last: Option<u32>,
    /// Days to keep one of each (default: `SORTIE_BACKUP_KEEP_DAILY`).
    #[arg(long = "keep-daily", value_name = "COUNT")]
    daily: Option<u32>,
    /// Weeks to keep one of each (default: `SORTIE_BACKUP_KEEP_WEEKLY`).
    #[arg(long = "keep-weekly", value_name = "COUNT")]
    weekly: Option<u32>,
}

/// What else concerns backups.
#[derive(Debug, Subcommand)]
enum More {
    /// Make a key for `SORTIE_BACKUP_RECIPIENT`; the secret half goes into a file that no server needs.
    Keygen {
        /// The file, which must be new.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Check a backup.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// One of its files, or a folder or an address of objects for its newest one (default: `SORTIE_BACKUP_DIR`).
    backup: Option<String>,
    /// The folder to restore it to for the check (default: one of the system's for temporary files).
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
}

/// Restore a backup.
#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// One of its files, or a folder or an address of objects for its newest one (default: `SORTIE_BACKUP_DIR`).
    backup: Option<String>,
    /// With PostgreSQL: the folder to check it in (default: one of the system's for temporary files).
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
    /// The file of the secret key: the keys in the backup go back into the data folder, and its settings beside them.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

/// Remove old backups.
#[derive(Debug, Args)]
pub(crate) struct Prune {
    /// The folder or the address of objects (default: `SORTIE_BACKUP_DIR`).
    #[arg(long = "in", value_name = "PLACE")]
    place: Option<String>,
    #[command(flatten)]
    keep: Keep,
}

impl Make {
    pub(crate) fn run(self, flags: &Flags) -> anyhow::Result<()> {
        if let Some(More::Keygen { out }) = self.more {
            say(&enclosure::keygen(&out)?);
            return Ok(());
        }
        let (settings, _) = super::settings(flags)?;
        let to = shelf::named(&settings, self.to.as_deref())?;
        let (scratch, own) = shelf::scratch(self.scratch.as_deref())?;
        let Some(period) = self.every else {
            if self.keep.is_said() {
                bail!("--keep-last, --keep-daily and --keep-weekly go with --every, or with `sortie prune`");
            }
            return make(&settings, &to, &scratch);
        };
        let rule = self.keep.rule(&settings);
        let done = every::run(period, move || {
            make(&settings, &to, &scratch)?;
            // Only after a fresh one was proved.
            prune(&settings, &to, rule).map(drop)
        });
        drop(own);
        done
    }
}

impl Keep {
    fn is_said(&self) -> bool {
        self.last.or(self.daily).or(self.weekly).is_some()
    }

    fn rule(&self, settings: &Settings) -> Retention {
        let chosen = settings.backup.retention;
        Retention {
            last: self.last.unwrap_or(chosen.last),
            daily: self.daily.unwrap_or(chosen.daily),
            weekly: self.weekly.unwrap_or(chosen.weekly),
        }
    }
}

/// Makes one, and says so here and in the audit.
fn make(settings: &Settings, to: &Destination, scratch: &Path) -> anyhow::Result<()> {
    let (begun, now) = (Instant::now(), clock::own());
    let mut bar = Bar::default();
    let enclosed = enclosure::seal(settings)?;
    let database = store_settings(settings);
    let made = backup::make(&database, to, scratch, enclosed.as_deref(), now, &mut |it| bar.show(it))?;
    bar.end();
    let details = vec![
        ("backup", made.manifest.name.clone()),
        ("bytes", made.manifest.bytes().to_string()),
        ("rows", made.manifest.rows().to_string()),
        ("milliseconds", begun.elapsed().as_millis().to_string()),
    ];
    note(settings, &change(AuditAction::CreateBackup, details));
    say(&format!(
        "Backup made and proved: {} ({} bytes, {} tables, {} rows)",
        made.address,
        made.manifest.bytes(),
        made.manifest.tables.len(),
        made.manifest.rows()
    ));
    if enclosed.is_none() {
        say("Keys and settings are not in it: SORTIE_BACKUP_RECIPIENT names nobody whom they could be encrypted to.");
    }
    Ok(())
}

/// Removes what the rule does not keep, and says so here and in the audit; answers how many.
fn prune(settings: &Settings, place: &Destination, rule: Retention) -> anyhow::Result<usize> {
    let removed = backup::prune(place, rule)?;
    for name in &removed {
        say(&format!("removed: {name}"));
    }
    if !removed.is_empty() {
        note(settings, &change(AuditAction::PruneBackups, vec![("removed", removed.join(", "))]));
    }
    Ok(removed.len())
}

impl Verify {
    pub(crate) fn run(self, flags: &Flags) -> anyhow::Result<()> {
        let (settings, _) = super::settings(flags)?;
        let found = shelf::find(&settings, self.backup.as_deref())?;
        let (scratch, _own) = shelf::scratch(self.scratch.as_deref())?;
        let mut bar = Bar::default();
        let proof = backup::verify(&store_settings(&settings), &found, &scratch, &mut |it| bar.show(it))?;
        bar.end();
        let it = &found.manifest;
        say(&format!("{} is whole: begun {}, {} tables, {} rows.", it.name, it.created_at, proof.tables, proof.rows));
        if proof.pending > 0 {
            say(&format!("This version would apply {} migrations to it.", proof.pending));
        }
        Ok(())
    }
}

impl Restore {
    pub(crate) fn run(self, flags: &Flags) -> anyhow::Result<()> {
        let (settings, _) = super::settings(flags)?;
        let found = shelf::find(&settings, self.backup.as_deref())?;
        let contents = self.keys.as_deref().map(|it| enclosure::open(&found, it)).transpose()?;
        let it = &found.manifest;
        let question =
            format!("Put {} (begun {}) in the database's place and end every sign-in?", it.name, it.created_at);
        if !confirmed(self.yes, &question)? {
            return Ok(());
        }
        let details = vec![("backup", it.name.clone()), ("created_at", it.created_at.clone())];
        let change = change(AuditAction::RestoreBackup, details);
        let (scratch, _own) = shelf::scratch(self.scratch.as_deref())?;
        let mut bar = Bar::default();
        let restored = backup::restore(&store_settings(&settings), &found, &change, &scratch, &mut |it| bar.show(it))?;
        bar.end();
        // The chain of now ends where it ended when the backup was made.
        notary::forget(&settings.data_dir)?;
        match contents {
            Some(contents) => {
                for line in contents.put_back(&settings.data_dir, &backup::stamp(change.at))? {
                    say(&line);
                }
            }
            None if found.manifest.pieces.len() > 1 => {
                say("The keys and settings in it stay closed: --keys opens them with the secret key.");
            }
            None => {}
        }
        if let Some(kept) = &restored.kept {
            say(&format!("The database of before is kept: {kept}"));
        }
        say(&format!("Restored: {}, incarnation {}.", restored.manifest.name, restored.incarnation));
        Ok(())
    }
}

impl Prune {
    pub(crate) fn run(self, flags: &Flags) -> anyhow::Result<()> {
        let (settings, _) = super::settings(flags)?;
        let place = shelf::named(&settings, self.place.as_deref())?;
        if prune(&settings, &place, self.keep.rule(&settings))? == 0 {
            say("Every backup is kept.");
        }
        Ok(())
    }
}

pub(super) fn change(action: AuditAction, details: Vec<(&'static str, String)>) -> Change {
    let audit = AuditEntry::new(command_line(), action, details);
    Change { at: clock::own(), audit, events: Vec::new() }
}

/// Notes in the audit what was done to files. What was done is done: a database that takes no entry is only told about.
pub(super) fn note(settings: &Settings, change: &Change) {
    if let Err(error) = backup::record(&store_settings(settings), change) {
        say(&format!("note: the audit does not mention this: {error}"));
    }
}
