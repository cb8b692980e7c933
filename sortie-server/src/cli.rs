//! The command line. Flags of the older systems work with one dash, too.

use std::{ffi::OsString, path::PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::command::{
    self, access::Access, audit::Audit, backup, db::Db, drill::Drill, places::Places, services::Services,
    workloads::Workloads,
};

/// Self-hosted application launcher: open one page, click an app, work in it in the browser.
#[derive(Debug, Parser)]
#[command(name = "sortie", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server (what a plain `sortie` does, too).
    Serve,
    /// Print the effective configuration, and where each value comes from; secrets masked.
    Config,
    /// Ask who may do what, and which rule says so.
    Access {
        #[command(subcommand)]
        what: Access,
    },
    /// List where workloads live, and close the books of a place that is gone.
    Places {
        #[command(subcommand)]
        what: Option<Places>,
    },
    /// List what runs in this place, and remove what runs for nobody.
    Workloads {
        #[command(subcommand)]
        what: Option<Workloads>,
    },
    /// Make a backup of the database, whether or not a server runs on it, and prove it.
    Backup(backup::Make),
    /// Restore a backup to scratch and check everything about it.
    Verify(backup::Verify),
    /// Put a backup in the database's place; the server must be stopped.
    Restore(backup::Restore),
    /// Restore a backup to a server that is thrown away, and ask it what matters.
    Drill(Drill),
    /// Remove the backups that no rule keeps.
    Prune(backup::Prune),
    /// Look after the machine's services: a server with defaults of its own, for a machine without a catalog.
    Supervise,
    /// Check the audit's seals, or write all of it to a file.
    Audit {
        #[command(subcommand)]
        what: Audit,
    },
    /// Move a whole installation from one database to another.
    Db {
        #[command(subcommand)]
        what: Db,
    },
    /// See what the machine's services need, or would need for another target. Changes nothing.
    Services {
        #[command(subcommand)]
        what: Services,
    },
    /// Bring the database's schema up to date.
    Migrate {
        /// Only say what would be done.
        #[arg(long)]
        check: bool,
    },
}

/// The last layer of the configuration.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Flags {
    /// The port to listen on (`SORTIE_PORT`).
    #[arg(long, global = true, value_name = "PORT")]
    pub(crate) port: Option<String>,
    /// The SQLite database file (`SORTIE_DB`).
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) db: Option<String>,
    /// A JSON file with the catalog's first apps (`SORTIE_SEED`).
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) seed: Option<String>,
    /// A TOML or YAML file with settings.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config_file: Option<PathBuf>,
    /// A file with variables, one NAME=value a line.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) env_file: Option<PathBuf>,
    /// The defaults are those of `supervise`.
    #[arg(skip)]
    pub(crate) supervise: bool,
}

/// Runs what the arguments ask for.
pub(crate) fn run(args: Vec<OsString>) -> anyhow::Result<()> {
    if command::sqlite3::is_meant(&args) {
        return command::sqlite3::run(args);
    }
    let cli = Cli::parse_from(args.into_iter().map(two_dashes));
    match cli.command {
        None | Some(Command::Serve) => command::serve::run(&cli.flags),
        Some(Command::Config) => command::config::run(&cli.flags),
        Some(Command::Access { what }) => command::access::run(&cli.flags, what),
        Some(Command::Places { what }) => command::places::run(&cli.flags, what),
        Some(Command::Workloads { what }) => command::workloads::run(&cli.flags, what),
        Some(Command::Audit { what }) => what.run(&cli.flags),
        Some(Command::Backup(it)) => it.run(&cli.flags),
        Some(Command::Verify(it)) => it.run(&cli.flags),
        Some(Command::Restore(it)) => it.run(&cli.flags),
        Some(Command::Drill(it)) => it.run(&cli.flags),
        Some(Command::Prune(it)) => it.run(&cli.flags),
        Some(Command::Db { what }) => what.run(&cli.flags),
        Some(Command::Supervise) => command::serve::run(&Flags { supervise: true, ..cli.flags }),
        Some(Command::Services { what }) => command::services::run(&cli.flags, what),
        Some(Command::Migrate { check }) => command::migrate::run(&cli.flags, check),
    }
}

/// `-db` as the older systems wrote it becomes `--db`.
fn two_dashes(arg: OsString) -> OsString {
    let Some(text) = arg.to_str() else { return arg };
    let name = text.strip_prefix('-').unwrap_or(text).split('=').next().unwrap_or_default();
    if text.starts_with('-') && ["port", "db", "seed"].contains(&name) { format!("-{text}").into() } else { arg }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_of_the_older_systems_work_with_one_dash_and_with_two() {
        for spelling in [
            vec!["-db", "x.db"],
            vec!["--db", "x.db"],
            vec!["-db=x.db"],
            vec!["serve", "-db", "x.db"],
            vec!["-db", "x.db", "serve"],
        ] {
            let args = std::iter::once("sortie").chain(spelling.iter().copied()).map(OsString::from);
            let cli = Cli::try_parse_from(args.map(two_dashes)).unwrap();
            assert_eq!(cli.flags.db.as_deref(), Some("x.db"), "{spelling:?}");
        }
    }
}
