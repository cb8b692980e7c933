//! A provider that is away, slow, too talkative, or comes back.

use std::time::Duration;

use serde_json::json;
use sortie_core::port::{IdentityProvider, PortError};
use sortie_oidc::{OidcProvider, Settings};
use tokio::net::TcpListener;

use crate::{
    idp::{Idp, Said, redeem, skip},
    sign::Key,
};

fn is_away<T>(answer: &Result<T, PortError>) -> bool {
    matches!(answer, Err(PortError::Unavailable(_)))
}

#[tokio::test]
async fn a_provider_that_comes_late_is_asked_again_after_a_growing_pause() {
    let idp = Idp::start().await;
    let provider = idp.provider();
    for _ in 0..20 {
        assert!(is_away(&provider.probe().await));
    }
    assert_eq!(idp.asked("/.well-known/openid-configuration").len(), 1, "the pause holds");
    skip(Duration::from_secs(1)).await;
    assert!(is_away(&provider.probe().await));
    skip(Duration::from_secs(1)).await;
    assert!(is_away(&provider.probe().await), "the second pause is longer");
    assert_eq!(idp.asked("/.well-known/openid-configuration").len(), 2);
    idp.be_honest(&Key::es256());
    skip(Duration::from_secs(1)).await;
    redeem(&provider).await.unwrap();
}

#[tokio::test]
async fn a_provider_that_never_answers_is_given_up_in_time() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let issuer = format!("http://{}", silent.local_addr().unwrap());
    let settings = Settings { issuer, ..Idp::start().await.settings() };
    let provider = OidcProvider::new(settings).unwrap();
    tokio::time::pause();
    let begun = tokio::time::Instant::now();
    assert!(is_away(&provider.probe().await));
    assert!(begun.elapsed() <= Duration::from_secs(11));
}

#[tokio::test]
async fn what_was_known_serves_while_only_the_description_is_away() {
    let idp = Idp::start().await;
    idp.be_honest(&Key::es256());
    let provider = idp.provider();
    redeem(&provider).await.unwrap();
    idp.say("/.well-known/openid-configuration", Said { status: 503, kind: "text/plain", body: Vec::new() });
    skip(Duration::from_hours(2)).await;
    redeem(&provider).await.unwrap();
    redeem(&provider).await.unwrap();
    assert_eq!(idp.asked("/.well-known/openid-configuration").len(), 2);
}

#[tokio::test]
async fn forged_names_of_keys_do_not_make_us_ask_without_end() {
    let idp = Idp::start().await;
    let key = Key::es256();
    idp.be_honest(&key);
    let provider = idp.provider();
    for number in 0..50 {
        let header = json!({"alg": "ES256", "kid": format!("forged-{number}")});
        idp.say_token(&key.token(&header, &idp.claims().to_string()));
        assert!(redeem(&provider).await.is_err());
    }
    assert!(idp.asked("/keys").len() <= 2, "asked {} times", idp.asked("/keys").len());
}

#[tokio::test]
async fn a_provider_with_an_unknown_authority_is_not_talked_to() {
    let idp = Idp::start().await;
    // Plain http behind an https address: no handshake, no request.
    let issuer = idp.issuer.replace("http://", "https://");
    let provider = OidcProvider::new(Settings { issuer, ..idp.settings() }).unwrap();
    assert!(is_away(&provider.probe().await));
    assert!(idp.asked("/.well-known/openid-configuration").is_empty());
}
