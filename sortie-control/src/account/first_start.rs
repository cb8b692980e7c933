//! The first administrator. No default password exists anywhere.

use sortie_core::{
    audit::{Actor, AuditAction},
    id::TenantId,
    secret::Secret,
    user::{Role, User, check_username},
};

use crate::{Control, ControlError};

impl Control {
    /// Makes the administrator if there is no user at all. Answers the password when one was made up: to be shown once.
    pub async fn ensure_first_admin(
        &self,
        username: &str,
        configured: Option<Secret>,
    ) -> Result<Option<Secret>, ControlError> {
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
        Ok((first && made_up).then_some(password))
    }
}
