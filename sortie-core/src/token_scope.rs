//! What a personal access token may be used for: less than its owner may do, never more.

use crate::{invalid::Invalid, policy::Action};

/// One scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenScope {
    /// Seeing what the owner may see.
    Read,
    /// Launching, stopping, using and sharing sessions.
    Sessions,
    /// Making, changing and deleting apps and categories.
    Apps,
    /// Everything else, but the owner's own credentials.
    Admin,
}

impl TokenScope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Read, Self::Sessions, Self::Apps, Self::Admin];

    /// The name, as stored and sent.
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Sessions => "sessions",
            Self::Apps => "apps",
            Self::Admin => "admin",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// Reads the scopes of a new token: at least one, each known.
pub fn parse_scopes(names: &[String]) -> Result<Vec<TokenScope>, Invalid> {
    let mut scopes = Vec::new();
    for name in names {
        let scope =
            TokenScope::parse(name).ok_or_else(|| Invalid::new("scopes", "must be of read, sessions, apps, admin"))?;
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    if scopes.is_empty() {
        return Err(Invalid::new("scopes", "must hold at least one of read, sessions, apps, admin"));
    }
    scopes.sort_unstable();
    Ok(scopes)
}

/// Whether a token with these scopes may be used for this. What one may change one may also see.
pub fn permits(scopes: &[TokenScope], action: Action) -> bool {
    sufficient(action).iter().any(|it| scopes.contains(it))
}

/// Any one of these is enough. The owner's own credentials are out of every token's reach: otherwise a token that was stolen
/// could make itself better ones.
fn sufficient(action: Action) -> &'static [TokenScope] {
    use TokenScope::{Admin, Apps, Read, Sessions};
    match action {
        Action::ViewApp | Action::DiscoverApp => &[Read, Sessions, Apps],
        Action::ViewSession => &[Read, Sessions],
        Action::ViewCategory => &[Read, Apps],
        Action::ListAllSessions
        | Action::ReadAudit
        | Action::ReadAnalytics
        | Action::ListPeople
        | Action::ViewServices
        | Action::ViewTenant => &[Read],
        Action::LaunchApp
        | Action::RequestApp
        | Action::StopSession
        | Action::UseSession
        | Action::ShareSession
        | Action::ShareControl
        | Action::ManageViewers
        | Action::ObserveSession
        | Action::LaunchFor => &[Sessions],
        Action::CreateApp
        | Action::UpdateApp
        | Action::ConfigureApp
        | Action::ElevateApp
        | Action::DeleteApp
        | Action::CreateCategory
        | Action::UpdateCategory
        | Action::DeleteCategory => &[Apps],
        Action::ManageUsers
        | Action::ManageSettings
        | Action::UpdateTenant
        | Action::ManageTenants
        | Action::ManageServices
        | Action::ChangeOwnPreferences => &[Admin],
        Action::ManageOwnCredentials => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_may_read_changes_nothing() {
        let is_change =
            |it: &Action| !["view_", "discover_", "list_", "read_"].iter().any(|look| it.name().starts_with(look));
        let permitted: Vec<_> =
            Action::ALL.iter().filter(|it| is_change(it) && permits(&[TokenScope::Read], **it)).collect();
        assert!(permitted.is_empty(), "{permitted:?}");
    }

    #[test]
    fn no_token_reaches_its_owner_s_credentials() {
        assert!(!permits(&TokenScope::ALL, Action::ManageOwnCredentials));
    }

    #[test]
    fn a_token_without_scopes_may_do_nothing() {
        assert!(Action::ALL.iter().all(|it| !permits(&[], *it)));
        assert!(parse_scopes(&[]).is_err());
        assert!(parse_scopes(&["root".to_owned()]).is_err());
    }
}
