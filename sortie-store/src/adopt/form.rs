//! Which predecessor wrote a database: from the names of its tables and columns alone.

use std::{collections::BTreeSet, fmt};

use crate::bulk::Layout;

/// What the predecessors wrote: each table with all columns that any of them gave it.
pub(crate) const KNOWN: [(&str, &[&str]); 19] = [
    ("tenants", &["id", "name", "slug", "settings", "quotas", "created_at", "updated_at"]),
    (
        "users",
        &[
            "id",
            "username",
            "email",
            "display_name",
            "password_hash",
            "roles",
            "auth_provider",
            "auth_provider_id",
            "tenant_id",
            "tenant_roles",
            "created_at",
            "updated_at",
        ],
    ),
    ("categories", &["id", "name", "description", "tenant_id", "created_at", "updated_at"]),
    ("category_admins", &["category_id", "user_id"]),
    ("category_approved_users", &["category_id", "user_id"]),
    (
        "applications",
        &[
            "id",
            "name",
            "description",
            "url",
            "icon",
            "category",
            "visibility",
            "launch_type",
            "os_type",
            "container_image",
            "container_port",
            "container_args",
            "cpu_request",
            "cpu_limit",
            "memory_request",
            "memory_limit",
            "egress_policy",
            "tenant_id",
        ],
    ),
    (
        "sessions",
        &[
            "id",
            "user_id",
            "app_id",
            "pod_name",
            "pod_ip",
            "status",
            "idle_timeout",
            "tenant_id",
            "created_at",
            "updated_at",
        ],
    ),
    ("session_shares", &["id", "session_id", "user_id", "permission", "share_token", "created_by", "created_at"]),
    ("settings", &["key", "value", "updated_at"]),
    ("analytics", &["id", "app_id", "timestamp", "tenant_id"]),
    ("audit_log", &["id", "timestamp", "user", "action", "details", "tenant_id"]),
    (
        "templates",
        &[
            "id",
            "template_id",
            "template_version",
            "template_category",
            "name",
            "description",
            "url",
            "icon",
            "category",
            "launch_type",
            "os_type",
            "container_image",
            "container_port",
            "container_args",
            "tags",
            "maintainer",
            "documentation_url",
            "cpu_request",
            "cpu_limit",
            "memory_request",
            "memory_limit",
            "created_at",
            "updated_at",
        ],
    ),
    (
        "app_specs",
        &[
            "id",
            "name",
            "description",
            "image",
            "launch_command",
            "cpu_request",
            "cpu_limit",
            "memory_request",
            "memory_limit",
            "env_vars",
            "volumes",
            "network_rules",
            "egress_policy",
            "tenant_id",
            "created_at",
            "updated_at",
        ],
    ),
    (
        "recordings",
        &[
            "id",
            "session_id",
            "user_id",
            "filename",
            "size_bytes",
            "duration_seconds",
            "format",
            "storage_backend",
            "storage_path",
            "status",
            "tenant_id",
            "created_at",
            "completed_at",
            "video_path",
        ],
    ),
    ("oidc_states", &["state", "redirect_url", "expires_at"]),
    // The container-manager's.
    ("app", &["id", "appId", "appName", "commit", "releaseId", "services", "createdAt", "updatedAt"]),
    (
        "service",
        &[
            "id",
            "serviceId",
            "appId",
            "serviceName",
            "imageName",
            "config",
            "status",
            "containerId",
            "createdAt",
            "updatedAt",
        ],
    ),
    ("image", &["id", "imageName", "appId", "serviceId", "dockerImageId", "size", "pulledAt", "createdAt"]),
    ("stateSnapshot", &["id", "type", "state", "createdAt"]),
];

/// The columns without which a table's rows mean nothing.
const NEEDED: [(&str, &[&str]); 15] = [
    ("applications", &["id", "name"]),
    ("tenants", &["id", "name", "slug"]),
    ("users", &["id", "username"]),
    ("categories", &["id", "name"]),
    ("category_admins", &["category_id", "user_id"]),
    ("category_approved_users", &["category_id", "user_id"]),
    ("sessions", &["id", "user_id", "app_id", "status"]),
    ("session_shares", &["id", "session_id", "user_id", "created_by"]),
    ("settings", &["key", "value"]),
    ("analytics", &["id", "app_id", "timestamp"]),
    ("audit_log", &["id", "timestamp", "user", "action"]),
    ("app", &["id", "appId", "appName"]),
    ("service", &["id", "serviceId", "appId", "serviceName", "imageName"]),
    ("image", &["id", "imageName"]),
    ("stateSnapshot", &["id", "type", "state"]),
];

/// The predecessors' own list of what was applied: read, then left alone.
const LIST: &str = "schema_migrations";
/// What every kept table's name begins with afterwards.
pub(crate) const LEGACY: &str = "legacy_";

/// Who wrote a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Launchpad, before it had users.
    Launchpad,
    /// Launchpad with users and settings.
    LaunchpadWithUsers,
    /// Launchpad with tenants.
    LaunchpadWithTenants,
    /// Its command for migrations, which kept a list with times.
    ListedWithTimes,
    /// The older Sortie before its migrations.
    Sortie,
    /// The older Sortie with its list of migrations.
    SortieWithMigrations,
    /// The container-manager.
    ContainerManager,
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Launchpad => "Launchpad without users",
            Self::LaunchpadWithUsers => "Launchpad with users",
            Self::LaunchpadWithTenants => "Launchpad with tenants",
            Self::ListedWithTimes => "the older Sortie, made by its migration command",
            Self::Sortie => "the older Sortie, before its migrations",
            Self::SortieWithMigrations => "the older Sortie, with its migrations",
            Self::ContainerManager => "the container-manager",
        })
    }
}

/// Whether it looks like the container-manager's: apps, their services, and states.
fn is_container_manager(layout: &Layout) -> bool {
    let has = |table: &str, column: &str| layout.get(table).is_some_and(|it| it.contains(column));
    has("app", "appId") && has("service", "serviceId") && has("stateSnapshot", "state")
}

/// Whether it looks like a predecessor's at all: a catalog, an audit and counts, or what the container-manager kept.
pub(crate) fn is_theirs(layout: &Layout) -> bool {
    if is_container_manager(layout) {
        return true;
    }
    let catalog = layout.get("applications");
    let is_catalog = catalog.is_some_and(|it| ["name", "category"].iter().all(|name| it.contains(*name)));
    is_catalog && layout.contains_key("audit_log") && layout.contains_key("analytics")
}

/// Tells the form of what looks like a predecessor's; an error completes "but …". `ours` are the tables of today that no
/// predecessor had.
pub(crate) fn recognise(layout: &Layout, ours: &[String]) -> Result<Form, String> {
    let has = |table: &str, column: &str| layout.get(table).is_some_and(|it| it.contains(column));
    for (table, needed) in NEEDED {
        let Some(columns) = layout.get(table) else { continue };
        if let Some(missing) = needed.iter().find(|it| !columns.contains(**it)) {
            return Err(format!("its table {table} has no column {missing}"));
        }
    }
    if let Some(table) = layout.keys().find(|it| it.starts_with(LEGACY)) {
        return Err(format!("it holds a table {table}, whose name is needed for what is kept"));
    }
    if let Some(table) = ours.iter().find(|it| layout.contains_key(*it)) {
        return Err(format!("it holds a table {table}, which no predecessor had"));
    }
    if is_container_manager(layout) {
        return Ok(Form::ContainerManager);
    }
    Ok(match layout.get(LIST) {
        Some(list) if list.contains("dirty") => Form::SortieWithMigrations,
        Some(list) if list.contains("applied_at") => Form::ListedWithTimes,
        Some(_) => return Err(format!("its table {LIST} is of neither kind that they wrote")),
        None if has("applications", "visibility") => Form::Sortie,
        None if layout.contains_key("tenants") => Form::LaunchpadWithTenants,
        None if layout.contains_key("users") => Form::LaunchpadWithUsers,
        None => Form::Launchpad,
    })
}

/// Columns of a known table that no predecessor had.
pub(crate) fn surplus(table: &str, columns: &BTreeSet<String>) -> Vec<String> {
    let known = KNOWN.iter().find(|(name, _)| *name == table).map_or(&[][..], |(_, it)| it);
    columns.iter().filter(|it| !known.contains(&it.as_str())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(tables: &[(&str, &[&str])]) -> Layout {
        let set = |it: &[&str]| it.iter().map(|it| (*it).to_owned()).collect();
        tables.iter().map(|(name, columns)| ((*name).to_owned(), set(columns))).collect()
    }

    const APPS: (&str, &[&str]) = ("applications", &["id", "name", "description", "url", "icon", "category"]);
    const AUDIT: (&str, &[&str]) = ("audit_log", &["id", "timestamp", "user", "action", "details"]);
    const COUNTS: (&str, &[&str]) = ("analytics", &["id", "app_id", "timestamp"]);

    #[test]
    fn each_predecessor_is_told_by_its_tables() {
        let users = ("users", &["id", "username"][..]);
        let tenants = ("tenants", &["id", "name", "slug"][..]);
        let seen = ("applications", &["id", "name", "category", "visibility"][..]);
        for (tables, form) in [
            (vec![APPS, AUDIT, COUNTS], Form::Launchpad),
            (vec![APPS, AUDIT, COUNTS, users], Form::LaunchpadWithUsers),
            (vec![APPS, AUDIT, COUNTS, users, tenants], Form::LaunchpadWithTenants),
            (vec![seen, AUDIT, COUNTS, users, tenants], Form::Sortie),
            (vec![seen, AUDIT, COUNTS, (LIST, &["version", "dirty"])], Form::SortieWithMigrations),
            (vec![APPS, AUDIT, COUNTS, (LIST, &["version", "applied_at"])], Form::ListedWithTimes),
        ] {
            assert_eq!(recognise(&layout(&tables), &[]), Ok(form));
        }
    }

    #[test]
    fn the_container_managers_is_told_with_and_without_the_list_of_its_migrations() {
        let app = ("app", &["id", "appId", "appName", "services"][..]);
        let service = ("service", &["id", "serviceId", "appId", "serviceName", "imageName"][..]);
        let states = ("stateSnapshot", &["id", "type", "state"][..]);
        let listed = layout(&[app, service, states, ("knex_migrations", &["id", "name"])]);
        for found in [layout(&[app, service, states]), listed] {
            assert!(is_theirs(&found));
            assert_eq!(recognise(&found, &[]), Ok(Form::ContainerManager));
        }
        assert!(!is_theirs(&layout(&[app, states])));
    }

    #[test]
    fn a_database_of_something_else_is_none_of_them() {
        assert!(!is_theirs(&layout(&[APPS])));
        assert!(!is_theirs(&layout(&[("sessions", &["id"]), AUDIT, COUNTS])));
        assert!(is_theirs(&layout(&[APPS, AUDIT, COUNTS])));
    }

    #[test]
    fn what_is_odd_is_named() {
        let refused = |tables: &[(&str, &[&str])]| recognise(&layout(tables), &["leases".to_owned()]).unwrap_err();
        assert!(refused(&[APPS, AUDIT, COUNTS, ("leases", &["name"])]).contains("leases"));
        assert!(refused(&[APPS, AUDIT, COUNTS, ("legacy_x", &["name"])]).contains("legacy_x"));
        assert!(refused(&[APPS, AUDIT, COUNTS, ("users", &["id"])]).contains("no column username"));
        assert!(refused(&[APPS, AUDIT, COUNTS, (LIST, &["version"])]).contains("neither"));
    }
}
