//! Whose e-mail addresses are welcome.

use super::Assertion;
use crate::invalid::Invalid;

/// The domains from which people may come; empty for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Domains(Vec<String>);

impl Domains {
    /// Reads `example.com, example.org`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let parts = text.split(',').map(|it| it.trim().to_lowercase()).filter(|it| !it.is_empty());
        let domains: Vec<String> = parts.collect();
        let legal = |it: &String| !it.starts_with('.') && !it.contains(['@', '*', ' ', '/']);
        if domains.iter().all(legal) {
            Ok(Self(domains))
        } else {
            Err(Invalid::new("domains", "must be whole domains such as example.com, without @ and wildcards"))
        }
    }

    /// Whether somebody may come in. With domains named, only by a verified address whose whole part behind the last `@` is
    /// one of them.
    pub fn allow(&self, assertion: &Assertion) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let domain =
            assertion.email.as_deref().and_then(|it| it.rsplit_once('@')).map(|(_, domain)| domain.to_lowercase());
        assertion.email_verified && domain.is_some_and(|it| self.0.contains(&it))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sso::Identity;

    fn with(email: Option<&str>, email_verified: bool) -> Assertion {
        Assertion {
            identity: Identity::new("https://idp.example", "1").unwrap(),
            session: None,
            username: None,
            name: None,
            email: email.map(str::to_owned),
            email_verified,
            groups: Vec::new(),
        }
    }

    #[test]
    fn only_the_whole_domain_of_a_verified_address_counts() {
        let domains = Domains::parse("corp.com, Example.org").unwrap();
        assert!(domains.allow(&with(Some("a@corp.com"), true)));
        assert!(domains.allow(&with(Some("a@EXAMPLE.org"), true)));
        for email in
            ["a@corp.com.evil", "a@evilcorp.com", "a@sub.corp.com", "a@corp.com@evil.test", "corp.com", "@", ""]
        {
            assert!(!domains.allow(&with(Some(email), true)), "{email}");
        }
        assert!(!domains.allow(&with(Some("a@corp.com"), false)));
        assert!(!domains.allow(&with(None, true)));
        assert!(Domains::default().allow(&with(None, false)));
    }

    #[test]
    fn a_wildcard_is_no_domain() {
        for text in ["*.corp.com", ".corp.com", "@corp.com", "a b"] {
            assert!(Domains::parse(text).is_err(), "{text}");
        }
    }
}
