//! Secrets for services, sealed.

use diesel::prelude::*;
use sortie_core::{
    audit::Change,
    port::{PortResult, ServiceSecretStore},
    services::secret::{SecretHead, SecretName},
};

use super::change::{Kind, record};
use crate::{
    Store,
    dialect::{self, Lock},
    moment::Moment,
    schema::service_secrets::{self, dsl},
};

impl ServiceSecretStore for Store {
    fn secrets(&self) -> PortResult<'_, Vec<SecretHead>> {
        self.read(|connection| {
            let there = dsl::service_secrets.filter(dsl::sealed.is_not_null()).order(dsl::name);
            let rows: Vec<(String, i64, Moment)> =
                there.select((dsl::name, dsl::revision, dsl::updated_at)).load(connection)?;
            let head = |(name, revision, at): (String, i64, Moment)| SecretHead {
                name,
                revision: u64::try_from(revision).unwrap_or_default(),
                updated_at: at.into(),
            };
            Ok(rows.into_iter().map(head).collect())
        })
    }

    fn sealed_secret<'a>(&'a self, name: &'a str) -> PortResult<'a, Option<Vec<u8>>> {
        let name = name.to_owned();
        self.read(move |connection| {
            let row = dsl::service_secrets.find(name).select(dsl::sealed);
            Ok(row.first::<Option<Vec<u8>>>(connection).optional()?.flatten())
        })
    }

    fn put_secret<'a>(&'a self, name: &'a SecretName, sealed: Vec<u8>, change: Change) -> PortResult<'a, u64> {
        let name = name.as_str().to_owned();
        self.write(move |connection| {
            dialect::lock(connection, Lock::FirstRows("service_secrets"))?;
            let at = Moment::from(change.at);
            let known = dsl::service_secrets.find(&name);
            let updated = diesel::update(known)
                .set((dsl::revision.eq(dsl::revision + 1), dsl::sealed.eq(Some(&sealed)), dsl::updated_at.eq(at)))
                .execute(connection)?;
            if updated == 0 {
                let row = (
                    dsl::name.eq(&name),
                    dsl::revision.eq(1_i64),
                    dsl::sealed.eq(Some(&sealed)),
                    dsl::updated_at.eq(at),
                );
                diesel::insert_into(service_secrets::table).values(row).execute(connection)?;
            }
            record(connection, Kind::Uncached, &change)?;
            let revision: i64 = dsl::service_secrets.find(&name).select(dsl::revision).first(connection)?;
            Ok(u64::try_from(revision).unwrap_or_default())
        })
    }

    fn delete_secret<'a>(&'a self, name: &'a str, change: Change) -> PortResult<'a, bool> {
        let name = name.to_owned();
        self.write(move |connection| {
            let there = dsl::service_secrets.find(name).filter(dsl::sealed.is_not_null());
            let gone = (dsl::sealed.eq(None::<Vec<u8>>), dsl::updated_at.eq(Moment::from(change.at)));
            if diesel::update(there).set(gone).execute(connection)? == 0 {
                return Ok(false);
            }
            record(connection, Kind::Uncached, &change)?;
            Ok(true)
        })
    }
}
