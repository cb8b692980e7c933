//! What proxies say about a request: `Forwarded` (RFC 7239), and the older `X-Forwarded-For`, `-Proto` and `-Host`.
//!
//! A proxy sets one kind and often passes the other on as the client sent it. So where both kinds are there, only what both
//! say alike counts.

use std::net::{IpAddr, SocketAddr};

use http::HeaderMap;

/// What is believed; each is `None` where nobody says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The nearest address that is not a trusted proxy's.
    pub(super) client: Option<IpAddr>,
    /// Whether the browser used https.
    pub(super) is_https: Option<bool>,
    /// The host that the browser named.
    pub(super) host: Option<String>,
}

/// Whether any proxy left a word.
pub(super) fn is_there(headers: &HeaderMap) -> bool {
    has_standard(headers) || has_older(headers)
}

/// Reads what trusted proxies say. The caller has made sure that the peer is one of them.
pub(super) fn read(headers: &HeaderMap, trusts: impl Fn(IpAddr) -> bool) -> Said {
    match (has_standard(headers), has_older(headers)) {
        (false, _) => older(headers, trusts),
        (true, false) => standard(headers, trusts).unwrap_or_default(),
        (true, true) => alike(standard(headers, &trusts).unwrap_or_default(), &older(headers, &trusts)),
    }
}

fn has_standard(headers: &HeaderMap) -> bool {
    headers.contains_key("forwarded")
}

fn has_older(headers: &HeaderMap) -> bool {
    headers.keys().any(|it| it.as_str().starts_with("x-forwarded-"))
}

fn alike(one: Said, other: &Said) -> Said {
    Said {
        client: one.client.filter(|it| other.client == Some(*it)),
        is_https: one.is_https.filter(|it| other.is_https == Some(*it)),
        host: one.host.filter(|it| other.host.as_ref() == Some(it)),
    }
}

fn older(headers: &HeaderMap, trusts: impl Fn(IpAddr) -> bool) -> Said {
    let lines = headers.get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok());
    let hops: Vec<Option<IpAddr>> = lines.flat_map(|it| it.split(',')).map(|it| it.trim().parse().ok()).collect();
    let proto = single(headers, "x-forwarded-proto");
    Said {
        client: nearest(&hops, trusts).and_then(|(_, address)| address),
        is_https: proto.map(|it| it.eq_ignore_ascii_case("https")),
        host: single(headers, "x-forwarded-host"),
    }
}

/// The nearest hop that is not a trusted proxy, or the first one where all are; each hop was written by the one after it.
fn nearest(hops: &[Option<IpAddr>], trusts: impl Fn(IpAddr) -> bool) -> Option<(usize, Option<IpAddr>)> {
    let canonical = |it: Option<IpAddr>| it.map(|it| it.to_canonical());
    let hops = || hops.iter().copied().map(canonical).enumerate();
    hops().rev().find(|(_, it)| !it.is_some_and(&trusts)).or_else(|| hops().next())
}

/// One proxy's words (RFC 7239 §4).
#[derive(Default)]
struct Element {
    client: Option<IpAddr>,
    proto: Option<String>,
    host: Option<String>,
}

/// `None` when the header cannot be read: then none of it is believed.
fn standard(headers: &HeaderMap, trusts: impl Fn(IpAddr) -> bool) -> Option<Said> {
    let mut elements = Vec::new();
    for line in headers.get_all("forwarded") {
        for element in split_outside_quotes(line.to_str().ok()?, ',')? {
            elements.push(element_of(&element)?);
        }
    }
    let hops: Vec<_> = elements.iter().map(|it| it.client).collect();
    let (outermost, client) = nearest(&hops, trusts)?;
    // Everything from here on was written by trusted proxies; the outermost one has seen the browser's own request.
    let believed = || elements.iter().skip(outermost);
    let proto = believed().find_map(|it| it.proto.as_ref());
    Some(Said {
        client,
        is_https: proto.map(|it| it.eq_ignore_ascii_case("https")),
        host: believed().find_map(|it| it.host.clone()),
    })
}

fn element_of(text: &str) -> Option<Element> {
    let mut element = Element::default();
    let mut seen = Vec::new();
    for pair in split_outside_quotes(text, ';')? {
        if pair.trim().is_empty() {
            continue;
        }
        let (name, value) = pair.split_once('=')?;
        let (name, value) = (name.trim().to_ascii_lowercase(), unquoted(value.trim())?);
        if seen.contains(&name) {
            return None;
        }
        match name.as_str() {
            "for" => element.client = address(&value),
            "proto" => element.proto = Some(value),
            "host" => element.host = Some(value),
            _ => {}
        }
        seen.push(name);
    }
    Some(element)
}

/// The parts between separators that do not stand in a quoted string; `None` when a quote stays open.
fn split_outside_quotes(text: &str, separator: char) -> Option<Vec<String>> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut quoted, mut escaped) = (false, false);
    for c in text.chars() {
        let ends = c == separator && !quoted;
        if ends {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(c);
        }
        if c == '"' && !escaped {
            quoted = !quoted;
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    parts.push(part);
    (!quoted).then_some(parts)
}

/// A token, or what stands in a quoted string (RFC 9110 §5.6.4).
fn unquoted(text: &str) -> Option<String> {
    let Some(inner) = text.strip_prefix('"') else {
        return (!text.is_empty() && !text.contains([' ', '"'])).then(|| text.to_owned());
    };
    let inner = inner.strip_suffix('"')?;
    let mut chars = inner.chars();
    let mut plain = String::with_capacity(inner.len());
    while let Some(c) = chars.next() {
        plain.push(if c == '\\' { chars.next()? } else { c });
    }
    Some(plain)
}

/// A node's address, with or without a port; `None` for `unknown` and for hidden names.
fn address(node: &str) -> Option<IpAddr> {
    if let Some(inner) = node.strip_prefix('[') {
        return inner.split_once(']')?.0.parse().ok();
    }
    node.parse::<IpAddr>().or_else(|_| node.parse::<SocketAddr>().map(|it| it.ip())).ok()
}

/// A header that must come once; a second one makes both worthless.
pub(super) fn single(headers: &HeaderMap, name: &str) -> Option<String> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim().to_owned();
    (values.next().is_none() && !value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn said(lines: &[(&'static str, &str)]) -> Said {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        read(&headers, |it| it == IpAddr::from([10, 0, 0, 1]) || it == IpAddr::from([10, 0, 0, 2]))
    }

    fn client(text: &str) -> Option<IpAddr> {
        said(&[("forwarded", text)]).client
    }

    #[test]
    fn the_outermost_trusted_proxy_names_client_scheme_and_host() {
        let seen = said(&[(
            "forwarded",
            "for=9.9.9.9;proto=http;host=evil.test, For=\"1.2.3.4:4711\";Proto=https;Host=\"apps.example:8443\", \
             for=10.0.0.2;proto=http;host=inner",
        )]);
        assert_eq!(seen.client, Some(IpAddr::from([1, 2, 3, 4])));
        assert_eq!((seen.is_https, seen.host.as_deref()), (Some(true), Some("apps.example:8443")));
    }

    #[test]
    fn addresses_come_plain_quoted_with_a_port_or_hidden() {
        assert_eq!(client("for=1.2.3.4"), Some(IpAddr::from([1, 2, 3, 4])));
        assert_eq!(client("for=\"[2001:db8::1]:80\""), "2001:db8::1".parse().ok());
        assert_eq!(client("for=\"[2001:db8::1]\""), "2001:db8::1".parse().ok());
        assert_eq!(client("for=unknown"), None);
        assert_eq!(client("for=1.2.3.4, for=_hidden"), None, "behind a hidden hop nothing is known");
    }

    #[test]
    fn what_cannot_be_read_is_not_believed() {
        for broken in ["for=\"1.2.3.4", "for=1.2.3.4;for=5.6.7.8", "1.2.3.4", "for=1.2.3.4, for", "for=a b"] {
            assert_eq!(said(&[("forwarded", broken)]), Said::default(), "{broken}");
        }
    }

    #[test]
    fn separators_inside_quotes_separate_nothing() {
        let seen = said(&[("forwarded", r#"for=1.2.3.4;secret="a,b;c\"d,";proto=https"#)]);
        assert_eq!((seen.client, seen.is_https), (Some(IpAddr::from([1, 2, 3, 4])), Some(true)));
    }

    #[test]
    fn of_two_kinds_only_what_both_say_counts() {
        let seen = said(&[
            ("forwarded", "for=6.6.6.6;proto=https;host=evil.test"),
            ("x-forwarded-for", "1.2.3.4"),
            ("x-forwarded-proto", "https"),
        ]);
        assert_eq!(seen, Said { client: None, is_https: Some(true), host: None });
        let agreed = said(&[("forwarded", "for=1.2.3.4"), ("x-forwarded-for", "9.9.9.9, 1.2.3.4, 10.0.0.2")]);
        assert_eq!(agreed.client, Some(IpAddr::from([1, 2, 3, 4])));
    }
}
