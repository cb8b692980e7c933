//! Where a browser may be sent on our own site, as said by somebody who may not be trusted.

use std::fmt;

use url::Url;

use crate::invalid::Invalid;

/// The longest path that is accepted, in bytes.
const MOST: usize = 2_048;
/// A site that nobody has: what is resolved against it and leaves it would have left ours.
const ANYWHERE: &str = "https://site.invalid";

/// An absolute path on our own site, with query and fragment where it has some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalPath(String);

impl LocalPath {
    /// The front page.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// Takes a path that no browser can read as an address elsewhere. Browsers take `\` for `/` and leave tabs and line breaks
    /// out (WHATWG URL §4.4), so none of these is accepted.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let invalid = |rule: &str| Err(Invalid::new("redirect", rule));
        if text.len() > MOST {
            return invalid("must be at most 2048 bytes long");
        }
        if !text.starts_with('/') || text.starts_with("//") {
            return invalid("must be a path of this site such as /sessions");
        }
        if text.bytes().any(|it| it == b'\\' || !(0x21..=0x7e).contains(&it)) {
            return invalid("must hold only printable ASCII without spaces and backslashes");
        }
        let base = Url::parse(ANYWHERE).map_err(|_| Invalid::new("redirect", "cannot be checked"))?;
        let stays = base.join(text).is_ok_and(|it| it.origin() == base.origin() && !it.path().starts_with("//"));
        if stays { Ok(Self(text.to_owned())) } else { invalid("must stay on this site") }
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LocalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_with_query_and_fragment_is_kept_as_it_is() {
        for path in ["/", "/sessions/7", "/apps?q=a%20b&c=%2F%2Fx", "/join#secret", "/a//b"] {
            assert_eq!(LocalPath::parse(path).unwrap().as_str(), path);
        }
    }

    #[test]
    fn what_leads_elsewhere_is_refused() {
        for path in [
            "",
            "x",
            "https://evil.test/",
            "//evil.test",
            "///evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "/\t/evil.test",
            "/\n/evil.test",
            "/a\r\nSet-Cookie: x=1",
            " /",
            "javascript:alert(1)",
            "/..//evil.test",
            "/.//evil.test",
            "/%0d/../..//evil.test",
            "/ä",
            "/a b",
            "/%2e//evil.test",
            "/%2E%2e//evil.test",
        ] {
            assert!(LocalPath::parse(path).is_err(), "{path:?}");
        }
        assert!(LocalPath::parse(&format!("/{}", "a".repeat(MOST))).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100_000))]
        #[test]
        fn no_accepted_path_leaves_the_site(text in "[/\\\\.%a@:?#\\t2fFeE]{0,12}") {
            if let Ok(path) = LocalPath::parse(&text) {
                let base = Url::parse("https://sortie.example/api/auth/oidc/callback").unwrap();
                let led = base.join(path.as_str()).unwrap();
                prop_assert_eq!(led.origin(), base.origin());
                // Followed once more, as when a page reads its own path and goes there.
                prop_assert_eq!(base.join(led.path()).unwrap().origin(), base.origin());
            }
        }
    }
}
