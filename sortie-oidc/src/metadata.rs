//! What a provider says about itself (OpenID Connect Discovery 1.0), and what of it is believed.

use serde::Deserialize;
use url::Url;

use crate::{error::OidcError, settings::Settings};

/// The document as it is written.
#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    response_types_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    authorization_response_iss_parameter_supported: Option<bool>,
}

/// How we say who we are when we ask for tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientAuth {
    /// Name and secret in a header.
    Basic,
    /// Name and secret in the form.
    Post,
    /// Only the name: we have no secret.
    Public,
}

/// A provider, checked.
#[derive(Clone, Debug)]
pub(crate) struct Metadata {
    pub(crate) authorization: Url,
    pub(crate) token: Url,
    pub(crate) keys: Url,
    pub(crate) userinfo: Option<Url>,
    pub(crate) auth: ClientAuth,
    /// Whether its answers always name it (RFC 9207).
    pub(crate) names_itself: bool,
}

/// Where the document is.
pub(crate) fn address(issuer: &str) -> Result<Url, OidcError> {
    let text = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    Url::parse(&text).map_err(|_| OidcError::refused("the issuer is no address"))
}

/// Reads the document and checks it.
pub(crate) fn read(text: &[u8], settings: &Settings) -> Result<Metadata, OidcError> {
    let document: Document = serde_json::from_slice(text)
        .map_err(|error| OidcError::refused(format!("the provider's description cannot be read: {error}")))?;
    if document.issuer != settings.issuer {
        return Err(OidcError::refused(format!(
            "the provider calls itself {:?}, and SORTIE_OIDC_ISSUER says {:?}: they must be the same to the letter",
            document.issuer, settings.issuer
        )));
    }
    let lacks =
        |list: &Option<Vec<String>>, wanted: &str| list.as_ref().is_some_and(|it| !it.iter().any(|it| it == wanted));
    if lacks(&document.response_types_supported, "code") {
        return Err(OidcError::refused("the provider does not offer the authorization code flow"));
    }
    if lacks(&document.code_challenge_methods_supported, "S256") {
        return Err(OidcError::refused("the provider does not offer PKCE with S256"));
    }
    let endpoint = |name: &str, text: &str| {
        let url = Url::parse(text).ok().filter(|it| settings.may_talk_to(it));
        let url = url.filter(|it| it.username().is_empty() && it.password().is_none() && it.fragment().is_none());
        url.ok_or_else(|| OidcError::refused(format!("the provider's {name} is no https address")))
    };
    Ok(Metadata {
        authorization: endpoint("authorization_endpoint", &document.authorization_endpoint)?,
        token: endpoint("token_endpoint", &document.token_endpoint)?,
        keys: endpoint("jwks_uri", &document.jwks_uri)?,
        userinfo: document.userinfo_endpoint.as_deref().map(|it| endpoint("userinfo_endpoint", it)).transpose()?,
        auth: client_auth(settings, document.token_endpoint_auth_methods_supported.as_deref())?,
        names_itself: document.authorization_response_iss_parameter_supported.unwrap_or_default(),
    })
}

/// The header unless the provider offers the form alone; without a list it offers the header.
fn client_auth(settings: &Settings, offered: Option<&[String]>) -> Result<ClientAuth, OidcError> {
    if settings.client_secret.is_none() {
        return Ok(ClientAuth::Public);
    }
    let offers = |name: &str| offered.is_none_or(|it| it.iter().any(|it| it == name));
    if offers("client_secret_basic") {
        Ok(ClientAuth::Basic)
    } else if offers("client_secret_post") {
        Ok(ClientAuth::Post)
    } else {
        Err(OidcError::refused("the provider accepts client secrets neither in a header nor in a form"))
    }
}
