use std::collections::HashMap;

use serde_json::json;
use sortie_core::{
    port::IdentityProvider,
    secret::Secret,
    sso::{AuthorizationRequest, Redemption},
};
use sortie_oidc::{OidcProvider, Settings, SettingsError};
use url::Url;

use crate::{
    idp::{ACCESS, CLIENT, Idp, NONCE, Said, now, redeem, redemption, skip},
    sign::Key,
};

#[tokio::test]
async fn an_honest_provider_is_believed_with_every_kind_of_key() {
    for key in [Key::rs256(), Key::ps256(), Key::es256(), Key::ed25519()] {
        let idp = Idp::start().await;
        idp.be_honest(&key);
        let said = redeem(&idp.provider()).await.unwrap_or_else(|error| panic!("{}: {error}", key.algorithm()));
        assert_eq!((said.identity.issuer(), said.identity.subject()), (idp.issuer.as_str(), "ada-1"));
        assert_eq!((said.username.as_deref(), said.email_verified), (Some("ada"), true));
        assert_eq!((said.groups, said.session.as_deref()), (vec!["staff".to_owned()], Some("sid-1")));
    }
}

#[tokio::test]
async fn a_browser_is_sent_with_a_challenge_and_without_any_secret() {
    let idp = Idp::start().await;
    idp.be_honest(&Key::es256());
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let request = AuthorizationRequest {
        state: Secret::new("the state"),
        nonce: NONCE.to_owned(),
        verifier: Secret::new(verifier),
    };
    let address = idp.provider().authorization(&request).await.unwrap();
    let url = Url::parse(&address).unwrap();
    let asked: HashMap<_, _> = url.query_pairs().into_owned().collect();
    assert!(address.starts_with(&format!("{}/auth?", idp.issuer)));
    assert_eq!(asked["code_challenge"], "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!((asked["response_type"].as_str(), asked["scope"].as_str()), ("code", "openid profile email"));
    assert_eq!((asked["state"].as_str(), asked["nonce"].as_str()), ("the state", NONCE));
    assert!(!address.contains(verifier) && !address.contains("secret-canary"));
}

#[tokio::test]
async fn the_code_is_redeemed_with_verifier_and_client_secret_in_the_header() {
    let idp = Idp::start().await;
    idp.be_honest(&Key::es256());
    redeem(&idp.provider()).await.unwrap();
    let asked = idp.asked("/token").pop().unwrap();
    assert!(asked.authorization.starts_with("Basic ") && !asked.body.contains("secret-canary"));
    assert!(asked.body.contains("code_verifier=verifier-canary-verifier-canary-verifier-canary"));
    assert!(idp.asked("/me").is_empty(), "the token said everything already");
}

#[tokio::test]
async fn the_client_secret_goes_into_the_form_only_where_the_provider_wants_it_there() {
    let idp = Idp::start().await;
    idp.be_honest(&Key::es256());
    let mut description = idp.description();
    description["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    idp.say("/.well-known/openid-configuration", Said::json(&description));
    redeem(&idp.provider()).await.unwrap();
    let asked = idp.asked("/token").pop().unwrap();
    assert!(asked.authorization.is_empty() && asked.body.contains("client_secret=secret-canary"));
    let public = OidcProvider::new(Settings { client_secret: None, ..idp.settings() }).unwrap();
    redeem(&public).await.unwrap();
    let asked = idp.asked("/token").pop().unwrap();
    assert!(asked.authorization.is_empty() && asked.body.contains(&format!("client_id={CLIENT}")));
}

#[tokio::test]
async fn what_the_token_leaves_open_is_asked_for_with_the_access_token() {
    let idp = Idp::start().await;
    let key = Key::es256();
    idp.be_honest(&key);
    let mut claims = idp.claims();
    claims.as_object_mut().unwrap().remove("groups");
    idp.say_token(&key.token(&json!({"alg": "ES256", "kid": "k1"}), &claims.to_string()));
    assert_eq!(redeem(&idp.provider()).await.unwrap().groups, ["from-userinfo"]);
    assert_eq!(idp.asked("/me").pop().unwrap().authorization, format!("Bearer {ACCESS}"));
}

#[tokio::test]
async fn a_provider_that_names_itself_in_its_answer_must_do_so_every_time() {
    let idp = Idp::start().await;
    idp.be_honest(&Key::es256());
    let mut description = idp.description();
    description["authorization_response_iss_parameter_supported"] = json!(true);
    idp.say("/.well-known/openid-configuration", Said::json(&description));
    let provider = idp.provider();
    for (issuer, is_believed) in
        [(None, false), (Some("https://other.example".to_owned()), false), (Some(idp.issuer.clone()), true)]
    {
        let answer = provider.redeem(&Redemption { issuer: issuer.clone(), ..redemption() }, now()).await;
        assert_eq!(answer.is_ok(), is_believed, "{issuer:?}");
    }
    assert_eq!(idp.asked("/token").len(), 1, "a code of somebody else is not even redeemed");
}

#[tokio::test]
async fn a_new_key_is_found_without_a_restart() {
    let idp = Idp::start().await;
    idp.be_honest(&Key::es256());
    let provider = idp.provider();
    redeem(&provider).await.unwrap();
    let fresh = Key::es256();
    idp.say("/keys", Said::json(&json!({"keys": [fresh.public("k2")]})));
    idp.say_token(&fresh.token(&json!({"alg": "ES256", "kid": "k2"}), &idp.claims().to_string()));
    skip(std::time::Duration::from_secs(10)).await;
    redeem(&provider).await.unwrap();
    assert_eq!(idp.asked("/keys").len(), 2);
}

#[tokio::test]
async fn settings_that_cannot_be_safe_are_refused_before_anybody_is_asked() {
    let good = Idp::start().await.settings();
    let made = |settings: Settings| OidcProvider::new(settings).map(|_| ());
    for issuer in ["http://idp.example", "ftp://idp.example", "idp.example", "https://idp.example?x=1", ""] {
        let refused = made(Settings { issuer: issuer.to_owned(), ..good.clone() });
        assert_eq!(refused, Err(SettingsError::Issuer(issuer.to_owned())));
    }
    assert_eq!(made(Settings { issuer: "http://idp.example".to_owned(), allow_http: true, ..good.clone() }), Ok(()));
    assert_eq!(made(Settings { client_id: String::new(), ..good.clone() }), Err(SettingsError::Client));
    assert_eq!(made(Settings { algorithms: Vec::new(), ..good }), Err(SettingsError::NoAlgorithm));
    for name in ["none", "HS256", "rs256", ""] {
        assert!(name.parse::<sortie_oidc::Algorithm>().is_err(), "{name}");
    }
}
