//! Typed ids. All are text: new ones are made by the [`IdSource`](crate::port::IdSource), adopted ones are kept verbatim.

use crate::invalid::Invalid;

/// The longest id that is accepted, in bytes.
pub const MAX_ID_BYTES: usize = 255;

macro_rules! typed_id {
    ($($(#[$doc:meta])* $name:ident, $field:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes any id that may exist: not empty, at most [`MAX_ID_BYTES`], no control characters.
            ///
            /// Ids from older systems hold spaces and capitals, so reading is lenient; rules for new ids apply on creation.
            pub fn new(text: impl Into<String>) -> Result<Self, Invalid> {
                let text = text.into();
                if text.is_empty() {
                    return Err(Invalid::new($field, "must not be empty"));
                }
                if text.len() > MAX_ID_BYTES {
                    return Err(Invalid::new($field, format!("must be at most {MAX_ID_BYTES} bytes long")));
                }
                if text.chars().any(char::is_control) {
                    return Err(Invalid::new($field, "must not contain control characters"));
                }
                Ok(Self(text))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    )*};
}

typed_id! {
    /// Names one request for access to an app.
    AccessRequestId, "access_request_id";
    /// Names one app of the catalog: a slug when it is new.
    AppId, "app_id";
    /// Names a category of the catalog.
    CategoryId, "category_id";
    /// Names one event of the outbox, before it has a position.
    EventId, "event_id";
    /// Names one installation of Sortie, for the life of its database.
    InstallationId, "installation_id";
    /// Names a place where workloads live: a data directory on a machine, a namespace, an engine.
    PlaceId, "place_id";
    /// Names one HTTP request, in logs, errors and the audit.
    RequestId, "request_id";
    /// Names one session, for its whole life, across restarts of the server.
    SessionId, "session_id";
    /// Names one share of a session: an invitation or a link.
    ShareId, "share_id";
    /// Names one sign-in (a browser's or an API client's).
    SignInId, "sign_in_id";
    /// Names one connection to a session's screen.
    StreamId, "stream_id";
    /// Names a tenant.
    TenantId, "tenant_id";
    /// Names a user.
    UserId, "user_id";
    /// Names one person among those whom a session's owner lets watch, for as long as the share lasts.
    ViewerId, "viewer_id";
    /// Names a persistent workspace.
    WorkspaceId, "workspace_id";
}

impl TenantId {
    /// The tenant that exists from the start.
    pub fn default_tenant() -> Self {
        Self("default".to_owned())
    }
}

impl AppId {
    /// Takes an id for a new app: a slug of lower-case letters, digits and single hyphens, at most 63 bytes.
    ///
    /// The same rule as a DNS label (RFC 1123 §2.1), so that the id can name things in a cluster.
    pub fn new_slug(text: &str) -> Result<Self, Invalid> {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if text.is_empty() || text.len() > 63 {
            return Err(Invalid::new("id", "must be 1 to 63 characters long"));
        }
        if !text.chars().all(legal) || text.starts_with('-') || text.ends_with('-') {
            return Err(Invalid::new(
                "id",
                "must hold only lower-case letters, digits and hyphens, and begin and end with a letter or digit",
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adopted_id_with_spaces_and_capitals_is_kept_verbatim() {
        assert_eq!(SessionId::new("My App? 7").unwrap().as_str(), "My App? 7");
    }

    #[test]
    fn an_id_with_a_line_break_is_refused() {
        assert_eq!(UserId::new("a\nb").unwrap_err().field, "user_id");
    }

    #[test]
    fn a_new_app_id_is_a_dns_label() {
        assert!(AppId::new_slug("text-editor-2").is_ok());
        for bad in ["", "-a", "a-", "A", "a b", "ä", &"a".repeat(64)] {
            assert!(AppId::new_slug(bad).is_err(), "{bad:?}");
        }
    }
}
