//! Signed tokens in compact form (RFC 7515 §7.1). What is read here is not believed before its signature is verified.

use serde::Deserialize;
use serde_json::Value;

use crate::{encoding::from_base64url, error::OidcError, settings::Algorithm};

/// The longest token that is read, in bytes.
const MOST: usize = 64 * 1024;

/// What kind of token is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Id,
    Logout,
}

impl Kind {
    /// Whether a token may call itself so in its header.
    fn allows(self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let name = name.strip_prefix("application/").unwrap_or(&name);
        name == "jwt" || (self == Self::Logout && name == "logout+jwt")
    }
}

/// The header. Keys and addresses of keys inside it (`jwk`, `jku`, `x5c`, `x5u`) are not even read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    crit: Option<Value>,
}

/// A token, taken apart.
pub(crate) struct Signed<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: Option<String>,
    /// What was signed.
    pub(crate) message: &'a [u8],
    pub(crate) signature: Vec<u8>,
    /// What it says: for after the verification.
    pub(crate) payload: Vec<u8>,
}

/// Takes a token apart.
pub(crate) fn parse<'a>(token: &'a str, kind: Kind, allowed: &[Algorithm]) -> Result<Signed<'a>, OidcError> {
    let malformed = || OidcError::refused("a token is not three parts of base64url");
    if token.len() > MOST {
        return Err(OidcError::refused("a token is too long"));
    }
    let (message, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
    let (header, payload) = message.split_once('.').ok_or_else(malformed)?;
    if payload.contains('.') || signature.is_empty() {
        return Err(malformed());
    }
    let bytes = |text: &str| from_base64url(text).ok_or_else(malformed);
    let header: Header =
        serde_json::from_slice(&bytes(header)?).map_err(|_| OidcError::refused("a token's header cannot be read"))?;
    if header.crit.is_some() {
        return Err(OidcError::refused("a token asks for extensions that are not understood"));
    }
    if header.typ.as_deref().is_some_and(|it| !kind.allows(it)) {
        return Err(OidcError::refused("a token is of another kind than the one expected"));
    }
    let algorithm = allowed.iter().copied().find(|it| it.name() == header.alg);
    let algorithm = algorithm.ok_or_else(|| OidcError::refused("a token is signed in a way that is not accepted"))?;
    Ok(Signed {
        algorithm,
        key_id: header.kid,
        message: message.as_bytes(),
        signature: bytes(signature)?,
        payload: bytes(payload)?,
    })
}
