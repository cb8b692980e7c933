//! A sign-in name for somebody who comes from a provider. It is for people to read; it decides nothing.

use super::Assertion;
use crate::user::check_username;

/// So that a number fits behind it.
const MOST: usize = 80;
/// How many numbers are tried before a part of the account's id stands in.
const NUMBERS: u32 = 20;

/// Names to try, the best first: as preferred, then with numbers, at last with `unique`, which nobody else has.
pub fn candidates(assertion: &Assertion, unique: &str) -> impl Iterator<Item = String> {
    let address = assertion.email.as_deref().map(|it| it.split('@').next().unwrap_or_default());
    let said = [assertion.username.as_deref(), address, assertion.name.as_deref()];
    let base = said.into_iter().flatten().map(legal).find(|it| !it.is_empty()).unwrap_or_else(|| "user".to_owned());
    let numbered = (2..=NUMBERS).map({
        let base = base.clone();
        move |number| format!("{base}-{number}")
    });
    let last = format!("user-{}", legal(unique));
    std::iter::once(base).chain(numbered).chain(std::iter::once(last)).filter(|it| check_username(it).is_ok())
}

/// The part of a name that a sign-in name may hold.
fn legal(name: &str) -> String {
    let mut kept = String::new();
    for letter in name.trim().chars() {
        let letter = if letter.is_whitespace() { '-' } else { letter };
        let mut buffer = [0; 4];
        let is_legal = check_username(letter.encode_utf8(&mut buffer)).is_ok();
        if is_legal && kept.len() + letter.len_utf8() <= MOST {
            kept.push(letter);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sso::Identity;

    fn named(username: Option<&str>, email: Option<&str>) -> Vec<String> {
        let assertion = Assertion {
            identity: Identity::new("https://idp.example", "1").unwrap(),
            session: None,
            username: username.map(str::to_owned),
            name: None,
            email: email.map(str::to_owned),
            email_verified: false,
            groups: Vec::new(),
        };
        candidates(&assertion, "0199-abc").collect()
    }

    #[test]
    fn a_preferred_name_comes_first_and_something_unique_last() {
        let names = named(Some("ada lovelace"), None);
        assert_eq!(names.first().map(String::as_str), Some("ada-lovelace"));
        assert_eq!(names.get(1).map(String::as_str), Some("ada-lovelace-2"));
        assert_eq!(names.last().map(String::as_str), Some("user-0199-abc"));
    }

    #[test]
    fn what_a_provider_says_never_makes_an_illegal_name() {
        for said in ["<script>alert(1)</script>", "\u{202e}nimda", "", "   ", "a\nb", &"x".repeat(9_000)] {
            let names = named(Some(said), Some("ada@example.com"));
            assert!(names.len() > 2 && names.iter().all(|it| check_username(it).is_ok()), "{said:?}: {names:?}");
        }
        assert_eq!(named(Some("<>"), Some("ada@example.com")).first().map(String::as_str), Some("ada"));
    }
}
