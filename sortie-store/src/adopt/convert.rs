//! What an old row becomes. Pure: rows go in one by one, in the order of [`Converter::ORDER`], and new rows come out.
//!
//! What a rule of today refuses is kept and noted, so that an administrator finds and mends it; what cannot even be read is
//! replaced by the value that gives the fewest rights, and noted with the old one.

mod catalog;
mod kept;
mod people;
mod records;
mod services;
mod sessions;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::Value;
use sortie_core::{id::TenantId, time::Timestamp};

use super::{
    instant,
    report::AdoptionNote,
    row::{Homeless, NewRow, OldRow},
};
use crate::moment::Moment;

const DEFAULT_TENANT: &str = "default";

/// One person as far as other rows need it.
struct Person {
    name: String,
    tenant: String,
}

/// What the rows so far said, for those that refer to them.
pub(crate) struct Converter {
    now: Timestamp,
    notes: Vec<AdoptionNote>,
    /// Ids and short names.
    tenants: BTreeMap<String, String>,
    people: BTreeMap<String, Person>,
    names: BTreeSet<String>,
    /// By tenant and name.
    categories: BTreeMap<(String, String), String>,
    category_ids: BTreeSet<String>,
    apps: BTreeMap<String, String>,
    session_ids: BTreeSet<String>,
    identities: BTreeSet<(String, String)>,
    /// Categories made for apps so far.
    made: usize,
}

impl Converter {
    /// The tables in the order in which their rows must come.
    pub(crate) const ORDER: [&'static str; 19] = [
        "tenants",
        "users",
        "categories",
        "category_admins",
        "category_approved_users",
        "applications",
        "sessions",
        "session_shares",
        "settings",
        "analytics",
        "audit_log",
        "templates",
        "app_specs",
        "recordings",
        "oidc_states",
        "app",
        "service",
        "image",
        "stateSnapshot",
    ];

    /// Knows nothing yet.
    pub(crate) fn new(now: Timestamp) -> Self {
        Self {
            now,
            notes: Vec::new(),
            tenants: BTreeMap::new(),
            people: BTreeMap::new(),
            names: BTreeSet::new(),
            categories: BTreeMap::new(),
            category_ids: BTreeSet::new(),
            apps: BTreeMap::new(),
            session_ids: BTreeSet::new(),
            identities: BTreeSet::new(),
            made: 0,
        }
    }

    /// Turns a row into those of today; the first is its own. None means that what it stood for is over. A row without a
    /// place is noted.
    pub(crate) fn convert(&mut self, table: &'static str, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let made = match table {
            "tenants" => self.tenant_row(row),
            "users" => self.user(row),
            "categories" => self.category(row),
            "category_admins" => self.grant("category_admins", row),
            "category_approved_users" => self.grant("category_approved_users", row),
            "applications" => self.app(row),
            "sessions" => self.session(row),
            "session_shares" => self.share(row),
            "settings" => self.setting(row),
            "analytics" => self.count(row),
            "audit_log" => self.audit(row),
            "templates" => Err(kept::template(row)),
            "app_specs" => Err(kept::spec(row)),
            "recordings" => Err(kept::recording(row)),
            "oidc_states" => Ok(Vec::new()),
            "app" => self.service_app(row),
            "service" => self.service(row),
            "image" => self.image(row),
            "stateSnapshot" => self.snapshot(row),
            _ => Err(Homeless::new("", "", "this table has no place")),
        };
        made.inspect_err(|homeless| {
            let why = format!("{}; the row stays in the old table only", homeless.why);
            self.notes.push(AdoptionNote { table, row: homeless.row.clone(), column: homeless.column, was: None, why });
        })
    }

    /// Notes how many rows of a table stood for what is over.
    pub(crate) fn over(&mut self, table: &'static str, rows: usize) {
        if rows > 0 {
            self.note(table, "", "", format_args!("{rows} begun sign-ins end with the old server; people begin again"));
        }
    }

    /// What was noted so far.
    pub(crate) fn into_notes(self) -> Vec<AdoptionNote> {
        self.notes
    }

    /// Whether a row of the default tenant came by.
    pub(crate) fn has_default_tenant(&self) -> bool {
        self.tenants.get(DEFAULT_TENANT).is_some_and(|it| it == DEFAULT_TENANT)
    }

    fn note(&mut self, table: &'static str, row: &str, column: &'static str, why: impl fmt::Display) {
        let (row, why) = (row.to_owned(), why.to_string());
        self.notes.push(AdoptionNote { table, row, column, was: None, why });
    }

    fn replaced(&mut self, table: &'static str, row: &str, column: &'static str, was: &str, why: impl fmt::Display) {
        let (row, was, why) = (row.to_owned(), Some(was.to_owned()), why.to_string());
        self.notes.push(AdoptionNote { table, row, column, was, why });
    }

    /// A time; what is none becomes the time of the adoption.
    fn time(&mut self, table: &'static str, id: &str, row: &OldRow, column: &'static str) -> Timestamp {
        let Some(text) = row.filled(column) else { return self.now };
        instant::read(text).unwrap_or_else(|| {
            self.replaced(table, id, column, text, "is no time; the time of the adoption stands for it");
            self.now
        })
    }

    /// The tenant that a row names by id or, as the predecessors also did, by short name.
    fn tenant(&mut self, table: &'static str, id: &str, row: &OldRow) -> String {
        let Some(text) = row.filled("tenant_id").filter(|it| *it != DEFAULT_TENANT) else {
            return DEFAULT_TENANT.to_owned();
        };
        if let Some(found) = self.tenants.get(text) {
            return found.clone();
        }
        if TenantId::new(text).is_err() {
            self.replaced(table, id, "tenant_id", text, "is no id; the row went to the default tenant");
            return DEFAULT_TENANT.to_owned();
        }
        self.note(table, id, "tenant_id", format_args!("names the tenant {text:?}, which does not exist"));
        text.to_owned()
    }
}

/// A time as both databases take it.
fn at(time: Timestamp) -> Value {
    Value::String(Moment::from(time).to_text())
}

/// The row's key, if it can be one.
fn key<T: std::str::FromStr<Err = sortie_core::invalid::Invalid>>(
    row: &OldRow,
    column: &'static str,
) -> Result<String, Homeless> {
    let text = row.text(column);
    text.parse::<T>().map(|_| text.to_owned()).map_err(|invalid| Homeless::new(text, column, invalid.rule))
}
