//! The checks at the door: how a request reached us, whether its Host and Origin are ours, and what every answer says to the
//! browser about its own safety.

pub(crate) mod cookie;
mod forwarded;
pub(crate) mod headers;
mod origin;
mod site;

pub(crate) use origin::Origin;
pub(crate) use site::Visit;
pub use site::{Peer, Site, SiteError};

use http::{HeaderMap, Method, StatusCode, header};

use crate::error::ApiError;

/// Refuses requests that another site made a browser send. `with_cookie` says whether the browser's own credential came along;
/// `changes` whether the request may change something (unsafe methods and upgrades).
///
/// Safe requests with a cookie are refused only when the browser itself says that they come from elsewhere.
pub(crate) fn check_origin(
    headers: &HeaderMap,
    visit: &Visit,
    changes: bool,
    with_cookie: bool,
) -> Result<(), ApiError> {
    let foreign = || {
        ApiError::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "the request does not come from this site; if it should, SORTIE_PUBLIC_URL must name the address in the browser",
        )
    };
    if changes {
        let said = headers.get_all(header::ORIGIN).iter().collect::<Vec<_>>();
        return match said.as_slice() {
            [] if !with_cookie => Ok(()),
            [origin] if visit.origin.as_ref().is_some_and(|own| origin.as_bytes() == own.to_string().as_bytes()) => {
                Ok(())
            }
            _ => Err(foreign()),
        };
    }
    let site = headers.get("sec-fetch-site").map(http::HeaderValue::as_bytes);
    match site {
        Some(b"same-origin" | b"none") | None => Ok(()),
        Some(_) if with_cookie => Err(foreign()),
        Some(_) => Ok(()),
    }
}

/// Whether a method may change something.
pub(crate) fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn visit() -> Visit {
        Visit {
            client: [192, 0, 2, 1].into(),
            origin: Some(Origin::parse("https://sortie.example").unwrap()),
            is_listed: true,
            is_direct_private: false,
            may_sign_in: true,
        }
    }

    fn judged(name: &'static str, value: &'static str, changes: bool, cookie: bool) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static(value));
        check_origin(&headers, &visit(), changes, cookie).is_ok()
    }

    #[test]
    fn a_change_with_a_cookie_needs_exactly_our_origin() {
        assert!(judged("origin", "https://sortie.example", true, true));
        for foreign in ["https://sortie.example.evil.test", "http://sortie.example", "null", "https://x.sortie.example"]
        {
            assert!(!judged("origin", foreign, true, true), "{foreign}");
            assert!(!judged("origin", foreign, true, false), "{foreign}");
        }
        assert!(!judged("x-nothing", "", true, true));
        assert!(judged("x-nothing", "", true, false));
    }

    #[test]
    fn reading_is_refused_only_when_the_browser_says_that_another_site_asks() {
        assert!(judged("sec-fetch-site", "same-origin", false, true));
        assert!(judged("sec-fetch-site", "none", false, true));
        assert!(judged("x-nothing", "", false, true));
        assert!(!judged("sec-fetch-site", "cross-site", false, true));
        assert!(!judged("sec-fetch-site", "same-site", false, true));
        assert!(judged("sec-fetch-site", "cross-site", false, false));
    }
}
