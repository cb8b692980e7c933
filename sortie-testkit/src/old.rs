//! Databases of the predecessors, as they would have written them: each form is what the one before it had, and more.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::postgres::Cluster;

const CATALOG: &str = include_str!("old/catalog.sql");
const PEOPLE: &str = include_str!("old/people.sql");
const TENANTS: &str = include_str!("old/tenants.sql");
const RIGHTS: &str = include_str!("old/rights.sql");
const CONTAINER_MANAGER: &str = include_str!("old/services.sql");
const WITH_TIMES: &str = "CREATE TABLE schema_migrations (version INTEGER PRIMARY KEY, applied_at MOMENT); \
                          INSERT INTO schema_migrations VALUES (1, '2025-01-01 00:00:00');";
const WITH_STATE: &str = "CREATE TABLE schema_migrations (version BIGINT NOT NULL, dirty BOOLEAN NOT NULL); \
                          INSERT INTO schema_migrations VALUES (2, FALSE);";

/// The password of the users `root` (an administrator) and `Anna` in every form that has users.
pub const PASSWORD: &str = "an old password";

/// Who would have written it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Old {
    /// Launchpad, before it had users.
    Launchpad,
    /// Launchpad with users.
    WithUsers,
    /// Launchpad with tenants.
    WithTenants,
    /// Made by the command for migrations that kept a list with times.
    ListedWithTimes,
    /// The older Sortie before its migrations.
    Sortie,
    /// The older Sortie with its migrations.
    Migrated,
}

impl Old {
    /// Every form.
    pub const ALL: [Self; 6] =
        [Self::Launchpad, Self::WithUsers, Self::WithTenants, Self::ListedWithTimes, Self::Sortie, Self::Migrated];

    fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Launchpad => &[CATALOG],
            Self::WithUsers => &[CATALOG, PEOPLE],
            Self::WithTenants => &[CATALOG, PEOPLE, TENANTS],
            Self::ListedWithTimes => &[CATALOG, PEOPLE, WITH_TIMES],
            Self::Sortie => &[CATALOG, PEOPLE, TENANTS, RIGHTS],
            Self::Migrated => &[CATALOG, PEOPLE, TENANTS, RIGHTS, WITH_STATE],
        }
    }

    /// Writes it into a new file.
    pub fn write(self, path: &Path) -> Result<()> {
        let sql = self
            .parts()
            .concat()
            .replace("SERIAL_KEY", "INTEGER PRIMARY KEY AUTOINCREMENT")
            .replace("MOMENT", "DATETIME")
            // Declared, and not enforced there.
            .replace("FREELY", "REFERENCES applications (id)");
        run_sqlite3(path, &sql)
    }

    /// Writes it into a new database of the server; answers its connection string.
    pub fn restore(self, cluster: &Cluster) -> Result<String> {
        let sql = self
            .parts()
            .concat()
            .replace("SERIAL_KEY", "BIGSERIAL PRIMARY KEY")
            .replace("MOMENT", "TIMESTAMP WITH TIME ZONE")
            .replace("FREELY", "");
        let dsn = cluster.empty_database()?;
        cluster.query(&dsn, &format!("SET TimeZone = 'UTC'; {sql}"))?;
        Ok(dsn)
    }
}

/// Databases that the predecessors really wrote, where the tester has a folder of them (`SORTIE_OLD_DATABASES`): files that
/// end with `sqlite`, and dumps of PostgreSQL that end with `pg.sql`.
pub fn real(ending: &str) -> Result<Vec<PathBuf>> {
    let Some(folder) = std::env::var_os("SORTIE_OLD_DATABASES") else { return Ok(Vec::new()) };
    let entries = std::fs::read_dir(&folder)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut found: Vec<_> = entries.iter().map(std::fs::DirEntry::path).collect();
    found.retain(|it| it.to_string_lossy().ends_with(ending));
    found.sort();
    ensure!(!found.is_empty(), "SORTIE_OLD_DATABASES names a folder without any {ending}");
    Ok(found)
}

fn run_sqlite3(path: &Path, sql: &str) -> Result<()> {
    let mut shell = Command::new("sqlite3").arg("-bail").arg(path).stdin(Stdio::piped()).spawn()?;
    shell.stdin.take().context("the shell has no input")?.write_all(sql.as_bytes())?;
    ensure!(shell.wait()?.success(), "sqlite3 refused what should be in {}", path.display());
    Ok(())
}

/// Writes the container-manager's database into a new file.
pub fn write_container_manager(path: &Path) -> Result<()> {
    run_sqlite3(path, CONTAINER_MANAGER)
}
