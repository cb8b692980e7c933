//! The sign-in cookie of browsers.

use http::{HeaderMap, header};

use super::Origin;

/// Its name: where the browser guarantees that no other site could have set it, a name that says so. Without TLS the port is
/// part of the name, since cookies do not tell ports apart.
pub(crate) fn name(origin: &Origin) -> String {
    if origin.is_https() { "__Host-sortie".to_owned() } else { format!("sortie_{}", origin.port()) }
}

/// The token in the cookie of this name. Two of them are none: somebody else set one.
pub(crate) fn read(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|it| it.to_str().ok());
    let pairs = lines.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
    let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
    let value = values.next().filter(|it| !it.is_empty())?;
    values.next().is_none().then(|| value.to_owned())
}

/// `Set-Cookie` for a token that lasts so many seconds.
pub(crate) fn set(origin: &Origin, token: &str, seconds: u64) -> String {
    named(&name(origin), origin, token, seconds)
}

fn named(name: &str, origin: &Origin, token: &str, seconds: u64) -> String {
    let secure = if origin.is_https() { "; Secure" } else { "" };
    format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// The name of the cookie by which a browser is known again that signed in before. It signs nobody in.
pub(crate) fn device_name(origin: &Origin) -> String {
    if origin.is_https() { "__Host-sortie-device".to_owned() } else { format!("sortie_device_{}", origin.port()) }
}

/// `Set-Cookie` for it.
pub(crate) fn set_device(origin: &Origin, token: &str, seconds: u64) -> String {
    named(&device_name(origin), origin, token, seconds)
}

/// `Set-Cookie` that takes it away.
pub(crate) fn clear(origin: &Origin) -> String {
    set(origin, "", 0)
}

/// The name of the cookie that binds a sign-in through another service to the browser that began it.
pub(crate) fn sso_name(origin: &Origin) -> String {
    if origin.is_https() { "__Host-sortie-sso".to_owned() } else { format!("sortie_sso_{}", origin.port()) }
}

/// `Set-Cookie` for what such a sign-in needs, for so many seconds. Lax, because the browser comes back from another site.
pub(crate) fn set_sso(origin: &Origin, kept: &str, seconds: u64) -> String {
    let secure = if origin.is_https() { "; Secure" } else { "" };
    format!("{}={kept}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", sso_name(origin))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(cookie: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, HeaderValue::from_static(cookie));
        headers
    }

    #[test]
    fn a_cookie_that_somebody_else_added_makes_both_worthless() {
        assert_eq!(read(&headers("a=1; sortie_80=x; b=2"), "sortie_80").as_deref(), Some("x"));
        assert_eq!(read(&headers("sortie_80=x; sortie_80=y"), "sortie_80"), None);
        assert_eq!(read(&headers("sortie_80="), "sortie_80"), None);
    }

    #[test]
    fn on_https_the_cookie_is_bound_to_the_host() {
        let cookie = set(&Origin::parse("https://a.example").unwrap(), "t", 60);
        assert_eq!(cookie, "__Host-sortie=t; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure");
        assert!(set(&Origin::parse("http://localhost:81").unwrap(), "t", 60).starts_with("sortie_81=t; "));
    }
}
