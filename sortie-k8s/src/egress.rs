//! From an app's egress policy to the rules of a network policy.
//!
//! A network policy only ever permits. A denylist is therefore turned into its complement: the address space is cut into
//! regions along the borders of all networks that are named, and each region permits the ports that nothing denies in it.

use std::{net::IpAddr, ops::RangeInclusive};

use ipnet::IpNet;
use k8s_openapi::{
    api::networking::v1::{IPBlock, NetworkPolicyEgressRule, NetworkPolicyPeer, NetworkPolicyPort},
    apimachinery::pkg::util::intstr::IntOrString,
};
use sortie_core::app::{EgressMode, EgressPolicy, EgressRule};

/// Where clouds answer questions about the machine, without asking who asks (IPv4 link-local and AWS's IPv6 address).
const METADATA: [&str; 2] = ["169.254.0.0/16", "fd00:ec2::/32"];
const EVERYTHING: [&str; 2] = ["0.0.0.0/0", "::/0"];
const PROTOCOLS: [&str; 2] = ["TCP", "UDP"];
const EVERY_PORT: RangeInclusive<u16> = 1..=u16::MAX;

/// A rule of the app, parsed.
#[derive(Clone, Debug)]
struct Rule {
    net: IpNet,
    /// `None` for every port.
    port: Option<u16>,
    /// `None` for both.
    protocol: Option<&'static str>,
}

/// A rule that cannot be meant: its text is not what the catalog accepts.
#[derive(Debug, thiserror::Error)]
#[error("the egress rule for {cidr:?}, port {port}, protocol {protocol:?} cannot be read")]
pub(crate) struct Unreadable {
    cidr: String,
    port: i64,
    protocol: String,
}

/// The rules for the addresses that an app may reach. Without a policy it reaches none.
///
/// Networks that are protected, and metadata addresses, are reached only where a rule lies inside them.
pub(crate) fn rules(
    policy: Option<&EgressPolicy>,
    protected: &[IpNet],
) -> Result<Vec<NetworkPolicyEgressRule>, Unreadable> {
    let Some(policy) = policy else { return Ok(Vec::new()) };
    let named = policy.rules.iter().map(parse).collect::<Result<Vec<_>, _>>()?;
    let guarded: Vec<IpNet> =
        METADATA.iter().filter_map(|it| it.parse().ok()).chain(protected.iter().map(IpNet::trunc)).collect();
    Ok(match policy.mode {
        EgressMode::Allowlist => named.iter().map(|it| permit(it, &guarded)).collect(),
        EgressMode::Denylist => complement(&named, &guarded),
    })
}

fn parse(rule: &EgressRule) -> Result<Rule, Unreadable> {
    let unreadable = || Unreadable { cidr: rule.cidr.clone(), port: rule.port, protocol: rule.protocol.clone() };
    let net = rule.cidr.parse::<IpNet>().or_else(|_| rule.cidr.parse::<IpAddr>().map(IpNet::from));
    let protocol = match rule.protocol.as_str() {
        "" => None,
        name => Some(*PROTOCOLS.iter().find(|it| it.eq_ignore_ascii_case(name)).ok_or_else(unreadable)?),
    };
    let port = match rule.port {
        0 => None,
        port => Some(u16::try_from(port).map_err(|_| unreadable())?),
    };
    Ok(Rule { net: net.map_err(|_| unreadable())?.trunc(), port, protocol })
}

/// One permission, without what is guarded inside it. A rule that lies inside a guarded network names it, and stands.
fn permit(rule: &Rule, guarded: &[IpNet]) -> NetworkPolicyEgressRule {
    let except = outermost(guarded.iter().copied().filter(|it| rule.net.contains(it) && rule.net != *it));
    let ports = match (rule.port, rule.protocol) {
        (None, None) => Vec::new(),
        (port, protocol) => PROTOCOLS
            .into_iter()
            .filter(|it| protocol.is_none_or(|wanted| wanted == *it))
            .map(|it| range(it, port.map_or(EVERY_PORT, |port| port..=port)))
            .collect(),
    };
    rule_for(rule.net, &except, ports)
}

/// Everything that no rule denies and that is not guarded.
fn complement(denied: &[Rule], guarded: &[IpNet]) -> Vec<NetworkPolicyEgressRule> {
    let mut borders: Vec<IpNet> = EVERYTHING.iter().filter_map(|it| it.parse().ok()).collect();
    borders.extend(denied.iter().map(|it| it.net));
    borders.extend(guarded);
    borders.sort();
    borders.dedup();
    let mut rules = Vec::new();
    for region in &borders {
        if guarded.iter().any(|it| it.contains(region)) {
            continue;
        }
        let inside = outermost(borders.iter().copied().filter(|it| region.contains(it) && it != region));
        let against: Vec<&Rule> = denied.iter().filter(|it| it.net.contains(region)).collect();
        if against.is_empty() {
            rules.push(rule_for(*region, &inside, Vec::new()));
            continue;
        }
        let ports: Vec<_> =
            PROTOCOLS.into_iter().flat_map(|it| left_open(it, &against).map(move |open| range(it, open))).collect();
        if !ports.is_empty() {
            rules.push(rule_for(*region, &inside, ports));
        }
    }
    rules
}

/// The ports of a protocol that none of the rules denies.
fn left_open(protocol: &str, against: &[&Rule]) -> impl Iterator<Item = RangeInclusive<u16>> + use<> {
    let mut closed: Vec<RangeInclusive<u16>> = against
        .iter()
        .filter(|it| it.protocol.is_none_or(|denied| denied == protocol))
        .map(|it| it.port.map_or(EVERY_PORT, |port| port..=port))
        .collect();
    closed.sort_by_key(|it| *it.start());
    let mut open = Vec::new();
    let mut next = u32::from(*EVERY_PORT.start());
    for gap in closed {
        let (start, end) = (u32::from(*gap.start()), u32::from(*gap.end()));
        if next < start {
            open.push((next, start - 1));
        }
        next = next.max(end + 1);
    }
    if next <= u32::from(*EVERY_PORT.end()) {
        open.push((next, u32::from(*EVERY_PORT.end())));
    }
    open.into_iter().filter_map(|(from, to)| Some(u16::try_from(from).ok()?..=u16::try_from(to).ok()?))
}

/// Those networks that no other of them contains.
fn outermost(nets: impl Iterator<Item = IpNet>) -> Vec<IpNet> {
    let all: Vec<IpNet> = nets.collect();
    let mut outer: Vec<IpNet> =
        all.iter().filter(|it| !all.iter().any(|other| other != *it && other.contains(*it))).copied().collect();
    outer.sort();
    outer.dedup();
    outer
}

fn rule_for(net: IpNet, except: &[IpNet], ports: Vec<NetworkPolicyPort>) -> NetworkPolicyEgressRule {
    let except = (!except.is_empty()).then(|| except.iter().map(ToString::to_string).collect());
    let peer =
        NetworkPolicyPeer { ip_block: Some(IPBlock { cidr: net.to_string(), except }), ..NetworkPolicyPeer::default() };
    NetworkPolicyEgressRule { to: Some(vec![peer]), ports: (!ports.is_empty()).then_some(ports) }
}

/// One protocol's ports, as a network policy writes them.
pub(crate) fn range(protocol: &str, ports: RangeInclusive<u16>) -> NetworkPolicyPort {
    let (from, to) = (i32::from(*ports.start()), i32::from(*ports.end()));
    NetworkPolicyPort {
        protocol: Some(protocol.to_owned()),
        port: Some(IntOrString::Int(from)),
        end_port: (from != to).then_some(to),
    }
}

#[cfg(test)]
mod tests;
