//! What the binary does under the name `sqlite3`, as it is called in the server's image: commands that operators know, with our own
//! SQLite.

use std::{
    ffi::OsString,
    io::{self, BufRead},
    path::PathBuf,
};

use clap::Parser;
use sortie_store::{Shell, ShellOptions};

/// SQL by hand on a SQLite file.
#[derive(Debug, Parser)]
#[command(name = "sqlite3", version)]
struct Cli {
    /// A line with the columns' names first.
    #[arg(long)]
    header: bool,
    /// Refuse to write.
    #[arg(long)]
    readonly: bool,
    /// Accepted; nothing is ever asked.
    #[arg(long)]
    batch: bool,
    /// The file.
    file: PathBuf,
    /// SQL, or commands such as `.backup FILE`; without any, they are read from the standard input.
    sql: Vec<String>,
}

/// Whether this is the name we were called by.
pub(crate) fn is_meant(args: &[OsString]) -> bool {
    args.first().is_some_and(|it| PathBuf::from(it).file_name().is_some_and(|it| it == "sqlite3"))
}

/// Runs what the arguments or the standard input say.
pub(crate) fn run(args: Vec<OsString>) -> anyhow::Result<()> {
    let cli = Cli::parse_from(args.into_iter().map(two_dashes));
    let mut shell = Shell::open(&cli.file, ShellOptions { header: cli.header, read_only: cli.readonly })?;
    let mut out = io::stdout().lock();
    if cli.sql.is_empty() {
        let text: String = io::stdin().lock().lines().map(|it| it.map(|it| it + "\n")).collect::<Result<_, _>>()?;
        shell.run(&text, &mut out)?;
        return Ok(());
    }
    for text in &cli.sql {
        if !shell.run(text, &mut out)? {
            break;
        }
    }
    Ok(())
}

/// The original's options have one dash.
fn two_dashes(arg: OsString) -> OsString {
    match arg.to_str() {
        Some("-header" | "-readonly" | "-batch" | "-version") => format!("-{}", arg.to_string_lossy()).into(),
        _ => arg,
    }
}
