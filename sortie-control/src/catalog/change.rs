//! Making, changing and deleting apps.

use sortie_core::{
    app::{App, AppFields, told::field_name},
    audit::{Actor, AuditAction},
    category,
    event::AppEventKind,
    id::{AppId, CategoryId, TenantId},
    invalid::{Invalid, Problems},
    policy::{self, Action, Caller, Object, Outcome},
    port::PortError,
};
use tracing::info;

use super::AppView;
use crate::{Control, ControlError};

/// How often a write that lost a race for a category is tried again.
const TRIES: usize = 3;

impl Control {
    /// Makes an app, and its category where it is new.
    pub async fn create_app(&self, caller: &Caller, id: &str, fields: AppFields) -> Result<AppView, ControlError> {
        let tenant = &caller.tenant;
        Self::check_scopes(caller, Action::CreateApp, "make apps")?;
        // What is right with the category is asked before anything is said about the rest.
        self.category_for(caller, tenant, &fields.category, "make apps").await?;
        Self::check_new_workload(caller, &fields)?;
        let id = checked(id, &fields)?;
        for _ in 0..TRIES {
            let category = self.category_for(caller, tenant, &fields.category, "make apps").await?;
            let at = self.now();
            let app = App {
                id: id.clone(),
                tenant: tenant.clone(),
                category,
                version: 1,
                fields: fields.clone(),
                created_at: at,
                updated_at: at,
            };
            let mut details = vec![
                ("app_id", app.id.to_string()),
                ("app_name", app.fields.name.clone()),
                ("category", app.fields.category.clone()),
                ("visibility", app.fields.visibility.name().to_owned()),
            ];
            details.extend(diff_detail(&AppFields::default(), &app.fields));
            let actor = Actor::from_caller(caller);
            let change =
                self.app_change(actor, AuditAction::CreateApp, (None, &app), AppEventKind::Created, details, at);
            match self.ports.catalog.insert_app(&app, change).await {
                Ok(()) => {
                    info!(app.id = %app.id, "App created");
                    self.committed().await;
                    self.pool.poke();
                    return Ok(self.view(caller, app));
                }
                Err(PortError::Conflict) if self.ports.catalog.find_app(&id).await?.is_none() => {}
                Err(PortError::Conflict) => {
                    return Err(ControlError::Conflict(format!(
                        "there already is an app with the id {:?}",
                        id.as_str()
                    )));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(ControlError::Conflict("its category keeps changing; try again".to_owned()))
    }

    /// Replaces what an app says; `expected` is the version that the caller has seen. Who may not see what runs in it leaves
    /// that as it is.
    pub async fn update_app(
        &self,
        caller: &Caller,
        id: &AppId,
        expected: Option<i64>,
        fields: AppFields,
    ) -> Result<AppView, ControlError> {
        let before = self.app_for(caller, id, Action::UpdateApp, "change this app").await?;
        if expected.is_some_and(|it| it != before.version) {
            return Err(ControlError::VersionMismatch);
        }
        let fields = allowed(caller, &before, fields)?;
        let category = if fields.category == before.fields.category {
            before.category.clone()
        } else {
            self.category_for(caller, &before.tenant, &fields.category, "move this app into that category").await?
        };
        fields.validate()?;
        let at = self.now();
        let app = App { version: before.version + 1, category, fields, updated_at: at, ..before.clone() };
        let mut details = vec![
            ("app_id", app.id.to_string()),
            ("app_name", app.fields.name.clone()),
            ("changes", changed_fields(&before.fields, &app.fields).join(", ")),
        ];
        details.extend(diff_detail(&before.fields, &app.fields));
        if before.fields.visibility != app.fields.visibility {
            let (old, new) = (before.fields.visibility.name(), app.fields.visibility.name());
            details.push(("visibility", format!("{old} -> {new}")));
        }
        if before.category != app.category {
            details.push(("category", format!("{} -> {}", before.fields.category, app.fields.category)));
        }
        let actor = Actor::from_caller(caller);
        let change =
            self.app_change(actor, AuditAction::UpdateApp, (Some(&before), &app), AppEventKind::Updated, details, at);
        match self.ports.catalog.update_app(before.version, &app, change).await {
            Ok(()) => {}
            Err(PortError::Conflict) => return Err(ControlError::VersionMismatch),
            Err(error) => return Err(error.into()),
        }
        info!(app.id = %app.id, "App updated");
        if before.fields.egress != app.fields.egress {
            self.hasten_egress(&app).await;
        }
        self.committed().await;
        self.pool.poke();
        Ok(self.view(caller, app))
    }

    /// Deletes an app. Its sessions go on; history keeps its name.
    pub async fn delete_app(&self, caller: &Caller, id: &AppId) -> Result<(), ControlError> {
        let app = self.app_for(caller, id, Action::DeleteApp, "delete this app").await?;
        let details = vec![("app_id", app.id.to_string()), ("app_name", app.fields.name.clone())];
        let (actor, at) = (Actor::from_caller(caller), self.now());
        let change = self.app_change(actor, AuditAction::DeleteApp, (None, &app), AppEventKind::Deleted, details, at);
        self.ports.catalog.delete_app(&app, change).await?;
        info!(app.id = %app.id, "App deleted");
        self.committed().await;
        self.pool.poke();
        Ok(())
    }

    /// The category of this name, if the caller may have apps in it; a fresh id for one that is not there yet.
    async fn category_for(
        &self,
        caller: &Caller,
        tenant: &TenantId,
        name: &str,
        what: &'static str,
    ) -> Result<Option<CategoryId>, ControlError> {
        let denied = ControlError::Denied(what);
        let may = |object| policy::may(&caller.principal, Action::CreateApp, object).is_granted();
        if name.is_empty() {
            return if may(Object::Tenant(tenant)) { Ok(None) } else { Err(denied) };
        }
        match self.ports.access.category_named(tenant, name).await? {
            Some(known) => {
                let object = Object::Category { tenant, id: &known.id, is_seen: true };
                if may(object) { Ok(Some(known.id)) } else { Err(denied) }
            }
            None if !may(Object::Tenant(tenant)) => Err(denied),
            None => {
                category::check(name, "")
                    .map_err(|it| Problems::from(Invalid::new("category", it.list()[0].rule.clone())))?;
                Ok(Some(self.ids().category()))
            }
        }
    }

    /// Who may not say what runs makes links only.
    fn check_new_workload(caller: &Caller, fields: &AppFields) -> Result<(), ControlError> {
        // Authors hold the right in the whole tenant, whatever the app will be.
        let future =
            Object::App { tenant: &caller.tenant, category: None, visibility: fields.visibility, discoverable: true };
        let may = |action| policy::may(&caller.principal, action, future).is_granted();
        if !may(Action::ConfigureApp) && !AppFields::default().workload_diff(fields).is_empty() {
            return Err(ControlError::Denied("say what runs in an app"));
        }
        if fields.run_as_root && !may(Action::ElevateApp) {
            return Err(ControlError::Denied("let an app run as root"));
        }
        Ok(())
    }
}

/// What the caller may write of this, with the rest as it was.
fn allowed(caller: &Caller, before: &App, fields: AppFields) -> Result<AppFields, ControlError> {
    let may = |action| policy::may(&caller.principal, action, Object::of_app(before)).outcome == Outcome::Granted;
    if !may(Action::ConfigureApp) {
        if !fields.leaves_workload(&before.fields) {
            return Err(ControlError::Denied("change what runs in this app"));
        }
        return Ok(fields.with_workload_of(&before.fields));
    }
    if fields.run_as_root && !before.fields.run_as_root && !may(Action::ElevateApp) {
        return Err(ControlError::Denied("let an app run as root"));
    }
    Ok(fields)
}

/// The id of a new app, if it and the fields keep every rule; else all that are broken.
fn checked(id: &str, fields: &AppFields) -> Result<AppId, ControlError> {
    let rules = fields.validate();
    let id = AppId::new_slug(id);
    let mut broken: Vec<Invalid> = id.as_ref().err().cloned().into_iter().collect();
    broken.extend(rules.err().iter().flat_map(Problems::list).cloned());
    Problems::check(broken)?;
    Ok(id?)
}

/// What changes of what runs, for the audit.
fn diff_detail(before: &AppFields, after: &AppFields) -> Option<(&'static str, String)> {
    let diff = before.workload_diff(after);
    (!diff.is_empty()).then(|| ("diff", diff.join("; ")))
}

/// The names of the fields that differ, as authors know them: values may hold secrets and do not belong into the audit.
fn changed_fields(before: &AppFields, after: &AppFields) -> Vec<&'static str> {
    let mut changed = Vec::new();
    macro_rules! compare {
        ($($field:ident),+ $(,)?) => { $(if before.$field != after.$field { changed.push(field_name(stringify!($field))); })+ };
    }
    compare!(
        name,
        description,
        url,
        icon,
        category,
        visibility,
        launch_type,
        os_type,
        container_image,
        container_port,
        container_args,
        command,
        env,
        network,
        window_manager,
        resources,
        egress,
        display,
        workspace,
        workspace_size,
        workspace_storage_class,
        clipboard,
        recording,
        discoverable,
        run_as_root,
        warm_pool,
        idle_timeout_secs,
    );
    changed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_names_changed_fields_and_no_values() {
        let before = AppFields { name: "a".to_owned(), ..AppFields::default() };
        let after = AppFields { env: vec![("TOKEN".to_owned(), "secret".to_owned())], ..before.clone() };
        assert_eq!(changed_fields(&before, &after), ["env"]);
        let after = AppFields { idle_timeout_secs: 60, ..before.clone() };
        assert_eq!(changed_fields(&before, &after), ["idle_timeout"]);
    }
}
