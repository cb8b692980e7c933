//! Why somebody may do something, or may not: the policy's own answer.

use std::sync::Arc;

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry},
    id::{AppId, CategoryId, SessionId, SignInId, TenantId, UserId},
    policy::{self, Action, Caller, Decision, Object, Outcome, Principal},
    user::User,
};

use crate::{Control, ControlError, account::token};

/// What it is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// An app.
    App(AppId),
    /// A session.
    Session(SessionId),
    /// A category.
    Category(CategoryId),
    /// A tenant; the installation's part of it for actions on tenants as such.
    Tenant(TenantId),
}

impl Question {
    /// The kind and the id, for people.
    pub fn names(&self) -> (&'static str, &str) {
        match self {
            Self::App(id) => ("app", id.as_str()),
            Self::Session(id) => ("session", id.as_str()),
            Self::Category(id) => ("category", id.as_str()),
            Self::Tenant(id) => ("tenant", id.as_str()),
        }
    }
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// Granted, denied or hidden.
    pub outcome: Outcome,
    /// The rule's stable code.
    pub rule: &'static str,
    /// The rule in a sentence.
    pub because: &'static str,
    /// Who it is about.
    pub user: UserId,
    /// The sign-in name.
    pub username: String,
}

/// The rule's code where the object is not there, or not for the caller: both look the same.
const NOT_FOUND: (&str, &str) = ("not_found", "There is no such thing, or it is not for this person to see.");

impl Control {
    /// Asks the policy. About others only who manages the object asks, which is audited.
    pub async fn explain(
        &self,
        caller: &Caller,
        action: Action,
        question: &Question,
        about: Option<UserId>,
    ) -> Result<Explanation, ControlError> {
        let other = about.filter(|it| *it != caller.principal.user);
        let subject = match &other {
            None => caller.principal.clone(),
            Some(user) => {
                let not_found = || ControlError::not_found("user", user);
                if !self.administers(caller, question).await? {
                    return Err(ControlError::Denied("ask what another person may do with this"));
                }
                let user = self.ports.accounts.find_user(user).await?.ok_or_else(not_found)?;
                let principal = self.as_principal(&user, caller.principal.sign_in.clone()).await?;
                let shared = |it: &TenantId| principal.is_member(it);
                if !caller.principal.grants.memberships.iter().any(|it| shared(&it.tenant)) && !shared(&caller.tenant) {
                    return Err(not_found());
                }
                let mut details = vec![("action", action.name().to_owned())];
                details.push((question.names().0, question.names().1.to_owned()));
                let actor = Actor::from_caller(caller).acting_for(user.id.clone());
                let entry = AuditEntry::new(actor, AuditAction::ExplainAccess, details);
                self.ports.records.record_access(&entry, self.now()).await?;
                principal
            }
        };
        let decision = self.ask(&subject, action, question).await?;
        // Who asks for himself must not learn from the reason that something is there.
        let shown = decision.filter(|it| other.is_some() || it.outcome != Outcome::Hidden);
        let (outcome, (rule, because)) = match shown {
            Some(it) => (it.outcome, (it.rule.code(), it.rule.because())),
            None => (Outcome::Hidden, NOT_FOUND),
        };
        Ok(Explanation { outcome, rule, because, user: subject.user, username: subject.username })
    }

    /// The same for whoever may run the binary on the server's data: about a person by sign-in name.
    pub async fn explain_by_hand(
        &self,
        actor: Actor,
        action: Action,
        question: &Question,
        username: &str,
    ) -> Result<Explanation, ControlError> {
        let found = self.ports.accounts.find_user_by_name(username).await?;
        let user = found.ok_or_else(|| ControlError::not_found("user", &username))?;
        // Nobody signs in here: the policy does not look at the sign-in.
        let principal = self.as_principal(&user, self.ids().sign_in()).await?;
        let (kind, id) = question.names();
        let details = vec![("action", action.name().to_owned()), (kind, id.to_owned())];
        let entry = AuditEntry::new(actor.acting_for(user.id.clone()), AuditAction::ExplainAccess, details);
        self.ports.records.record_access(&entry, self.now()).await?;
        let (outcome, (rule, because)) = match self.ask(&principal, action, question).await? {
            Some(it) => (it.outcome, (it.rule.code(), it.rule.because())),
            None => (Outcome::Hidden, NOT_FOUND),
        };
        Ok(Explanation { outcome, rule, because, user: user.id, username: user.username })
    }

    /// Somebody as the policy knows them.
    pub(crate) async fn as_principal(&self, user: &User, sign_in: SignInId) -> Result<Principal, ControlError> {
        let grants = Arc::new(self.ports.access.grants_of(&user.id).await?);
        Ok(token::principal(user, grants, sign_in, None))
    }

    /// Whether the caller administers what the question is about.
    async fn administers(&self, caller: &Caller, question: &Question) -> Result<bool, ControlError> {
        fn grants(caller: &Caller, action: Action, object: Object<'_>) -> bool {
            policy::may(&caller.principal, action, object).is_granted()
        }
        Ok(match question {
            Question::Tenant(id) => grants(caller, Action::UpdateTenant, Object::Installation(Some(id))),
            Question::Session(id) => self
                .ports
                .sessions
                .find_session(id)
                .await?
                .is_some_and(|it| grants(caller, Action::ListAllSessions, Object::Tenant(&it.tenant))),
            Question::Category(id) => self.ports.access.find_category(id).await?.is_some_and(|it| {
                grants(
                    caller,
                    Action::UpdateCategory,
                    Object::Category { tenant: &it.tenant, id: &it.id, is_seen: true },
                )
            }),
            Question::App(id) => self.ports.catalog.find_app(id).await?.is_some_and(|it| {
                let category = it.category.as_ref().is_some_and(|id| {
                    grants(caller, Action::UpdateCategory, Object::Category { tenant: &it.tenant, id, is_seen: true })
                });
                category || grants(caller, Action::ListAllSessions, Object::Tenant(&it.tenant))
            }),
        })
    }

    /// The policy's answer; `None` where there is no such object.
    async fn ask(
        &self,
        principal: &Principal,
        action: Action,
        question: &Question,
    ) -> Result<Option<Decision>, ControlError> {
        Ok(match question {
            Question::App(id) => {
                let app = self.ports.catalog.find_app(id).await?;
                app.map(|it| policy::may(principal, action, Object::of_app(&it)))
            }
            Question::Session(id) => match self.ports.sessions.find_session(id).await? {
                None => None,
                Some(it) => {
                    let part = self.part_in(principal, &it).await?;
                    let object = Object::Session { id: &it.id, tenant: &it.tenant, owner: &it.owner, part };
                    Some(policy::may(principal, action, object))
                }
            },
            Question::Category(id) => match self.ports.access.find_category(id).await? {
                None => None,
                Some(category) => {
                    let scope = policy::app_scope(principal, &category.tenant);
                    let is_seen = self.ports.access.categories_with_apps(&scope).await?.contains(&category.id);
                    let object = Object::Category { tenant: &category.tenant, id: &category.id, is_seen };
                    Some(policy::may(principal, action, object))
                }
            },
            Question::Tenant(id) => {
                let tenant = self.ports.tenants.find_tenant(id).await?;
                tenant.map(|it| {
                    let as_such = [Action::ViewTenant, Action::UpdateTenant, Action::ManageTenants].contains(&action);
                    let object = if as_such { Object::Installation(Some(&it.id)) } else { Object::Tenant(&it.id) };
                    policy::may(principal, action, object)
                })
            }
        })
    }
}
