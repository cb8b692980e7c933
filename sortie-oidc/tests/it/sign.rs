//! Keys of a provider, and tokens signed with them or with something else.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    hmac,
    rand::SystemRandom,
    rsa,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaKeyPair,
    },
};
use serde_json::{Value, json};

/// A key for the tests alone: ring makes no RSA keys.
const RSA: &[u8] = include_bytes!("rsa.der");

pub(crate) fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What signs.
pub(crate) enum Key {
    Rs256(RsaKeyPair),
    Ps256(RsaKeyPair),
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    /// A shared secret that somebody hopes we take for one.
    Hs256(Vec<u8>),
    /// These bytes, whatever the message.
    Fixed(Vec<u8>),
}

impl Key {
    pub(crate) fn rs256() -> Self {
        Self::Rs256(RsaKeyPair::from_der(RSA).unwrap())
    }

    pub(crate) fn ps256() -> Self {
        Self::Ps256(RsaKeyPair::from_der(RSA).unwrap())
    }

    pub(crate) fn es256() -> Self {
        let random = SystemRandom::new();
        let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        Self::Es256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes.as_ref(), &random).unwrap())
    }

    pub(crate) fn ed25519() -> Self {
        let bytes = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::EdDsa(Ed25519KeyPair::from_pkcs8(bytes.as_ref()).unwrap())
    }

    /// The algorithm's name in a header.
    pub(crate) fn algorithm(&self) -> &'static str {
        match self {
            Self::Rs256(_) => "RS256",
            Self::Ps256(_) => "PS256",
            Self::Es256(_) => "ES256",
            Self::EdDsa(_) => "EdDSA",
            Self::Hs256(_) => "HS256",
            Self::Fixed(_) => "none",
        }
    }

    /// The public key as a provider publishes it.
    pub(crate) fn public(&self, id: &str) -> Value {
        match self {
            Self::Rs256(key) | Self::Ps256(key) => {
                let parts = rsa::PublicKeyComponents::<Vec<u8>>::from(key.public_key());
                json!({"kty": "RSA", "kid": id, "use": "sig", "n": base64url(&parts.n), "e": base64url(&parts.e)})
            }
            Self::Es256(key) => {
                let (x, y) = key.public_key().as_ref()[1..].split_at(32);
                json!({"kty": "EC", "crv": "P-256", "kid": id, "use": "sig", "x": base64url(x), "y": base64url(y)})
            }
            Self::EdDsa(key) => {
                let x = base64url(key.public_key());
                json!({"kty": "OKP", "crv": "Ed25519", "kid": id, "use": "sig", "x": x})
            }
            Self::Hs256(secret) => json!({"kty": "oct", "kid": id, "use": "sig", "k": base64url(secret)}),
            Self::Fixed(_) => Value::Null,
        }
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Self::Ps256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PSS_SHA256, &random, message, &mut signature).unwrap();
                signature
            }
            Self::Es256(key) => key.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::EdDsa(key) => key.sign(message).as_ref().to_vec(),
            Self::Hs256(secret) => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), message).as_ref().to_vec(),
            Self::Fixed(bytes) => bytes.clone(),
        }
    }

    /// A token with this header and these claims, as text: so that a claim may stand twice.
    pub(crate) fn token(&self, header: &Value, claims: &str) -> String {
        let message = format!("{}.{}", base64url(header.to_string()), base64url(claims));
        let signature = base64url(self.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}
