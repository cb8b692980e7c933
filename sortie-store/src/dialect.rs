//! What the two databases say differently, or what Diesel cannot say for both at once. All SQL text of the crate is here, in
//! `migrate.rs` and in the migrations.
//!
//! Parameters are written `$1`, `$2`, … and each appears once, in order: then PostgreSQL and SQLite number them alike.

use diesel::{
    OptionalExtension, QueryResult, RunQueryDsl, sql_query,
    sql_types::{BigInt, Nullable, Text, Timestamp},
};

use crate::{connection::AnyConnection, moment::Moment};

/// Jobs that only one transaction may do at a time on PostgreSQL. On SQLite there is only one writer anyway.
#[derive(Clone, Copy)]
pub(crate) enum Lock<'a> {
    /// Counting every session of the installation.
    GlobalQuota,
    /// Counting a tenant's sessions.
    TenantQuota(&'a str),
    /// Counting one user's sessions.
    UserQuota(&'a str),
    /// Looking whether a table is still empty.
    FirstRows(&'static str),
    /// Sealing the audit.
    AuditSeals,
    /// Counting tries in one lane.
    Lane(&'a str, &'a str),
}

/// Takes a lock until the transaction ends. Always in the order of the enum, so that nobody waits in a circle.
pub(crate) fn lock(connection: &mut AnyConnection, lock: Lock<'_>) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(_) => {
            let name = match lock {
                Lock::GlobalQuota => "sortie/quota".to_owned(),
                Lock::TenantQuota(tenant) => format!("sortie/quota/tenant/{tenant}"),
                Lock::UserQuota(user) => format!("sortie/quota/user/{user}"),
                Lock::FirstRows(table) => format!("sortie/first/{table}"),
                Lock::AuditSeals => "sortie/audit/seals".to_owned(),
                Lock::Lane(kind, subject) => format!("sortie/lane/{kind}/{subject}"),
            };
            sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind::<Text, _>(name)
                .execute(connection)?;
            Ok(())
        }
    }
}

#[derive(diesel::QueryableByName)]
struct TenantQuotas {
    #[diesel(sql_type = Text)]
    quotas: String,
}

/// Locks the row of a tenant against changes until the transaction ends; answers its quotas as they are then. Rows that only
/// refer to it do not wait.
pub(crate) fn lock_tenant(connection: &mut AnyConnection, tenant: &str) -> QueryResult<Option<String>> {
    let text = match connection {
        AnyConnection::Sqlite(_) => "SELECT quotas FROM tenants WHERE id = $1",
        AnyConnection::Postgres(_) => "SELECT quotas FROM tenants WHERE id = $1 FOR NO KEY UPDATE",
    };
    let row = sql_query(text).bind::<Text, _>(tenant).get_result::<TenantQuotas>(connection).optional()?;
    Ok(row.map(|it| it.quotas))
}

#[derive(diesel::QueryableByName)]
struct Now {
    #[diesel(sql_type = Timestamp)]
    now: Moment,
}

/// The database's clock: the only one that replicas share.
pub(crate) fn now(connection: &mut AnyConnection) -> QueryResult<Moment> {
    let text = match connection {
        AnyConnection::Sqlite(_) => "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now') || '000' AS now",
        AnyConnection::Postgres(_) => "SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now",
    };
    Ok(sql_query(text).get_result::<Now>(connection)?.now)
}

/// Adds one to the count of changes of a kind of data.
pub(crate) fn bump_epoch(connection: &mut AnyConnection, kind: &str) -> QueryResult<()> {
    sql_query("UPDATE change_epochs SET epoch = epoch + 1 WHERE kind = $1")
        .bind::<Text, _>(kind)
        .execute(connection)?;
    Ok(())
}

/// Keeps or takes a lease until `until`, if it is the holder's own or has ended; answers whether it did.
pub(crate) fn renew_lease(
    connection: &mut AnyConnection,
    name: &str,
    holder: &str,
    until: Moment,
    now: Moment,
) -> QueryResult<bool> {
    let renewed = sql_query(
        "UPDATE leases SET epoch = CASE WHEN holder = $1 THEN epoch ELSE epoch + 1 END, holder = $2, until = $3 \
         WHERE name = $4 AND (holder = $5 OR until <= $6)",
    )
    .bind::<Text, _>(holder)
    .bind::<Text, _>(holder)
    .bind::<Timestamp, _>(until)
    .bind::<Text, _>(name)
    .bind::<Text, _>(holder)
    .bind::<Timestamp, _>(now)
    .execute(connection)?;
    Ok(renewed == 1)
}

/// Makes a lease that nobody ever had; answers whether it did.
pub(crate) fn first_lease(
    connection: &mut AnyConnection,
    name: &str,
    holder: &str,
    until: Moment,
) -> QueryResult<bool> {
    let made = sql_query("INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING")
        .bind::<Text, _>(name)
        .bind::<Text, _>(holder)
        .bind::<Timestamp, _>(until)
        .execute(connection)?;
    Ok(made == 1)
}

/// Writes down a place, or what it looks like now.
pub(crate) fn save_place(
    connection: &mut AnyConnection,
    id: &str,
    kind: &str,
    machine: Option<&str>,
    now: Moment,
) -> QueryResult<()> {
    sql_query(
        "INSERT INTO places (id, kind, machine, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, machine = excluded.machine",
    )
    .bind::<Text, _>(id)
    .bind::<Text, _>(kind)
    .bind::<Nullable<Text>, _>(machine)
    .bind::<Timestamp, _>(now)
    .execute(connection)?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Machine {
    #[diesel(sql_type = Nullable<Text>)]
    machine: Option<String>,
}

/// Another machine that holds a live lease of a place of this kind.
pub(crate) fn other_machine(
    connection: &mut AnyConnection,
    kind: &str,
    machine: &str,
    now: Moment,
) -> QueryResult<Option<String>> {
    let found = sql_query(
        "SELECT places.machine FROM places JOIN leases ON leases.name = 'place:' || places.id \
         WHERE places.kind = $1 AND places.machine <> $2 AND leases.until > $3 LIMIT 1",
    )
    .bind::<Text, _>(kind)
    .bind::<Text, _>(machine)
    .bind::<Timestamp, _>(now)
    .get_result::<Machine>(connection)
    .optional()?;
    Ok(found.and_then(|it| it.machine))
}

/// Writes one setting over the one with its key.
pub(crate) fn save_setting(
    connection: &mut AnyConnection,
    tenant: &str,
    key: &str,
    value: &str,
    at: Moment,
) -> QueryResult<()> {
    sql_query(
        "INSERT INTO settings (tenant_id, key, value, updated_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (tenant_id, key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
    )
    .bind::<Text, _>(tenant)
    .bind::<Text, _>(key)
    .bind::<Text, _>(value)
    .bind::<Timestamp, _>(at)
    .execute(connection)?;
    Ok(())
}

/// Writes what a lane has seen.
pub(crate) fn save_lane(
    connection: &mut AnyConnection,
    (kind, subject): (&str, &str),
    failures: i64,
    last_at: Moment,
    next_at: Moment,
) -> QueryResult<()> {
    sql_query(
        "INSERT INTO throttles (kind, subject, failures, last_at, next_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (kind, subject) DO UPDATE SET \
         failures = excluded.failures, last_at = excluded.last_at, next_at = excluded.next_at",
    )
    .bind::<Text, _>(kind)
    .bind::<Text, _>(subject)
    .bind::<BigInt, _>(failures)
    .bind::<Timestamp, _>(last_at)
    .bind::<Timestamp, _>(next_at)
    .execute(connection)?;
    Ok(())
}

/// Writes down from where somebody signed in. Earlier times than the stored one change nothing.
pub(crate) fn remember_origin(connection: &mut AnyConnection, mark: &str, user: &str, at: Moment) -> QueryResult<()> {
    sql_query(
        "INSERT INTO known_origins (mark, user_id, last_used_at) VALUES ($1, $2, $3) \
         ON CONFLICT (mark, user_id) DO UPDATE SET last_used_at = excluded.last_used_at \
         WHERE known_origins.last_used_at < excluded.last_used_at",
    )
    .bind::<Text, _>(mark)
    .bind::<Text, _>(user)
    .bind::<Timestamp, _>(at)
    .execute(connection)?;
    Ok(())
}

/// Makes a person's row of preferences where there is none.
pub(crate) fn make_preferences(connection: &mut AnyConnection, user: &str, tenant: &str) -> QueryResult<()> {
    sql_query("INSERT INTO user_preferences (user_id, tenant_id) VALUES ($1, $2) ON CONFLICT (user_id) DO NOTHING")
        .bind::<Text, _>(user)
        .bind::<Text, _>(tenant)
        .execute(connection)?;
    Ok(())
}

/// Writes a provider's notice down; answers whether it is the first of its name.
pub(crate) fn note_logout(
    connection: &mut AnyConnection,
    issuer: &str,
    token_id: &str,
    expires_at: Moment,
) -> QueryResult<bool> {
    let text = "INSERT INTO sso_logouts (issuer, token_id, expires_at) VALUES ($1, $2, $3) \
         ON CONFLICT (issuer, token_id) DO NOTHING";
    let query = sql_query(text).bind::<Text, _>(issuer).bind::<Text, _>(token_id).bind::<Timestamp, _>(expires_at);
    Ok(query.execute(connection)? > 0)
}

#[derive(diesel::QueryableByName)]
struct Position {
    #[diesel(sql_type = BigInt)]
    epoch: i64,
}

/// Gives up to `limit` committed events the next positions, oldest first; answers how many.
///
/// The row of the last position is locked first, so that one transaction numbers at a time and sees everything committed.
pub(crate) fn number_events(connection: &mut AnyConnection, limit: i64) -> QueryResult<usize> {
    let last: Position = sql_query("UPDATE change_epochs SET epoch = epoch WHERE kind = 'events' RETURNING epoch")
        .get_result(connection)?;
    let numbered = sql_query(
        "UPDATE outbox SET position = $1 + fresh.place FROM (\
           SELECT id, row_number() OVER (ORDER BY created_at, id) AS place FROM outbox \
           WHERE position IS NULL ORDER BY created_at, id LIMIT $2\
         ) AS fresh WHERE outbox.id = fresh.id",
    )
    .bind::<BigInt, _>(last.epoch)
    .bind::<BigInt, _>(limit)
    .execute(connection)?;
    if numbered > 0 {
        sql_query("UPDATE change_epochs SET epoch = epoch + $1 WHERE kind = 'events'")
            .bind::<BigInt, _>(i64::try_from(numbered).unwrap_or(i64::MAX))
            .execute(connection)?;
    }
    Ok(numbered)
}

/// Launches of one app on one day.
#[derive(diesel::QueryableByName)]
pub(crate) struct DayCount {
    #[diesel(sql_type = Text)]
    pub(crate) app_id: String,
    /// `YYYY-MM-DD`.
    #[diesel(sql_type = Text)]
    pub(crate) day: String,
    #[diesel(sql_type = BigInt)]
    pub(crate) count: i64,
}

/// Launches per app and day in `[from, to)`.
pub(crate) fn count_launches(
    connection: &mut AnyConnection,
    tenant: &str,
    from: Moment,
    to: Moment,
) -> QueryResult<Vec<DayCount>> {
    sql_query(
        "SELECT app_id, CAST(date(timestamp) AS TEXT) AS day, count(*) AS count FROM analytics \
         WHERE tenant_id = $1 AND timestamp >= $2 AND timestamp < $3 \
         GROUP BY app_id, date(timestamp) ORDER BY date(timestamp), app_id",
    )
    .bind::<Text, _>(tenant)
    .bind::<Timestamp, _>(from)
    .bind::<Timestamp, _>(to)
    .load(connection)
}

/// What an app was called.
#[derive(diesel::QueryableByName)]
pub(crate) struct AppName {
    #[diesel(sql_type = Text)]
    pub(crate) app_id: String,
    #[diesel(sql_type = Text)]
    pub(crate) name: String,
}

/// What every launched app of a tenant is called now, or was called at its last launch.
pub(crate) fn launched_names(connection: &mut AnyConnection, tenant: &str) -> QueryResult<Vec<AppName>> {
    sql_query(
        "SELECT last.app_id, COALESCE(applications.name, last.app_name) AS name FROM analytics AS last \
         LEFT JOIN applications ON applications.id = last.app_id \
         WHERE last.id IN (SELECT max(id) FROM analytics WHERE tenant_id = $1 GROUP BY app_id)",
    )
    .bind::<Text, _>(tenant)
    .load(connection)
}

#[derive(diesel::QueryableByName)]
struct Choice {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The distinct actions and user names of a tenant's audit, sorted. One step into the index for each of them, however
/// many entries there are.
pub(crate) fn audit_choices(connection: &mut AnyConnection, tenant: &str) -> QueryResult<(Vec<String>, Vec<String>)> {
    let mut choices = |column: &str| -> QueryResult<Vec<String>> {
        let text = format!(
            "WITH RECURSIVE choice (name) AS (\
               SELECT min({column}) FROM audit_log WHERE tenant_id = $1 \
               UNION ALL SELECT (SELECT min({column}) FROM audit_log WHERE tenant_id = $2 AND {column} > choice.name) \
               FROM choice WHERE choice.name IS NOT NULL\
             ) SELECT name FROM choice WHERE name IS NOT NULL"
        );
        let rows = sql_query(text).bind::<Text, _>(tenant).bind::<Text, _>(tenant).load::<Choice>(connection)?;
        Ok(rows.into_iter().map(|it| it.name).collect())
    };
    Ok((choices("action")?, choices("\"user\"")?))
}
