//! Writing a session's next state over the one that was read.

use diesel::prelude::*;
use sortie_core::{audit::Change, port::sessions::Guard, session::Session};

use crate::{
    connection::{AnyBackend, AnyConnection},
    error::Failure,
    moment::Moment,
    port::change::{Kind, record},
    row::{
        session::{SessionChange, SessionRow},
        spec,
    },
    schema::{
        sessions::dsl,
        workspaces::{self, dsl as spaces},
    },
};

/// What the stored activity must be.
enum Activity {
    Any,
    None,
    Last(Moment),
}

/// A compare-and-set.
pub(super) struct Replacement {
    id: String,
    status: String,
    version: i64,
    activity: Activity,
    next: SessionChange,
    gives_back: Option<String>,
    /// What was resolved at launch, where the app's egress policy changed it.
    spec: Option<String>,
}

impl Replacement {
    /// From the row that was read to the next one.
    pub(super) fn new(before: &Session, after: &Session, guard: Guard) -> Self {
        let is_release = before.released_at.is_none() && after.released_at.is_some();
        let row = SessionRow::from(before);
        Self {
            id: row.id,
            status: row.status,
            version: row.version,
            activity: match guard {
                Guard::Row => Activity::Any,
                Guard::RowAndActivity => row.last_input_at.map_or(Activity::None, Activity::Last),
            },
            next: SessionChange::from(after),
            gives_back: row.workspace_id.filter(|_| is_release),
            spec: after.spec.as_ref().filter(|_| before.spec != after.spec).map(spec::write),
        }
    }

    /// Writes the row, the workspace that it gives back, and the change.
    pub(super) fn commit(self, connection: &mut AnyConnection, change: &Change) -> Result<(), Failure> {
        let (id, workspace, spec) = (self.id.clone(), self.gives_back.clone(), self.spec.clone());
        self.write(connection)?;
        if let Some(spec) = spec {
            let this = dsl::sessions.filter(dsl::id.eq(id.clone()));
            diesel::update(this).set(dsl::spec.eq(spec)).execute(connection)?;
        }
        if let Some(workspace) = workspace {
            let held = workspaces::table.filter(spaces::id.eq(workspace)).filter(spaces::holder_session.eq(id));
            diesel::update(held).set(spaces::holder_session.eq(None::<String>)).execute(connection)?;
        }
        Ok(record(connection, Kind::Sessions, change)?)
    }

    /// Writes only the phase.
    pub(super) fn write_phase(self, connection: &mut AnyConnection) -> Result<(), Failure> {
        let next = self.next;
        let current = dsl::sessions
            .filter(dsl::id.eq(self.id))
            .filter(dsl::status.eq(self.status))
            .filter(dsl::version.eq(self.version));
        expect_one(diesel::update(current).set(next.into_phase()).execute(connection)?)
    }

    fn write(self, connection: &mut AnyConnection) -> Result<(), Failure> {
        let current = diesel::update(dsl::sessions)
            .filter(dsl::id.eq(self.id))
            .filter(dsl::status.eq(self.status))
            .filter(dsl::version.eq(self.version))
            .into_boxed::<AnyBackend>();
        let current = match self.activity {
            Activity::Any => current,
            Activity::None => current.filter(dsl::last_input_at.is_null()),
            Activity::Last(at) => current.filter(dsl::last_input_at.eq(at)),
        };
        expect_one(current.set(self.next).execute(connection)?)
    }
}

fn expect_one(rows: usize) -> Result<(), Failure> {
    if rows == 1 { Ok(()) } else { Err(Failure::Conflict) }
}
