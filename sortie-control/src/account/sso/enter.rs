//! From what a provider said about somebody to a sign-in here. Who it is decides the identity alone: no name and no address
//! ever leads to an account that is there already.

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry, Outcome},
    id::TenantId,
    port::PortError,
    sign_in::{ClientKind, SignIn},
    sso::{CategoryGrant, KnownIdentity, ProviderSession, candidates, roles_after},
    user::{Role, User},
};
use tracing::{info, warn};

use super::{Assertion, SsoAnswer, SsoError};
use crate::{
    Control, ControlError,
    account::sign_in::{SignedIn, printable},
};

/// How often somebody else's change in the way is tried again.
const TRIES: usize = 5;

impl Control {
    /// Lets somebody in, or not.
    pub(super) async fn enter(&self, assertion: &Assertion, answer: &SsoAnswer) -> Result<SignedIn, SsoError> {
        if !self.settings.sso.domains.allow(assertion) {
            self.note_sso_refusal(
                answer,
                Some(assertion),
                "the e-mail address is not verified or not of an allowed domain",
            )
            .await?;
            return Err(SsoError::NotAllowed);
        }
        let user = self.account_of(assertion, answer).await?;
        self.apply_categories(&user, assertion, answer).await?;
        self.begin_sso_sign_in(user, assertion, answer).await
    }

    /// The account of an identity, brought up to date; a new one for an identity that never was here.
    async fn account_of(&self, assertion: &Assertion, answer: &SsoAnswer) -> Result<User, SsoError> {
        for _ in 0..TRIES {
            let done = match self.ports.identities.find_identity(&assertion.identity).await? {
                Some((_, user)) if user.disabled => {
                    self.note_sso_refusal(answer, Some(assertion), "the account is disabled").await?;
                    return Err(SsoError::Account);
                }
                Some((known, user)) => self.bring_up_to_date(known, user, assertion, answer).await,
                None if self.settings.sso.allow_sign_up => self.sign_up(assertion, answer).await,
                None => {
                    self.note_sso_refusal(answer, Some(assertion), "nobody gets an account by signing in").await?;
                    return Err(SsoError::NotAllowed);
                }
            };
            match done {
                // Somebody else was faster: what they left is looked at anew.
                Err(PortError::Conflict) => {}
                // The tenant has all of its accounts.
                Err(PortError::Rejected(why)) => {
                    self.note_sso_refusal(answer, Some(assertion), &why).await?;
                    return Err(SsoError::NotAllowed);
                }
                done => return Ok(done?),
            }
        }
        Err(SsoError::Own(PortError::Conflict.into()))
    }

    /// Makes the account of somebody new, under the first name that nobody has.
    async fn sign_up(&self, assertion: &Assertion, answer: &SsoAnswer) -> Result<User, PortError> {
        let at = self.now();
        let given = self.settings.sso.roles.roles(&assertion.groups);
        let id = self.ids().user();
        let roles = roles_after(&[], &[], &given);
        let nameless = User {
            display_name: assertion.name.clone().unwrap_or_default(),
            email: assertion.email.clone().unwrap_or_default(),
            ..User::new(id.clone(), TenantId::default_tenant(), String::new(), roles, at)
        };
        let known = KnownIdentity {
            identity: assertion.identity.clone(),
            user: id.clone(),
            roles: given,
            created_at: at,
            last_seen_at: at,
        };
        for username in candidates(assertion, id.as_str()) {
            let user = User { username, ..nameless.clone() };
            let change =
                self.quiet_change(actor(&user, answer), AuditAction::CreateUser, account_details(&user, assertion));
            match self.ports.identities.insert_identity(&known, &user, change).await {
                // The name is taken, unless it is the identity: then somebody signed in twice at once.
                Err(PortError::Conflict) => {
                    if self.ports.identities.find_identity(&assertion.identity).await?.is_some() {
                        return Err(PortError::Conflict);
                    }
                }
                Err(error) => return Err(error),
                Ok(()) => {
                    info!(user.id = %user.id, "Account created at the first single sign-on");
                    return Ok(user);
                }
            }
        }
        Err(PortError::Conflict)
    }

    /// Writes down what changed since the last time: name, address, and the roles that groups give and take.
    async fn bring_up_to_date(
        &self,
        known: KnownIdentity,
        user: User,
        assertion: &Assertion,
        answer: &SsoAnswer,
    ) -> Result<User, PortError> {
        let given = self.settings.sso.roles.roles(&assertion.groups);
        let after = User {
            display_name: assertion.name.clone().unwrap_or_else(|| user.display_name.clone()),
            email: assertion.email.clone().unwrap_or_else(|| user.email.clone()),
            roles: roles_after(&user.roles, &known.roles, &given),
            ..user.clone()
        };
        if after == user && given == known.roles {
            return Ok(user);
        }
        let at = self.now();
        let after = User { version: user.version + 1, updated_at: at, ..after };
        let known = KnownIdentity { roles: given, last_seen_at: at, ..known };
        let mut details = account_details(&after, assertion);
        details.push(("roles_before", names(&user.roles)));
        let change = self.quiet_change(actor(&after, answer), AuditAction::UpdateUser, details);
        self.ports.identities.update_identity(user.version, &known, &after, change).await?;
        Ok(after)
    }

    /// Gives and takes rights in categories by the groups.
    async fn apply_categories(&self, user: &User, assertion: &Assertion, answer: &SsoAnswer) -> Result<(), SsoError> {
        let grants = self.settings.sso.categories.grants(&assertion.groups);
        let named = |it: &CategoryGrant| format!("{}:{}", it.category, it.right.name());
        let list = grants.iter().map(named).collect::<Vec<_>>().join(", ");
        for _ in 0..TRIES {
            let mut details = account_details(user, assertion);
            details.push(("categories", list.clone()));
            let change = self.quiet_change(actor(user, answer), AuditAction::UpdateUser, details);
            match self.ports.identities.give_category_rights(user, &grants, change).await {
                // The same person signs in twice at once, or somebody gives a right by hand.
                Err(PortError::Conflict) => {}
                Err(error) => return Err(error.into()),
                Ok(unknown) => {
                    for name in unknown {
                        warn!(category = name, "Category of SORTIE_OIDC_CATEGORY_MAP does not exist: nothing is given");
                    }
                    return Ok(());
                }
            }
        }
        Err(SsoError::Own(PortError::Conflict.into()))
    }

    async fn begin_sso_sign_in(
        &self,
        user: User,
        assertion: &Assertion,
        answer: &SsoAnswer,
    ) -> Result<SignedIn, SsoError> {
        let now = self.now();
        let (token, token_hash) = self.ports.credentials.new_token();
        let ends_at = now.plus(self.settings.browser_lifetime);
        let sign_in = SignIn {
            id: self.ids().sign_in(),
            user: user.id.clone(),
            client: ClientKind::Browser,
            token: token_hash,
            refresh: None,
            previous_refresh: None,
            created_at: now,
            last_used_at: now,
            expires_at: now.plus(self.settings.browser_idle).min(ends_at),
            ends_at,
            revoked_at: None,
            source_ip: answer.source_ip.clone(),
            user_agent: printable(&answer.user_agent),
            name: String::new(),
            scopes: None,
        };
        let session = ProviderSession {
            sign_in: sign_in.id.clone(),
            identity: assertion.identity.clone(),
            session: assertion.session.clone(),
        };
        let details = vec![
            ("client", ClientKind::Browser.name().to_owned()),
            ("sign_in_id", sign_in.id.to_string()),
            ("issuer", assertion.identity.issuer().to_owned()),
            ("subject", assertion.identity.subject().to_owned()),
            ("roles", names(&user.roles)),
        ];
        let change = self.quiet_change(actor(&user, answer), AuditAction::SsoLogin, details);
        self.ports.identities.insert_sso_sign_in(&sign_in, &session, change).await?;
        info!(user.id = %user.id, "Signed in through the identity provider");
        self.committed().await;
        Ok(SignedIn { user, token, refresh: None, device: None, expires_at: sign_in.expires_at, ends_at })
    }

    /// Audits that somebody was not let in.
    pub(super) async fn note_sso_refusal(
        &self,
        answer: &SsoAnswer,
        who: Option<&Assertion>,
        why: &str,
    ) -> Result<(), ControlError> {
        let actor = Actor {
            name: "stranger".to_owned(),
            source_ip: Some(answer.source_ip.clone()),
            request: Some(answer.request.clone()),
            ..Actor::system()
        };
        let mut details = vec![("reason", why.to_owned())];
        if let Some(assertion) = who {
            details.push(("issuer", assertion.identity.issuer().to_owned()));
            details.push(("subject", assertion.identity.subject().to_owned()));
        }
        let entry = AuditEntry::new(actor, AuditAction::SsoLogin, details).with_outcome(Outcome::Denied);
        self.ports.records.record_access(&entry, self.now()).await?;
        Ok(())
    }
}

fn actor(user: &User, answer: &SsoAnswer) -> Actor {
    Actor {
        id: Some(user.id.clone()),
        name: user.username.clone(),
        on_behalf_of: None,
        source_ip: Some(answer.source_ip.clone()),
        request: Some(answer.request.clone()),
        tenant: user.tenant.clone(),
    }
}

fn account_details(user: &User, assertion: &Assertion) -> Vec<(&'static str, String)> {
    vec![
        ("user_id", user.id.to_string()),
        ("username", user.username.clone()),
        ("roles", names(&user.roles)),
        ("issuer", assertion.identity.issuer().to_owned()),
        ("subject", assertion.identity.subject().to_owned()),
    ]
}

fn names(roles: &[Role]) -> String {
    roles.iter().map(|it| it.name()).collect::<Vec<_>>().join(", ")
}
