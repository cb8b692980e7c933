//! Fresh databases of both kinds.

use std::{ops::Deref, path::PathBuf, sync::Arc};

use anyhow::Result;
use sortie_store::{Database, Settings, Store};
use sortie_testkit::postgres::{Cluster, pooler::Pooler};
use tempfile::TempDir;

/// A store on a file of its own, with the folder that goes with it.
pub(crate) struct File {
    pub(crate) store: Arc<Store>,
    pub(crate) path: PathBuf,
    pub(crate) folder: TempDir,
}

/// A store on a database of its own.
pub(crate) struct Server {
    pub(crate) store: Arc<Store>,
    pub(crate) dsn: String,
}

impl Deref for File {
    type Target = Arc<Store>;

    fn deref(&self) -> &Arc<Store> {
        &self.store
    }
}

impl Deref for Server {
    type Target = Arc<Store>;

    fn deref(&self) -> &Arc<Store> {
        &self.store
    }
}

pub(crate) fn at_path(path: impl Into<PathBuf>) -> Settings {
    Settings { database: Database::Sqlite { path: path.into() } }
}

pub(crate) fn at_dsn(dsn: &str, max_connections: u32) -> Settings {
    Settings { database: Database::Postgres { dsn: dsn.to_owned(), direct_dsn: None, max_connections } }
}

pub(crate) fn sqlite() -> Result<File> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("sortie.db");
    let store = Arc::new(Store::open(at_path(&path))?);
    Ok(File { store, path, folder })
}

fn postgres_database() -> Result<String> {
    Cluster::shared().database(|dsn| {
        Store::open(at_dsn(dsn, 1))?.close();
        Ok(())
    })
}

pub(crate) fn postgres() -> Result<Server> {
    let dsn = postgres_database()?;
    let store = Arc::new(Store::open(at_dsn(&dsn, 8))?);
    Ok(Server { store, dsn })
}

/// The same with a transaction pooler in front, and no other way to the server.
pub(crate) fn pooled() -> Result<Server> {
    let dsn = Pooler::shared().dsn(&postgres_database()?)?;
    let store = Arc::new(Store::open(at_dsn(&dsn, 8))?);
    Ok(Server { store, dsn })
}
