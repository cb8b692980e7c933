//! People who may sign in.

mod guessable;

use crate::{
    id::{TenantId, UserId},
    invalid::Invalid,
    time::Timestamp,
};

/// What a person may do beyond using apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Everything.
    Admin,
    /// Everything that belongs to the tenant in which the role is held, but accounts and settings.
    TenantAdmin,
    /// Makes and changes apps.
    AppAuthor,
    /// Reads the audit and the analytics.
    Auditor,
    /// Uses apps.
    User,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 5] = [Self::Admin, Self::TenantAdmin, Self::AppAuthor, Self::Auditor, Self::User];

    /// Those that a membership of a tenant can give: being an administrator is of the installation.
    pub const OF_MEMBERS: [Self; 4] = [Self::TenantAdmin, Self::AppAuthor, Self::Auditor, Self::User];

    /// The name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::TenantAdmin => "tenant-admin",
            Self::AppAuthor => "app-author",
            Self::Auditor => "auditor",
            Self::User => "user",
        }
    }

    /// Reads a name. Roles of older systems that nobody knows any more read as `None` and grant nothing.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// The hash of a password in PHC string format, as stored.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a stored or computed hash.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The identity: never a name or an address.
    pub id: UserId,
    /// The home tenant.
    pub tenant: TenantId,
    /// The name to sign in with: unique in the installation.
    pub username: String,
    /// The name to show; may be empty.
    pub display_name: String,
    /// An e-mail address; may be empty. Never an identity.
    pub email: String,
    /// The password's hash; `None` for people without a local password.
    pub password: Option<PasswordHash>,
    /// The roles.
    pub roles: Vec<Role>,
    /// Whether signing in is forbidden.
    pub disabled: bool,
    /// Counts the changes: for compare-and-set.
    pub version: i64,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When the person last signed in.
    pub last_sign_in_at: Option<Timestamp>,
}

impl User {
    /// A new account, which says no more of its person than a name to sign in with.
    pub fn new(id: UserId, tenant: TenantId, username: String, roles: Vec<Role>, at: Timestamp) -> Self {
        Self {
            id,
            tenant,
            username,
            display_name: String::new(),
            email: String::new(),
            password: None,
            roles,
            disabled: false,
            version: 1,
            created_at: at,
            updated_at: at,
            last_sign_in_at: None,
        }
    }

    /// The same account after its password changed.
    #[must_use]
    pub fn with_password(&self, password: PasswordHash, at: Timestamp) -> Self {
        Self { password: Some(password), version: self.version + 1, updated_at: at, ..self.clone() }
    }
}

/// The shortest password that is accepted, in characters.
pub const MIN_PASSWORD_CHARS: usize = 12;
/// The longest password that is accepted, in bytes: hashing is bounded.
pub const MAX_PASSWORD_BYTES: usize = 512;

/// The rules of a new sign-in name.
pub fn check_username(name: &str) -> Result<(), Invalid> {
    let legal = |c: char| c.is_alphanumeric() || "._-@+".contains(c);
    if name.is_empty() || name.len() > 100 || !name.chars().all(legal) {
        return Err(Invalid::new("username", "must be 1 to 100 bytes of letters, digits and . _ - @ +"));
    }
    Ok(())
}

/// The rules of a new password (NIST SP 800-63B §5.1.1.2: length counts, composition does not).
pub fn check_password(password: &str, username: &str) -> Result<(), Invalid> {
    if password.chars().count() < MIN_PASSWORD_CHARS {
        return Err(Invalid::new("password", format!("must be at least {MIN_PASSWORD_CHARS} characters long")));
    }
    if password.len() > MAX_PASSWORD_BYTES {
        return Err(Invalid::new("password", format!("must be at most {MAX_PASSWORD_BYTES} bytes long")));
    }
    if !username.is_empty() && password.to_lowercase().contains(&username.to_lowercase()) && username.len() >= 4 {
        return Err(Invalid::new("password", "must not contain the user name"));
    }
    if guessable::is_guessed_first(password) {
        return Err(Invalid::new("password", "is one of the first that anybody tries"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_password_and_one_that_holds_the_name_are_refused() {
        assert!(check_password("short", "ada").is_err());
        assert!(check_password("lovelace-lovelace", "lovelace").is_err());
        assert!(check_password("aaaaaaaaaaaaaaaa", "ada").is_err());
        assert!(check_password("Password2026!", "ada").is_err());
        assert!(check_password("correct horse battery", "ada").is_ok());
    }

    #[test]
    fn a_user_name_holds_no_markup() {
        assert!(check_username("ada@example.com").is_ok());
        assert!(check_username("<b>").is_err());
    }
}
