//! Signing in through another service, which vouches for people; and its word that somebody signed out there.

mod enter;

use std::time::Duration;

use sortie_core::{
    audit::{Actor, AuditAction},
    id::RequestId,
    local_path::LocalPath,
    port::{IdentityProvider, PortError, identities::LogoutOutcome},
    secret::Secret,
    sso::{Assertion, AuthorizationRequest, CategoryMap, Domains, PendingSignIn, Redemption, RoleMap},
};
use thiserror::Error;
use tracing::{debug, info, warn};

use super::sign_in::SignedIn;
use crate::{Control, ControlError};

/// How long somebody may take at the provider.
pub const PATIENCE: Duration = Duration::from_mins(10);
/// How long what ran out is kept before housekeeping removes it.
pub(crate) const KEPT: Duration = Duration::from_hours(1);

/// What the word of the provider is worth here. By default: an account without any special role, for everybody.
#[derive(Clone, Debug)]
pub struct SsoRules {
    /// What groups mean.
    pub roles: RoleMap,
    /// What groups mean in categories.
    pub categories: CategoryMap,
    /// Who is welcome.
    pub domains: Domains,
    /// Whether somebody who never was here gets an account.
    pub allow_sign_up: bool,
}

impl Default for SsoRules {
    fn default() -> Self {
        Self {
            roles: RoleMap::default(),
            categories: CategoryMap::default(),
            domains: Domains::default(),
            allow_sign_up: true,
        }
    }
}

/// Why nobody is signed in.
#[derive(Debug, Error)]
pub enum SsoError {
    /// No provider is set up.
    #[error("single sign-on is not set up")]
    Off,
    /// The answer belongs to no sign-in that was begun in this browser, or comes too late or again.
    #[error("the sign-in was not begun in this browser, or took too long")]
    State,
    /// The provider refused, or said what must not be believed.
    #[error("the identity provider's answer was not accepted")]
    Refused,
    /// The provider does not answer.
    #[error("the identity provider does not answer")]
    Away,
    /// The person is who they say, and is not welcome.
    #[error("this person may not sign in here")]
    NotAllowed,
    /// The account here is disabled.
    #[error("the account is disabled")]
    Account,
    /// Something of our own.
    #[error(transparent)]
    Own(#[from] ControlError),
}

impl From<PortError> for SsoError {
    fn from(error: PortError) -> Self {
        Self::Own(error.into())
    }
}

/// A sign-in that was begun.
#[derive(Clone, Debug)]
pub struct SsoBegun {
    /// Where the browser is to go.
    pub address: String,
    /// What the browser is to keep until it comes back.
    pub kept: Secret,
}

/// What the browser brings back.
#[derive(Clone, Debug)]
pub struct SsoAnswer {
    /// The state from the address.
    pub state: String,
    /// The code from the address; without one the provider refused.
    pub code: Option<Secret>,
    /// Which provider the address names.
    pub issuer: Option<String>,
    /// What the browser kept.
    pub kept: Option<Secret>,
    /// From which address the request comes.
    pub source_ip: String,
    /// What the browser calls itself; may be empty.
    pub user_agent: String,
    /// In which request.
    pub request: RequestId,
}

impl Control {
    /// Whether a provider is set up.
    pub fn has_sso(&self) -> bool {
        self.ports.provider.is_some()
    }

    /// Asks the provider whether it is there, so that the log says early what is wrong. Nothing depends on the answer.
    pub async fn probe_provider(&self) {
        if let Some(provider) = &self.ports.provider
            && provider.probe().await.is_ok()
        {
            info!("Single sign-on is ready");
        }
    }

    /// Begins a sign-in that ends at `redirect`.
    pub async fn begin_sso(&self, redirect: LocalPath) -> Result<SsoBegun, SsoError> {
        let provider = self.provider()?;
        let (state, state_hash) = self.ports.credentials.new_token();
        // Two secrets for the browser: one proves to us that it is the same browser, the other one proves it to the provider.
        let (own, own_hash) = self.ports.credentials.new_token();
        let (verifier, _) = self.ports.credentials.new_token();
        let kept = Secret::new(format!("{}.{}", own.reveal(), verifier.reveal()));
        let request = AuthorizationRequest { state, nonce: own_hash.as_str().to_owned(), verifier };
        let address = match provider.authorization(&request).await {
            Ok(address) => address,
            Err(error) => return Err(not_believed(&error)),
        };
        let now = self.now();
        let pending = PendingSignIn {
            state: state_hash,
            browser: own_hash,
            redirect,
            created_at: now,
            expires_at: now.plus(PATIENCE),
        };
        self.ports.identities.begin_sso(&pending).await?;
        Ok(SsoBegun { address, kept })
    }

    /// Finishes a sign-in. Each that was begun is finished at most once, and only by the browser that began it.
    pub async fn finish_sso(&self, answer: SsoAnswer) -> Result<(SignedIn, LocalPath), SsoError> {
        let provider = self.provider()?;
        let kept = answer.kept.as_ref().and_then(|it| it.reveal().split_once('.')).ok_or(SsoError::State)?;
        let (own, verifier) = (self.ports.credentials.hash_token(kept.0), Secret::new(kept.1));
        let state = self.ports.credentials.hash_token(&answer.state);
        let pending = self.ports.identities.take_sso(&state, self.now()).await?;
        let pending = pending.filter(|it| it.browser == own).ok_or(SsoError::State)?;
        let Some(code) = answer.code.clone() else {
            debug!("Identity provider refused");
            self.note_sso_refusal(&answer, None, "the identity provider refused").await?;
            return Err(SsoError::Refused);
        };
        let nonce = own.as_str().to_owned();
        let redemption = Redemption { code, verifier, nonce, issuer: answer.issuer.clone() };
        let assertion = match provider.redeem(&redemption, self.now()).await {
            Ok(assertion) => assertion,
            Err(error) => {
                if let PortError::Rejected(why) = &error {
                    self.note_sso_refusal(&answer, None, why).await?;
                }
                return Err(not_believed(&error));
            }
        };
        let signed_in = self.enter(&assertion, &answer).await?;
        Ok((signed_in, pending.redirect))
    }

    /// Obeys a provider's notice that somebody signed out there: the sign-ins here end, and their streams with them.
    pub async fn obey_logout(&self, token: &Secret, source_ip: &str, request: &RequestId) -> Result<(), SsoError> {
        let provider = self.provider()?;
        let notice = provider.logout_notice(token, self.now()).await.map_err(|error| not_believed(&error))?;
        let mut details =
            vec![("cause", "signed out at the identity provider".to_owned()), ("issuer", notice.issuer.clone())];
        details.extend(notice.subject.clone().map(|it| ("subject", it)));
        let actor = Actor { source_ip: Some(source_ip.to_owned()), request: Some(request.clone()), ..Actor::system() };
        let change = self.quiet_change(actor, AuditAction::RevokeLogin, details);
        match self.ports.identities.obey_logout(&notice, change).await? {
            LogoutOutcome::SeenBefore => debug!("Logout notice was obeyed before"),
            LogoutOutcome::Ended(ended) => {
                info!(sign_ins = ended.len(), "Signed out by the identity provider");
                self.committed().await;
            }
        }
        Ok(())
    }

    fn provider(&self) -> Result<&dyn IdentityProvider, SsoError> {
        self.ports.provider.as_deref().ok_or(SsoError::Off)
    }
}

/// What an unusable answer of the provider means to the person; the log says more.
fn not_believed(error: &PortError) -> SsoError {
    match error {
        PortError::Unavailable(_) => SsoError::Away,
        PortError::Rejected(_) | PortError::Conflict | PortError::Broken(_) => {
            warn!(error = %error, "Identity provider's answer was not accepted");
            SsoError::Refused
        }
    }
}
