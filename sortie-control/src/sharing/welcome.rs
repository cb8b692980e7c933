//! Who may come to a session at all: whoever may use its app. An owner does not give away what is not the owner's to give.

use sortie_core::{
    app::Visibility,
    policy::{self, Action, Object, Principal},
    session::Session,
};

use crate::{Control, ControlError};

impl Control {
    /// Whether the visibility of the session's app lets this person use it; somebody without an account uses what is public.
    /// Asked when somebody is invited or comes: like an edit of an app, a later change leaves live sessions as they are. Where
    /// the app was deleted nobody else comes.
    pub(super) async fn is_welcome(&self, session: &Session, who: Option<&Principal>) -> Result<bool, ControlError> {
        let Some(app) = self.ports.catalog.find_app(&session.app).await? else { return Ok(false) };
        Ok(match who {
            Some(person) => policy::may(person, Action::LaunchApp, Object::of_app(&app)).is_granted(),
            None => app.fields.visibility == Visibility::Public,
        })
    }
}
