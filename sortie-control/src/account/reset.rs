//! Links with which people set a new password who have forgotten theirs. Administrators make them.

use sortie_core::{
    audit::AuditAction,
    credential::{RESET_LIFETIME, ResetLink},
    id::UserId,
    invalid::Invalid,
    policy::Caller,
    port::{PortError, accounts::SignIns},
    secret::Secret,
    throttle::Lane,
    time::Timestamp,
    user::{User, check_password},
};
use tracing::info;

use super::sign_in::{Arrival, account_change, actor};
use crate::{Control, ControlError};

impl Control {
    /// Makes the secret of a link, good once and for a day; earlier links of the person are good no more.
    pub async fn create_reset_link(&self, caller: &Caller, id: &UserId) -> Result<(Secret, Timestamp), ControlError> {
        let user = self.find_user(caller, id).await?;
        Self::check_not_own_by_token(caller, &user)?;
        self.check_local(&user).await?;
        let (secret, token) = self.ports.credentials.new_token();
        let created_at = self.now();
        let expires_at = created_at.plus(RESET_LIFETIME);
        let link = ResetLink { token, user: user.id.clone(), created_at, expires_at };
        let change = account_change(self, caller, AuditAction::CreateResetLink, &user, Vec::new());
        self.ports.accounts.insert_reset_link(&link, change).await?;
        info!(user.id = %user.id, "Link to set a password made");
        self.committed().await;
        Ok((secret, expires_at))
    }

    /// Fails for people of an identity provider: a password here would outlive their leaving there.
    pub(super) async fn check_local(&self, user: &User) -> Result<(), ControlError> {
        let facts = self.ports.accounts.account_facts(&user.tenant).await?;
        if facts.iter().any(|it| it.user == user.id && it.provider != "local") {
            let said = "this person signs in through another service and has no password here";
            return Err(ControlError::Conflict(said.to_owned()));
        }
        Ok(())
    }

    /// Sets a new password with a link. Every sign-in and token of the person ends. A second factor stays.
    pub async fn reset_password(&self, link: &Secret, new: &Secret, arrival: &Arrival) -> Result<(), ControlError> {
        let lanes = [Lane::of_address(&arrival.source_ip)];
        self.charge(&lanes).await?;
        let found = self.ports.accounts.find_reset_link(&self.ports.credentials.hash_token(link.reveal())).await?;
        let good = found.filter(|(link, user)| self.now() < link.expires_at && !user.disabled);
        let (_, user) = good.ok_or(ControlError::InvalidToken)?;
        self.forgive(&lanes).await;
        check_password(new.reveal(), &user.username).map_err(|it| Invalid::new("new_password", it.rule))?;
        let hash = self.ports.credentials.hash_password(new).await?;
        let after = user.with_password(hash, self.now());
        let details = vec![("user_id", user.id.to_string()), ("username", user.username.clone())];
        let change = self.quiet_change(actor(&user, arrival), AuditAction::ResetPassword, details);
        let ending = SignIns::Of { user: user.id.clone(), except: None };
        match self.ports.accounts.replace_user(user.version, &after, &ending, change).await {
            Ok(_) => {}
            // Somebody was faster with the same link, or changed the account: the link may be gone.
            Err(PortError::Conflict) => return Err(ControlError::InvalidToken),
            Err(error) => return Err(error.into()),
        }
        info!(user.id = %user.id, "Password set with a link");
        self.committed().await;
        Ok(())
    }
}
