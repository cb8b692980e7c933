//! `sortie drill`: whether a backup would bring everything back, tried out.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::bail;
use clap::Args;
use sortie_core::{
    audit::{AuditAction, Outcome},
    port::IdSource,
    quota::Limits,
    secret::Secret,
};
use sortie_store::backup::{self, Drilled, Found, Scratch};

use super::backup::{change, note};
use crate::{
    assemble::store_settings,
    cli::Flags,
    clock,
    config::{Settings, settings::Database},
    drill::{self, Item},
    enclosure,
    ids::UuidSource,
    progress::Bar,
    shelf,
    telemetry::say,
};

/// Try a restore.
#[derive(Debug, Args)]
pub(crate) struct Drill {
    /// One of the backup's files, or a folder or an address of objects for its newest one (default: `SORTIE_BACKUP_DIR`).
    backup: Option<String>,
    /// The folder to restore it to (default: one of the system's for temporary files).
    #[arg(long, value_name = "FOLDER")]
    scratch: Option<PathBuf>,
    /// The file of the secret key: the keys in the backup are opened, too.
    #[arg(long, value_name = "FILE")]
    keys: Option<PathBuf>,
    /// Who does it, for the record.
    #[arg(long, value_name = "NAME", default_value = "command line")]
    tester: String,
}

impl Drill {
    pub(crate) fn run(self, flags: &Flags) -> anyhow::Result<()> {
        let (settings, _) = super::settings(flags)?;
        let begun = (clock::own(), Instant::now());
        let found = shelf::find(&settings, self.backup.as_deref())?;
        let (folder, _own) = shelf::scratch(self.scratch.as_deref())?;
        let (mut items, restored) = items(&settings, &found, &folder, begun.1);
        if let Some(keys) = &self.keys {
            items.push(("the keys open", enclosure::open(&found, keys).map(|it| it.summary())));
        }
        let drilled = Drilled {
            at: begun.0.as_micros() / 1_000_000,
            backup: found.manifest.name.clone(),
            lost_seconds: found.manifest.begun().map_or(0, |it| begun.0.since(it).as_secs()),
            restore_milliseconds: u64::try_from(restored.as_millis()).unwrap_or(u64::MAX),
            issues: items.iter().filter_map(|(what, it)| Some(format!("{what}: {:#}", it.as_ref().err()?))).collect(),
            tester: self.tester,
        };
        tell(&items, &drilled);
        if let Err(error) = backup::keep_record(found.shelf.as_ref(), &drilled) {
            say(&format!("note: the record of drills does not have this one: {error}"));
        }
        let details = vec![
            ("backup", drilled.backup.clone()),
            ("lost_seconds", drilled.lost_seconds.to_string()),
            ("restore_milliseconds", drilled.restore_milliseconds.to_string()),
            ("issues", drilled.issues.join("; ")),
        ];
        let mut change = change(AuditAction::DrillBackup, details);
        if !drilled.issues.is_empty() {
            change.audit = change.audit.with_outcome(Outcome::Failure);
        }
        note(&settings, &change);
        if !drilled.issues.is_empty() {
            bail!("the backup would not bring everything back");
        }
        Ok(())
    }
}

/// Does what can be done, and how long it took until a server answered.
fn items(settings: &Settings, found: &Found, folder: &Path, begun: Instant) -> (Vec<Item>, Duration) {
    let whole = "the database is whole";
    let scratch = match restore(settings, found, folder) {
        Ok(scratch) => scratch,
        Err(error) => return (vec![(whole, Err(error))], begun.elapsed()),
    };
    let (tables, rows) = (found.manifest.tables.len(), found.manifest.rows());
    let mut items: Vec<Item> = vec![(whole, Ok(format!("{tables} tables, {rows} rows, checked and up to date")))];
    let mut took = begun.elapsed();
    let looked = look(settings, found, folder, &scratch, || took = begun.elapsed());
    match looked {
        Ok(more) => items.extend(more),
        Err(error) => items.push(("a server starts on it", Err(error))),
    }
    (items, took)
}

fn restore(settings: &Settings, found: &Found, folder: &Path) -> anyhow::Result<Scratch> {
    let scratch = Scratch::new(&store_settings(settings), found, folder)?;
    let details = vec![("backup", found.manifest.name.clone())];
    let mut bar = Bar::default();
    let change = change(AuditAction::DrillBackup, details);
    backup::restore(scratch.settings(), found, &change, folder, &mut |it| bar.show(it))?;
    bar.end();
    scratch.rename(&format!("drill-{}", UuidSource.next()))?;
    Ok(scratch)
}

fn look(
    settings: &Settings,
    found: &Found,
    folder: &Path,
    scratch: &Scratch,
    ready: impl FnOnce(),
) -> anyhow::Result<Vec<Item>> {
    let database = match &scratch.settings().database {
        sortie_store::Database::Sqlite { path } => Database::Sqlite(path.clone()),
        sortie_store::Database::Postgres { dsn, .. } => {
            Database::Postgres { dsn: Secret::new(dsn.clone()), direct_dsn: None, max_connections: 5 }
        }
    };
    let mut settings = drill::settings(settings, database, folder);
    settings.limits = Limits::default();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(drill::look(&settings, &found.manifest, ready))
}

/// The checklist, and a line for the table of drills.
fn tell(items: &[Item], drilled: &Drilled) {
    for (what, found) in items {
        match found {
            Ok(found) => say(&format!("[x] {what}: {found}")),
            Err(error) => say(&format!("[ ] {what}: {error:#}")),
        }
    }
    let seconds = Duration::from_millis(drilled.restore_milliseconds).as_secs_f64();
    let issues = if drilled.issues.is_empty() { "None".to_owned() } else { drilled.issues.join("; ") };
    say(&format!("Restored and answering after {seconds:.1} s; lost would be the last {} s.", drilled.lost_seconds));
    say("| Date | Backup Used | Restore Time | Issues Found | Tester |");
    say(&format!("| {} | {} | {seconds:.1} s | {issues} | {} |", drilled.date(), drilled.backup, drilled.tester));
}
