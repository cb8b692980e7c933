//! The port, over one provider.

use std::fmt;

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use sortie_core::{
    port::{IdentityProvider, PortResult},
    secret::Secret,
    sso::{Assertion, AuthorizationRequest, LogoutNotice, Redemption},
    time::Timestamp,
};
use sortie_http::{Ask, Client};
use url::form_urlencoded;

use crate::{
    answer::json,
    claims::{self, Expected},
    discovery::Discovery,
    encoding::{basic, challenge},
    error::OidcError,
    jws::{self, Kind, Signed},
    keys::Keys,
    metadata::{ClientAuth, Metadata},
    profile,
    settings::{Settings, SettingsError},
};

/// The media type of what is posted to the token endpoint.
const FORM: &str = "application/x-www-form-urlencoded";

/// One provider that speaks OpenID Connect. It is asked for the first time when somebody signs in.
pub struct OidcProvider {
    settings: Settings,
    client: Client,
    discovery: Discovery,
    keys: Keys,
}

impl fmt::Debug for OidcProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcProvider").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// What the token endpoint answers.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
    token_type: Option<String>,
}

/// What it answers instead (RFC 6749 §5.2).
#[derive(Deserialize)]
struct TokenRefusal {
    error: String,
}

impl OidcProvider {
    /// Checks the settings; asks nobody.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let client = Client::new(settings.authorities.as_deref())?;
        Ok(Self { settings, client, discovery: Discovery::default(), keys: Keys::default() })
    }

    async fn metadata(&self) -> Result<std::sync::Arc<Metadata>, OidcError> {
        self.discovery.metadata(&self.client, &self.settings).await
    }

    async fn address(&self, request: &AuthorizationRequest) -> Result<String, OidcError> {
        let metadata = self.metadata().await?;
        let mut scopes = vec!["openid"];
        scopes.extend(self.settings.scopes.iter().map(String::as_str).filter(|it| *it != "openid"));
        let mut url = metadata.authorization.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", &self.settings.redirect_url)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", request.state.reveal())
            .append_pair("nonce", &request.nonce)
            .append_pair("code_challenge", &challenge(request.verifier.reveal()))
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    async fn sign_in(&self, redemption: &Redemption, now: Timestamp) -> Result<Assertion, OidcError> {
        let metadata = self.metadata().await?;
        match &redemption.issuer {
            Some(issuer) if *issuer != self.settings.issuer => {
                return Err(OidcError::refused("the answer comes from another provider"));
            }
            None if metadata.names_itself => return Err(OidcError::refused("the answer does not name its provider")),
            Some(_) | None => {}
        }
        let tokens = self.tokens(&metadata, redemption).await?;
        let signed = self.verified(&metadata, &tokens.id_token, Kind::Id).await?;
        let expected = Expected {
            settings: &self.settings,
            nonce: &redemption.nonce,
            access_token: tokens.access_token.as_deref(),
            algorithm: signed.algorithm,
            now,
        };
        let token = claims::check_id(&signed.payload, &expected)?;
        let claim = &self.settings.groups_claim;
        let more = match (&metadata.userinfo, &tokens.access_token) {
            (Some(url), Some(access)) if profile::is_incomplete(&token, claim) => {
                self.userinfo(url, access, token.identity.subject()).await?
            }
            _ => Map::new(),
        };
        Ok(profile::assertion(token, &more, claim))
    }

    /// The form that takes the code to the provider, and the header that says who we are.
    fn token_request(&self, auth: ClientAuth, redemption: &Redemption) -> (Option<String>, String) {
        let settings = &self.settings;
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("grant_type", "authorization_code")
            .append_pair("code", redemption.code.reveal())
            .append_pair("redirect_uri", &settings.redirect_url)
            .append_pair("code_verifier", redemption.verifier.reveal());
        let secret = settings.client_secret.as_ref().map(Secret::reveal).unwrap_or_default();
        let authorization = match auth {
            ClientAuth::Basic => Some(basic(&settings.client_id, secret)),
            ClientAuth::Post => {
                form.append_pair("client_id", &settings.client_id).append_pair("client_secret", secret);
                None
            }
            ClientAuth::Public => {
                form.append_pair("client_id", &settings.client_id);
                None
            }
        };
        (authorization, form.finish())
    }

    /// Takes the code to the provider.
    async fn tokens(&self, metadata: &Metadata, redemption: &Redemption) -> Result<Tokens, OidcError> {
        let (authorization, form) = self.token_request(metadata.auth, redemption);
        let ask = Ask { url: &metadata.token, authorization, post: Some((FORM, form.into())) };
        let answer = self.client.send(ask).await?;
        if matches!(answer.status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            let said = serde_json::from_slice::<TokenRefusal>(&answer.body).map(|it| it.error).unwrap_or_default();
            let said: String = said.chars().filter(char::is_ascii_graphic).take(64).collect();
            return Err(OidcError::refused(format!("the provider gives no tokens for the code ({said})")));
        }
        let tokens: Tokens = serde_json::from_slice(json(&answer, "the code")?)
            .map_err(|_| OidcError::refused("the provider's tokens cannot be read"))?;
        if tokens.token_type.as_deref().is_some_and(|it| !it.eq_ignore_ascii_case("bearer")) {
            return Err(OidcError::refused("the provider's access token is of an unknown type"));
        }
        Ok(tokens)
    }

    /// Takes a token apart and verifies its signature.
    async fn verified<'a>(&self, metadata: &Metadata, token: &'a str, kind: Kind) -> Result<Signed<'a>, OidcError> {
        let signed = jws::parse(token, kind, &self.settings.algorithms)?;
        self.keys.verify(&self.client, &metadata.keys, &signed).await?;
        Ok(signed)
    }

    /// Asks the provider what the token left open. An answer about somebody else ends the sign-in (OpenID Connect Core §5.3.4).
    async fn userinfo(&self, url: &url::Url, access: &str, subject: &str) -> Result<Map<String, Value>, OidcError> {
        let ask = Ask { url, authorization: Some(format!("Bearer {access}")), post: None };
        let answer = self.client.send(ask).await?;
        let said: Map<String, Value> = serde_json::from_slice(json(&answer, "the question about the person")?)
            .map_err(|_| OidcError::refused("what the provider says about the person cannot be read"))?;
        if said.get("sub").and_then(Value::as_str) == Some(subject) {
            Ok(said)
        } else {
            Err(OidcError::refused("the provider speaks about somebody else"))
        }
    }

    async fn notice(&self, token: &str, now: Timestamp) -> Result<LogoutNotice, OidcError> {
        // What is no token at all costs the provider nothing.
        jws::parse(token, Kind::Logout, &self.settings.algorithms)?;
        let metadata = self.metadata().await?;
        let signed = self.verified(&metadata, token, Kind::Logout).await?;
        claims::check_logout(&signed.payload, &self.settings, now)
    }
}

impl IdentityProvider for OidcProvider {
    fn probe(&self) -> PortResult<'_, ()> {
        Box::pin(async move {
            self.metadata().await?;
            Ok(())
        })
    }

    fn authorization<'a>(&'a self, request: &'a AuthorizationRequest) -> PortResult<'a, String> {
        Box::pin(async move { Ok(self.address(request).await?) })
    }

    fn redeem<'a>(&'a self, redemption: &'a Redemption, now: Timestamp) -> PortResult<'a, Assertion> {
        Box::pin(async move { Ok(self.sign_in(redemption, now).await?) })
    }

    fn logout_notice<'a>(&'a self, token: &'a Secret, now: Timestamp) -> PortResult<'a, LogoutNotice> {
        Box::pin(async move { Ok(self.notice(token.reveal(), now).await?) })
    }
}
