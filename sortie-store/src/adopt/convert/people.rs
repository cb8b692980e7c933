//! Tenants, users, and how they sign in.

use serde_json::json;
use sortie_core::{
    id::{TenantId, UserId},
    sso::Identity,
    user::Role,
};

use super::{Converter, DEFAULT_TENANT, Person, at, key};
use crate::{
    adopt::row::{Homeless, NewRow, OldRow},
    row::{tenant, to_json},
};

impl Converter {
    pub(super) fn tenant_row(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let id = key::<TenantId>(row, "id")?;
        let slug = row.text("slug").to_owned();
        // An id means its own tenant even where another one's short name is the same.
        self.tenants.insert(id.clone(), id.clone());
        self.tenants.entry(slug.clone()).or_insert_with(|| id.clone());
        let mut json = |column: &'static str, is_read: fn(&str) -> bool| {
            let text = row.filled(column).unwrap_or("{}");
            if is_read(text) {
                return text.to_owned();
            }
            self.replaced("tenants", &id, column, text, "cannot be read; there is none now");
            "{}".to_owned()
        };
        let (settings, quotas) = (json("settings", tenant::reads_settings), json("quotas", tenant::reads_quotas));
        let (created, updated) = self.times("tenants", &id, row);
        let columns = json!({
            "id": id, "name": row.text("name"), "slug": slug, "settings": settings, "quotas": quotas,
            "created_at": at(created), "updated_at": at(updated),
        });
        Ok(vec![NewRow { table: "tenants", columns }])
    }

    pub(super) fn user(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let id = key::<UserId>(row, "id")?;
        let name = row.text("username").to_owned();
        let tenant = self.tenant("users", &id, row);
        let lower = name.to_lowercase();
        if !self.names.insert(lower.clone()) {
            self.note("users", &id, "username", "another user has the same name in other letters; rename one of them");
        }
        let roles = self.roles(&id, row);
        let (created, updated) = self.times("users", &id, row);
        let known: Vec<_> = roles.iter().filter(|it| Role::parse(it).is_some()).cloned().collect();
        if known.len() < roles.len() {
            self.note(
                "users",
                &id,
                "roles",
                format_args!("{} holds an unknown role, which grants nothing", to_json(&roles)),
            );
        }
        if tenant != DEFAULT_TENANT && known.iter().any(|it| it == Role::Admin.name()) {
            self.note("users", &id, "roles", "was an administrator of everything and is one of the own tenant now");
        }
        let provider = row.filled("auth_provider").unwrap_or("local");
        let columns = json!({
            "id": id, "username": name, "username_lower": lower,
            "email": row.text("email"), "display_name": row.text("display_name"),
            "password_hash": row.filled("password_hash"), "roles": to_json(&roles),
            "auth_provider": provider, "auth_provider_id": row.text("auth_provider_id"),
            "tenant_id": tenant, "tenant_roles": row.filled("tenant_roles").unwrap_or("[]"),
            "created_at": at(created), "updated_at": at(updated),
        });
        let mut made = vec![NewRow { table: "users", columns }];
        if provider != "local" {
            // What the provider's groups gave is its to take away again.
            let columns = self.identity(&id, row).map(|it| {
                json!({
                    "issuer": it.issuer(), "subject": it.subject(), "user_id": id, "roles": to_json(&known),
                    "created_at": at(created), "last_seen_at": at(updated),
                })
            });
            made.extend(columns.map(|columns| NewRow { table: "sso_identities", columns }));
        }
        self.people.insert(id, Person { name, tenant });
        Ok(made)
    }

    /// The roles of the account and of its home tenant in one list.
    fn roles(&mut self, id: &str, row: &OldRow) -> Vec<String> {
        let mut all = Vec::new();
        for (column, missing) in [("roles", r#"["user"]"#), ("tenant_roles", "[]")] {
            let text = row.filled(column).unwrap_or(missing);
            match serde_json::from_str::<Option<Vec<String>>>(text) {
                Ok(roles) => all.extend(roles.unwrap_or_default()),
                Err(_) => self.replaced("users", id, column, text, "is no list of roles; there are none now"),
            }
        }
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|it| seen.insert(it.clone()));
        all
    }

    /// Whose account it is at the provider: `issuer|subject`.
    fn identity(&mut self, id: &str, row: &OldRow) -> Option<Identity> {
        let text = row.text("auth_provider_id");
        let found = text.split_once('|').and_then(|(issuer, subject)| Identity::new(issuer, subject).ok());
        let new = found.filter(|it| self.identities.insert((it.issuer().to_owned(), it.subject().to_owned())));
        if new.is_none() {
            let why = "does not say whose account it is at the provider; an administrator must link it again";
            self.note("users", id, "auth_provider_id", why);
        }
        new
    }

    pub(super) fn times(
        &mut self,
        table: &'static str,
        id: &str,
        row: &OldRow,
    ) -> (sortie_core::time::Timestamp, sortie_core::time::Timestamp) {
        (self.time(table, id, row, "created_at"), self.time(table, id, row, "updated_at"))
    }
}
