//! Rows of `warm_workloads`.

use diesel::prelude::*;
use sortie_core::warm::{Warm, WarmStatus};

use super::{Corrupt, Reading, spec};
use crate::{connection::AnyBackend, moment::Moment, schema::warm_workloads};

/// One warm workload.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = warm_workloads)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct WarmRow {
    id: String,
    tenant_id: String,
    app_id: String,
    place_id: String,
    incarnation: i64,
    spec: String,
    status: String,
    created_at: Moment,
}

impl From<&Warm> for WarmRow {
    fn from(warm: &Warm) -> Self {
        Self {
            id: warm.id.as_str().to_owned(),
            tenant_id: warm.tenant.as_str().to_owned(),
            app_id: warm.spec.app.as_str().to_owned(),
            place_id: warm.place.as_str().to_owned(),
            incarnation: warm.incarnation,
            spec: spec::write(&warm.spec),
            status: warm.status.name().to_owned(),
            created_at: warm.created_at.into(),
        }
    }
}

impl TryFrom<WarmRow> for Warm {
    type Error = Corrupt;

    fn try_from(row: WarmRow) -> Result<Self, Corrupt> {
        let reading = Reading { table: "warm_workloads", id: &row.id };
        Ok(Self {
            id: reading.id("id", &row.id)?,
            tenant: reading.id("tenant_id", &row.tenant_id)?,
            spec: spec::read(reading, &row.spec)?,
            place: reading.id("place_id", &row.place_id)?,
            incarnation: row.incarnation,
            status: reading.choice("status", &row.status, WarmStatus::parse)?,
            created_at: row.created_at.into(),
        })
    }
}
