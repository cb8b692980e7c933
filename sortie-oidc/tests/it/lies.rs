//! Every way to lie that we could think of: each differs from the truth in one point, and none is believed.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sortie_core::port::PortError;
use sortie_oidc::{Algorithm, OidcProvider, Settings};

use crate::{
    idp::{ACCESS, CLIENT, Idp, NONCE, Said, now_seconds, redeem},
    sign::{Key, base64url},
};

/// Everything that the provider says, before it says it.
struct Story {
    issuer: String,
    description: Value,
    keys: Value,
    header: Value,
    claims: Value,
    key: Key,
    /// The token as it is sent, where it is not made of the parts above.
    token: Option<fn(&Story) -> String>,
    /// The answer to the code, where it is not that token.
    answer: Option<Said>,
    /// The answer for the keys, where it is not those above.
    key_answer: Option<Said>,
    userinfo: Value,
    settings: fn(&mut Settings),
}

impl Story {
    fn token(&self) -> String {
        self.token.map_or_else(|| self.key.token(&self.header, &self.claims.to_string()), |made| made(self))
    }

    fn without(&mut self, claim: &str) {
        self.claims.as_object_mut().unwrap().remove(claim);
    }

    /// Takes everything away that would answer the question which the token leaves open.
    fn ask_for_more(&mut self) {
        self.without("groups");
    }
}

struct Lie(&'static str, fn(&mut Story));

async fn tell(key: Key, lie: impl FnOnce(&mut Story)) -> (Idp, Result<(), PortError>) {
    let idp = Idp::start().await;
    idp.be_honest(&key);
    let mut story = Story {
        issuer: idp.issuer.clone(),
        description: idp.description(),
        keys: json!({"keys": [key.public("k1")]}),
        header: json!({"alg": key.algorithm(), "kid": "k1", "typ": "JWT"}),
        claims: idp.claims(),
        key,
        token: None,
        answer: None,
        key_answer: None,
        userinfo: json!({"sub": "ada-1", "groups": ["staff"]}),
        settings: |_| {},
    };
    lie(&mut story);
    idp.say("/.well-known/openid-configuration", Said::json(&story.description));
    idp.say("/keys", story.key_answer.clone().unwrap_or_else(|| Said::json(&story.keys)));
    idp.say("/me", Said::json(&story.userinfo));
    match &story.answer {
        Some(answer) => idp.say("/token", answer.clone()),
        None => idp.say_token(&story.token()),
    }
    let mut settings = idp.settings();
    (story.settings)(&mut settings);
    let believed = redeem(&OidcProvider::new(settings).unwrap()).await.map(|_| ());
    (idp, believed)
}

#[tokio::test]
async fn the_story_without_a_lie_is_believed() {
    for key in [Key::rs256(), Key::es256()] {
        tell(key, |_| {}).await.1.unwrap();
    }
    let ask = |story: &mut Story| story.ask_for_more();
    tell(Key::rs256(), ask).await.1.unwrap();
}

#[tokio::test]
async fn no_lie_is_believed() {
    let lies: Vec<&Lie> = [CLAIMS, TIMES, HEADERS, SIGNATURES, KEYS, ANSWERS, DESCRIPTIONS].concat();
    assert!(lies.len() >= 60, "only {} lies", lies.len());
    let mut believed = Vec::new();
    for Lie(what, lie) in &lies {
        let (_, answer) = tell(Key::rs256(), lie).await;
        match answer {
            Ok(()) => believed.push(*what),
            // What the log will say holds nothing that somebody could use.
            Err(error) => {
                let said = error.to_string();
                for canary in ["secret-canary", "code-canary", "verifier-canary", ACCESS, NONCE] {
                    assert!(!said.contains(canary), "{what}: {said}");
                }
            }
        }
    }
    assert!(believed.is_empty(), "of {} lies these were believed: {believed:?}", lies.len());
}

const CLAIMS: &[&Lie] = &[
    &Lie("another issuer", |it| it.claims["iss"] = json!("https://evil.example")),
    &Lie("the issuer with a slash more", |it| it.claims["iss"] = json!(format!("{}/", it.issuer))),
    &Lie("the issuer in capitals", |it| it.claims["iss"] = json!(it.issuer.to_uppercase())),
    &Lie("the issuer as a beginning", |it| it.claims["iss"] = json!(format!("{}.evil.example", it.issuer))),
    &Lie("a list of issuers", |it| it.claims["iss"] = json!([it.issuer, "x"])),
    &Lie("no issuer", |it| it.without("iss")),
    &Lie("another audience", |it| it.claims["aud"] = json!("other")),
    &Lie("the audience as a beginning", |it| it.claims["aud"] = json!("sortie-test")),
    &Lie("the audience in capitals", |it| it.claims["aud"] = json!("SORTIE")),
    &Lie("an empty list of audiences", |it| it.claims["aud"] = json!([])),
    &Lie("a list of other audiences", |it| it.claims["aud"] = json!(["a", "b"])),
    &Lie("an audience that is an object", |it| it.claims["aud"] = json!({"sortie": true})),
    &Lie("no audience", |it| it.without("aud")),
    &Lie("several audiences and no party", |it| it.claims["aud"] = json!([CLIENT, "other"])),
    &Lie("another party", |it| it.claims["azp"] = json!("other")),
    &Lie("several audiences and another party", |it| {
        it.claims["aud"] = json!([CLIENT, "other"]);
        it.claims["azp"] = json!("other");
    }),
    &Lie("a party that is no text", |it| it.claims["azp"] = json!([CLIENT])),
    &Lie("no nonce", |it| it.without("nonce")),
    &Lie("another nonce", |it| it.claims["nonce"] = json!("f".repeat(NONCE.len()))),
    &Lie("the beginning of the nonce", |it| it.claims["nonce"] = json!(NONCE.chars().take(20).collect::<String>())),
    &Lie("an empty nonce", |it| it.claims["nonce"] = json!("")),
    &Lie("a nonce that is a list", |it| it.claims["nonce"] = json!([NONCE])),
    &Lie("the nonce in capitals", |it| it.claims["nonce"] = json!(NONCE.to_uppercase())),
    &Lie("no subject", |it| it.without("sub")),
    &Lie("an empty subject", |it| it.claims["sub"] = json!("")),
    &Lie("a subject that is a number", |it| it.claims["sub"] = json!(1)),
    &Lie("a subject without end", |it| it.claims["sub"] = json!("a".repeat(256))),
    &Lie("a subject with a line break", |it| it.claims["sub"] = json!("ada\nadmin")),
    &Lie("a subject with a zero", |it| it.claims["sub"] = json!("ada\u{0}")),
    &Lie("the hash of another access token", |it| it.claims["at_hash"] = json!("AAAAAAAAAAAAAAAAAAAAAA")),
    &Lie("a logout notice", |it| {
        it.claims["events"] = json!({"http://schemas.openid.net/event/backchannel-logout": {}});
    }),
    &Lie("claims that stand twice", |it| {
        it.token = Some(|it| {
            let text = it.claims.to_string();
            it.key.token(&it.header, &text.replacen('{', "{\"sub\":\"admin\",", 1))
        });
    }),
    &Lie("claims that are a list", |it| {
        it.token = Some(|it| it.key.token(&it.header, &json!([it.claims]).to_string()));
    }),
    &Lie("claims with something behind", |it| {
        it.token = Some(|it| it.key.token(&it.header, &format!("{}{{}}", it.claims)));
    }),
    &Lie("no claims", |it| it.token = Some(|it| it.key.token(&it.header, ""))),
];

const TIMES: &[&Lie] = &[
    &Lie("expired", |it| it.claims["exp"] = json!(now_seconds() - 61)),
    &Lie("no expiry", |it| it.without("exp")),
    &Lie("expiry in quotes", |it| it.claims["exp"] = json!((now_seconds() + 300).to_string())),
    &Lie("expiry null", |it| it.claims["exp"] = Value::Null),
    &Lie("expiry beyond all times", |it| it.claims["exp"] = json!(1e300)),
    &Lie("negative expiry", |it| it.claims["exp"] = json!(-1)),
    &Lie("no time of issue", |it| it.without("iat")),
    &Lie("time of issue in quotes", |it| it.claims["iat"] = json!(now_seconds().to_string())),
    &Lie("issued in the future", |it| it.claims["iat"] = json!(now_seconds() + 120)),
    &Lie("issued long ago", |it| it.claims["iat"] = json!(now_seconds() - 1_000)),
    &Lie("not good yet", |it| it.claims["nbf"] = json!(now_seconds() + 120)),
    &Lie("not good yet, in quotes", |it| it.claims["nbf"] = json!("0")),
];

const HEADERS: &[&Lie] = &[
    &Lie("alg none without a signature", |it| {
        it.token = Some(|it| {
            format!("{}.{}.", base64url(json!({"alg": "none"}).to_string()), base64url(it.claims.to_string()))
        });
    }),
    &Lie("alg none with a signature", |it| it.header["alg"] = json!("none")),
    &Lie("alg NONE", |it| it.header["alg"] = json!("NONE")),
    &Lie("alg in small letters", |it| it.header["alg"] = json!("rs256")),
    &Lie("no alg", |it| drop(it.header.as_object_mut().unwrap().remove("alg"))),
    &Lie("alg null", |it| it.header["alg"] = Value::Null),
    &Lie("an algorithm of the same key that does not fit", |it| it.header["alg"] = json!("PS256")),
    &Lie("an algorithm of another kind of key", |it| it.header["alg"] = json!("ES256")),
    &Lie("an algorithm that the operator does not accept", |it| {
        it.settings = |it| it.algorithms = vec![Algorithm::Es256];
    }),
    &Lie("an unknown critical extension", |it| {
        it.header["crit"] = json!(["exp2"]);
        it.header["exp2"] = json!(1);
    }),
    &Lie("an unencoded payload", |it| {
        it.header["crit"] = json!(["b64"]);
        it.header["b64"] = json!(false);
    }),
    &Lie("an access token's type", |it| it.header["typ"] = json!("at+jwt")),
    &Lie("a logout token's type", |it| it.header["typ"] = json!("logout+jwt")),
    &Lie("an unknown key", |it| it.header["kid"] = json!("k2")),
    &Lie("a key's name that is a path", |it| it.header["kid"] = json!("../../dev/null")),
    &Lie("a key's name that is a number", |it| it.header["kid"] = json!(1)),
];

/// A key of the liar's own, by the name of the provider's.
fn sign_with_own(it: &mut Story) {
    it.key = Key::es256();
    it.header["alg"] = json!("ES256");
}

const SIGNATURES: &[&Lie] = &[
    &Lie("a foreign key under the provider's name", sign_with_own),
    &Lie("a foreign key in the header", |it| {
        sign_with_own(it);
        it.header["jwk"] = it.key.public("k1");
    }),
    &Lie("a foreign key's address in the header", |it| {
        sign_with_own(it);
        it.header["jku"] = json!(format!("{}/evil", it.issuer));
        it.header["x5u"] = json!(format!("{}/evil", it.issuer));
    }),
    &Lie("a foreign certificate in the header", |it| {
        sign_with_own(it);
        it.header["x5c"] = json!([STANDARD.encode("certificate")]);
    }),
    &Lie("HS256 with the public key as secret", |it| {
        let secret = it.keys["keys"][0].to_string().into_bytes();
        (it.key, it.header["alg"]) = (Key::Hs256(secret), json!("HS256"));
    }),
    &Lie("HS256 with the modulus as secret", |it| {
        let secret = it.keys["keys"][0]["n"].as_str().unwrap().as_bytes().to_vec();
        (it.key, it.header["alg"]) = (Key::Hs256(secret), json!("HS256"));
    }),
    &Lie("HS256 with the client's secret", |it| {
        (it.key, it.header["alg"]) = (Key::Hs256(b"secret-canary".to_vec()), json!("HS256"));
    }),
    &Lie("HS256 with a key that the provider publishes", |it| {
        (it.key, it.header["alg"]) = (Key::Hs256(b"shared".to_vec()), json!("HS256"));
        it.keys = json!({"keys": [it.key.public("k1")]});
    }),
    &Lie("a signature of zeros", |it| {
        it.key = Key::Fixed(vec![0; 256]);
    }),
    &Lie("an empty signature", |it| it.key = Key::Fixed(Vec::new())),
    &Lie("an ES256 signature of zeros", |it| {
        let real = Key::es256();
        it.keys = json!({"keys": [real.public("k1")]});
        (it.key, it.header["alg"]) = (Key::Fixed(vec![0; 64]), json!("ES256"));
    }),
    &Lie("other claims under a good signature", |it| {
        it.token = Some(|it| {
            let good = it.key.token(&it.header, &it.claims.to_string());
            let mut other = it.claims.clone();
            other["sub"] = json!("admin");
            let parts: Vec<&str> = good.split('.').collect();
            format!("{}.{}.{}", parts[0], base64url(other.to_string()), parts[2])
        });
    }),
    &Lie("some letters of the signature", |it| {
        it.token = Some(|it| {
            let good = it.key.token(&it.header, &it.claims.to_string());
            let (rest, last) = good.split_at(good.len() - 10);
            let other: String = last.chars().map(|it| if it == 'A' { 'B' } else { 'A' }).collect();
            format!("{rest}{other}")
        });
    }),
    &Lie("a part too many", |it| {
        it.token = Some(|it| format!("{}.e30", it.key.token(&it.header, &it.claims.to_string())));
    }),
    &Lie("padding behind the signature", |it| {
        it.token = Some(|it| format!("{}==", it.key.token(&it.header, &it.claims.to_string())));
    }),
    &Lie("an encrypted token's five parts", |it| it.token = Some(|_| "e30.e30.e30.e30.e30".to_owned())),
    &Lie("a token that is no text of base64", |it| it.token = Some(|_| "♥.♥.♥".to_owned())),
    &Lie("a token without end", |it| {
        it.token = Some(|it| {
            let mut claims = it.claims.clone();
            claims["x"] = json!("x".repeat(70_000));
            it.key.token(&it.header, &claims.to_string())
        });
    }),
];

const KEYS: &[&Lie] = &[
    &Lie("5 MB of keys", |it| {
        let mut body = format!("{{\"keys\":[{}", it.keys["keys"][0]).into_bytes();
        body.extend(std::iter::repeat_n(b' ', 5_000_000));
        body.extend(b"]}");
        it.key_answer = Some(Said { status: 200, kind: "application/json", body });
    }),
    &Lie("a hundred keys", |it| {
        let key = it.keys["keys"][0].clone();
        let named = |number: i32| {
            let mut key = key.clone();
            key["kid"] = json!(format!("k{number}"));
            key
        };
        it.keys = json!({"keys": (1..=100).map(named).collect::<Vec<_>>()});
    }),
    &Lie("two keys of one name", |it| {
        let key = it.keys["keys"][0].clone();
        it.keys = json!({"keys": [key.clone(), key]});
    }),
    &Lie("no key's name and two keys", |it| {
        let (mut one, mut other) = (it.keys["keys"][0].clone(), it.keys["keys"][0].clone());
        (one["kid"], other["kid"]) = (json!("a"), json!("b"));
        it.keys = json!({"keys": [one, other]});
        it.header.as_object_mut().unwrap().remove("kid");
    }),
    &Lie("a key for encryption", |it| it.keys["keys"][0]["use"] = json!("enc")),
    &Lie("a key for signing only", |it| it.keys["keys"][0]["key_ops"] = json!(["sign"])),
    &Lie("a key for another algorithm", |it| it.keys["keys"][0]["alg"] = json!("RS512")),
    &Lie("a key of another kind", |it| it.keys["keys"][0]["kty"] = json!("EC")),
    &Lie("a key without modulus", |it| drop(it.keys["keys"][0].as_object_mut().unwrap().remove("n"))),
    &Lie("a key with exponent one", |it| it.keys["keys"][0]["e"] = json!("AQ")),
    &Lie("a key of 512 bits", |it| it.keys["keys"][0]["n"] = json!(base64url([0xff; 64]))),
    &Lie("no keys", |it| it.keys = json!({"keys": []})),
    &Lie("keys that are no list", |it| it.keys = json!({"keys": {"k1": it.keys["keys"][0]}})),
    &Lie("keys that are a page", |it| {
        it.key_answer = Some(Said { status: 200, kind: "text/html", body: b"<html>".to_vec() });
    }),
    &Lie("keys behind a redirect", |it| {
        it.key_answer = Some(Said { status: 302, ..Said::json(&it.keys) });
    }),
    &Lie("keys nested beyond reason", |it| {
        it.key_answer = Some(Said { body: "[".repeat(100_000).into_bytes(), ..Said::json(&Value::Null) });
    }),
];

const ANSWERS: &[&Lie] = &[
    &Lie("no token", |it| it.answer = Some(Said::json(&json!({"access_token": ACCESS, "token_type": "Bearer"})))),
    &Lie("a token that is no text", |it| it.answer = Some(Said::json(&json!({"id_token": {"sub": "admin"}})))),
    &Lie("a refusal with a token", |it| {
        it.answer =
            Some(Said { status: 400, ..Said::json(&json!({"error": "invalid_grant", "id_token": it.token()})) });
    }),
    &Lie("an error of the server with a token", |it| {
        it.answer = Some(Said { status: 500, ..Said::json(&json!({"id_token": it.token()})) });
    }),
    &Lie("a token behind a redirect", |it| {
        it.answer = Some(Said { status: 307, ..Said::json(&json!({"id_token": it.token()})) });
    }),
    &Lie("an access token of another type", |it| {
        let tokens = json!({"id_token": it.token(), "access_token": ACCESS, "token_type": "mac"});
        it.answer = Some(Said::json(&tokens));
    }),
    &Lie("a token in a page", |it| {
        let tokens = json!({"id_token": it.token(), "access_token": ACCESS});
        it.answer = Some(Said { kind: "text/html", ..Said::json(&tokens) });
    }),
    &Lie("the person's data about somebody else", |it| {
        it.ask_for_more();
        it.userinfo = json!({"sub": "admin", "groups": ["admins"]});
    }),
    &Lie("the person's data about nobody", |it| {
        it.ask_for_more();
        it.userinfo = json!({"groups": ["admins"]});
    }),
];

const DESCRIPTIONS: &[&Lie] = &[
    &Lie("a description of another provider", |it| it.description["issuer"] = json!("https://evil.example")),
    &Lie("a description of the issuer with a slash", |it| {
        it.description["issuer"] = json!(format!("{}/", it.issuer));
    }),
    &Lie("keys over plain http elsewhere", |it| it.description["jwks_uri"] = json!("http://192.0.2.1/keys")),
    &Lie("a token endpoint over plain http elsewhere", |it| {
        it.description["token_endpoint"] = json!("http://192.0.2.1/token");
    }),
    &Lie("a token endpoint in a file", |it| it.description["token_endpoint"] = json!("file:///etc/passwd")),
    &Lie("an authorization endpoint that is a script", |it| {
        it.description["authorization_endpoint"] = json!("javascript:alert(1)");
    }),
    &Lie("an endpoint with a password", |it| {
        it.description["jwks_uri"] = json!(it.issuer.replace("http://", "http://a:b@") + "/keys");
    }),
    &Lie("no PKCE with S256", |it| it.description["code_challenge_methods_supported"] = json!(["plain"])),
    &Lie("no code flow", |it| it.description["response_types_supported"] = json!(["id_token"])),
    &Lie("no way to say who we are", |it| {
        it.description["token_endpoint_auth_methods_supported"] = json!(["private_key_jwt"]);
    }),
    &Lie("no keys' address", |it| drop(it.description.as_object_mut().unwrap().remove("jwks_uri"))),
];
