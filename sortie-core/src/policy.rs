//! Who may do what: one function answers every question, and lists ask for the same rules as data.
//!
//! Inside a tenant the roles go from `user` over `auditor` and `app-author` to `tenant-admin` and `admin`. A person holds them
//! in the home tenant by the account and elsewhere by membership. What belongs to a tenant that one is not a member of is not
//! there, for administrators too: they manage tenants from outside, and join one, audited, to see what is in it.

mod account;
pub mod action;
mod app;
mod category;
mod installation;
pub mod rule;
pub mod scope;
mod session;
mod tenant;

use std::sync::Arc;

pub use self::action::Action;
use self::rule::Rule;
pub use self::scope::{AppScope, Scope, anonymous_app_scope, app_scope, session_scope};
use crate::{
    access::Grants,
    app::{App, Visibility},
    id::{CategoryId, RequestId, SessionId, SignInId, TenantId, UserId, ViewerId},
    sharing::Part,
    token_scope::{TokenScope, permits},
    user::Role,
};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Principal {
    /// The identity.
    pub user: UserId,
    /// The sign-in name now: for the audit and for people.
    pub username: String,
    /// The home tenant.
    pub tenant: TenantId,
    /// The roles in the home tenant.
    pub roles: Vec<Role>,
    /// What was given to this person besides.
    pub grants: Arc<Grants>,
    /// The sign-in that was used.
    pub sign_in: SignInId,
    /// What a personal access token was made for: it narrows what its owner may do. `None` for sign-ins, which narrow nothing.
    pub scopes: Option<Vec<TokenScope>>,
    /// Set for a guest: the one session that it reaches.
    pub guest: Option<Guest>,
}

/// Somebody without an account who came by a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guest {
    /// The only session that it may know of.
    pub session: SessionId,
    /// Which of the session's viewers it is.
    pub viewer: ViewerId,
}

impl Principal {
    /// Whether what was signed in with may be used for this at all.
    pub fn permits(&self, action: Action) -> bool {
        self.scopes.as_ref().is_none_or(|it| permits(it, action))
    }

    /// Whether the principal administers the installation: its tenants, and all that is in those of which it is a member.
    pub fn is_administrator(&self) -> bool {
        self.tenant == TenantId::default_tenant() && self.roles.contains(&Role::Admin)
    }

    /// Whether the principal belongs to a tenant.
    pub fn is_member(&self, tenant: &TenantId) -> bool {
        *tenant == self.tenant || self.grants.member_of(tenant).is_some()
    }

    /// Whether the principal has a role in a tenant. Administrators have every role, a tenant's all but `admin`.
    pub fn has(&self, tenant: &TenantId, role: Role) -> bool {
        if self.guest.is_some() {
            return false;
        }
        let held = |wanted: Role| {
            let at_home = *tenant == self.tenant && self.roles.contains(&wanted);
            at_home || self.grants.member_of(tenant).is_some_and(|it| it.roles.contains(&wanted))
        };
        let admin = held(Role::Admin) || self.is_administrator() && self.is_member(tenant);
        admin || held(role) || role != Role::Admin && held(Role::TenantAdmin)
    }

    /// The tenant that this text means, by id or short name, among those of which the principal is a member.
    pub fn choose_tenant(&self, text: &str) -> Option<&TenantId> {
        if text == self.tenant.as_str() {
            return Some(&self.tenant);
        }
        let meant = |it: &&crate::access::Membership| it.tenant.as_str() == text || it.slug == text;
        self.grants.memberships.iter().find(meant).map(|it| &it.tenant)
    }

    fn administers(&self, category: Option<&CategoryId>) -> bool {
        category.is_some_and(|it| self.grants.administers.contains(it))
    }

    fn is_approved(&self, category: Option<&CategoryId>) -> bool {
        category.is_some_and(|it| self.grants.approved.contains(it))
    }
}

/// Who asks, and how the request reached us: what the audit records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who asks.
    pub principal: Principal,
    /// Of which tenant lists are, and in which one new things are made. One of the principal's.
    pub tenant: TenantId,
    /// From which address.
    pub source_ip: String,
    /// In which request.
    pub request: RequestId,
}

/// What it is asked about.
#[derive(Clone, Copy, Debug)]
pub enum Object<'a> {
    /// An app.
    App {
        /// Its tenant.
        tenant: &'a TenantId,
        /// Its category.
        category: Option<&'a CategoryId>,
        /// Who uses it.
        visibility: Visibility,
        /// Whether others see its card.
        discoverable: bool,
    },
    /// A category.
    Category {
        /// Its tenant.
        tenant: &'a TenantId,
        /// Which.
        id: &'a CategoryId,
        /// Whether it holds an app that the principal sees.
        is_seen: bool,
    },
    /// A session.
    Session {
        /// Which.
        id: &'a SessionId,
        /// Its tenant.
        tenant: &'a TenantId,
        /// Whose it is.
        owner: &'a UserId,
        /// The principal's part in it, where it is somebody else's: see [`crate::sharing::Sharing`].
        part: Option<Part>,
    },
    /// A person's account, as far as it is the person's own business.
    Account {
        /// Its home tenant.
        tenant: &'a TenantId,
        /// Whose it is.
        user: &'a UserId,
    },
    /// Something that belongs to the whole tenant.
    Tenant(&'a TenantId),
    /// Something that belongs to the installation; the tenant, where it is one.
    Installation(Option<&'a TenantId>),
}

impl<'a> Object<'a> {
    /// An app as it is.
    pub fn of_app(app: &'a App) -> Self {
        let fields = &app.fields;
        Self::App {
            tenant: &app.tenant,
            category: app.category.as_ref(),
            visibility: fields.visibility,
            discoverable: fields.discoverable,
        }
    }

    fn tenant(&self) -> Option<&'a TenantId> {
        match self {
            Self::App { tenant, .. }
            | Self::Category { tenant, .. }
            | Self::Session { tenant, .. }
            | Self::Account { tenant, .. }
            | Self::Tenant(tenant) => Some(tenant),
            Self::Installation(_) => None,
        }
    }
}

/// What the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Yes.
    Granted,
    /// No, and the object may be named in the answer.
    Denied,
    /// No, and the caller must not learn that the object exists.
    Hidden,
}

/// The answer, and the rule that gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What the answer is.
    pub outcome: Outcome,
    /// Which rule decided: for whoever asks why.
    pub rule: Rule,
}

impl Decision {
    /// Whether the answer is yes.
    pub fn is_granted(self) -> bool {
        self.outcome == Outcome::Granted
    }

    pub(crate) fn granted(rule: Rule) -> Self {
        Self { outcome: Outcome::Granted, rule }
    }

    pub(crate) fn denied(rule: Rule) -> Self {
        Self { outcome: Outcome::Denied, rule }
    }

    pub(crate) fn hidden(rule: Rule) -> Self {
        Self { outcome: Outcome::Hidden, rule }
    }
}

/// Answers every permission question. What is not granted here is denied.
pub fn may(principal: &Principal, action: Action, object: Object<'_>) -> Decision {
    let decision = decide(principal, action, object);
    // Last: who may not do it anyway learns nothing from the scopes.
    if decision.is_granted() && !principal.permits(action) {
        return Decision::denied(Rule::ScopeMissing);
    }
    decision
}

fn decide(principal: &Principal, action: Action, object: Object<'_>) -> Decision {
    if object.tenant().is_some_and(|it| !principal.is_member(it)) {
        return Decision::hidden(Rule::OtherTenant);
    }
    if let Some(guest) = &principal.guest {
        return session::for_guest(guest, action, object);
    }
    match object {
        Object::App { tenant, category, visibility, discoverable } => {
            let app = app::Facts::new(principal, tenant, category, visibility, discoverable);
            app.decide(action)
        }
        Object::Category { tenant, id, is_seen } => category::decide(principal, action, tenant, id, is_seen),
        Object::Session { tenant, owner, part, .. } => session::decide(principal, action, tenant, owner, part),
        Object::Account { user, .. } => account::decide(principal, action, user),
        Object::Tenant(tenant) => tenant::decide(principal, action, tenant),
        Object::Installation(tenant) => installation::decide(principal, action, tenant),
    }
}

#[cfg(test)]
mod tests;
