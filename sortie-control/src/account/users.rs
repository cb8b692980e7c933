//! Accounts: the own one, and everybody's for administrators.

use sortie_core::{
    audit::AuditAction,
    id::UserId,
    invalid::{Invalid, Problems},
    policy::{self, Action, Caller, Object},
    port::{PortError, accounts::SignIns, credential_store::AccountFacts},
    secret::Secret,
    user::{Role, User, check_password, check_username},
};
use tracing::{info, warn};

use super::sign_in::account_change;
use crate::{Control, ControlError, sharing::guest};

/// What an administrator says about an account.
#[derive(Clone, Debug)]
pub struct UserFields {
    /// The sign-in name.
    pub username: String,
    /// The name to show.
    pub display_name: String,
    /// An e-mail address; may be empty.
    pub email: String,
    /// The roles, by name.
    pub roles: Vec<String>,
    /// Whether signing in is forbidden.
    pub disabled: bool,
    /// A new password; required for a new account.
    pub password: Option<Secret>,
}

impl UserFields {
    /// Applies every rule and answers the roles.
    fn validate(&self) -> Result<Vec<Role>, Problems> {
        let mut broken = Vec::new();
        broken.extend(check_username(&self.username).err());
        if let Some(password) = &self.password {
            broken.extend(check_password(password.reveal(), &self.username).err());
        }
        for (field, text) in [("display_name", &self.display_name), ("email", &self.email)] {
            if text.len() > 255 || text.chars().any(char::is_control) {
                broken.push(Invalid::new(field, "must be at most 255 bytes without control characters"));
            }
        }
        let mut roles = Vec::new();
        for name in &self.roles {
            match Role::parse(name) {
                Some(role) if !roles.contains(&role) => roles.push(role),
                Some(_) => {}
                None => broken.push(Invalid::new("roles", "must be of admin, tenant-admin, app-author, auditor, user")),
            }
        }
        if roles.is_empty() {
            roles.push(Role::User);
        }
        Problems::check(broken)?;
        Ok(roles)
    }
}

impl Control {
    /// The caller's account.
    pub async fn me(&self, caller: &Caller) -> Result<User, ControlError> {
        let id = &caller.principal.user;
        if caller.principal.guest.is_some() {
            return Ok(guest::account(&caller.principal, self.now()));
        }
        self.ports.accounts.find_user(id).await?.ok_or_else(|| ControlError::not_found("user", id))
    }

    /// Changes the own password; every other sign-in of the caller ends.
    pub async fn change_password(&self, caller: &Caller, current: &Secret, new: &Secret) -> Result<(), ControlError> {
        let user = self.own_account(caller).await?;
        if !self.confirm_password(&user, current).await? {
            return Err(Invalid::new("current_password", "is wrong").into());
        }
        check_password(new.reveal(), &user.username).map_err(|it| Invalid::new("new_password", it.rule))?;
        let hash = self.ports.credentials.hash_password(new).await?;
        let after = user.with_password(hash, self.now());
        let change = account_change(self, caller, AuditAction::ChangePassword, &after, Vec::new());
        // Tokens stay: each was made for a program, with an end of its own.
        let ending = SignIns::Interactive { user: user.id.clone(), except: Some(caller.principal.sign_in.clone()) };
        self.ports.accounts.replace_user(user.version, &after, &ending, change).await?;
        self.committed().await;
        Ok(())
    }

    /// Everybody in the tenant, by name.
    pub async fn users(&self, caller: &Caller) -> Result<Vec<User>, ControlError> {
        Self::check(caller, Action::ManageUsers, "see accounts")?;
        Ok(self.ports.accounts.list_users(&caller.tenant).await?)
    }

    /// One account.
    pub async fn find_user(&self, caller: &Caller, id: &UserId) -> Result<User, ControlError> {
        Self::check(caller, Action::ManageUsers, "see accounts")?;
        let user = self.ports.accounts.find_user(id).await?.ok_or_else(|| ControlError::not_found("user", id))?;
        let home = Object::Tenant(&user.tenant);
        let may = policy::may(&caller.principal, Action::ManageUsers, home).is_granted();
        if may { Ok(user) } else { Err(ControlError::not_found("user", id)) }
    }

    /// Makes an account.
    pub async fn create_user(&self, caller: &Caller, fields: UserFields) -> Result<User, ControlError> {
        Self::check(caller, Action::ManageUsers, "make accounts")?;
        let roles = fields.validate()?;
        let password = fields.password.as_ref().ok_or_else(|| Invalid::new("password", "is required"))?;
        let user = User {
            display_name: fields.display_name,
            email: fields.email,
            password: Some(self.ports.credentials.hash_password(password).await?),
            disabled: fields.disabled,
            ..User::new(self.ids().user(), caller.tenant.clone(), fields.username, roles, self.now())
        };
        let change = account_change(self, caller, AuditAction::CreateUser, &user, vec![("roles", names(&user.roles))]);
        match self.ports.accounts.insert_user(&user, change).await {
            Ok(()) => {}
            Err(PortError::Conflict) => return Err(ControlError::Conflict("this user name is taken".to_owned())),
            Err(error) => return Err(error.into()),
        }
        info!(user.id = %user.id, "Account created");
        self.committed().await;
        Ok(user)
    }

    /// What is known of the accounts of the tenant besides the accounts.
    pub async fn account_facts(&self, caller: &Caller) -> Result<Vec<AccountFacts>, ControlError> {
        Self::check(caller, Action::ManageUsers, "see accounts")?;
        Ok(self.ports.accounts.account_facts(&caller.tenant).await?)
    }

    /// What is known of one account besides the account.
    pub async fn facts_of(&self, caller: &Caller, user: &User) -> Result<Option<AccountFacts>, ControlError> {
        self.find_user(caller, &user.id).await?;
        let facts = self.ports.accounts.account_facts(&user.tenant).await?;
        Ok(facts.into_iter().find(|it| it.user == user.id))
    }

    /// Replaces what an account says. A new password or disabling end its sign-ins and tokens.
    pub async fn update_user(&self, caller: &Caller, id: &UserId, fields: UserFields) -> Result<User, ControlError> {
        let before = self.find_user(caller, id).await?;
        if fields.password.is_some() {
            Self::check_not_own_by_token(caller, &before)?;
            self.check_local(&before).await?;
        }
        let roles = fields.validate()?;
        let loses_admin = before.roles.contains(&Role::Admin) && (!roles.contains(&Role::Admin) || fields.disabled);
        if loses_admin && before.id == caller.principal.user {
            return Err(ControlError::Conflict("you cannot take your own administration away".to_owned()));
        }
        let password = match &fields.password {
            Some(password) => Some(self.ports.credentials.hash_password(password).await?),
            None => before.password.clone(),
        };
        let after = User {
            username: fields.username,
            display_name: fields.display_name,
            email: fields.email,
            roles,
            disabled: fields.disabled,
            password,
            version: before.version + 1,
            updated_at: self.now(),
            ..before.clone()
        };
        let more = vec![
            ("roles", names(&after.roles)),
            ("disabled", after.disabled.to_string()),
            ("password_changed", fields.password.is_some().to_string()),
        ];
        let change = account_change(self, caller, AuditAction::UpdateUser, &after, more);
        if after.disabled || fields.password.is_some() {
            let ending = SignIns::Of { user: after.id.clone(), except: None };
            self.ports.accounts.replace_user(before.version, &after, &ending, change).await?;
        } else {
            self.ports.accounts.update_user(before.version, &after, change).await?;
        }
        self.committed().await;
        Ok(after)
    }

    /// Deletes an account with its sign-ins, and stops its sessions. History keeps its name.
    pub async fn delete_user(&self, caller: &Caller, id: &UserId) -> Result<(), ControlError> {
        let user = self.find_user(caller, id).await?;
        if user.id == caller.principal.user {
            return Err(ControlError::Conflict("you cannot delete your own account".to_owned()));
        }
        let memberships = self.ports.access.grants_of(&user.id).await?.memberships;
        let change = account_change(self, caller, AuditAction::DeleteUser, &user, Vec::new());
        self.ports.accounts.delete_user(&user, change).await?;
        info!(user.id = %user.id, "Account deleted");
        self.committed().await;
        for tenant in memberships.into_iter().map(|it| it.tenant) {
            // The account is gone whatever becomes of these: nobody can use them any more, and as idle ones they expire.
            if let Err(error) = self.end_sessions_of(caller, &tenant, &user.id).await {
                warn!(user.id = %user.id, error = %error, "Sessions of a deleted account could not be stopped");
            }
        }
        Ok(())
    }
}

fn names(roles: &[Role]) -> String {
    roles.iter().map(|it| it.name()).collect::<Vec<_>>().join(", ")
}
