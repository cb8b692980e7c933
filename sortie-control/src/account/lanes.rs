//! Slowing guessing down: which lanes a try is charged to, and what happens to them afterwards.

use sortie_core::{
    credential::{KNOWN_LIFETIME, KnownOrigin},
    id::UserId,
    secret::{Secret, TokenHash},
    throttle::{Lane, LaneKind, network},
    user::User,
};
use tracing::{info, warn};

use super::sign_in::Arrival;
use crate::{Control, ControlError};

/// The longest token of a browser that is looked at.
const MAX_DEVICE_BYTES: usize = 128;

impl Control {
    /// The lanes of somebody who names an account: the own one of a browser or a network that signed in to it before, else
    /// those that strangers share. Asked in the same way whether or not there is such an account.
    pub(super) async fn lanes_of(
        &self,
        typed: &str,
        user: Option<&User>,
        arrival: &Arrival,
    ) -> Result<Vec<Lane>, ControlError> {
        let nobody = UserId::new("nobody")?;
        let marks = self.marks(user.map_or(&nobody, |it| &it.id), arrival);
        let since = self.now().minus(KNOWN_LIFETIME);
        let known = self.ports.accounts.known_origins(user.map_or(&nobody, |it| &it.id), &marks, since).await?;
        // The browser's mark stands first: it tells more than an address, which others may share.
        Ok(match marks.into_iter().find(|it| known.contains(it)) {
            Some(mark) => vec![Lane { kind: LaneKind::Known, subject: mark.as_str().to_owned() }],
            None => vec![Lane::of_name(typed), Lane::of_address(&arrival.source_ip)],
        })
    }

    /// Charges a try before it is judged.
    pub(crate) async fn charge(&self, lanes: &[Lane]) -> Result<(), ControlError> {
        self.ports.accounts.charge_lanes(lanes, self.now()).await?.map_err(|retry_after| {
            info!(lane = lanes.first().map_or("", |it| it.kind.name()), "Try refused; it came too soon after others");
            ControlError::TooManyAttempts { retry_after }
        })
    }

    /// Takes the charge of a try that turned out well back. A failure here only makes somebody wait.
    pub(crate) async fn forgive(&self, lanes: &[Lane]) {
        if let Err(error) = self.ports.accounts.settle_lanes(lanes, self.now()).await {
            warn!(error = %error, "Charge of a good try could not be taken back");
        }
    }

    /// Whether this is the user's password. Asked of somebody who is signed in already: whoever stole the sign-in shall not
    /// find the password out, too.
    pub(super) async fn confirm_password(&self, user: &User, password: &Secret) -> Result<bool, ControlError> {
        let lanes = [factor_lane(&user.id)];
        self.charge(&lanes).await?;
        let matches = self.ports.credentials.verify_password(password, user.password.as_ref()).await?;
        if matches {
            self.forgive(&lanes).await;
        }
        Ok(matches)
    }

    /// Writes down from where somebody signed in; answers a fresh token for a browser that has none. A failure here only
    /// costs the lane of its own.
    pub(super) async fn remember(&self, user: &UserId, arrival: &Arrival) -> Option<Secret> {
        let fresh = (arrival.is_browser() && usable(arrival).is_none()).then(|| self.ports.credentials.new_token());
        let mut marks = self.marks(user, arrival);
        marks.extend(fresh.as_ref().map(|(_, hash)| hash.clone()));
        let at = self.now();
        let origin = |mark: TokenHash| KnownOrigin { mark, user: user.clone(), last_used_at: at };
        let origins: Vec<_> = marks.into_iter().map(origin).collect();
        match self.ports.accounts.remember_origins(&origins).await {
            Ok(()) => fresh.map(|(token, _)| token),
            Err(error) => {
                warn!(error = %error, "Origin of a sign-in could not be written down");
                None
            }
        }
    }

    fn marks(&self, user: &UserId, arrival: &Arrival) -> Vec<TokenHash> {
        let hash = |text: &str| self.ports.credentials.hash_token(text);
        let device = usable(arrival).map(|it| hash(it.reveal()));
        let address = hash(&format!("network {} of {user}", network(&arrival.source_ip)));
        device.into_iter().chain([address]).collect()
    }
}

/// The lane of a person's second factor and of confirming the own password.
pub(super) fn factor_lane(user: &UserId) -> Lane {
    Lane { kind: LaneKind::Factor, subject: user.as_str().to_owned() }
}

fn usable(arrival: &Arrival) -> Option<&Secret> {
    arrival.device.as_ref().filter(|it| arrival.is_browser() && (1..=MAX_DEVICE_BYTES).contains(&it.reveal().len()))
}
