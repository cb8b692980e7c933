//! Notices that somebody signed out: an honest one is read, any other is refused.

use serde_json::{Value, json};
use sortie_core::{port::IdentityProvider, secret::Secret, sso::LogoutNotice};

use crate::{
    idp::{CLIENT, Idp, NONCE, now, now_seconds},
    sign::Key,
};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

fn claims(idp: &Idp) -> Value {
    let now = now_seconds();
    json!({
        "iss": idp.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": "j-1", "sub": "ada-1", "sid": "sid-1",
        "events": {EVENT: {}},
    })
}

async fn read(idp: &Idp, key: &Key, header: &Value, claims: &Value) -> Option<LogoutNotice> {
    let token = Secret::new(key.token(header, &claims.to_string()));
    idp.provider().logout_notice(&token, now()).await.ok()
}

#[tokio::test]
async fn an_honest_notice_says_whose_sign_ins_end() {
    let idp = Idp::start().await;
    let key = Key::es256();
    idp.be_honest(&key);
    let header = json!({"alg": "ES256", "kid": "k1", "typ": "logout+jwt"});
    let notice = read(&idp, &key, &header, &claims(&idp)).await.unwrap();
    assert_eq!((notice.issuer.as_str(), notice.token_id.as_str()), (idp.issuer.as_str(), "j-1"));
    assert_eq!((notice.subject.as_deref(), notice.session.as_deref()), (Some("ada-1"), Some("sid-1")));
    assert!(notice.expires_at > now());
}

#[tokio::test]
async fn a_notice_that_is_wrong_in_one_point_is_refused() {
    type Lie = (&'static str, fn(&mut Value));
    let lies: [Lie; 17] = [
        ("another issuer", |it| it["iss"] = json!("https://other.example")),
        ("another client", |it| it["aud"] = json!("other")),
        ("no audience", |it| drop(it.as_object_mut().unwrap().remove("aud"))),
        ("issued long ago", |it| it["iat"] = json!(now_seconds() - 3_600)),
        ("issued in the future", |it| it["iat"] = json!(now_seconds() + 3_600)),
        ("expired", |it| it["exp"] = json!(now_seconds() - 120)),
        ("expiry in quotes", |it| it["exp"] = json!("9999999999")),
        ("not good yet", |it| it["nbf"] = json!(now_seconds() + 3_600)),
        ("no name", |it| drop(it.as_object_mut().unwrap().remove("jti"))),
        ("an empty name", |it| it["jti"] = json!("")),
        ("a name without end", |it| it["jti"] = json!("x".repeat(9_000))),
        ("no events", |it| drop(it.as_object_mut().unwrap().remove("events"))),
        ("another event", |it| it["events"] = json!({"http://schemas.openid.net/event/other": {}})),
        ("an event that is no object", |it| it["events"] = json!({EVENT: true})),
        ("a nonce", |it| it["nonce"] = json!(NONCE)),
        ("nobody", |it| {
            let claims = it.as_object_mut().unwrap();
            claims.remove("sub");
            claims.remove("sid");
        }),
        ("empty names of somebody", |it| {
            it["sub"] = json!("");
            it["sid"] = json!("");
        }),
    ];
    let idp = Idp::start().await;
    let key = Key::es256();
    idp.be_honest(&key);
    for (what, lie) in lies {
        let mut claims = claims(&idp);
        lie(&mut claims);
        let notice = read(&idp, &key, &json!({"alg": "ES256", "kid": "k1"}), &claims).await;
        assert!(notice.is_none(), "{what}: {notice:?}");
    }
}

#[tokio::test]
async fn a_notice_that_somebody_else_signed_and_a_sign_in_token_are_no_notices() {
    let idp = Idp::start().await;
    let key = Key::es256();
    idp.be_honest(&key);
    let header = json!({"alg": "ES256", "kid": "k1"});
    assert!(read(&idp, &Key::es256(), &header, &claims(&idp)).await.is_none());
    assert!(read(&idp, &Key::Fixed(vec![0; 64]), &json!({"alg": "none"}), &claims(&idp)).await.is_none());
    assert!(read(&idp, &key, &header, &idp.claims()).await.is_none());
    assert!(read(&idp, &key, &json!({"alg": "ES256", "kid": "k1", "typ": "at+jwt"}), &claims(&idp)).await.is_none());
    for text in ["", "a", "a.b", "a.b.c.d", "..."] {
        assert!(idp.provider().logout_notice(&Secret::new(text), now()).await.is_err(), "{text}");
    }
}
