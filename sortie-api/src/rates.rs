//! How often something may be done, per key.

use std::{num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DashMapStateStore,
};
use sortie_core::throttle;
use std::net::IpAddr;

use crate::settings::{self, Rate};

/// One rate.
pub(crate) struct Limiter {
    state: Option<RateLimiter<String, DashMapStateStore<String>, DefaultClock>>,
    clock: DefaultClock,
}

impl Limiter {
    fn new(rate: Rate) -> Self {
        let clock = DefaultClock::default();
        let period = rate.per_second.filter(|it| *it > 0.0).and_then(|it| Duration::try_from_secs_f64(1.0 / it).ok());
        let quota = period.and_then(Quota::with_period).map(|it| it.allow_burst(rate.burst));
        Self { state: quota.map(RateLimiter::dashmap), clock }
    }

    /// Counts one; answers how long to wait when it is one too many.
    pub(crate) fn count(&self, key: &str) -> Result<(), Duration> {
        let Some(state) = &self.state else { return Ok(()) };
        state.check_key(&key.to_owned()).map_err(|until| until.wait_time_from(self.clock.now()))
    }

    fn forget_idle(&self) {
        if let Some(state) = &self.state {
            state.retain_recent();
            state.shrink_to_fit();
        }
    }
}

/// All rates.
pub(crate) struct Limiters {
    pub(crate) writes: Limiter,
    pub(crate) sign_ins_per_address: Limiter,
    pub(crate) joins: Limiter,
    pub(crate) streams: Limiter,
}

impl Limiters {
    pub(crate) fn new(rates: &settings::Rates) -> Self {
        Self {
            writes: Limiter::new(rates.writes),
            sign_ins_per_address: Limiter::new(rates.sign_ins_per_address),
            joins: Limiter::new(rates.joins),
            streams: Limiter::new(rates.streams),
        }
    }

    /// Forgets keys that have all they may have again.
    pub(crate) fn forget_idle(&self) {
        for limiter in [&self.writes, &self.sign_ins_per_address, &self.joins, &self.streams] {
            limiter.forget_idle();
        }
    }
}

/// The key of an address.
pub(crate) fn address_key(address: IpAddr) -> String {
    throttle::network(&address.to_string())
}

/// A burst that is not zero.
pub(crate) const fn burst(count: u32) -> NonZeroU32 {
    match NonZeroU32::new(count) {
        Some(count) => count,
        None => NonZeroU32::MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_one_waits() {
        let limiter = Limiter::new(Rate { per_second: Some(0.01), burst: burst(2) });
        assert!(limiter.count("a").is_ok() && limiter.count("a").is_ok());
        assert!(limiter.count("a").is_err_and(|it| it > Duration::from_secs(10)));
        assert!(limiter.count("b").is_ok());
    }
}
