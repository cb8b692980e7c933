//! Checking a whole chain: every entry, every link, every signature, and that nothing was cut off.

use diesel::{Connection, QueryResult, connection::SimpleConnection, prelude::*};
use sortie_core::{
    port::seals::{Notary, SealHead},
    time::Timestamp,
};

use super::{SETTLED, beginning, cut_statement, link, row_hash, statement};
use crate::{
    connection::AnyConnection,
    error::OpenError,
    moment::Moment,
    postgres,
    row::audit::AuditRow,
    schema::{audit_batches, audit_cuts, audit_log, audit_seals, installation},
    settings::{Database, Settings},
    sqlite,
};

/// How many seals are read at once.
const PAGE: i64 = 5_000;
/// How many findings are told; a chain that is broken once is broken everywhere behind.
const MOST_FINDINGS: usize = 20;

/// What is known of the chain from outside of the database.
pub struct Anchor<'a> {
    /// Checks signatures.
    pub notary: &'a dyn Notary,
    /// The keys whose signatures count; the notary's own is always one of them.
    pub trusted: &'a [String],
    /// A place where the chain was before, if one is remembered.
    pub head: Option<SealHead>,
}

impl Anchor<'_> {
    fn trusts(&self, public_key: &str) -> bool {
        public_key == self.notary.public_key() || self.trusted.iter().any(|it| it == public_key)
    }
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainProof {
    /// How many sealed entries are as they were when they were sealed.
    pub sealed: i64,
    /// How many batches they are in.
    pub batches: i64,
    /// How many older ones retention took away.
    pub cut: i64,
    /// How many entries have no seal yet.
    pub unsealed: i64,
    /// What is wrong, the first things first; empty for a good chain.
    pub findings: Vec<String>,
}

/// Checks the audit of a database, beside the server that may be running on it. Blocks.
pub fn verify(settings: &Settings, anchor: &Anchor<'_>) -> Result<ChainProof, OpenError> {
    Ok(check(&mut open(settings)?, Some(anchor))?)
}

/// A connection beside the server that may be running; nothing is changed through it.
pub(super) fn open(settings: &Settings) -> Result<AnyConnection, OpenError> {
    Ok(match &settings.database {
        Database::Sqlite { path } => {
            if !path.is_file() {
                return Err(OpenError::File(format!("there is no database at {}", path.display())));
            }
            sqlite::stale::look(path)?;
            let path = path.to_str().ok_or_else(|| OpenError::File("the path is not valid UTF-8".to_owned()))?;
            let mut connection = sqlite::connect(path)?;
            connection.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;")?;
            AnyConnection::Sqlite(connection)
        }
        Database::Postgres { dsn, direct_dsn, .. } => {
            AnyConnection::Postgres(postgres::connect(direct_dsn.as_deref().unwrap_or(dsn))?)
        }
    })
}

/// The same on a connection; without an anchor signatures are not looked at.
pub(crate) fn check(connection: &mut AnyConnection, anchor: Option<&Anchor<'_>>) -> QueryResult<ChainProof> {
    connection.transaction(|connection| {
        if matches!(connection, AnyConnection::Postgres(_)) {
            // One view of everything, whatever is sealed meanwhile.
            connection.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")?;
        }
        walk(connection, anchor)
    })
}

/// The same in the caller's transaction.
pub(crate) fn walk(connection: &mut AnyConnection, anchor: Option<&Anchor<'_>>) -> QueryResult<ChainProof> {
    let installation: String = installation::table.select(installation::id).first(connection)?;
    let mut walk = Walk { link: beginning(&installation), position: 0, proof: ChainProof::default() };
    let begins = walk.beginning(connection, &installation, anchor)?;
    let batches: Vec<Batch> = audit_batches::table.order(audit_batches::batch.asc()).load(connection)?;
    for (expected, batch) in (begins + 1..).zip(&batches) {
        if batch.number != expected || batch.first_position != walk.position + 1 {
            walk.complain(format!("batch {expected} is missing"));
            break;
        }
        walk.batch(connection, batch, anchor.and_then(|it| it.head.as_ref()))?;
        if let Some(anchor) = anchor {
            walk.signature(batch, &installation, anchor);
        }
        walk.proof.batches += 1;
        if walk.proof.findings.len() >= MOST_FINDINGS {
            return Ok(walk.proof);
        }
    }
    let seals: i64 = audit_seals::table.count().get_result(connection)?;
    let kept = walk.position - walk.proof.cut;
    if seals != kept && walk.proof.findings.is_empty() {
        walk.complain(format!("there are {seals} seals, and the batches have {kept}"));
    }
    walk.late(connection, &batches)?;
    if let Some(head) = anchor.and_then(|it| it.head.as_ref())
        && walk.position < head.position
    {
        walk.complain(format!(
            "the chain had {} entries before and has {} now: its end was cut off",
            head.position, walk.position
        ));
    }
    let entries: i64 = audit_log::table.count().get_result(connection)?;
    walk.proof.unsealed = entries - walk.proof.sealed;
    Ok(walk.proof)
}

#[derive(Queryable)]
struct Batch {
    number: i64,
    first_position: i64,
    last_position: i64,
    last_audit_id: i64,
    chain_hash: String,
    sealed_at: Moment,
    public_key: String,
    signature: String,
}

#[derive(Queryable)]
struct Cut {
    batch: i64,
    position: i64,
    chain_hash: String,
    at: Moment,
    public_key: String,
    signature: String,
}

#[derive(Queryable)]
struct Seal {
    audit_id: i64,
    batch: i64,
    position: i64,
    row_hash: String,
    chain_hash: String,
}

struct Walk {
    link: String,
    position: i64,
    proof: ChainProof,
}

impl Walk {
    fn complain(&mut self, what: String) {
        if self.proof.findings.len() < MOST_FINDINGS {
            self.proof.findings.push(what);
        }
    }

    /// Goes to where retention left the chain's beginning; answers the batch before it.
    fn beginning(
        &mut self,
        connection: &mut AnyConnection,
        installation: &str,
        anchor: Option<&Anchor<'_>>,
    ) -> QueryResult<i64> {
        let last = audit_cuts::table.order(audit_cuts::batch.desc());
        let Some(cut) = last.first::<Cut>(connection).optional()? else { return Ok(0) };
        if let Some(anchor) = anchor {
            let at = Timestamp::from(cut.at);
            let statement = cut_statement(installation, cut.batch, cut.position, &cut.chain_hash, at);
            if !anchor.trusts(&cut.public_key) {
                self.complain(format!("the cut at position {} is signed with a key that is not trusted", cut.position));
            }
            if !anchor.notary.is_signed(&cut.public_key, &statement, &cut.signature) {
                self.complain(format!("the signature of the cut at position {} is wrong", cut.position));
            }
        }
        self.link = cut.chain_hash;
        self.position = cut.position;
        self.proof.cut = cut.position;
        Ok(cut.batch)
    }

    /// Entries that were slipped in among those that were sealed long ago.
    fn late(&mut self, connection: &mut AnyConnection, batches: &[Batch]) -> QueryResult<()> {
        let Some(newest) = batches.last().map(|it| Timestamp::from(it.sealed_at).minus(SETTLED)) else {
            return Ok(());
        };
        let settled = batches.iter().filter(|it| Timestamp::from(it.sealed_at) < newest).map(|it| it.last_audit_id);
        let Some(settled) = settled.max() else { return Ok(()) };
        let late: Vec<i64> = audit_log::table
            .left_join(audit_seals::table)
            .filter(audit_log::id.lt(settled))
            .filter(audit_seals::audit_id.is_null())
            .order(audit_log::id.asc())
            .limit(PAGE)
            .select(audit_log::id)
            .load(connection)?;
        for id in late {
            self.complain(format!("entry {id} was added after its neighbours were sealed"));
        }
        Ok(())
    }

    /// Every entry of a batch, in the order of the chain.
    fn batch(&mut self, connection: &mut AnyConnection, batch: &Batch, head: Option<&SealHead>) -> QueryResult<()> {
        while self.position < batch.last_position {
            let rows: Vec<(Seal, Option<AuditRow>)> = audit_seals::table
                .left_join(audit_log::table)
                .filter(audit_seals::position.gt(self.position))
                .filter(audit_seals::position.le(batch.last_position))
                .order(audit_seals::position.asc())
                .limit(PAGE)
                .select((audit_seals::all_columns, Option::<AuditRow>::as_select()))
                .load(connection)?;
            if rows.is_empty() {
                self.complain(format!("the seals from position {} on are missing", self.position + 1));
                self.position = batch.last_position;
            }
            for (seal, row) in rows {
                self.seal(&seal, row.as_ref(), batch.number);
                if let Some(head) = head.filter(|it| it.position == seal.position && it.hash != self.link) {
                    self.complain(format!("at position {} the chain is another one than before", head.position));
                }
            }
        }
        if self.link != batch.chain_hash {
            self.complain(format!("batch {} does not end as it was sealed", batch.number));
        }
        Ok(())
    }

    fn seal(&mut self, seal: &Seal, row: Option<&AuditRow>, batch: i64) {
        if seal.position != self.position + 1 {
            self.complain(format!("the seal at position {} is missing", self.position + 1));
        }
        if seal.batch != batch {
            self.complain(format!("the seal at position {} is in another batch", seal.position));
        }
        match row.map(row_hash) {
            None => self.complain(format!("entry {} was removed", seal.audit_id)),
            Some(hash) if hash != seal.row_hash => self.complain(format!("entry {} was changed", seal.audit_id)),
            Some(_) => self.proof.sealed += 1,
        }
        self.link = link(&self.link, &seal.row_hash);
        if self.link != seal.chain_hash {
            self.complain(format!("the chain is broken at position {}", seal.position));
        }
        self.position = seal.position;
    }

    fn signature(&mut self, batch: &Batch, installation: &str, anchor: &Anchor<'_>) {
        let Batch { number, last_position, chain_hash, public_key, signature, .. } = batch;
        if !anchor.trusts(public_key) {
            self.complain(format!("batch {number} is signed with a key that is not trusted: {public_key}"));
        }
        let sealed_at = Timestamp::from(batch.sealed_at);
        let statement = statement(installation, *number, *last_position, chain_hash, sealed_at);
        if !anchor.notary.is_signed(public_key, &statement, signature) {
            self.complain(format!("the signature of batch {number} is wrong"));
        }
    }
}
