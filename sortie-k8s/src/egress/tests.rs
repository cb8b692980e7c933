use proptest::prelude::*;

use super::*;

fn rule(cidr: &str, port: i64, protocol: &str) -> EgressRule {
    EgressRule { cidr: cidr.to_owned(), port, protocol: protocol.to_owned() }
}

fn policy(mode: EgressMode, rules: Vec<EgressRule>) -> EgressPolicy {
    EgressPolicy { mode, rules }
}

/// What a network policy permits, by the words of the Kubernetes API: some rule whose peer and port both match.
fn permits(rules: &[NetworkPolicyEgressRule], address: IpAddr, port: u16, protocol: &str) -> bool {
    rules.iter().any(|rule| {
        let peer = rule.to.iter().flatten().filter_map(|it| it.ip_block.as_ref()).any(|block| {
            let within = |net: &str| net.parse::<IpNet>().unwrap().contains(&address);
            within(&block.cidr) && !block.except.iter().flatten().any(|it| within(it))
        });
        let open = rule.ports.as_ref().is_none_or(|ports| {
            ports.iter().any(|it| {
                let Some(IntOrString::Int(from)) = it.port else { panic!("{it:?}") };
                let to = it.end_port.unwrap_or(from);
                it.protocol.as_deref() == Some(protocol) && (from..=to).contains(&i32::from(port))
            })
        });
        peer && open
    })
}

/// What the app's author meant.
fn meant(policy: &EgressPolicy, protected: &[IpNet], address: IpAddr, port: u16, protocol: &str) -> bool {
    let guard = METADATA.iter().map(|it| it.parse().unwrap()).chain(protected.iter().copied());
    let guarding: Vec<IpNet> = guard.filter(|it: &IpNet| it.contains(&address)).collect();
    let matching = |rule: &&EgressRule| {
        let net: IpNet = rule.cidr.parse().unwrap();
        net.contains(&address)
            && (rule.port == 0 || rule.port == i64::from(port))
            && (rule.protocol.is_empty() || rule.protocol == protocol)
    };
    match policy.mode {
        EgressMode::Allowlist => policy.rules.iter().filter(matching).any(|it| {
            let net: IpNet = it.cidr.parse().unwrap();
            guarding.iter().all(|guard| guard.contains(&net))
        }),
        EgressMode::Denylist => guarding.is_empty() && !policy.rules.iter().any(|it| matching(&it)),
    }
}

#[test]
fn without_a_policy_nothing_is_reached() {
    assert_eq!(rules(None, &[]).unwrap(), []);
}

#[test]
fn a_list_of_everything_does_not_hold_the_metadata_address_until_it_is_named() {
    let metadata: IpAddr = "169.254.169.254".parse().unwrap();
    let everything = policy(EgressMode::Allowlist, vec![rule("0.0.0.0/0", 0, "")]);
    assert!(!permits(&rules(Some(&everything), &[]).unwrap(), metadata, 80, "TCP"));
    assert!(permits(&rules(Some(&everything), &[]).unwrap(), "8.8.8.8".parse().unwrap(), 80, "TCP"));
    let named = policy(EgressMode::Allowlist, vec![rule("169.254.169.254/32", 80, "TCP")]);
    assert!(permits(&rules(Some(&named), &[]).unwrap(), metadata, 80, "TCP"));
}

#[test]
fn a_rule_that_cannot_be_read_makes_no_policy_at_all() {
    let wrong = policy(EgressMode::Allowlist, vec![rule("10.0.0.0/40", 0, "")]);
    assert!(rules(Some(&wrong), &[]).is_err());
    let wrong = policy(EgressMode::Denylist, vec![rule("10.0.0.0/8", 70_000, "")]);
    assert!(rules(Some(&wrong), &[]).is_err());
}

fn any_net() -> impl Strategy<Value = String> {
    // A small corner of the address space, so that networks nest and touch.
    prop_oneof![
        (0u8..4, 14u8..=24).prop_map(|(a, bits)| format!("10.{a}.0.0/{bits}")),
        Just("0.0.0.0/0".to_owned()),
        Just("169.254.0.0/16".to_owned()),
        Just("169.254.169.254/32".to_owned()),
        (0u16..4, 30u8..=48).prop_map(|(a, bits)| format!("2001:db8:{a}::/{bits}")),
    ]
}

fn any_rule() -> impl Strategy<Value = EgressRule> {
    let port = prop_oneof![Just(0i64), Just(53), Just(443), Just(1), Just(65_535)];
    let protocol = prop_oneof![Just(""), Just("TCP"), Just("UDP")];
    (any_net(), port, protocol).prop_map(|(cidr, port, protocol)| rule(&cidr, port, protocol))
}

fn any_address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        (0u8..5, 0u8..3).prop_map(|(a, b)| IpAddr::from([10, a, b, 7])),
        Just(IpAddr::from([169, 254, 169, 254])),
        Just(IpAddr::from([8, 8, 8, 8])),
        (0u16..5).prop_map(|a| IpAddr::from([0x2001, 0xdb8, a, 0, 0, 0, 0, 7])),
    ]
}

proptest! {
    /// The policy that is applied and the policy that was meant agree on every address, port and protocol.
    #[test]
    fn what_is_permitted_is_exactly_what_was_meant(
        allow in any::<bool>(),
        written in proptest::collection::vec(any_rule(), 0..6),
        guarded in proptest::collection::vec(any_net(), 0..2),
        probes in proptest::collection::vec((any_address(), prop_oneof![Just(1u16), Just(53), Just(443), Just(8080), Just(65_535)]), 20),
    ) {
        let guarded: Vec<IpNet> = guarded.iter().map(|it| it.parse::<IpNet>().unwrap().trunc()).collect();
        let mode = if allow { EgressMode::Allowlist } else { EgressMode::Denylist };
        let policy = policy(mode, written);
        let applied = rules(Some(&policy), &guarded).unwrap();
        for (address, port) in probes {
            for protocol in PROTOCOLS {
                prop_assert_eq!(
                    permits(&applied, address, port, protocol),
                    meant(&policy, &guarded, address, port, protocol),
                    "{} {} {}", address, port, protocol
                );
            }
        }
    }
}
