//! What a person prefers.

use sortie_core::{
    audit::{Actor, AuditAction},
    policy::{Action, Caller},
    preferences::Preferences,
};

use crate::{Control, ControlError};

impl Control {
    /// The caller's preferences.
    pub async fn preferences(&self, caller: &Caller) -> Result<Preferences, ControlError> {
        Ok(self.ports.accounts.preferences(&caller.principal.user).await?)
    }

    /// Saves the caller's preferences and answers them as stored.
    pub async fn save_preferences(
        &self,
        caller: &Caller,
        preferences: Preferences,
    ) -> Result<Preferences, ControlError> {
        Self::check_own(caller, Action::ChangeOwnPreferences, "change preferences")?;
        preferences.validate()?;
        let change = self.quiet_change(Actor::from_caller(caller), AuditAction::UpdatePreferences, Vec::new());
        let saved = Preferences { updated_at: Some(change.at), ..preferences };
        self.ports.accounts.save_preferences(&caller.principal.user, &saved, change).await?;
        Ok(saved)
    }
}
