//! Seals over the audit.

mod cut;

use std::{sync::Arc, time::Duration};

use diesel::{dsl::max, prelude::*};
use sortie_core::{
    audit::Change,
    port::{
        AuditSeals, Notary, PortResult,
        seals::{AuditCut, CutRule, SealHead},
    },
    time::Timestamp,
};

use crate::{
    Store, chain,
    connection::AnyConnection,
    dialect::{self, Lock},
    error::Failure,
    moment::Moment,
    row::audit::AuditRow,
    schema::{audit_batches, audit_log, audit_seals, installation},
};

/// How many entries are sealed in one batch.
const BATCH: i64 = 1_000;

impl AuditSeals for Store {
    fn seal_audit<'a>(&'a self, at: Timestamp, notary: &'a Arc<dyn Notary>) -> PortResult<'a, Option<SealHead>> {
        let notary = Arc::clone(notary);
        Box::pin(async move {
            // Most of the time there is nothing to seal, and looking does not wait for the writer.
            let is_idle = self.read(move |connection| Ok(unsealed(connection, at, 1)?.is_empty())).await?;
            if is_idle {
                return Ok(None);
            }
            let remembering = Arc::clone(&notary);
            let head = self.write_quietly(move |connection| seal(connection, at, notary.as_ref())).await?;
            if let Some(head) = &head {
                remembering.remember(head);
            }
            Ok(head)
        })
    }

    fn last_audit_key(&self) -> PortResult<'_, Option<String>> {
        self.read(|connection| {
            let newest = audit_batches::table.order(audit_batches::batch.desc()).select(audit_batches::public_key);
            Ok(newest.first(connection).optional()?)
        })
    }

    fn cut_audit<'a>(
        &'a self,
        rule: CutRule,
        notary: &'a Arc<dyn Notary>,
        change: Change,
    ) -> PortResult<'a, Option<AuditCut>> {
        let notary = Arc::clone(notary);
        self.write(move |connection| cut::cut(connection, rule, notary.as_ref(), change))
    }
}

/// Committed entries without a seal, oldest first.
pub(super) fn unsealed(connection: &mut AnyConnection, at: Timestamp, limit: i64) -> QueryResult<Vec<AuditRow>> {
    // A file has one writer: there numbers are the order of commits, and nothing comes late.
    let patience = if matches!(connection, AnyConnection::Sqlite(_)) { Duration::ZERO } else { chain::SETTLED };
    let settled: Option<i64> = audit_batches::table
        .filter(audit_batches::sealed_at.le(Moment::from(at.minus(patience))))
        .select(max(audit_batches::last_audit_id))
        .first(connection)?;
    audit_log::table
        .left_join(audit_seals::table)
        .filter(audit_log::id.gt(settled.unwrap_or(i64::MIN)))
        .filter(audit_seals::audit_id.is_null())
        .order(audit_log::id.asc())
        .limit(limit)
        .select(AuditRow::as_select())
        .load(connection)
}

fn seal(connection: &mut AnyConnection, at: Timestamp, notary: &dyn Notary) -> Result<Option<SealHead>, Failure> {
    dialect::lock(connection, Lock::AuditSeals)?;
    let rows = unsealed(connection, at, BATCH)?;
    let Some(last_audit_id) = rows.last().map(|it| it.id) else { return Ok(None) };
    let installation: String = installation::table.select(installation::id).first(connection)?;
    let last: Option<(i64, i64, String)> = audit_batches::table
        .order(audit_batches::batch.desc())
        .select((audit_batches::batch, audit_batches::last_position, audit_batches::chain_hash))
        .first(connection)
        .optional()?;
    let (batch, before, mut hash) = last.unwrap_or_else(|| (0, 0, chain::beginning(&installation)));
    let (batch, mut position) = (batch + 1, before);
    let mut seals = Vec::with_capacity(rows.len());
    for row in &rows {
        position += 1;
        let row_hash = chain::row_hash(row);
        hash = chain::link(&hash, &row_hash);
        seals.push((
            audit_seals::audit_id.eq(row.id),
            audit_seals::batch.eq(batch),
            audit_seals::position.eq(position),
            audit_seals::row_hash.eq(row_hash),
            audit_seals::chain_hash.eq(hash.clone()),
        ));
    }
    // As it will be read back.
    let at = Timestamp::from(Moment::from(at));
    let statement = chain::statement(&installation, batch, position, &hash, at);
    diesel::insert_into(audit_batches::table)
        .values((
            audit_batches::batch.eq(batch),
            audit_batches::first_position.eq(before + 1),
            audit_batches::last_position.eq(position),
            audit_batches::last_audit_id.eq(last_audit_id),
            audit_batches::chain_hash.eq(hash.clone()),
            audit_batches::sealed_at.eq(Moment::from(at)),
            audit_batches::public_key.eq(notary.public_key().to_owned()),
            audit_batches::signature.eq(notary.sign(&statement)),
        ))
        .execute(connection)?;
    for seal in seals {
        diesel::insert_into(audit_seals::table).values(seal).execute(connection)?;
    }
    Ok(Some(SealHead { batch, position, hash }))
}
