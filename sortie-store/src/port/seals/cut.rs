//! Taking the chain's beginning away, so that what is left still proves itself.

use diesel::{dsl::min, prelude::*};
use sortie_core::{
    audit::Change,
    port::{
        Notary,
        seals::{AuditCut, CutRule},
    },
    time::Timestamp,
};

use crate::{
    chain,
    connection::AnyConnection,
    dialect::{self, Lock},
    error::Failure,
    moment::Moment,
    port::{
        change::{Kind, record},
        forward,
    },
    schema::{audit_batches, audit_cuts, audit_log, audit_seals, installation},
};

/// How many entries go in one transaction, or the whole of one batch.
const MOST: i64 = 20_000;

pub(super) fn cut(
    connection: &mut AnyConnection,
    rule: CutRule,
    notary: &dyn Notary,
    mut change: Change,
) -> Result<Option<AuditCut>, Failure> {
    dialect::lock(connection, Lock::AuditSeals)?;
    let Some((batch, first, position, hash)) = end(connection, rule)? else { return Ok(None) };
    let installation: String = installation::table.select(installation::id).first(connection)?;
    // As it will be read back.
    let at = Timestamp::from(Moment::from(change.at));
    let signature = notary.sign(&chain::cut_statement(&installation, batch, position, &hash, at));
    diesel::insert_into(audit_cuts::table)
        .values((
            audit_cuts::batch.eq(batch),
            audit_cuts::position.eq(position),
            audit_cuts::chain_hash.eq(hash.clone()),
            audit_cuts::cut_at.eq(Moment::from(at)),
            audit_cuts::public_key.eq(notary.public_key().to_owned()),
            audit_cuts::signature.eq(signature),
        ))
        .execute(connection)?;
    let gone: Vec<i64> =
        audit_seals::table.filter(audit_seals::batch.le(batch)).select(audit_seals::audit_id).load(connection)?;
    for ids in gone.chunks(500) {
        diesel::delete(audit_log::table.filter(audit_log::id.eq_any(ids.to_vec()))).execute(connection)?;
    }
    diesel::delete(audit_seals::table.filter(audit_seals::batch.le(batch))).execute(connection)?;
    diesel::delete(audit_batches::table.filter(audit_batches::batch.le(batch))).execute(connection)?;
    let entries = position - first + 1;
    change.audit.details.extend([
        ("entries", entries.to_string()),
        ("position", position.to_string()),
        ("chain_hash", hash),
    ]);
    record(connection, Kind::Uncached, &change)?;
    Ok(Some(AuditCut { batch, position, entries }))
}

/// The last batch to go, with the first position of all that go, its own last one, and the chain's hash there.
fn end(connection: &mut AnyConnection, rule: CutRule) -> QueryResult<Option<(i64, i64, i64, String)>> {
    // The first batch that must stay: one with an entry that is young enough, and the newest one in any case.
    let newest: Option<i64> = audit_batches::table.select(diesel::dsl::max(audit_batches::batch)).first(connection)?;
    let young: Option<i64> = audit_seals::table
        .inner_join(audit_log::table)
        .filter(audit_log::timestamp.ge(Moment::from(rule.before)))
        .select(min(audit_seals::batch))
        .first(connection)?;
    let Some(stays) = newest.map(|it| young.map_or(it, |young| young.min(it))) else { return Ok(None) };
    let first: Option<i64> = audit_batches::table.select(min(audit_batches::first_position)).first(connection)?;
    let Some(first) = first else { return Ok(None) };
    let forwarded = if rule.is_forwarded { forward::position(connection)? } else { i64::MAX };
    let old =
        audit_batches::table.filter(audit_batches::batch.lt(stays)).filter(audit_batches::last_position.le(forwarded));
    let columns = (audit_batches::batch, audit_batches::last_position, audit_batches::chain_hash);
    let fits = old
        .filter(audit_batches::last_position.lt(first + MOST))
        .order(audit_batches::batch.desc())
        .select(columns)
        .first::<(i64, i64, String)>(connection)
        .optional()?;
    Ok(fits.map(|(batch, position, hash)| (batch, first, position, hash)))
}
