//! How guessing is slowed down: each failure makes the next try wait longer, and nothing ever locks anybody out.
//!
//! A try is charged to its lanes before it is judged, so that many tries at once are not one try. Who signed in before from a
//! browser or an address has a lane of its own, which strangers cannot fill.

use std::{net::IpAddr, time::Duration};

use crate::time::Timestamp;

/// What a lane belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LaneKind {
    /// Strangers who name one account. Never longer than half a minute: its owner may be among them.
    Account,
    /// One network at one door, whomever it names.
    Address,
    /// One browser or network that signed in to one account before.
    Known,
    /// The second factor of one account: only who knows the password gets here.
    Factor,
}

impl LaneKind {
    /// The name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Address => "address",
            Self::Known => "known",
            Self::Factor => "factor",
        }
    }

    /// Tries without any wait.
    fn free(self) -> u32 {
        match self {
            Self::Account | Self::Known | Self::Factor => 5,
            // A whole office comes from one address.
            Self::Address => 50,
        }
    }

    /// The longest wait.
    fn longest(self) -> Duration {
        match self {
            // Others may come from the same address as the owner, too.
            Self::Account | Self::Known => Duration::from_secs(30),
            Self::Address | Self::Factor => Duration::from_mins(15),
        }
    }
}

/// How long failures are remembered after the last of them.
pub const FORGOTTEN_AFTER: Duration = Duration::from_hours(24);

/// One lane.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lane {
    /// What it belongs to.
    pub kind: LaneKind,
    /// To which: never a typed name, which may be a password.
    pub subject: String,
}

impl Lane {
    /// The lane of strangers who typed this name, whether or not somebody has it.
    pub fn of_name(typed: &str) -> Self {
        Self { kind: LaneKind::Account, subject: bucket(typed) }
    }

    /// The lane of a network.
    pub fn of_address(address: &str) -> Self {
        Self { kind: LaneKind::Address, subject: network(address) }
    }

    /// The lane of a network that tries links to sessions. Not the one of signing in: an office whose people all follow a link
    /// that has ended can still sign in.
    pub fn of_links(address: &str) -> Self {
        Self { kind: LaneKind::Address, subject: format!("links {}", network(address)) }
    }
}

/// What a lane has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Failures, and tries that are not judged yet.
    pub failures: u32,
    /// When the last of them was.
    pub last_at: Timestamp,
    /// When the next try is let through.
    pub next_at: Timestamp,
}

/// Charges one more try to a lane; answers what the lane has seen then, or how long to wait.
pub fn charge(kind: LaneKind, before: Option<Tally>, now: Timestamp) -> Result<Tally, Duration> {
    let before = before.filter(|it| now.since(it.last_at) < FORGOTTEN_AFTER);
    if let Some(tally) = before
        && now < tally.next_at
    {
        return Err(tally.next_at.since(now));
    }
    let failures = before.map_or(0, |it| it.failures).saturating_add(1);
    Ok(Tally { failures, last_at: now, next_at: now.plus(delay(kind, failures)) })
}

/// Charges one try to all of these lanes: what to write, and whether the try is let through or how long it waits.
///
/// A try that the account's lane refuses is charged to its address all the same: whoever keeps knocking there is slowed down
/// more and more, and an owner who comes from somewhere else gets through between.
pub fn charge_all(lanes: &[(Lane, Option<Tally>)], now: Timestamp) -> (Vec<(Lane, Tally)>, Result<(), Duration>) {
    let (mut charged, mut longest) = (Vec::new(), None);
    for (lane, before) in lanes {
        match charge(lane.kind, *before, now) {
            Ok(tally) => charged.push((lane.clone(), tally)),
            Err(wait) => longest = longest.max(Some(wait)),
        }
    }
    match longest {
        None => (charged, Ok(())),
        Some(wait) => {
            charged.retain(|(lane, _)| lane.kind == LaneKind::Address);
            (charged, Err(wait))
        }
    }
}

/// A lane after a try turned out well; `None` where it has nothing to remember any more.
///
/// A lane that several people share forgets one failure and not all: otherwise somebody with an account of their own would
/// wipe the slate between guesses.
pub fn settle(kind: LaneKind, tally: Tally, now: Timestamp) -> Option<Tally> {
    match kind {
        LaneKind::Known | LaneKind::Factor => None,
        LaneKind::Account | LaneKind::Address => {
            let failures = tally.failures.saturating_sub(1);
            (failures > 0).then_some(Tally { failures, next_at: tally.next_at.min(now), ..tally })
        }
    }
}

/// The wait after so many failures: doubling from a second.
fn delay(kind: LaneKind, failures: u32) -> Duration {
    match failures.checked_sub(kind.free()) {
        None => Duration::ZERO,
        Some(beyond) => Duration::from_secs(1_u64 << beyond.min(20)).min(kind.longest()),
    }
}

/// One of 65,536 buckets for a typed name. So few that nobody reads the name out of it, and the same for names that exist and
/// names that do not, so that waiting tells nothing.
fn bucket(typed: &str) -> String {
    // FNV-1a, 64 bits, folded: spread, not secrecy.
    let hash = typed
        .to_lowercase()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let folded = hash ^ (hash >> 32);
    format!("{:04x}", (folded ^ (folded >> 16)) & 0xffff)
}

/// The network that counts as one: of IPv6 what one customer gets (64 bits), of which one machine has as many as it likes.
pub fn network(address: &str) -> String {
    let Ok(address) = address.parse::<IpAddr>() else { return "elsewhere".to_owned() };
    match address.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_000_000_000_000_000).plus(Duration::from_secs(seconds))
    }

    /// Tries as fast as it is let, for so long; answers how often it was let through.
    fn hammer(kind: LaneKind, seconds: u64) -> u32 {
        let (mut tally, mut through) = (None, 0);
        for second in 0..seconds {
            while let Ok(after) = charge(kind, tally, at(second)) {
                tally = Some(after);
                through += 1;
            }
        }
        through
    }

    #[test]
    fn a_day_of_guessing_is_a_few_thousand_guesses_at_most() {
        assert!(hammer(LaneKind::Account, 86_400) < 2_900);
        assert!(hammer(LaneKind::Address, 86_400) < 160);
        assert!(hammer(LaneKind::Factor, 86_400) < 120);
    }

    #[test]
    fn strangers_make_the_owner_wait_half_a_minute_at_most() {
        let mut tally = None;
        for round in 0..1_000 {
            tally = Some(charge(LaneKind::Account, tally, at(round * 30)).unwrap());
        }
        let wait = charge(LaneKind::Account, tally, at(999 * 30)).unwrap_err();
        assert!(wait <= Duration::from_secs(30), "{wait:?}");
    }

    #[test]
    fn a_success_takes_one_failure_from_a_shared_lane_and_all_from_an_own_one() {
        let tally = Tally { failures: 5, last_at: at(4), next_at: at(9) };
        let after = settle(LaneKind::Address, tally, at(4)).unwrap();
        assert_eq!(after.failures, 4);
        assert!(charge(LaneKind::Address, Some(after), at(4)).is_ok());
        assert_eq!(settle(LaneKind::Known, tally, at(4)), None);
    }

    #[test]
    fn a_try_that_the_account_refuses_is_charged_to_its_address() {
        let full = Tally { failures: 9, last_at: at(0), next_at: at(30) };
        let lanes = [(Lane::of_name("ada"), Some(full)), (Lane::of_address("192.0.2.1"), None)];
        let (charged, outcome) = charge_all(&lanes, at(1));
        assert_eq!(outcome, Err(Duration::from_secs(29)));
        assert_eq!(charged.len(), 1);
        assert_eq!((charged[0].0.kind, charged[0].1.failures), (LaneKind::Address, 1));
    }

    #[test]
    fn links_that_have_ended_make_nobody_wait_who_signs_in() {
        assert_ne!(Lane::of_links("192.0.2.1"), Lane::of_address("192.0.2.1"));
        assert_eq!(Lane::of_links("2001:db8:1:2::1"), Lane::of_links("2001:db8:1:2:ffff::9"));
    }

    #[test]
    fn failures_are_forgotten_after_a_day() {
        let old = Tally { failures: 1_000, last_at: at(0), next_at: at(900) };
        assert_eq!(charge(LaneKind::Address, Some(old), at(86_400)).unwrap().failures, 1);
    }

    #[test]
    fn a_bucket_does_not_depend_on_case_and_tells_hardly_anything() {
        assert_eq!(Lane::of_name("Ada"), Lane::of_name("aDA"));
        assert_ne!(Lane::of_name("ada"), Lane::of_name("bob"));
        assert_eq!(Lane::of_name("correct horse battery").subject.len(), 4);
    }

    #[test]
    fn one_network_of_ipv6_is_one_lane() {
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
