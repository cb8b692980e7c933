//! Web origins (RFC 6454): scheme, host and port.

use std::{fmt, net::IpAddr};

use url::{Host, Url};

/// Where a page comes from. Shown as browsers send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    is_https: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// Reads `http(s)://host[:port]`, with nothing behind it but at most a slash.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let is_https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !plain || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        Some(Self { is_https, host: url.host_str()?.to_owned(), port: url.port_or_known_default()? })
    }

    /// The origin of any address of the web.
    pub(crate) fn of_url(text: &str) -> Option<Self> {
        Self::parse(&Url::parse(text).ok()?.origin().ascii_serialization())
    }

    /// The origin of a scheme and a `Host` header's value.
    pub(super) fn of_host(is_https: bool, host: &str) -> Option<Self> {
        let scheme = if is_https { "https" } else { "http" };
        // A host holds nothing that would change the meaning of the address around it.
        if host.is_empty() || host.contains(['/', '\\', '@', '?', '#', ' ', '\t']) {
            return None;
        }
        Self::parse(&format!("{scheme}://{host}"))
    }

    /// Whether it is reached over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }

    /// The port, also where it is the scheme's own.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Whether the host names the machine itself: there nothing travels over a network.
    pub(crate) fn is_loopback(&self) -> bool {
        match Host::parse(&self.host) {
            Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Ok(Host::Ipv4(ip)) => ip.is_loopback(),
            Ok(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
            Err(_) => false,
        }
    }

    /// Whether both name the same host and port.
    pub(super) fn same_host(&self, other: &Self) -> bool {
        self.host == other.host && self.port == other.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = if self.is_https { ("https", 443) } else { ("http", 80) };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == usual { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_shown_as_browsers_send_it() {
        let shown = |text| Origin::parse(text).map(|it| it.to_string());
        assert_eq!(shown("https://Sortie.Example:443/").as_deref(), Some("https://sortie.example"));
        assert_eq!(shown("http://[::1]:8080").as_deref(), Some("http://[::1]:8080"));
        assert_eq!(shown("https://a.example/path"), None);
        assert_eq!(shown("ftp://a.example"), None);
        assert_eq!(shown("https://user@a.example"), None);
    }

    #[test]
    fn a_host_that_hides_another_is_refused() {
        assert_eq!(Origin::of_host(true, "good.example@evil.example"), None);
        assert_eq!(Origin::of_host(true, "good.example/x"), None);
        assert!(Origin::of_host(false, "127.0.0.1:8080").is_some_and(|it| it.is_loopback()));
    }
}
