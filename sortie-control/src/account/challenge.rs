//! Signing in with a second factor: after the password was right, a code is waited for.

use sortie_core::{
    audit::AuditAction,
    credential::{
        CHALLENGE_LIFETIME, CHALLENGE_TRIES, Challenge, FACTOR_DIGITS, FactorProof, SecondFactor, good_steps,
        normal_code,
    },
    secret::Secret,
    user::User,
};

use super::{
    lanes::factor_lane,
    sign_in::{Arrival, SignedIn, actor},
};
use crate::{Control, ControlError};

impl Control {
    /// Writes down that a code is waited for; answers what to say.
    pub(super) async fn challenge(&self, user: &User, arrival: &Arrival) -> Result<ControlError, ControlError> {
        let (challenge, token) = self.ports.credentials.new_token();
        let created_at = self.now();
        let expires_at = created_at.plus(CHALLENGE_LIFETIME);
        let (user, client) = (user.id.clone(), arrival.client);
        let waiting = Challenge { token, user, client, created_at, expires_at, tries: 0 };
        self.ports.accounts.insert_challenge(&waiting).await?;
        Ok(ControlError::SecondFactorNeeded { challenge, expires_at })
    }

    /// Completes a sign-in with a code of the second factor, or with a recovery code.
    pub async fn answer_challenge(
        &self,
        challenge: &Secret,
        code: &Secret,
        arrival: &Arrival,
    ) -> Result<SignedIn, ControlError> {
        let token = self.ports.credentials.hash_token(challenge.reveal());
        let tried = self.ports.accounts.try_challenge(&token, CHALLENGE_TRIES, self.now()).await?;
        let tried = tried.filter(|(waiting, user)| waiting.client == arrival.client && !user.disabled);
        let (_, user) = tried.ok_or(ControlError::InvalidCode)?;
        // Only who knows the password gets here: strangers cannot fill this lane.
        let lanes = [factor_lane(&user.id)];
        self.charge(&lanes).await?;
        if !self.use_code(&user, code, arrival).await? {
            self.note_failure(Some(&user), arrival, "second factor").await?;
            return Err(ControlError::InvalidCode);
        }
        self.forgive(&lanes).await;
        if !self.ports.accounts.take_challenge(&token).await? {
            return Err(ControlError::InvalidCode);
        }
        self.begin_sign_in(user, arrival).await
    }

    /// Uses a code up; answers whether it was good.
    pub(super) async fn use_code(&self, user: &User, code: &Secret, arrival: &Arrival) -> Result<bool, ControlError> {
        let factor = self.ports.accounts.second_factor(&user.id).await?;
        let Some(factor) = factor.filter(SecondFactor::is_on) else { return Ok(false) };
        let Some(proof) = self.proof(&factor, code) else { return Ok(false) };
        let change = matches!(proof, FactorProof::RecoveryCode(_)).then(|| {
            let left = factor.recovery_codes_left.saturating_sub(1);
            let details = vec![("user_id", user.id.to_string()), ("left", left.to_string())];
            self.quiet_change(actor(user, arrival), AuditAction::UseRecoveryCode, details)
        });
        Ok(self.ports.accounts.use_factor_proof(&user.id, &proof, change).await?)
    }

    /// What a code could prove: digits are of the factor, everything else is a recovery code.
    fn proof(&self, factor: &SecondFactor, code: &Secret) -> Option<FactorProof> {
        let code = normal_code(code.reveal());
        if code.len() == FACTOR_DIGITS && code.bytes().all(|it| it.is_ascii_digit()) {
            self.matching_step(factor, &code).map(FactorProof::Step)
        } else {
            Some(FactorProof::RecoveryCode(self.ports.credentials.hash_token(&code)))
        }
    }

    /// The step whose code this is, if it is good now.
    pub(super) fn matching_step(&self, factor: &SecondFactor, code: &str) -> Option<i64> {
        self.ports.credentials.matching_step(&factor.secret, code, good_steps(self.now(), factor.last_step))
    }
}
