//! Making an account for oneself, where the installation allows it.

use sortie_core::{
    audit::AuditAction,
    id::TenantId,
    invalid::{Invalid, Problems},
    port::PortError,
    secret::Secret,
    throttle::Lane,
    user::{Role, User, check_password, check_username},
};
use tracing::info;

use super::sign_in::{Arrival, SignedIn, actor};
use crate::{Control, ControlError, records::SIGN_IN_NOTICE};

/// The stored setting that wins over the configured one.
pub const ALLOW_REGISTRATION: &str = "allow_registration";

/// What strangers find at the sign-in.
#[derive(Clone, Debug, Default)]
pub struct FrontDoor {
    /// Whether they may make accounts for themselves.
    pub allow_registration: bool,
    /// A text for them; may be empty.
    pub notice: String,
}

/// What somebody says who wants an account.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The sign-in name.
    pub username: String,
    /// The password.
    pub password: Secret,
    /// An e-mail address; may be empty.
    pub email: String,
    /// The name to show; may be empty.
    pub display_name: String,
}

impl Registration {
    fn validate(&self) -> Result<(), Problems> {
        let mut broken = Vec::new();
        broken.extend(check_username(&self.username).err());
        broken.extend(check_password(self.password.reveal(), &self.username).err());
        for (field, text) in [("display_name", &self.display_name), ("email", &self.email)] {
            if text.len() > 255 || text.chars().any(char::is_control) {
                broken.push(Invalid::new(field, "must be at most 255 bytes without control characters"));
            }
        }
        Problems::check(broken)
    }
}

impl Control {
    /// What the sign-in offers and says: stored settings of the first tenant, else what is configured.
    pub async fn front_door(&self) -> Result<FrontDoor, ControlError> {
        let stored = self.ports.records.settings(&TenantId::default_tenant()).await?;
        let said = |wanted: &str| stored.iter().find(|(key, _)| key == wanted).map(|(_, value)| value.as_str());
        Ok(FrontDoor {
            allow_registration: said(ALLOW_REGISTRATION).map_or(self.settings.allow_registration, |it| it == "true"),
            notice: said(SIGN_IN_NOTICE).unwrap_or_default().to_owned(),
        })
    }

    /// Makes an account with the role of a user, and signs in.
    pub async fn register(&self, said: Registration, arrival: &Arrival) -> Result<SignedIn, ControlError> {
        if !self.front_door().await?.allow_registration {
            return Err(ControlError::RegistrationClosed);
        }
        // Never settled: making accounts without end is slowed down like guessing.
        self.charge(&[Lane::of_address(&arrival.source_ip)]).await?;
        said.validate()?;
        let taken = || ControlError::Conflict("this user name is taken".to_owned());
        // A name that differs in case only would let one person be taken for another.
        if self.ports.accounts.find_user_by_name(&said.username).await?.is_some() {
            return Err(taken());
        }
        let (tenant, roles) = (TenantId::default_tenant(), vec![Role::User]);
        let user = User {
            password: Some(self.ports.credentials.hash_password(&said.password).await?),
            display_name: said.display_name,
            email: said.email,
            ..User::new(self.ids().user(), tenant, said.username, roles, self.now())
        };
        let details = vec![("user_id", user.id.to_string()), ("username", user.username.clone())];
        let change = self.quiet_change(actor(&user, arrival), AuditAction::Register, details);
        match self.ports.accounts.insert_user(&user, change).await {
            Ok(()) => {}
            Err(PortError::Conflict) => return Err(taken()),
            Err(error) => return Err(error.into()),
        }
        info!(user.id = %user.id, "Account registered");
        self.begin_sign_in(user, arrival).await
    }
}
