//! Taking over a workload: of this installation from before a restore, or of another installation in this place.
//!
//! The row comes first and the workload's labels second. So an adoption that was interrupted leaves a row whose workload is
//! not quite ours yet; the next one goes on from there.

use sortie_core::{
    audit::{Actor, AuditAction, AuditEntry},
    event::SessionEventKind,
    id::{AppId, InstallationId, SessionId},
    port::{
        PortError,
        coordination::Installation,
        sessions::{LaunchError, Start},
    },
    quota::Limits,
    session::{NewSession, Session},
    user::User,
    workload::{Labels, Observed, Viewport, WorkspaceClaim},
};

use super::labels_of;
use crate::{Control, ControlError};

/// What a person says about a workload that is to be adopted.
#[derive(Clone, Debug, Default)]
pub struct Adoption {
    /// Which other installation it may be taken from: one whose server will not come back. `None` for this one only.
    pub from: Option<InstallationId>,
    /// Which app it runs, where no session says so.
    pub app: Option<AppId>,
    /// Who gets it, by sign-in name, where no session says so; `None` for the owner that it names.
    pub owner: Option<String>,
}

impl Control {
    /// Makes a workload of this place the one of a session here: of its own, when the database has it, otherwise of a new one
    /// under the same id. It goes on running. What already belongs to its session is success.
    pub async fn adopt_workload(
        &self,
        actor: &Actor,
        session: &SessionId,
        adoption: &Adoption,
    ) -> Result<(), ControlError> {
        let listed = self.ports.runtime.list().await?;
        let found = listed.into_iter().find(|it| it.labels.session == *session);
        let workload = found.ok_or_else(|| ControlError::not_found("workload", session))?;
        let installation = self.ports.coordination.installation().await?;
        self.may_take(&workload.labels, &installation, adoption)?;
        let row = match self.ports.sessions.find_session(session).await? {
            Some(row) => self.still_here(row)?,
            None => self.new_row(actor, &workload.labels, &workload.observed, adoption).await?,
        };
        let to = labels_of(&row, &installation);
        if workload.labels == to {
            return Ok(());
        }
        let details = vec![
            ("session_id", session.to_string()),
            ("user_id", row.owner.to_string()),
            ("former_installation", workload.labels.installation.to_string()),
            ("former_incarnation", workload.labels.incarnation.to_string()),
            ("former_user_id", workload.labels.owner.to_string()),
        ];
        let entry = AuditEntry::new(actor.clone(), AuditAction::AdoptWorkload, details);
        self.ports.records.record_access(&entry, self.now()).await?;
        let handed_over = self.ports.runtime.relabel(&workload.labels, &to).await;
        if matches!(handed_over, Err(PortError::Conflict)) {
            let why = format!("the workload {session} was changed meanwhile; list again");
            return Err(ControlError::Conflict(why));
        }
        Ok(handed_over?)
    }

    /// Nothing is taken from an installation that nobody gave up, nor from another place.
    fn may_take(&self, labels: &Labels, installation: &Installation, adoption: &Adoption) -> Result<(), ControlError> {
        let session = &labels.session;
        if labels.place != *self.ports.runtime.place() {
            return Err(ControlError::Conflict(format!(
                "the workload {session} is of another place: {}",
                labels.place
            )));
        }
        if labels.installation != installation.id && adoption.from.as_ref() != Some(&labels.installation) {
            return Err(ControlError::Conflict(format!(
                "the workload {session} is of the installation {}: end its server for good, and name it",
                labels.installation
            )));
        }
        Ok(())
    }

    /// A session that the database has: it must be of this place and still hold its workload.
    fn still_here(&self, row: Session) -> Result<Session, ControlError> {
        if row.place != *self.ports.runtime.place() {
            return Err(ControlError::Conflict(format!(
                "the session {} runs elsewhere: in the place {}",
                row.id, row.place
            )));
        }
        if row.released_at.is_some() {
            return Err(ControlError::Conflict(format!("the session {} ended long ago; its id is used up", row.id)));
        }
        Ok(row)
    }

    /// Writes a session down that the database does not know. The reconciler finds its workload ready, and says so.
    async fn new_row(
        &self,
        actor: &Actor,
        labels: &Labels,
        observed: &Observed,
        adoption: &Adoption,
    ) -> Result<Session, ControlError> {
        let session = &labels.session;
        if !matches!(observed, Observed::Ready { .. }) {
            return Err(ControlError::Conflict(format!(
                "the workload {session} is not ready, and no session knows it"
            )));
        }
        let Some(app) = &adoption.app else {
            return Err(ControlError::Conflict(format!(
                "no session says which app the workload {session} runs; name it"
            )));
        };
        let app = self.ports.catalog.find_app(app).await?.ok_or_else(|| ControlError::not_found("app", app))?;
        let owner = self.adopting_owner(labels, adoption).await?;
        let spec = self.spec_of(&app)?;
        let new = NewSession {
            id: session.clone(),
            tenant: app.tenant.clone(),
            owner: owner.id,
            owner_name: owner.username,
            idle_timeout: spec.idle_timeout.or(self.settings.idle_timeout),
            spec,
            place: labels.place.clone(),
            viewport: Viewport::DEFAULT,
            // Kept files stay where they are; which workspace they were is not known any more.
            workspace: WorkspaceClaim::Ephemeral,
            max_lifetime: self.settings.max_lifetime,
            replaces: None,
        };
        let row = Session::launched(new, self.now());
        let more = vec![("former_installation", labels.installation.to_string())];
        let (action, kind) = (AuditAction::AdoptWorkload, SessionEventKind::Created);
        let change = self.session_change(actor.clone(), action, &row, kind, more, row.created_at);
        match self.ports.sessions.launch(&row, Start::Cold, Limits::default(), change).await {
            Ok(()) => Ok(row),
            Err(LaunchError::Port(error)) => Err(error.into()),
            Err(LaunchError::Quota(exceeded)) => Err(ControlError::Conflict(exceeded.to_string())),
        }
    }

    async fn adopting_owner(&self, labels: &Labels, adoption: &Adoption) -> Result<User, ControlError> {
        if let Some(name) = &adoption.owner {
            let found = self.ports.accounts.find_user_by_name(name).await?;
            return found.ok_or_else(|| ControlError::not_found("user", name));
        }
        let found = self.ports.accounts.find_user(&labels.owner).await?;
        found.ok_or_else(|| {
            let session = &labels.session;
            ControlError::Conflict(format!("the owner of the workload {session} is not known here; name a new one"))
        })
    }
}
