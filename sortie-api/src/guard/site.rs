//! How browsers reach us, and how one request did.

use std::net::IpAddr;

use http::{HeaderMap, Uri, header};
use ipnet::IpNet;

use super::{
    Origin,
    forwarded::{self, Said, single},
};

/// What an operator says about addresses.
#[derive(Clone, Debug)]
pub struct Site {
    public: Vec<Origin>,
    trusted: Vec<IpNet>,
    allow_http: bool,
    is_loopback: bool,
}

/// A value that is no address.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// A public URL that is none.
    #[error("{0:?} is not an address such as https://sortie.example")]
    PublicUrl(String),
    /// A trusted proxy that is none.
    #[error("{0:?} is neither an IP address nor a network such as 10.0.0.0/8")]
    Proxy(String),
}

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    /// Whether the connection itself is encrypted.
    pub is_tls: bool,
}

/// How one request reached us.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// Who sent it: the peer, or whom a trusted proxy names.
    pub client: IpAddr,
    /// The address in the browser; `None` when it cannot be told.
    pub origin: Option<Origin>,
    /// Whether the Host is one of ours.
    pub is_listed: bool,
    /// Whether it comes straight from this machine or a private network, without any proxy.
    pub is_direct_private: bool,
    /// Whether passwords may travel this way.
    pub may_sign_in: bool,
}

impl Site {
    /// `public` holds addresses such as `https://sortie.example`, `trusted` addresses and networks of proxies. `is_loopback`
    /// says whether we listen on the machine itself only; `allow_http` permits signing in over plain http beyond it.
    pub fn new(
        public: &[String],
        trusted: &[String],
        allow_http: bool,
        is_loopback: bool,
    ) -> Result<Self, Vec<SiteError>> {
        let mut errors = Vec::new();
        let mut read = Self { public: Vec::new(), trusted: Vec::new(), allow_http, is_loopback };
        for text in public {
            match Origin::parse(text) {
                Some(origin) => read.public.push(origin),
                None => errors.push(SiteError::PublicUrl(text.clone())),
            }
        }
        for text in trusted {
            match text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)) {
                Ok(net) => read.trusted.push(net),
                Err(_) => errors.push(SiteError::Proxy(text.clone())),
            }
        }
        if errors.is_empty() { Ok(read) } else { Err(errors) }
    }

    /// Whether a peer's word about others is taken.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|it| it.contains(&address))
    }

    /// Whether public addresses were named.
    pub fn has_public_urls(&self) -> bool {
        !self.public.is_empty()
    }

    /// How a request reached us.
    pub(crate) fn visit(&self, peer: Peer, uri: &Uri, headers: &HeaderMap) -> Visit {
        let address = peer.address.to_canonical();
        let trusted = self.trusts(address);
        let is_forwarded = forwarded::is_there(headers);
        let said = if trusted { forwarded::read(headers, |it| self.trusts(it)) } else { Said::default() };
        let is_https = peer.is_tls || said.is_https == Some(true);
        let own = || uri.authority().map(ToString::to_string).or_else(|| single(headers, header::HOST.as_str()));
        let host = said.host.or_else(own);
        let reached = host.as_deref().and_then(|host| Origin::of_host(is_https, host));
        let is_direct = !is_forwarded && address.is_loopback();
        let origin = self.own_origin(reached.as_ref(), host.as_deref(), is_direct);
        let may_sign_in = origin.as_ref().is_some_and(|it| {
            let stays_here = it.is_loopback() && (is_direct || self.has_public_urls());
            it.is_https() || stays_here || self.allow_http
        });
        Visit {
            client: said.client.unwrap_or(address),
            is_listed: origin.is_some(),
            is_direct_private: !is_forwarded && is_private(address),
            may_sign_in,
            origin,
        }
    }

    /// Our own address as this request names it; `None` when it names somebody else's.
    fn own_origin(&self, reached: Option<&Origin>, host: Option<&str>, is_direct: bool) -> Option<Origin> {
        if self.has_public_urls() {
            let named = |own: &&Origin| {
                let same = |said: Origin| said.same_host(own);
                host.and_then(|it| Origin::of_host(own.is_https(), it)).is_some_and(same)
            };
            return self.public.iter().find(named).cloned();
        }
        let reached = reached?;
        // On this machine only its own names count: another name that leads here is an attack on the browser.
        let is_ours = if self.is_loopback || is_direct { reached.is_loopback() } else { true };
        is_ours.then(|| reached.clone())
    }
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn site(public: &[&str], trusted: &[&str], is_loopback: bool) -> Site {
        let owned = |list: &[&str]| list.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        Site::new(&owned(public), &owned(trusted), false, is_loopback).unwrap()
    }

    fn visit(site: &Site, peer: &str, headers: &[(&'static str, &str)]) -> Visit {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        site.visit(Peer { address: peer.parse().unwrap(), is_tls: false }, &Uri::from_static("/"), &map)
    }

    #[test]
    fn forwarded_headers_of_strangers_mean_nothing() {
        let site = site(&[], &["10.0.0.1"], false);
        let forged = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-proto", "https"), ("host", "sortie.example")];
        let stranger = visit(&site, "192.0.2.7", &forged);
        assert_eq!(stranger.client, IpAddr::from([192, 0, 2, 7]));
        assert!(!stranger.may_sign_in);
        let proxied = visit(&site, "10.0.0.1", &forged);
        assert_eq!(proxied.client, IpAddr::from([1, 2, 3, 4]));
        assert!(proxied.may_sign_in);
    }

    #[test]
    fn the_standard_header_of_strangers_means_nothing_either() {
        let site = site(&["https://sortie.example"], &["10.0.0.1"], false);
        let said = [("forwarded", "for=1.2.3.4;proto=https;host=sortie.example"), ("host", "inner")];
        let proxied = visit(&site, "10.0.0.1", &said);
        assert_eq!(proxied.client, IpAddr::from([1, 2, 3, 4]));
        assert!(proxied.may_sign_in && proxied.is_listed && !proxied.is_direct_private);
        let stranger = visit(&site, "192.0.2.7", &said);
        assert!(!stranger.is_listed && stranger.client == IpAddr::from([192, 0, 2, 7]));
    }

    #[test]
    fn a_client_cannot_put_itself_in_front_of_the_proxys_own_words() {
        let site = site(&[], &["10.0.0.0/8"], false);
        let seen = visit(&site, "10.0.0.1", &[("x-forwarded-for", "9.9.9.9, 1.2.3.4, 10.0.0.2"), ("host", "h")]);
        assert_eq!(seen.client, IpAddr::from([1, 2, 3, 4]));
    }

    #[test]
    fn on_loopback_only_the_machines_own_names_are_ours() {
        let site = site(&[], &[], true);
        assert!(visit(&site, "127.0.0.1", &[("host", "localhost:8080")]).may_sign_in);
        assert!(visit(&site, "127.0.0.1", &[("host", "127.0.0.1:8080")]).is_listed);
        assert!(!visit(&site, "127.0.0.1", &[("host", "rebound.example:8080")]).is_listed);
        assert!(!visit(&site, "127.0.0.1", &[("host", "localhost"), ("host", "localhost")]).is_listed);
    }

    #[test]
    fn with_public_urls_any_other_host_is_not_ours() {
        let site = site(&["https://sortie.example"], &[], false);
        let own = visit(&site, "192.0.2.7", &[("host", "sortie.example")]);
        assert_eq!(own.origin.map(|it| it.to_string()).as_deref(), Some("https://sortie.example"));
        assert!(!visit(&site, "192.0.2.7", &[("host", "10.1.2.3:8080")]).is_listed);
        assert!(!visit(&site, "127.0.0.1", &[("host", "localhost:8080")]).is_listed);
    }

    #[test]
    fn passwords_do_not_travel_in_the_clear() {
        let site = site(&[], &[], false);
        let lan = visit(&site, "192.168.1.9", &[("host", "192.168.1.2:8080")]);
        assert!(lan.is_listed && !lan.may_sign_in && lan.is_direct_private);
        let behind = visit(&site, "127.0.0.1", &[("host", "localhost"), ("x-forwarded-for", "1.2.3.4")]);
        assert!(!behind.may_sign_in && !behind.is_direct_private);
    }

    #[test]
    fn everything_wrong_is_named() {
        let errors = Site::new(&["sortie.example".to_owned()], &["proxy".to_owned()], false, false).unwrap_err();
        assert_eq!(errors.len(), 2);
    }
}
