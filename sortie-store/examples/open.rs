//! Opens a database (made and migrated where it is missing), writes one app into an empty catalog, and lists what is there.
//!
//! `cargo run -p sortie-store --example open -- sortie.db`
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::path::PathBuf;

use sortie_core::{
    app::{App, AppFields},
    audit::{Actor, AuditAction, AuditEntry, Change},
    id::{AppId, TenantId},
    policy::Scope,
    port::{CatalogStore, PageRequest},
    time::Timestamp,
};
use sortie_store::{Database, Settings, Store};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let path = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("sortie.db"), PathBuf::from);
    run(path).await
}

/// The whole thing, on a file.
pub(crate) async fn run(path: PathBuf) -> anyhow::Result<()> {
    let settings = Settings { database: Database::Sqlite { path } };
    println!("missing migrations: {:?}", Store::pending(&settings)?);
    let store = Store::open(settings)?;

    let now = Timestamp::from_micros(1_763_700_000_000_000);
    let app = App {
        id: AppId::new_slug("handbook")?,
        tenant: TenantId::default_tenant(),
        category: None,
        version: 1,
        fields: AppFields {
            name: "Handbook".to_owned(),
            url: "https://handbook.example.com".to_owned(),
            ..AppFields::default()
        },
        created_at: now,
        updated_at: now,
    };
    // Nothing is written without saying who did it.
    let audit = AuditEntry::new(Actor::system(), AuditAction::SeedApps, vec![("apps", "1".to_owned())]);
    let change = Change { at: now, audit, events: Vec::new() };
    println!("the catalog was empty: {}", store.seed_apps(&[app], change).await?);

    let everything = Scope::Tenant(TenantId::default_tenant());
    for app in store.list_apps(&everything, &PageRequest::default()).await?.items {
        println!("{}: {}", app.id, app.fields.name);
    }
    store.close();
    Ok(())
}
