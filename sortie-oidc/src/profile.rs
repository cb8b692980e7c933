//! What is said about a person besides who it is. None of it decides anything by itself.

use serde_json::{Map, Value};
use sortie_core::sso::Assertion;

use crate::claims::IdToken;

/// The longest text that is taken over, in bytes.
const MOST_TEXT: usize = 255;
/// The most groups that are taken over.
const MOST_GROUPS: usize = 1_000;

/// Whether the token leaves something open that the provider may say when it is asked again.
pub(crate) fn is_incomplete(token: &IdToken, groups_claim: &str) -> bool {
    let lacks = |name: &str| !token.all.contains_key(name);
    lacks("email") || (lacks("name") && lacks("preferred_username")) || lookup(&token.all, groups_claim).is_none()
}

/// What the token says, and where it is silent, what the provider said when it was asked again.
pub(crate) fn assertion(token: IdToken, more: &Map<String, Value>, groups_claim: &str) -> Assertion {
    // An address and whether it was verified come from the same place.
    let about_email = if token.all.contains_key("email") { &token.all } else { more };
    let said = |name: &str| text(&token.all, name).or_else(|| text(more, name));
    let groups = lookup(&token.all, groups_claim).or_else(|| lookup(more, groups_claim));
    Assertion {
        username: said("preferred_username"),
        name: said("name"),
        email: text(about_email, "email"),
        email_verified: about_email.get("email_verified") == Some(&Value::Bool(true)),
        groups: groups.map(group_names).unwrap_or_default(),
        identity: token.identity,
        session: token.session,
    }
}

fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    let text = claims.get(name)?.as_str()?.trim();
    let good = !text.is_empty() && text.len() <= MOST_TEXT && !text.chars().any(char::is_control);
    good.then(|| text.to_owned())
}

/// A claim by its name, else by the path that its dots make.
fn lookup<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).or_else(|| {
        let (first, rest) = name.split_once('.')?;
        rest.split('.').try_fold(claims.get(first)?, |value, step| value.get(step))
    })
}

/// A list of names, or one name. Anything else is no group.
fn group_names(value: &Value) -> Vec<String> {
    let listed = match value {
        Value::String(one) => vec![one.as_str()],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    };
    let legal = |it: &&str| !it.is_empty() && it.len() <= MOST_TEXT && !it.chars().any(char::is_control);
    listed.into_iter().filter(legal).take(MOST_GROUPS).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sortie_core::sso::Identity;

    use super::*;

    fn said(token: Value, more: Value, claim: &str) -> Assertion {
        let map = |it: Value| it.as_object().cloned().unwrap_or_default();
        let identity = Identity::new("https://idp.example", "1").unwrap();
        assertion(IdToken { identity, session: None, all: map(token) }, &map(more), claim)
    }

    #[test]
    fn an_address_is_verified_only_by_whoever_says_it() {
        let mixed = said(json!({"email": "a@corp.com"}), json!({"email_verified": true}), "groups");
        assert!(!mixed.email_verified);
        let quoted = said(json!({"email": "a@corp.com", "email_verified": "true"}), json!({}), "groups");
        assert!(!quoted.email_verified);
        let whole = said(json!({}), json!({"email": "a@corp.com", "email_verified": true}), "groups");
        assert_eq!((whole.email.as_deref(), whole.email_verified), (Some("a@corp.com"), true));
    }

    #[test]
    fn groups_are_names_and_may_lie_deeper() {
        let groups = |token, claim| said(token, json!({}), claim).groups;
        assert_eq!(groups(json!({"groups": ["a", 7, "b", {"c": 1}, ""]}), "groups"), ["a", "b"]);
        assert_eq!(groups(json!({"groups": "a b"}), "groups"), ["a b"]);
        assert_eq!(groups(json!({"realm_access": {"roles": ["x"]}}), "realm_access.roles"), ["x"]);
        assert_eq!(groups(json!({"a.b": ["y"], "a": {"b": ["z"]}}), "a.b"), ["y"]);
        assert!(groups(json!({"groups": {"admin": true}}), "groups").is_empty());
    }

    #[test]
    fn what_the_token_says_wins() {
        let both = said(json!({"name": "Ada", "groups": []}), json!({"name": "Eve", "groups": ["admin"]}), "groups");
        assert_eq!((both.name.as_deref(), both.groups.len()), (Some("Ada"), 0));
    }
}
