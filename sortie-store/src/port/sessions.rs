//! Sessions and the workspaces that they hold.

use diesel::prelude::*;
use sortie_core::{
    audit::Change,
    event::Event,
    id::{AppId, PlaceId, SessionId, TenantId, UserId, WorkspaceId},
    policy::Scope,
    port::{
        BoxFuture, Page, PageRequest, PortResult, SessionStore,
        sessions::{Guard, LaunchError, SessionFilter, Start},
    },
    quota::{Limits, Usage},
    session::Session,
    time::Timestamp,
};

use super::change::{Kind, tell};
use crate::{
    Store,
    error::Failure,
    moment::Moment,
    row::{Reading, readable, session::SessionRow},
    schema::{
        sessions::dsl,
        workspaces::{self, dsl as spaces},
    },
};

mod launch;
mod list;
mod replace;

#[cfg(test)]
pub(crate) use list::{query as session_page, unreleased as unreleased_sessions};

impl SessionStore for Store {
    fn launch<'a>(
        &'a self,
        session: &'a Session,
        start: Start,
        limits: Limits,
        change: Change,
    ) -> BoxFuture<'a, Result<(), LaunchError>> {
        let row = SessionRow::from(session);
        Box::pin(async move {
            self.commit(move |connection| launch::launch(connection, row, start, limits, &change))
                .await
                .map_err(Into::into)
        })
    }

    fn find_session<'a>(&'a self, id: &'a SessionId) -> PortResult<'a, Option<Session>> {
        let id = id.as_str().to_owned();
        self.read(move |connection| {
            let row = dsl::sessions.find(id).select(SessionRow::as_select()).first(connection).optional()?;
            Ok(row.map(Session::try_from).transpose()?)
        })
    }

    fn list_sessions<'a>(
        &'a self,
        scope: &'a Scope,
        filter: &'a SessionFilter,
        page: &'a PageRequest,
    ) -> PortResult<'a, Page<Session>> {
        let (scope, filter, page) = (scope.clone(), filter.clone(), page.clone());
        self.read(move |connection| list::list(connection, &scope, filter, &page))
    }

    fn unreleased<'a>(&'a self, place: &'a PlaceId) -> PortResult<'a, Vec<Session>> {
        let place = place.as_str().to_owned();
        self.read(move |connection| Ok(readable(list::unreleased(place).load(connection)?)))
    }

    fn elsewhere<'a>(&'a self, place: &'a PlaceId) -> PortResult<'a, Vec<(PlaceId, u64)>> {
        let place = place.as_str().to_owned();
        self.read(move |connection| {
            let rows: Vec<(String, i64)> = dsl::sessions
                .filter(dsl::released_at.is_null())
                .filter(dsl::place_id.ne(place))
                .group_by(dsl::place_id)
                .select((dsl::place_id, diesel::dsl::count_star()))
                .order(dsl::place_id)
                .load(connection)?;
            let place = |(id, count): (String, i64)| {
                let reading = Reading { table: "sessions", id: &id };
                Ok((reading.id("place_id", &id)?, u64::try_from(count).unwrap_or(0)))
            };
            rows.into_iter().map(place).collect()
        })
    }

    fn replace_session<'a>(
        &'a self,
        before: &'a Session,
        after: &'a Session,
        guard: Guard,
        change: Change,
    ) -> PortResult<'a, ()> {
        let replacement = replace::Replacement::new(before, after, guard);
        self.write(move |connection| replacement.commit(connection, &change))
    }

    fn record_phase<'a>(&'a self, before: &'a Session, after: &'a Session, event: Event) -> PortResult<'a, ()> {
        let replacement = replace::Replacement::new(before, after, Guard::Row);
        self.write(move |connection| {
            replacement.write_phase(connection)?;
            Ok(tell(connection, Kind::Sessions, &[event])?)
        })
    }

    fn touch<'a>(&'a self, inputs: &'a [(SessionId, Timestamp)]) -> PortResult<'a, ()> {
        let mut inputs: Vec<_> = inputs.iter().map(|(id, at)| (id.as_str().to_owned(), Moment::from(*at))).collect();
        // In one order, so that two replicas that write the same rows do not wait for each other in a circle.
        inputs.sort();
        self.write(move |connection| {
            for (id, at) in inputs {
                let running = dsl::sessions.filter(dsl::id.eq(id)).filter(dsl::status.eq("running"));
                let earlier = running.filter(dsl::last_input_at.is_null().or(dsl::last_input_at.lt(at)));
                diesel::update(earlier).set(dsl::last_input_at.eq(at)).execute(connection)?;
            }
            Ok(())
        })
    }

    fn usage<'a>(&'a self, tenant: &'a TenantId, user: &'a UserId) -> PortResult<'a, Usage> {
        let (tenant, user) = (tenant.as_str().to_owned(), user.as_str().to_owned());
        self.read(move |connection| Ok(launch::usage(connection, &tenant, &user, None)?))
    }

    fn workspace_of<'a>(&'a self, owner: &'a UserId, app: &'a AppId) -> PortResult<'a, Option<WorkspaceId>> {
        let (owner, app) = (owner.as_str().to_owned(), app.as_str().to_owned());
        self.read(move |connection| {
            let mine = spaces::workspaces.filter(spaces::user_id.eq(owner)).filter(spaces::app_id.eq(app));
            let id: Option<String> = mine.select(spaces::id).first(connection).optional()?;
            Ok(id.map(|id| Reading { table: "workspaces", id: &id }.id("id", &id)).transpose()?)
        })
    }

    fn claim_workspace<'a>(&'a self, workspace: &'a WorkspaceId, session: &'a SessionId) -> PortResult<'a, bool> {
        let (workspace, session) = (workspace.as_str().to_owned(), session.as_str().to_owned());
        self.write(move |connection| {
            let free = workspaces::table
                .filter(spaces::id.eq(workspace))
                .filter(spaces::holder_session.is_null().or(spaces::holder_session.eq(session.clone())));
            let claimed = diesel::update(free).set(spaces::holder_session.eq(session)).execute(connection)?;
            Ok::<_, Failure>(claimed == 1)
        })
    }
}
