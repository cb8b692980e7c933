//! An identity provider without any protocol: it vouches for whomever a test names, and is away or refuses when a test says so.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use sortie_core::{
    port::{IdentityProvider, PortError, PortResult},
    secret::Secret,
    sso::{Assertion, AuthorizationRequest, Identity, LogoutNotice, Redemption},
    time::Timestamp,
};

/// Its name.
pub const ISSUER: &str = "https://idp.example";

/// What it does when it is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// It answers.
    #[default]
    Willing,
    /// It does not.
    Away,
    /// It answers what must not be believed.
    Lying,
}

#[derive(Default)]
struct Memory {
    mood: Mood,
    /// What the browsers were sent with: nonce and verifier by state.
    begun: HashMap<String, (String, String)>,
    person: Option<Assertion>,
}

/// See the module. A code is good when it is the state of the same sign-in, and only with its nonce and verifier.
#[derive(Default)]
pub struct ToyProvider(Mutex<Memory>);

impl ToyProvider {
    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what it does.
    pub fn set_mood(&self, mood: Mood) {
        self.memory().mood = mood;
    }

    /// Vouches for this person from now on.
    pub fn vouch_for(&self, person: Assertion) {
        self.memory().person = Some(person);
    }

    fn ready(&self) -> Result<(), PortError> {
        match self.memory().mood {
            Mood::Willing => Ok(()),
            Mood::Away => Err(PortError::unavailable("the toy provider is away")),
            Mood::Lying => Err(PortError::Rejected("a token's signature is wrong".to_owned())),
        }
    }
}

/// Somebody with this subject, in these groups.
pub fn person(subject: &str, groups: &[&str]) -> Result<Assertion, sortie_core::invalid::Invalid> {
    Ok(Assertion {
        identity: Identity::new(ISSUER, subject)?,
        session: Some(format!("session-of-{subject}")),
        username: Some(subject.to_owned()),
        name: Some(format!("Name of {subject}")),
        email: Some(format!("{subject}@corp.com")),
        email_verified: true,
        groups: groups.iter().map(|it| (*it).to_owned()).collect(),
    })
}

impl IdentityProvider for ToyProvider {
    fn probe(&self) -> PortResult<'_, ()> {
        Box::pin(async move { self.ready() })
    }

    fn authorization<'a>(&'a self, request: &'a AuthorizationRequest) -> PortResult<'a, String> {
        Box::pin(async move {
            self.ready()?;
            let state = request.state.reveal().to_owned();
            let address = format!("{ISSUER}/auth?state={state}&nonce={}", request.nonce);
            self.memory().begun.insert(state, (request.nonce.clone(), request.verifier.reveal().to_owned()));
            Ok(address)
        })
    }

    fn redeem<'a>(&'a self, redemption: &'a Redemption, _: Timestamp) -> PortResult<'a, Assertion> {
        Box::pin(async move {
            self.ready()?;
            let mut memory = self.memory();
            let begun = memory.begun.remove(redemption.code.reveal());
            let shown = (redemption.nonce.clone(), redemption.verifier.reveal().to_owned());
            let is_own = begun == Some(shown) && redemption.issuer.as_deref().is_none_or(|it| it == ISSUER);
            let person = memory.person.clone().filter(|_| is_own);
            person.ok_or_else(|| PortError::Rejected("a code of another sign-in".to_owned()))
        })
    }

    /// A notice is `subject` or `subject/session`, and a number behind a space: its name.
    fn logout_notice<'a>(&'a self, token: &'a Secret, now: Timestamp) -> PortResult<'a, LogoutNotice> {
        Box::pin(async move {
            self.ready()?;
            let parsed = token.reveal().split_once(' ');
            let (who, name) = parsed.ok_or_else(|| PortError::Rejected("no notice".to_owned()))?;
            let (subject, session) = who.split_once('/').map_or((who, None), |(who, session)| (who, Some(session)));
            Ok(LogoutNotice {
                issuer: ISSUER.to_owned(),
                token_id: name.to_owned(),
                subject: Some(subject.to_owned()).filter(|it| !it.is_empty()),
                session: session.map(str::to_owned),
                expires_at: now.plus(std::time::Duration::from_mins(5)),
            })
        })
    }
}
