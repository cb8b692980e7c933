//! What an operator says about a provider.

use std::{fmt, path::PathBuf, str::FromStr};

use sortie_core::secret::Secret;
use sortie_http::{AuthoritiesError, is_own_machine};
use url::Url;

/// How a provider may sign its tokens. Shared secrets are not among them: whoever knows a client's secret could sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA PKCS#1 v1.5 with SHA-256.
    Rs256,
    /// RSA PKCS#1 v1.5 with SHA-384.
    Rs384,
    /// RSA PKCS#1 v1.5 with SHA-512.
    Rs512,
    /// RSA-PSS with SHA-256.
    Ps256,
    /// RSA-PSS with SHA-384.
    Ps384,
    /// RSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Every algorithm.
    pub const ALL: [Self; 9] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::EdDsa,
    ];

    /// The name in tokens (RFC 7518 §3.1).
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::EdDsa => "EdDSA",
        }
    }
}

impl FromStr for Algorithm {
    type Err = SettingsError;

    fn from_str(name: &str) -> Result<Self, SettingsError> {
        let found = Self::ALL.into_iter().find(|it| it.name() == name);
        found.ok_or_else(|| SettingsError::Algorithm(name.to_owned()))
    }
}

/// What cannot be worked with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The issuer is no address, or one over which tokens would travel in the clear.
    #[error("the issuer {0:?} must be an https address without query and fragment (http only on the machine itself)")]
    Issuer(String),
    /// The redirect address is none.
    #[error("the redirect address {0:?} must be an http or https address without fragment")]
    Redirect(String),
    /// The client has no name.
    #[error("the client id must not be empty")]
    Client,
    /// Nobody signs like that, or nobody may.
    #[error("{0:?} is no signature algorithm that is accepted (RS256, PS256, ES256, ES384, EdDSA, …)")]
    Algorithm(String),
    /// No algorithm is left.
    #[error("at least one signature algorithm must be accepted")]
    NoAlgorithm,
    /// The certificates cannot be used.
    #[error(transparent)]
    Authorities(#[from] AuthoritiesError),
}

/// Everything about one provider.
#[derive(Clone)]
pub struct Settings {
    /// Its name: exactly as in its tokens.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// Our secret there; without one we are a public client.
    pub client_secret: Option<Secret>,
    /// Where it sends browsers back to.
    pub redirect_url: String,
    /// What we ask for; `openid` is always asked for.
    pub scopes: Vec<String>,
    /// The claim that holds the groups; a path with dots where it lies deeper.
    pub groups_claim: String,
    /// How tokens may be signed.
    pub algorithms: Vec<Algorithm>,
    /// Whether plain http is fine beyond the machine itself.
    pub allow_http: bool,
    /// Certificates of authorities to trust besides the system's, in PEM.
    pub authorities: Option<PathBuf>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// Checks what can be checked without the provider.
    pub(crate) fn check(&self) -> Result<(), SettingsError> {
        let plain = |url: &Url| url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        let issuer = Url::parse(&self.issuer).ok().filter(|it| plain(it) && self.may_talk_to(it));
        issuer.ok_or_else(|| SettingsError::Issuer(self.issuer.clone()))?;
        let back = Url::parse(&self.redirect_url).ok();
        back.filter(|it| matches!(it.scheme(), "http" | "https") && it.fragment().is_none())
            .ok_or_else(|| SettingsError::Redirect(self.redirect_url.clone()))?;
        if self.client_id.is_empty() {
            return Err(SettingsError::Client);
        }
        if self.algorithms.is_empty() {
            return Err(SettingsError::NoAlgorithm);
        }
        Ok(())
    }

    /// Whether credentials may travel to this address.
    pub(crate) fn may_talk_to(&self, url: &Url) -> bool {
        match url.scheme() {
            "https" => url.has_host(),
            "http" => url.has_host() && (is_own_machine(url) || self.allow_http),
            _ => false,
        }
    }
}
