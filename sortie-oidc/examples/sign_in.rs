//! Signs a person in at a provider, from the terminal:
//! `cargo run -p sortie-oidc --example sign_in -- https://idp.example.com CLIENT http://localhost:8080/back`.
//!
//! Open the printed address, sign in there, and paste the address that the browser was sent to.

use std::{
    env,
    error::Error,
    io::{self, BufRead, Write},
    time::{Duration, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::rand::{SecureRandom, SystemRandom};
use sortie_core::{
    port::IdentityProvider,
    secret::Secret,
    sso::{Assertion, AuthorizationRequest, Redemption},
    time::Timestamp,
};
use sortie_oidc::{Algorithm, OidcProvider, Settings};
use url::Url;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let mut next = |name| arguments.next().ok_or(format!("{name} is missing"));
    let settings = Settings {
        issuer: next("the issuer")?,
        client_id: next("the client")?,
        // A public client: what is typed here is no place for a secret.
        client_secret: None,
        redirect_url: next("the redirect address")?,
        scopes: vec!["profile".to_owned(), "email".to_owned()],
        groups_claim: "groups".to_owned(),
        algorithms: Algorithm::ALL.to_vec(),
        allow_http: false,
        authorities: None,
    };
    let said = run(settings, |address| {
        print(&format!("Sign in at {address}\nand paste the address that you are sent to:"))?;
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line)?;
        Ok(line)
    })
    .await?;
    print(&format!("{} of {}, in {:?}", said.identity.subject(), said.identity.issuer(), said.groups))?;
    Ok(())
}

/// One sign-in: `browse` gets the provider's address and answers the one that the browser came back to.
pub(crate) async fn run(
    settings: Settings,
    browse: impl FnOnce(&str) -> Result<String, Box<dyn Error>>,
) -> Result<Assertion, Box<dyn Error>> {
    let provider = OidcProvider::new(settings)?;
    let (state, nonce, verifier) = (random()?, random()?, random()?);
    let request = AuthorizationRequest {
        state: Secret::new(state.clone()),
        nonce: nonce.clone(),
        verifier: Secret::new(verifier.clone()),
    };
    let back = browse(&provider.authorization(&request).await?)?;
    let back = Url::parse(back.trim())?;
    let said = |name| back.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    if said("state").as_deref() != Some(state.as_str()) {
        return Err("this address does not belong to the sign-in that was begun".into());
    }
    let code = said("code").ok_or_else(|| said("error").unwrap_or_else(|| "there is no code in it".to_owned()))?;
    let redemption =
        Redemption { code: Secret::new(code), verifier: Secret::new(verifier), nonce, issuer: said("iss") };
    Ok(provider.redeem(&redemption, now()?).await?)
}

/// 256 bits that nobody guesses.
fn random() -> Result<String, Box<dyn Error>> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| "the system gives no random bytes")?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

#[expect(clippy::disallowed_methods, reason = "a program of its own has no other clock")]
fn now() -> Result<Timestamp, Box<dyn Error>> {
    let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(Timestamp::from_micros(0).plus(Duration::from_secs(since.as_secs())))
}

fn print(text: &str) -> io::Result<()> {
    writeln!(io::stdout(), "{text}")
}
