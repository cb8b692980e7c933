//! The load generator and the benchmarks of Sortie.

mod audit;
mod backup;
mod clicks;
mod client;
mod database;
mod events;
mod http;
mod launch;
mod process;
mod relay;
mod server;
mod start;
mod table;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
#[command(name = "sortie-bench")]
struct Cli {
    #[command(subcommand)]
    scenario: Scenario,
}

#[derive(Debug, Subcommand)]
enum Scenario {
    /// The relay against a raw TCP relay.
    Relay,
    /// Catalog reads and app writes.
    Http {
        /// The server to start.
        #[arg(long)]
        bin: PathBuf,
    },
    /// The audit page of a long audit.
    Audit {
        /// The server to start.
        #[arg(long)]
        bin: PathBuf,
    },
    /// Start to ready, and memory.
    Start {
        /// The server to start.
        #[arg(long)]
        bin: PathBuf,
    },
    /// Click to first frame.
    Launch {
        /// The server to start.
        #[arg(long)]
        bin: PathBuf,
    },
    /// Backups while others write, and a large database that comes back.
    Backup {
        /// The server to start.
        #[arg(long)]
        bin: PathBuf,
        /// How many backups.
        #[arg(long, default_value_t = 100)]
        backups: usize,
        /// How large the large database is.
        #[arg(long, default_value_t = 1024)]
        mebibytes: u64,
    },
    /// The same of a PostgreSQL database.
    BackupPostgres {
        /// The server's program.
        #[arg(long)]
        bin: PathBuf,
        /// How many backups.
        #[arg(long, default_value_t = 20)]
        backups: usize,
        /// How large it is.
        #[arg(long, default_value_t = 1024)]
        mebibytes: u64,
    },
    /// Click to first pixels on a server that runs already; one line of JSON a round.
    Clicks {
        /// Its address: host:port.
        #[arg(long)]
        server: String,
        /// A file with a token.
        #[arg(long)]
        token_file: PathBuf,
        /// What to launch.
        #[arg(long)]
        app: String,
        /// How often.
        #[arg(long, default_value_t = 1)]
        rounds: usize,
    },
    /// One of the two relays, as a process of its own.
    #[command(hide = true)]
    RelayProcess {
        /// Which.
        #[arg(long)]
        raw: bool,
        /// The port of the display behind it.
        #[arg(long)]
        display: u16,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().scenario {
        Scenario::Relay => relay::measure().await,
        Scenario::Http { bin } => http::measure(&bin).await,
        Scenario::Audit { bin } => audit::measure(&bin).await,
        Scenario::Start { bin } => start::measure(&bin).await,
        Scenario::Launch { bin } => launch::measure(&bin).await,
        Scenario::Backup { bin, backups, mebibytes } => {
            backup::measure(&bin, &backup::Size { backups, mebibytes }).await
        }
        Scenario::BackupPostgres { bin, backups, mebibytes } => {
            backup::postgres::measure(&bin, &backup::Size { backups, mebibytes }).await
        }
        Scenario::Clicks { server, token_file, app, rounds } => {
            clicks::measure(&server, &token_file, &app, rounds).await
        }
        Scenario::RelayProcess { raw, display } => relay::process::serve(raw, display).await,
    }
}
