//! The catalog: seeing, making and changing apps, and opening links.

use sortie_core::{
    app::{App, AppFields, LaunchType},
    audit::{Actor, AuditAction, AuditEntry, Change},
    event::AppEventKind,
    id::{AppId, TenantId},
    invalid::{Invalid, Problems},
    policy::{self, Action, Caller, Object},
    port::{Page, PageRequest, PortError},
    workload::Refusal,
};
use tracing::info;

use crate::{Control, ControlError};

/// An app as one person sees it.
#[derive(Clone, Debug)]
pub struct AppView {
    /// The app.
    pub app: App,
    /// Whether a click would work.
    pub can_launch: bool,
    /// Why it would not, where that is the server's or the definition's fault.
    pub unavailable: Option<Refusal>,
    /// Remarks for its author.
    pub hints: Vec<String>,
}

impl Control {
    /// What strangers may see.
    pub async fn anonymous_apps(&self) -> Result<Vec<App>, ControlError> {
        let scope = policy::anonymous_app_scope();
        Ok(self.ports.catalog.list_apps(&scope, &PageRequest::default()).await?.items)
    }

    /// The apps that the caller may see, by name.
    pub async fn list_apps(&self, caller: &Caller, page: &PageRequest) -> Result<Page<AppView>, ControlError> {
        let scope = policy::app_scope(&caller.principal);
        let page = self.ports.catalog.list_apps(&scope, page).await?;
        let items = page.items.into_iter().map(|it| self.view(caller, it)).collect();
        Ok(Page { items, next: page.next })
    }

    /// One app, if the caller may see it.
    pub async fn find_app(&self, caller: &Caller, id: &AppId) -> Result<AppView, ControlError> {
        let app = self.app_for(caller, id, Action::ViewApp, "see this app").await?;
        Ok(self.view(caller, app))
    }

    /// Makes an app.
    pub async fn create_app(&self, caller: &Caller, id: &str, fields: AppFields) -> Result<AppView, ControlError> {
        Self::check(caller, Action::CreateApp, "make apps")?;
        let (id, broken) = match (AppId::new_slug(id), fields.validate()) {
            (Ok(id), Ok(())) => (id, Vec::new()),
            (Ok(_), Err(problems)) => return Err(problems.into()),
            (Err(invalid), Ok(())) => return Err(invalid.into()),
            (Err(invalid), Err(problems)) => {
                let mut all: Vec<Invalid> = vec![invalid];
                all.extend_from_slice(problems.list());
                Problems::check(all)?;
                return Err(ControlError::from(problems));
            }
        };
        Problems::check(broken)?;
        let at = self.now();
        let tenant = caller.principal.tenant.clone();
        let app = App { id, tenant, version: 1, fields, created_at: at, updated_at: at };
        let details = vec![("app_id", app.id.to_string()), ("app_name", app.fields.name.clone())];
        let actor = Actor::from_caller(caller);
        let change = self.app_change(actor, AuditAction::CreateApp, &app, AppEventKind::Created, details, at);
        match self.ports.catalog.insert_app(&app, change).await {
            Ok(()) => {}
            Err(PortError::Conflict) => {
                return Err(ControlError::Conflict(format!(
                    "there already is an app with the id {:?}",
                    app.id.as_str()
                )));
            }
            Err(error) => return Err(error.into()),
        }
        info!(app.id = %app.id, "App created");
        self.committed().await;
        Ok(self.view(caller, app))
    }

    /// Replaces what an app says; `expected` is the version that the caller has seen.
    pub async fn update_app(
        &self,
        caller: &Caller,
        id: &AppId,
        expected: Option<i64>,
        fields: AppFields,
    ) -> Result<AppView, ControlError> {
        let before = self.app_for(caller, id, Action::UpdateApp, "change this app").await?;
        // The new visibility must not be a way around the policy either.
        let object = Object::App { tenant: &before.tenant, visibility: fields.visibility };
        if !policy::may(&caller.principal, Action::UpdateApp, object).is_granted() {
            return Err(ControlError::Denied("give this app that visibility"));
        }
        if expected.is_some_and(|it| it != before.version) {
            return Err(ControlError::VersionMismatch);
        }
        fields.validate()?;
        let at = self.now();
        let changes = changed_fields(&before.fields, &fields);
        let app = App { version: before.version + 1, fields, updated_at: at, ..before.clone() };
        let details = vec![
            ("app_id", app.id.to_string()),
            ("app_name", app.fields.name.clone()),
            ("changes", changes.join(", ")),
        ];
        let actor = Actor::from_caller(caller);
        let change = self.app_change(actor, AuditAction::UpdateApp, &app, AppEventKind::Updated, details, at);
        match self.ports.catalog.update_app(before.version, &app, change).await {
            Ok(()) => {}
            Err(PortError::Conflict) => return Err(ControlError::VersionMismatch),
            Err(error) => return Err(error.into()),
        }
        info!(app.id = %app.id, "App updated");
        self.committed().await;
        Ok(self.view(caller, app))
    }

    /// Deletes an app. Its sessions go on; history keeps its name.
    pub async fn delete_app(&self, caller: &Caller, id: &AppId) -> Result<(), ControlError> {
        let app = self.app_for(caller, id, Action::DeleteApp, "delete this app").await?;
        let details = vec![("app_id", app.id.to_string()), ("app_name", app.fields.name.clone())];
        let (actor, at) = (Actor::from_caller(caller), self.now());
        let change = self.app_change(actor, AuditAction::DeleteApp, &app, AppEventKind::Deleted, details, at);
        self.ports.catalog.delete_app(&app, change).await?;
        info!(app.id = %app.id, "App deleted");
        self.committed().await;
        Ok(())
    }

    /// Counts the opening of a link app and answers where it leads.
    pub async fn open_link(&self, caller: &Caller, id: &AppId) -> Result<String, ControlError> {
        let app = self.app_for(caller, id, Action::LaunchApp, "open this app").await?;
        if app.fields.launch_type != LaunchType::Url {
            return Err(ControlError::Conflict("this app is not a link; launch it".to_owned()));
        }
        // An adopted app may hold anything; what is not a web address is never opened.
        app.fields.validate()?;
        let details = vec![("app_id", app.id.to_string()), ("app_name", app.fields.name.clone())];
        let change = self.quiet_change(Actor::from_caller(caller), AuditAction::OpenLink, details);
        self.ports.records.record_link_launch(&app.id, change).await?;
        Ok(app.fields.url)
    }

    /// Fills an empty catalog; answers whether it was empty. Every broken rule of every app is named at once.
    pub async fn seed(&self, apps: Vec<(String, AppFields)>) -> Result<bool, ControlError> {
        let at = self.now();
        let mut broken = Vec::new();
        let mut good = Vec::new();
        for (index, (id, fields)) in apps.into_iter().enumerate() {
            let at_index = |it: &Invalid| Invalid::new(format!("applications[{index}].{}", it.field), it.rule.clone());
            match (AppId::new_slug(&id), fields.validate()) {
                (Ok(id), Ok(())) => good.push(App {
                    id,
                    tenant: TenantId::default_tenant(),
                    version: 1,
                    fields,
                    created_at: at,
                    updated_at: at,
                }),
                (id, rules) => {
                    broken.extend(id.err().iter().map(at_index));
                    broken.extend(rules.err().iter().flat_map(Problems::list).map(at_index));
                }
            }
        }
        Problems::check(broken)?;
        let names: Vec<_> = good.iter().map(|it| it.id.as_str()).collect();
        let details = vec![("apps", names.join(", "))];
        let audit = AuditEntry::new(Actor::system(), AuditAction::SeedApps, details);
        let seeded = self.ports.catalog.seed_apps(&good, Change { at, audit, events: Vec::new() }).await?;
        if seeded {
            self.committed().await;
        }
        Ok(seeded)
    }

    fn view(&self, caller: &Caller, app: App) -> AppView {
        let object = Object::App { tenant: &app.tenant, visibility: app.fields.visibility };
        let permitted = policy::may(&caller.principal, Action::LaunchApp, object).is_granted();
        let unavailable = if app.is_workload() {
            match self.spec_of(&app) {
                Ok(spec) => self.refusal_of(&spec),
                Err(ControlError::Refused(refusal)) => Some(refusal),
                Err(error) => Some(Refusal { code: "invalid_spec".to_owned(), message: error.to_string() }),
            }
        } else {
            app.fields.validate().err().map(|problems| Refusal {
                code: "invalid_spec".to_owned(),
                message: format!("The app's definition must be mended first: {problems}"),
            })
        };
        let hints = app.hints();
        AppView { can_launch: permitted && unavailable.is_none(), unavailable, hints, app }
    }
}

/// The names of the fields that differ: values may hold secrets and do not belong into the audit.
fn changed_fields(before: &AppFields, after: &AppFields) -> Vec<&'static str> {
    let mut changed = Vec::new();
    macro_rules! compare {
        ($($field:ident),+ $(,)?) => { $(if before.$field != after.$field { changed.push(stringify!($field)); })+ };
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
    }
}
