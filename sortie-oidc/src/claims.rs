//! What tokens claim, and whether it holds (OpenID Connect Core 1.0 §3.1.3.7; Back-Channel Logout 1.0 §2.6).

use std::time::Duration;

use ring::digest::{self, SHA256, SHA384, SHA512};
use serde::Deserialize;
use serde_json::{Map, Number, Value};
use sortie_core::{
    sso::{Identity, LogoutNotice},
    time::Timestamp,
};
use subtle::ConstantTimeEq;

use crate::{
    encoding::to_base64url,
    error::OidcError,
    settings::{Algorithm, Settings},
};

/// How much clocks may differ.
const SKEW: Duration = Duration::from_mins(1);
/// How old a fresh token may be: a sign-in that was begun is good for less.
const OLDEST: Duration = Duration::from_mins(15);
/// How long a notice is good that does not say so itself.
const NOTICE: Duration = Duration::from_mins(5);
/// The longest nonce, session or token name that is read, in bytes.
const MOST_TEXT: usize = 255;
/// The event that makes a token a logout token.
const LOGOUT_EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// One audience or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Audience {
    fn list(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Several(several) => several,
        }
    }
}

/// What both kinds of token claim. A claim of another type than its own makes the whole token unreadable, and so does one that
/// stands twice.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: Option<String>,
    aud: Audience,
    azp: Option<String>,
    exp: Option<Number>,
    iat: Number,
    nbf: Option<Number>,
    nonce: Option<String>,
    sid: Option<String>,
    jti: Option<String>,
    at_hash: Option<String>,
    events: Option<Map<String, Value>>,
}

/// What a sign-in's token must match.
pub(crate) struct Expected<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) nonce: &'a str,
    pub(crate) access_token: Option<&'a str>,
    pub(crate) algorithm: Algorithm,
    pub(crate) now: Timestamp,
}

/// A sign-in's token that holds.
pub(crate) struct IdToken {
    pub(crate) identity: Identity,
    pub(crate) session: Option<String>,
    /// Everything that it claims.
    pub(crate) all: Map<String, Value>,
}

fn unreadable(error: &serde_json::Error) -> OidcError {
    // The reader's own words may quote a value.
    let kind = error.classify();
    OidcError::refused(format!("a token's claims cannot be read ({kind:?} error at column {})", error.column()))
}

impl Claims {
    fn read(payload: &[u8]) -> Result<Self, OidcError> {
        serde_json::from_slice(payload).map_err(|error| unreadable(&error))
    }

    /// The checks that both kinds share.
    fn check(&self, settings: &Settings, now: Timestamp, oldest: Duration) -> Result<(), OidcError> {
        let refused = |why: &str| Err(OidcError::refused(why));
        if self.iss != settings.issuer {
            return refused("a token is of another issuer");
        }
        let audience = self.aud.list();
        if !audience.contains(&settings.client_id) {
            return refused("a token is for another client");
        }
        let party = self.azp.as_deref();
        if party.is_some_and(|it| it != settings.client_id) || (audience.len() > 1 && party.is_none()) {
            return refused("a token was made for another client");
        }
        let issued = seconds(&self.iat)?;
        if issued > now.plus(SKEW) {
            return refused("a token was issued in the future");
        }
        if issued < now.minus(oldest) {
            return refused("a token was issued too long ago");
        }
        if let Some(expires) = &self.exp
            && seconds(expires)? <= now.minus(SKEW)
        {
            return refused("a token has expired");
        }
        if let Some(begins) = &self.nbf
            && seconds(begins)? > now.plus(SKEW)
        {
            return refused("a token is not good yet");
        }
        if [&self.sid, &self.jti, &self.nonce].into_iter().flatten().any(|it| it.len() > MOST_TEXT) {
            return refused("a token holds a name that is too long");
        }
        Ok(())
    }
}

/// Checks a sign-in's token, whose signature is good.
pub(crate) fn check_id(payload: &[u8], expected: &Expected<'_>) -> Result<IdToken, OidcError> {
    let refused = |why: &str| Err(OidcError::refused(why));
    let claims = Claims::read(payload)?;
    claims.check(expected.settings, expected.now, OLDEST)?;
    if claims.exp.is_none() {
        return refused("a token does not say when it expires");
    }
    if claims.events.is_some() {
        return refused("a token is of another kind than the one expected");
    }
    let same = |a: &str, b: &str| bool::from(a.as_bytes().ct_eq(b.as_bytes()));
    if !claims.nonce.as_deref().is_some_and(|it| same(it, expected.nonce)) {
        return refused("a token belongs to another sign-in");
    }
    if let (Some(said), Some(token)) = (&claims.at_hash, expected.access_token)
        && !same(said, &half_hash(expected.algorithm, token))
    {
        return refused("a token belongs to another access token");
    }
    let subject = claims.sub.unwrap_or_default();
    let identity =
        Identity::new(claims.iss, subject).map_err(|invalid| OidcError::refused(format!("a token's {invalid}")))?;
    let all = serde_json::from_slice(payload).map_err(|error| unreadable(&error))?;
    Ok(IdToken { identity, session: claims.sid.filter(|it| !it.is_empty()), all })
}

/// Checks a notice that somebody signed out, whose signature is good.
pub(crate) fn check_logout(payload: &[u8], settings: &Settings, now: Timestamp) -> Result<LogoutNotice, OidcError> {
    let refused = |why: &str| Err(OidcError::refused(why));
    let claims = Claims::read(payload)?;
    claims.check(settings, now, NOTICE)?;
    let is_logout = claims.events.as_ref().and_then(|it| it.get(LOGOUT_EVENT)).is_some_and(Value::is_object);
    if !is_logout || claims.nonce.is_some() {
        return refused("a token is no notice of a logout");
    }
    let named = |text: Option<String>| text.filter(|it| !it.is_empty());
    let (subject, session) = (named(claims.sub), named(claims.sid));
    let Some(token_id) = named(claims.jti) else { return refused("a notice of a logout has no name") };
    if subject.is_none() && session.is_none() {
        return refused("a notice of a logout says neither who nor which session");
    }
    if subject.as_ref().is_some_and(|it| it.len() > MOST_TEXT) {
        return refused("a token holds a name that is too long");
    }
    // Kept until nobody could use it again, with whatever clock.
    let until = match &claims.exp {
        Some(expires) => seconds(expires)?.min(now.plus(NOTICE)),
        None => seconds(&claims.iat)?.plus(NOTICE),
    };
    Ok(LogoutNotice { issuer: claims.iss, token_id, subject, session, expires_at: until.plus(SKEW + SKEW) })
}

/// A time in seconds since 1970, perhaps with a fraction (RFC 7519 §2). Numbers in quotes are no numbers.
fn seconds(number: &Number) -> Result<Timestamp, OidcError> {
    const MOST: f64 = 253_402_300_799.0;
    let value = number.as_f64().filter(|it| (0.0..=MOST).contains(it));
    let value = value.ok_or_else(|| OidcError::refused("a token holds a time that is none"))?;
    Ok(Timestamp::from_micros(0).plus(Duration::from_secs_f64(value)))
}

/// The left half of a token's hash (OpenID Connect Core 1.0 §3.1.3.6).
fn half_hash(algorithm: Algorithm, token: &str) -> String {
    let function = match algorithm {
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => &SHA256,
        Algorithm::Rs384 | Algorithm::Ps384 | Algorithm::Es384 => &SHA384,
        Algorithm::Rs512 | Algorithm::Ps512 | Algorithm::EdDsa => &SHA512,
    };
    let whole = digest::digest(function, token.as_bytes());
    let half = whole.as_ref().get(..whole.as_ref().len() / 2).unwrap_or_default();
    to_base64url(half)
}
