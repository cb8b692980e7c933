//! The example runs, against a provider of ours.

#[path = "../../examples/sign_in.rs"]
#[expect(dead_code, reason = "its main is for cargo run")]
mod sign_in;

use serde_json::json;
use url::Url;

use crate::{idp::Idp, sign::Key};

#[tokio::test]
async fn the_example_signs_a_person_in_and_takes_no_other_answer() {
    let idp = Idp::start().await;
    let key = Key::es256();
    idp.be_honest(&key);
    let said = sign_in::run(idp.settings(), |address| {
        let asked = Url::parse(address)?;
        let of = |name| asked.query_pairs().find(|(key, _)| key == name).map(|it| it.1.into_owned()).unwrap();
        let mut claims = idp.claims();
        claims["nonce"] = json!(of("nonce"));
        idp.say_token(&key.token(&json!({"alg": key.algorithm(), "kid": "k1", "typ": "JWT"}), &claims.to_string()));
        Ok(format!("https://sortie.example/back?code=c-1&state={}\n", of("state")))
    })
    .await
    .unwrap();
    assert_eq!(said.identity.subject(), "ada-1");
    let other = sign_in::run(idp.settings(), |_| Ok("https://sortie.example/back?code=c-1&state=other".to_owned()));
    assert!(other.await.is_err(), "an answer to somebody else's sign-in");
}
