//! A provider's public keys (RFC 7517): which one verifies a token, and when they are fetched again.

use std::{sync::Arc, time::Duration};

use ring::signature::{
    self, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;
use serde_json::Value;
use sortie_http::{Ask, Client};
use tokio::{sync::Mutex, time::Instant};
use tracing::debug;
use url::Url;

use crate::{answer::json, encoding::from_base64url, error::OidcError, settings::Algorithm};

/// How long fetched keys are good.
const FRESH: Duration = Duration::from_hours(1);
/// The least time between two fetches, whoever asks for unknown keys.
const PAUSE: Duration = Duration::from_secs(10);
/// More keys than this are none.
const MOST_KEYS: usize = 64;

/// One key as it is written. Those that cannot be read are no keys; what we have no use for is not read.
#[derive(Deserialize)]
struct Written {
    kty: String,
    kid: Option<String>,
    r#use: Option<String>,
    alg: Option<String>,
    key_ops: Option<Vec<String>>,
    n: Option<String>,
    e: Option<String>,
    crv: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

#[derive(Deserialize)]
struct WrittenSet {
    keys: Vec<Value>,
}

enum Material {
    Rsa { n: Vec<u8>, e: Vec<u8> },
    P256(Vec<u8>),
    P384(Vec<u8>),
    Ed25519(Vec<u8>),
}

/// One key that can verify.
struct Key {
    id: Option<String>,
    algorithm: Option<String>,
    material: Material,
}

impl Key {
    fn read(written: &Value) -> Option<Self> {
        let written = Written::deserialize(written).ok()?;
        let is_for_signatures = written.r#use.as_deref().is_none_or(|it| it == "sig")
            && written.key_ops.as_ref().is_none_or(|it| it.iter().any(|it| it == "verify"));
        if !is_for_signatures {
            return None;
        }
        let bytes = |text: Option<String>| from_base64url(text.as_deref()?);
        let point = |length: usize, x: Option<String>, y: Option<String>| {
            let (x, y) = (bytes(x)?, bytes(y)?);
            // The uncompressed form of SEC 1, §2.3.3.
            (x.len() == length && y.len() == length).then(|| [&[4_u8][..], &x, &y].concat())
        };
        let material = match (written.kty.as_str(), written.crv.as_deref()) {
            ("RSA", _) => Material::Rsa { n: bytes(written.n)?, e: bytes(written.e)? },
            ("EC", Some("P-256")) => Material::P256(point(32, written.x, written.y)?),
            ("EC", Some("P-384")) => Material::P384(point(48, written.x, written.y)?),
            ("OKP", Some("Ed25519")) => Material::Ed25519(bytes(written.x)?),
            _ => return None,
        };
        Some(Self { id: written.kid, algorithm: written.alg, material })
    }

    /// Whether this key may verify such signatures at all.
    fn fits(&self, algorithm: Algorithm) -> bool {
        let is_kind = match algorithm {
            Algorithm::Rs256
            | Algorithm::Rs384
            | Algorithm::Rs512
            | Algorithm::Ps256
            | Algorithm::Ps384
            | Algorithm::Ps512 => matches!(self.material, Material::Rsa { .. }),
            Algorithm::Es256 => matches!(self.material, Material::P256(_)),
            Algorithm::Es384 => matches!(self.material, Material::P384(_)),
            Algorithm::EdDsa => matches!(self.material, Material::Ed25519(_)),
        };
        is_kind && self.algorithm.as_deref().is_none_or(|it| it == algorithm.name())
    }

    fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let verified = match &self.material {
            Material::Rsa { n, e } => match rsa(algorithm) {
                Some(parameters) => RsaPublicKeyComponents { n, e }.verify(parameters, message, signature),
                None => return false,
            },
            Material::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature),
            Material::P384(point) => UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).verify(message, signature),
            Material::Ed25519(bytes) => UnparsedPublicKey::new(&ED25519, bytes).verify(message, signature),
        };
        verified.is_ok()
    }
}

/// What ring calls the RSA algorithms: keys of 2048 to 8192 bits.
fn rsa(algorithm: Algorithm) -> Option<&'static signature::RsaParameters> {
    match algorithm {
        Algorithm::Rs256 => Some(&signature::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(&signature::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(&signature::RSA_PKCS1_2048_8192_SHA512),
        Algorithm::Ps256 => Some(&signature::RSA_PSS_2048_8192_SHA256),
        Algorithm::Ps384 => Some(&signature::RSA_PSS_2048_8192_SHA384),
        Algorithm::Ps512 => Some(&signature::RSA_PSS_2048_8192_SHA512),
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::EdDsa => None,
    }
}

/// What a provider's keys say about a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Good,
    Bad,
    /// There is no such key.
    Unknown,
}

/// The keys of one fetch.
pub(crate) struct KeySet(Vec<Key>);

impl KeySet {
    pub(crate) fn read(text: &[u8]) -> Result<Self, OidcError> {
        let set: WrittenSet = serde_json::from_slice(text)
            .map_err(|error| OidcError::refused(format!("the provider's keys cannot be read: {error}")))?;
        if set.keys.len() > MOST_KEYS {
            return Err(OidcError::refused(format!("the provider has more than {MOST_KEYS} keys")));
        }
        Ok(Self(set.keys.iter().filter_map(Key::read).collect()))
    }

    /// Verifies with the key of this name. A token that names none is verified only where one key alone can be meant.
    pub(crate) fn judge(&self, algorithm: Algorithm, id: Option<&str>, message: &[u8], signature: &[u8]) -> Verdict {
        let named = |key: &&Key| id.is_none() || key.id.as_deref() == id;
        let meant: Vec<&Key> = self.0.iter().filter(named).filter(|it| it.fits(algorithm)).collect();
        match meant.as_slice() {
            [] => Verdict::Unknown,
            [key] if key.verifies(algorithm, message, signature) => Verdict::Good,
            // Two keys of one name, or a token that could be of several: nobody says which is meant.
            _ => Verdict::Bad,
        }
    }
}

#[derive(Default)]
struct Kept {
    set: Option<(Arc<KeySet>, Instant)>,
    asked_at: Option<Instant>,
}

/// The keys as they are known. One fetches at a time.
#[derive(Default)]
pub(crate) struct Keys(Mutex<Kept>);

impl Keys {
    /// Verifies a signature; fetches the keys where they are old, or where the key is unknown and the last fetch is not too
    /// near. So a new key is found soon, and forged names of keys do not make us ask a provider without end.
    pub(crate) async fn verify(
        &self,
        client: &Client,
        url: &Url,
        signed: &crate::jws::Signed<'_>,
    ) -> Result<(), OidcError> {
        let judge =
            |set: &KeySet| set.judge(signed.algorithm, signed.key_id.as_deref(), signed.message, &signed.signature);
        let mut kept = self.0.lock().await;
        let now = Instant::now();
        let known = kept.set.as_ref().filter(|(_, at)| now.duration_since(*at) < FRESH).map(|(set, _)| judge(set));
        let may_ask = kept.asked_at.is_none_or(|it| now.duration_since(it) >= PAUSE);
        let verdict = match known {
            Some(Verdict::Unknown) | None if may_ask => {
                kept.asked_at = Some(now);
                let answer = client.send(Ask::get(url)).await?;
                let set = Arc::new(KeySet::read(json(&answer, "the provider's keys")?)?);
                debug!(keys = set.0.len(), "Provider's keys fetched");
                let verdict = judge(&set);
                kept.set = Some((set, now));
                verdict
            }
            Some(verdict) => verdict,
            None => return Err(OidcError::away("its keys could not be fetched a moment ago")),
        };
        match verdict {
            Verdict::Good => Ok(()),
            Verdict::Bad => Err(OidcError::refused("a token's signature is wrong")),
            Verdict::Unknown => Err(OidcError::refused("a token is signed with a key that the provider does not have")),
        }
    }
}
