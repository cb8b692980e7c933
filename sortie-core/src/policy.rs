//! Who may do what: one function answers every question, and lists ask for the same rules as data.

mod app;
pub mod rule;
mod session;
mod tenant;

use self::rule::Rule;
use crate::{
    app::Visibility,
    id::{RequestId, SessionId, SignInId, TenantId, UserId, ViewerId},
    sharing::Part,
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
    /// The roles.
    pub roles: Vec<Role>,
    /// The sign-in that was used.
    pub sign_in: SignInId,
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
    /// Whether the principal has a role; administrators have every role.
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role) || self.roles.contains(&Role::Admin)
    }
}

/// Who asks, and how the request reached us: what the audit records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who asks.
    pub principal: Principal,
    /// From which address.
    pub source_ip: String,
    /// In which request.
    pub request: RequestId,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// See an app.
    ViewApp,
    /// Launch it, or open its link.
    LaunchApp,
    /// Make one.
    CreateApp,
    /// Change one.
    UpdateApp,
    /// Delete one.
    DeleteApp,
    /// See a session.
    ViewSession,
    /// Stop or restart it.
    StopSession,
    /// See its screen, and use it as far as the part in it allows.
    UseSession,
    /// Let others look at it, let in who waits, and hand over control.
    ShareSession,
    /// Let others type in it.
    ShareControl,
    /// See who watches, send them away, and take shares back.
    ManageViewers,
    /// Watch somebody else's, for a stated reason.
    ObserveSession,
    /// Launch for somebody else.
    LaunchFor,
    /// See everybody's sessions.
    ListAllSessions,
    /// Read the audit.
    ReadAudit,
    /// Read who launched what how often.
    ReadAnalytics,
    /// See, make, change and delete accounts.
    ManageUsers,
    /// See and change the installation's settings.
    ManageSettings,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 18] = [
        Self::ViewApp,
        Self::LaunchApp,
        Self::CreateApp,
        Self::UpdateApp,
        Self::DeleteApp,
        Self::ViewSession,
        Self::StopSession,
        Self::UseSession,
        Self::ShareSession,
        Self::ShareControl,
        Self::ManageViewers,
        Self::ObserveSession,
        Self::LaunchFor,
        Self::ListAllSessions,
        Self::ReadAudit,
        Self::ReadAnalytics,
        Self::ManageUsers,
        Self::ManageSettings,
    ];
}

/// What it is asked about.
#[derive(Clone, Copy, Debug)]
pub enum Object<'a> {
    /// An app.
    App {
        /// Its tenant.
        tenant: &'a TenantId,
        /// Who sees it.
        visibility: Visibility,
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
    /// Something that belongs to the whole tenant.
    Tenant(&'a TenantId),
}

impl Object<'_> {
    fn tenant(&self) -> &TenantId {
        match self {
            Self::App { tenant, .. } | Self::Session { tenant, .. } | Self::Tenant(tenant) => tenant,
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
    if *object.tenant() != principal.tenant {
        return Decision::hidden(Rule::OtherTenant);
    }
    if let Some(guest) = &principal.guest {
        return session::for_guest(guest, action, object);
    }
    match object {
        Object::App { visibility, .. } => app::decide(principal, action, visibility),
        Object::Session { owner, part, .. } => session::decide(principal, action, owner, part),
        Object::Tenant(_) => tenant::decide(principal, action),
    }
}

/// Which rows of a list a principal may see: data that a store translates into its query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every row of the tenant.
    Tenant(TenantId),
    /// The tenant's rows with one of these visibilities.
    Visible(TenantId, Vec<Visibility>),
    /// The tenant's rows of one owner.
    OwnedBy(TenantId, UserId),
}

/// The apps that a principal may view: the list is the same as asking [`may`] about each.
pub fn app_scope(principal: &Principal) -> Scope {
    if principal.guest.is_some() {
        Scope::Visible(principal.tenant.clone(), Vec::new())
    } else if principal.has(Role::AppAuthor) {
        Scope::Tenant(principal.tenant.clone())
    } else {
        Scope::Visible(principal.tenant.clone(), vec![Visibility::Public])
    }
}

/// The apps whose display fields strangers may read.
pub fn anonymous_app_scope() -> Scope {
    Scope::Visible(TenantId::default_tenant(), vec![Visibility::Public])
}

/// The sessions that a principal may view.
pub fn session_scope(principal: &Principal) -> Scope {
    if principal.has(Role::Admin) {
        Scope::Tenant(principal.tenant.clone())
    } else {
        Scope::OwnedBy(principal.tenant.clone(), principal.user.clone())
    }
}

#[cfg(test)]
mod tests;
