//! The first administrator. No default password exists anywhere.

use sortie_core::{
    audit::{Actor, AuditAction},
    id::{TenantId, UserId},
    secret::Secret,
    token_scope::TokenScope,
    user::{Role, User, check_username},
};

use super::own::{MOST_DAYS, NewToken};
use crate::{Control, ControlError};

/// The administrator who was made.
#[derive(Debug)]
pub struct FirstAdmin {
    /// Whose account it is.
    pub id: UserId,
    /// The password, if nobody had chosen one.
    pub password: Option<Secret>,
}

impl Control {
    /// Makes the administrator if there is no user at all, and answers who it is. A password that was made up is to be shown once.
    pub async fn ensure_first_admin(
        &self,
        username: &str,
        configured: Option<Secret>,
    ) -> Result<Option<FirstAdmin>, ControlError> {
        check_username(username)?;
        let tenant = TenantId::default_tenant();
        if !self.ports.accounts.list_users(&tenant).await?.is_empty() {
            return Ok(None);
        }
        let made_up = configured.is_none();
        let password = configured.unwrap_or_else(|| self.ports.credentials.new_password());
        let hash = self.ports.credentials.hash_password(&password).await?;
        let user = User {
            display_name: "Administrator".to_owned(),
            password: Some(hash),
            ..User::new(self.ids().user(), tenant, username.to_owned(), vec![Role::Admin], self.now())
        };
        let details = vec![("user_id", user.id.to_string()), ("username", user.username.clone())];
        let change = self.quiet_change(Actor::system(), AuditAction::CreateUser, details);
        let first = self.ports.accounts.insert_first_user(&user, change).await?;
        self.committed().await;
        Ok(first.then(|| FirstAdmin { id: user.id, password: made_up.then_some(password) }))
    }

    /// Makes a token for the programs of a machine that has just been set up, with every right of its administrator but those
    /// over credentials. To be shown once.
    pub async fn make_first_token(&self, admin: &UserId) -> Result<Secret, ControlError> {
        let token = NewToken {
            user: admin.clone(),
            name: "first start".to_owned(),
            scopes: vec![TokenScope::Read, TokenScope::Admin],
            days: MOST_DAYS,
            source_ip: String::new(),
        };
        Ok(self.insert_token(token, Actor::system()).await?.1)
    }
}
