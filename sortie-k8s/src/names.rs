//! Names and labels of objects: ids as they are where Kubernetes permits them, a hash of them where it does not.

use sha2::{Digest, Sha256};
use sortie_core::id::{SessionId, WorkspaceId};

/// What carries this label with [`MANAGER`] is ours to look at.
pub(crate) const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// See [`MANAGED_BY`].
pub(crate) const MANAGER: &str = "sortie";
/// What part of Sortie an object is; sessions have [`COMPONENT_SESSION`].
pub(crate) const COMPONENT: &str = "app.kubernetes.io/component";
/// See [`COMPONENT`].
pub(crate) const COMPONENT_SESSION: &str = "session";
/// The session, as a label.
pub(crate) const SESSION: &str = "sortie.io/session-id";
/// The app, as a label.
pub(crate) const APP: &str = "sortie.io/app-id";
/// The installation, as a label.
pub(crate) const INSTALLATION: &str = "sortie.io/installation";

/// The longest name of an object that is also a label's value and a host name (RFC 1123).
const MAX_NAME: usize = 63;
/// Hex digits of a hash: 80 bits.
const HASH_DIGITS: usize = 20;

/// The pod of a session.
pub(crate) fn pod(session: &SessionId) -> String {
    object("sortie-session-", session.as_str())
}

/// The Secret with the passwords of a session's display.
pub(crate) fn secret(session: &SessionId) -> String {
    object("sortie-display-", session.as_str())
}

/// The network policy of a session.
pub(crate) fn policy(session: &SessionId) -> String {
    object("sortie-egress-", session.as_str())
}

/// The claim of a persistent workspace.
pub(crate) fn claim(workspace: &WorkspaceId) -> String {
    object("workspace-", workspace.as_str())
}

/// The claim of a session's own files.
pub(crate) fn session_claim(session: &SessionId) -> String {
    object("session-", session.as_str())
}

/// A label's value for an id.
pub(crate) fn label(id: &str) -> String {
    let inner = |it: char| it.is_ascii_alphanumeric() || "-_.".contains(it);
    let edge = |it: Option<char>| it.is_some_and(|it| it.is_ascii_alphanumeric());
    if id.len() <= MAX_NAME && id.chars().all(inner) && edge(id.chars().next()) && edge(id.chars().last()) {
        id.to_owned()
    } else {
        hash(id)
    }
}

fn object(prefix: &str, id: &str) -> String {
    let legal = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
    let fits = prefix.len() + id.len() <= MAX_NAME;
    if fits && id.chars().all(legal) && !id.ends_with('-') && !id.is_empty() {
        format!("{prefix}{id}")
    } else {
        format!("{prefix}{}", hash(id))
    }
}

/// Begins with a letter that no UUID has, so that a hash is never taken for an id.
fn hash(id: &str) -> String {
    let digest = Sha256::digest(id.as_bytes());
    let nibbles = digest.iter().flat_map(|it| [it >> 4, it & 15]);
    let digits: String = nibbles.filter_map(|it| char::from_digit(it.into(), 16)).take(HASH_DIGITS).collect();
    format!("h{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(id: &str) -> SessionId {
        SessionId::new(id).unwrap()
    }

    #[test]
    fn a_uuid_is_kept_and_any_other_id_becomes_a_legal_name() {
        let uuid = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(pod(&session(uuid)), format!("sortie-session-{uuid}"));
        for odd in ["Session 1/of 2", "é", "a.", "UPPER", &"x".repeat(255)] {
            let name = pod(&session(odd));
            assert!(
                name.len() <= 63 && name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-')
            );
            assert!(label(odd).len() <= 63);
        }
    }

    #[test]
    fn two_odd_ids_have_two_names() {
        assert_ne!(pod(&session("a b")), pod(&session("a  b")));
        assert_ne!(label("a b"), label("a_b"));
    }
}
