//! The catalog at rest.

use super::{Page, PageRequest, PortResult};
use crate::{app::App, audit::Change, id::AppId, policy::Scope};

/// Keeps apps. Every write commits its change with it, or nothing at all.
pub trait CatalogStore: Send + Sync {
    /// The apps of a scope, by name and id.
    fn list_apps<'a>(&'a self, scope: &'a Scope, page: &'a PageRequest) -> PortResult<'a, Page<App>>;

    /// One app.
    fn find_app<'a>(&'a self, id: &'a AppId) -> PortResult<'a, Option<App>>;

    /// Inserts a new app; `Conflict` when the id is taken.
    fn insert_app<'a>(&'a self, app: &'a App, change: Change) -> PortResult<'a, ()>;

    /// Writes an app over the one with version `before`; `Conflict` when that is not its version any more.
    fn update_app<'a>(&'a self, before: i64, app: &'a App, change: Change) -> PortResult<'a, ()>;

    /// Deletes an app of this version; `Conflict` when it changed. Sessions, analytics and audit keep its name.
    fn delete_app<'a>(&'a self, app: &'a App, change: Change) -> PortResult<'a, ()>;

    /// Inserts all of these if the catalog is empty; answers whether it was.
    fn seed_apps<'a>(&'a self, apps: &'a [App], change: Change) -> PortResult<'a, bool>;
}
