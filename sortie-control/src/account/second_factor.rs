//! The own second factor: making it, proving to have it, switching it off, new recovery codes.

use sortie_core::{
    audit::AuditAction,
    credential::{RECOVERY_CODES, SecondFactor, normal_code},
    id::UserId,
    invalid::Invalid,
    policy::{Action, Caller},
    port::PortError,
    secret::{Secret, TokenHash},
    sign_in::ClientKind,
    user::User,
};
use tracing::info;

use super::{
    lanes::factor_lane,
    sign_in::{Arrival, account_change},
};
use crate::{Control, ControlError};

const WHAT: &str = "change this account's credentials";

impl Control {
    /// The caller's second factor, if it is on.
    pub async fn own_second_factor(&self, caller: &Caller) -> Result<Option<SecondFactor>, ControlError> {
        Self::check_own(caller, Action::ManageOwnCredentials, "see this account's credentials")?;
        let factor = self.ports.accounts.second_factor(&caller.principal.user).await?;
        Ok(factor.filter(SecondFactor::is_on))
    }

    /// Makes the secret of a second factor, to be shown once. It asks nobody for anything until it is confirmed.
    pub async fn begin_second_factor(&self, caller: &Caller, password: &Secret) -> Result<Secret, ControlError> {
        let user = self.own_account(caller).await?;
        self.own_password(&user, password).await?;
        let secret = self.ports.credentials.new_factor_secret();
        let factor = SecondFactor {
            user: user.id.clone(),
            secret: secret.clone(),
            created_at: self.now(),
            confirmed_at: None,
            last_step: 0,
            recovery_codes_left: 0,
        };
        let change = account_change(self, caller, AuditAction::BeginSecondFactor, &user, Vec::new());
        match self.ports.accounts.begin_second_factor(&factor, change).await {
            Ok(()) => Ok(secret),
            Err(PortError::Conflict) => Err(ControlError::Conflict("a second factor is on already".to_owned())),
            Err(error) => Err(error.into()),
        }
    }

    /// Switches it on, once its owner has shown a code of it; answers recovery codes, to be shown once.
    pub async fn confirm_second_factor(&self, caller: &Caller, code: &Secret) -> Result<Vec<Secret>, ControlError> {
        let user = self.own_account(caller).await?;
        let lanes = [factor_lane(&user.id)];
        self.charge(&lanes).await?;
        let factor = self.ports.accounts.second_factor(&user.id).await?;
        let factor = factor.filter(|it| !it.is_on());
        let factor =
            factor.ok_or_else(|| ControlError::Conflict("no second factor waits to be confirmed".to_owned()))?;
        let step = self.matching_step(&factor, &normal_code(code.reveal())).ok_or(ControlError::InvalidCode)?;
        self.forgive(&lanes).await;
        let (codes, hashes) = self.recovery_codes();
        let change = account_change(self, caller, AuditAction::EnableSecondFactor, &user, Vec::new());
        self.ports.accounts.confirm_second_factor(&user.id, step, &hashes, change).await?;
        info!(user.id = %user.id, "Second factor switched on");
        self.committed().await;
        Ok(codes)
    }

    /// Switches it off: with the password and a code, since one of them alone may be stolen.
    pub async fn disable_second_factor(
        &self,
        caller: &Caller,
        password: &Secret,
        code: &Secret,
    ) -> Result<(), ControlError> {
        let user = self.own_account(caller).await?;
        self.own_password(&user, password).await?;
        self.own_code(caller, &user, code).await?;
        let change = account_change(self, caller, AuditAction::DisableSecondFactor, &user, Vec::new());
        self.ports.accounts.remove_second_factor(&user.id, change).await?;
        info!(user.id = %user.id, "Second factor switched off");
        self.committed().await;
        Ok(())
    }

    /// New recovery codes, to be shown once; the old ones are good no more.
    pub async fn renew_recovery_codes(
        &self,
        caller: &Caller,
        password: &Secret,
        code: &Secret,
    ) -> Result<Vec<Secret>, ControlError> {
        let user = self.own_account(caller).await?;
        self.own_password(&user, password).await?;
        self.own_code(caller, &user, code).await?;
        let (codes, hashes) = self.recovery_codes();
        let change = account_change(self, caller, AuditAction::RenewRecoveryCodes, &user, Vec::new());
        self.ports.accounts.replace_recovery_codes(&user.id, &hashes, change).await?;
        self.committed().await;
        Ok(codes)
    }

    /// Switches another person's off who has lost it: for administrators.
    pub async fn remove_second_factor(&self, caller: &Caller, id: &UserId) -> Result<(), ControlError> {
        let user = self.find_user(caller, id).await?;
        Self::check_not_own_by_token(caller, &user)?;
        let change = account_change(self, caller, AuditAction::DisableSecondFactor, &user, Vec::new());
        self.ports.accounts.remove_second_factor(&user.id, change).await?;
        self.committed().await;
        Ok(())
    }

    /// The caller's account, for changing its credentials.
    pub(super) async fn own_account(&self, caller: &Caller) -> Result<User, ControlError> {
        Self::check_own(caller, Action::ManageOwnCredentials, WHAT)?;
        self.me(caller).await
    }

    async fn own_password(&self, user: &User, password: &Secret) -> Result<(), ControlError> {
        if self.confirm_password(user, password).await? {
            return Ok(());
        }
        Err(Invalid::new("password", "is wrong").into())
    }

    async fn own_code(&self, caller: &Caller, user: &User, code: &Secret) -> Result<(), ControlError> {
        let lanes = [factor_lane(&user.id)];
        self.charge(&lanes).await?;
        let arrival = Arrival {
            client: ClientKind::Browser,
            source_ip: caller.source_ip.clone(),
            user_agent: String::new(),
            device: None,
            request: caller.request.clone(),
        };
        if !self.use_code(user, code, &arrival).await? {
            return Err(ControlError::InvalidCode);
        }
        self.forgive(&lanes).await;
        Ok(())
    }

    fn recovery_codes(&self) -> (Vec<Secret>, Vec<TokenHash>) {
        let code = |_| self.ports.credentials.new_password();
        let codes: Vec<Secret> = (0..RECOVERY_CODES).map(code).collect();
        let hash = |code: &Secret| self.ports.credentials.hash_token(&normal_code(code.reveal()));
        let hashes = codes.iter().map(hash).collect();
        (codes, hashes)
    }
}
