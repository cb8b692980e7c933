//! What an operator chose about the HTTP face.

use std::{num::NonZeroU32, time::Duration};

use sortie_core::secret::Secret;

use crate::guard::Site;

/// How the installation looks.
#[derive(Clone, Debug, Default)]
pub struct Branding {
    /// The name above the catalog.
    pub tenant_name: String,
    /// The address of a logo; may be empty.
    pub logo_url: String,
    /// A colour such as `#1F2A3C`; may be empty.
    pub primary_color: String,
    /// A colour; may be empty.
    pub secondary_color: String,
}

/// How often something may be done: `burst` at once, then `per_second`.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Given back each second; `None` for no limit.
    pub per_second: Option<f64>,
    /// At once.
    pub burst: NonZeroU32,
}

impl Rate {
    const fn new(per_second: f64, burst: u32) -> Self {
        Self { per_second: Some(per_second), burst: crate::rates::burst(burst) }
    }
}

/// The rates.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Writes of one principal, or of one address without a principal.
    pub writes: Rate,
    /// Sign-ins through another service that are begun or answered from one address.
    pub sign_ins_per_address: Rate,
    /// Links that are tried from one address.
    pub joins: Rate,
    /// Streams opened from one address.
    pub streams: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            writes: Rate::new(10.0, 60),
            sign_ins_per_address: Rate::new(2.0, 60),
            joins: Rate::new(0.5, 20),
            streams: Rate::new(5.0, 30),
        }
    }
}

/// What people see of the service through which they sign in.
#[derive(Clone, Debug)]
pub struct SsoFace {
    /// Its name on the button.
    pub name: String,
    /// Where it sends browsers back to: only there a sign-in can be finished.
    pub redirect_url: String,
}

/// Everything.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How browsers reach us.
    pub site: Site,
    /// How the installation looks.
    pub branding: Branding,
    /// The version to show.
    pub version: String,
    /// Whether strangers see the public apps' display fields.
    pub anonymous_catalog: bool,
    /// What opens `/metrics` to others than direct private peers.
    pub metrics_token: Option<Secret>,
    /// The service through which people may sign in, where there is one.
    pub sso: Option<SsoFace>,
    /// How often things may be done.
    pub rates: Rates,
    /// Connections of the whole process at most.
    pub max_connections: usize,
    /// Connections of one address at most; proxies that are trusted are not counted.
    pub max_connections_per_address: usize,
    /// Streams of one person at most, and event streams of one person at most.
    pub max_streams_per_user: usize,
    /// How long a request's head may take, and how long an idle connection is kept.
    pub header_timeout: Duration,
    /// How long a body may pause.
    pub body_timeout: Duration,
    /// How long requests may go on after the server was asked to end.
    pub drain_timeout: Duration,
}

impl Settings {
    /// The usual values for a site.
    pub fn new(site: Site) -> Self {
        Self {
            site,
            branding: Branding::default(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            anonymous_catalog: true,
            metrics_token: None,
            sso: None,
            rates: Rates::default(),
            max_connections: 20_000,
            max_connections_per_address: 2_000,
            max_streams_per_user: 64,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            drain_timeout: Duration::from_secs(10),
        }
    }
}
