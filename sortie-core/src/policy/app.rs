//! Who may do what with an app.
//!
//! `public` is for everybody of the tenant, `approved` for the approved users and the administrators of the app's category,
//! `admin_only` for the latter. Authors see and change every app, and use those that their visibility lets them use.

use super::{Action, Decision, Principal, rule::Rule};
use crate::{
    app::Visibility,
    id::{CategoryId, TenantId},
    user::Role,
};

/// What the rules look at.
#[expect(clippy::struct_excessive_bools, reason = "each is one fact that a rule names")]
pub(super) struct Facts {
    visibility: Visibility,
    discoverable: bool,
    has_category: bool,
    /// Administers the tenant, or the installation.
    manager: bool,
    admin: bool,
    author: bool,
    category_admin: bool,
    approved: bool,
}

impl Facts {
    pub(super) fn new(
        principal: &Principal,
        tenant: &TenantId,
        category: Option<&CategoryId>,
        visibility: Visibility,
        discoverable: bool,
    ) -> Self {
        Self {
            visibility,
            discoverable,
            has_category: category.is_some(),
            manager: principal.has(tenant, Role::TenantAdmin),
            admin: principal.has(tenant, Role::Admin),
            author: principal.has(tenant, Role::AppAuthor),
            category_admin: principal.administers(category),
            approved: principal.is_approved(category),
        }
    }

    pub(super) fn decide(&self, action: Action) -> Decision {
        let used = self.user();
        // Who does not see it learns nothing; who sees only its card is told so.
        let Some(sees) = self.viewer() else {
            return if !self.discoverable {
                Decision::hidden(Rule::AppNotVisible)
            } else if action == Action::DiscoverApp {
                Decision::granted(Rule::AppDiscoverable)
            } else if action == Action::RequestApp {
                self.request()
            } else {
                Decision::denied(Rule::AppNotApproved)
            };
        };
        match action {
            Action::ViewApp | Action::DiscoverApp => Decision::granted(sees),
            Action::LaunchApp => used.map_or(Decision::denied(Rule::AppNotApproved), Decision::granted),
            Action::RequestApp if used.is_some() => Decision::denied(Rule::AppUsableAlready),
            Action::RequestApp => self.request(),
            Action::CreateApp | Action::UpdateApp | Action::DeleteApp => self.change(),
            Action::ConfigureApp if self.author => Decision::granted(Rule::AppAuthor),
            Action::ConfigureApp => Decision::denied(Rule::NeedsAppAuthor),
            Action::ElevateApp if self.admin => Decision::granted(Rule::Administrator),
            Action::ElevateApp => Decision::denied(Rule::NeedsAdministrator),
            Action::ViewCategory
            | Action::CreateCategory
            | Action::UpdateCategory
            | Action::DeleteCategory
            | Action::ViewSession
            | Action::StopSession
            | Action::UseSession
            | Action::ShareSession
            | Action::ShareControl
            | Action::ManageViewers
            | Action::ObserveSession
            | Action::LaunchFor
            | Action::ListAllSessions
            | Action::ReadAudit
            | Action::ReadAnalytics
            | Action::ManageUsers
            | Action::ManageSettings
            | Action::ChangeOwnPreferences
            | Action::ManageOwnCredentials
            | Action::ListPeople
            | Action::ViewTenant
            | Action::UpdateTenant
            | Action::ManageTenants
            | Action::ViewServices
            | Action::ManageServices => Decision::denied(Rule::NotForThisKind),
        }
    }

    /// Why the principal may use the app.
    fn user(&self) -> Option<Rule> {
        if self.manager {
            Some(Rule::TenantAdministrator)
        } else if self.visibility == Visibility::Public {
            Some(Rule::AppPublic)
        } else if self.category_admin {
            Some(Rule::CategoryAdministrator)
        } else if self.visibility == Visibility::Approved && self.approved {
            Some(Rule::AppApproved)
        } else {
            None
        }
    }

    /// Why the principal may see it.
    fn viewer(&self) -> Option<Rule> {
        self.user().or(self.author.then_some(Rule::AppAuthor))
    }

    fn change(&self) -> Decision {
        if self.author {
            Decision::granted(Rule::AppAuthor)
        } else if self.category_admin {
            Decision::granted(Rule::CategoryAdministrator)
        } else {
            Decision::denied(Rule::NeedsAppAuthor)
        }
    }

    /// Asking helps where somebody can grant it: as an approved user of the category.
    fn request(&self) -> Decision {
        if self.discoverable && self.has_category && self.visibility == Visibility::Approved {
            Decision::granted(Rule::AppDiscoverable)
        } else {
            Decision::denied(Rule::AppNotRequestable)
        }
    }
}
