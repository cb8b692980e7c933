//! The catalog: seeing, making and changing apps, and opening links.

pub mod category;
mod change;

use std::collections::BTreeMap;

use sortie_core::{
    access::request::RequestStatus,
    app::{App, AppFields, LaunchType},
    audit::{Actor, AuditAction, AuditEntry, Change},
    id::{AccessRequestId, AppId, CategoryId, TenantId},
    invalid::{Invalid, Problems},
    policy::{self, Action, Caller, Object},
    port::{Page, PageRequest},
    workload::Refusal,
};

use crate::{Control, ControlError};

/// How much of an app somebody sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Its card.
    Card,
    /// All that its users may know.
    Used,
    /// What runs in it, too.
    Configured,
}

/// An app as one person sees it.
#[derive(Clone, Debug)]
pub struct AppView {
    /// The app.
    pub app: App,
    /// How much of it.
    pub seen: Seen,
    /// Whether a click would work.
    pub can_launch: bool,
    /// Whether asking for access is possible.
    pub can_request: bool,
    /// The caller's newest request for it.
    pub request: Option<(AccessRequestId, RequestStatus)>,
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
        Self::check_scopes(caller, Action::DiscoverApp, "see apps")?;
        let scope = policy::app_scope(&caller.principal, &caller.tenant);
        let page = self.ports.catalog.list_apps(&scope, page).await?;
        let items = page.items.into_iter().map(|it| self.view(caller, it)).collect();
        Ok(Page { items, next: page.next })
    }

    /// One app, if the caller may see it.
    pub async fn find_app(&self, caller: &Caller, id: &AppId) -> Result<AppView, ControlError> {
        let app = self.app_for(caller, id, Action::DiscoverApp, "see this app").await?;
        Ok(self.view(caller, app))
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
        let mut categories: BTreeMap<String, CategoryId> = BTreeMap::new();
        for (index, (id, fields)) in apps.into_iter().enumerate() {
            let at_index = |it: &Invalid| Invalid::new(format!("applications[{index}].{}", it.field), it.rule.clone());
            match (AppId::new_slug(&id), fields.validate()) {
                (Ok(id), Ok(())) => good.push(App {
                    id,
                    tenant: TenantId::default_tenant(),
                    category: (!fields.category.is_empty()).then(|| {
                        categories.entry(fields.category.clone()).or_insert_with(|| self.ids().category()).clone()
                    }),
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

    pub(crate) fn view(&self, caller: &Caller, app: App) -> AppView {
        let may = |action| policy::may(&caller.principal, action, Object::of_app(&app)).is_granted();
        let (permitted, can_request) = (may(Action::LaunchApp), may(Action::RequestApp));
        let seen = if may(Action::ConfigureApp) {
            Seen::Configured
        } else if may(Action::ViewApp) {
            Seen::Used
        } else {
            Seen::Card
        };
        let request = caller.principal.grants.requests.get(&app.id).cloned();
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
        let can_launch = permitted && unavailable.is_none();
        AppView { app, seen, can_launch, can_request, request, unavailable, hints }
    }
}
