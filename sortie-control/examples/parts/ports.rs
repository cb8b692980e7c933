//! What an embedder must bring, as both examples bring it: the real store on a file that goes away; the runtime, the clock and the
//! credentials are the small ones that the tests use, to show how little a port asks for.

#[path = "../../tests/it/stage/clock.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod clock;
#[path = "../../tests/it/stage/credentials.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod credentials;
#[path = "../../tests/it/stage/runtime.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod runtime;

use std::{error::Error, path::Path, sync::Arc};

use sortie_control::{Control, Ports, Settings};
use sortie_core::port::IdSource;
use sortie_store::{Database, Store};

struct Uuids;

impl IdSource for Uuids {
    fn next(&self) -> String {
        uuid::Uuid::now_v7().to_string()
    }
}

/// A control, and the store that it was given, in this folder.
pub(crate) fn control(folder: &Path) -> Result<(Control, Store), Box<dyn Error>> {
    let path = folder.join("sortie.db");
    let store = Store::open(sortie_store::Settings { database: Database::Sqlite { path } })?;
    let control = Control::new(
        Ports {
            sessions: Arc::new(store.clone()),
            catalog: Arc::new(store.clone()),
            accounts: Arc::new(store.clone()),
            sharing: Arc::new(store.clone()),
            identities: Arc::new(store.clone()),
            access: Arc::new(store.clone()),
            tenants: Arc::new(store.clone()),
            records: Arc::new(store.clone()),
            warm: Arc::new(store.clone()),
            coordination: Arc::new(store.clone()),
            runtime: Arc::new(runtime::TestRuntime::default()),
            credentials: Arc::new(credentials::PlainCredentials::default()),
            provider: None,
            clock: Arc::new(clock::TestClock::default()),
            ids: Arc::new(Uuids),
        },
        Settings::default(),
    );
    Ok((control, store))
}
