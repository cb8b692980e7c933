//! The catalog at rest.

use super::{Page, PageRequest, PortResult};
use crate::{app::App, audit::Change, id::AppId, policy::Scope};

/// Keeps apps. Every write commits its change with it, or nothing at all.
pub trait CatalogStore: Send + Sync {
    /// The apps of a scope, by name and id.
    fn list_apps<'a>(&'a self, scope: &'a Scope, page: &'a PageRequest) -> PortResult<'a, Page<App>>;

    /// One app.
    fn find_app<'a>(&'a self, id: &'a AppId) -> PortResult<'a, Option<App>>;

    /// Inserts a new app, and its category where it is new: with the id and name that the app says. `Conflict` when the app's
    /// id is taken, the tenant calls another category so, or the category is called otherwise by now; `Rejected` when the tenant
    /// has all of its apps, however many come at once.
    fn insert_app<'a>(&'a self, app: &'a App, change: Change) -> PortResult<'a, ()>;

    /// Writes an app over the one with version `before`, and its category like [`insert_app`](Self::insert_app); `Conflict` when
    /// that is not its version any more.
    fn update_app<'a>(&'a self, before: i64, app: &'a App, change: Change) -> PortResult<'a, ()>;

    /// Deletes an app of this version; `Conflict` when it changed. Sessions, analytics and audit keep its name.
    fn delete_app<'a>(&'a self, app: &'a App, change: Change) -> PortResult<'a, ()>;

    /// Inserts all of these if the catalog is empty; answers whether it was. A category that the tenant has keeps its id. No
    /// quota is asked: this is the operator's own doing.
    fn seed_apps<'a>(&'a self, apps: &'a [App], change: Change) -> PortResult<'a, bool>;
}
