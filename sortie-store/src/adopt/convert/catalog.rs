//! Categories, the rights in them, and apps.

use serde_json::json;
use sortie_core::{
    app::{AppFields, EgressPolicy, LaunchType, OsType, ResourceText, Visibility},
    id::{AppId, CategoryId},
};

use super::{Converter, at, key};
use crate::{
    adopt::row::{Homeless, NewRow, OldRow},
    row::twin::EgressTwin,
};

const APPS: &str = "applications";
/// An egress policy that lets nothing out: what stands for one that cannot be read.
const NOTHING: &str = r#"{"mode":"allowlist","rules":[]}"#;

impl Converter {
    pub(super) fn category(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let id = key::<CategoryId>(row, "id")?;
        let name = row.text("name").to_owned();
        let tenant = self.tenant("categories", &id, row);
        if self.categories.contains_key(&(tenant.clone(), name.clone())) {
            return Err(Homeless::new(id, "name", "another category of the tenant has the same name"));
        }
        let (created, updated) = self.times("categories", &id, row);
        let columns = json!({
            "id": id, "name": name, "description": row.text("description"), "tenant_id": tenant,
            "created_at": at(created), "updated_at": at(updated),
        });
        self.category_ids.insert(id.clone());
        self.categories.insert((tenant, name), id);
        Ok(vec![NewRow { table: "categories", columns }])
    }

    pub(super) fn grant(&mut self, table: &'static str, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let (category, user) = (row.text("category_id"), row.text("user_id"));
        let both = format!("{category} {user}");
        if !self.category_ids.contains(category) {
            return Err(Homeless::new(both, "category_id", "names a category that does not exist"));
        }
        if !self.people.contains_key(user) {
            return Err(Homeless::new(both, "user_id", "names a user who does not exist"));
        }
        Ok(vec![NewRow { table, columns: json!({ "category_id": category, "user_id": user }) }])
    }

    pub(super) fn app(&mut self, row: &OldRow) -> Result<Vec<NewRow>, Homeless> {
        let id = key::<AppId>(row, "id")?;
        let tenant = self.tenant(APPS, &id, row);
        let (fields, egress) = self.fields(&id, row);
        if let Err(problems) = fields.validate() {
            self.note(APPS, &id, "id", format_args!("is kept though {problems}; mend it before the next launch"));
        }
        let mut made = Vec::new();
        let category = self.category_of(&tenant, &fields.category, &mut made);
        let text = |column| row.text(column).to_owned();
        let now = at(self.now);
        let columns = json!({
            "id": id, "name": fields.name, "description": fields.description, "url": fields.url, "icon": fields.icon,
            "category": fields.category, "category_id": category, "visibility": fields.visibility.name(),
            "launch_type": fields.launch_type.name(), "os_type": fields.os_type.name(),
            "container_image": fields.container_image, "container_port": fields.container_port,
            "container_args": crate::row::to_json(&fields.container_args),
            "cpu_request": text("cpu_request"), "cpu_limit": text("cpu_limit"),
            "memory_request": text("memory_request"), "memory_limit": text("memory_limit"),
            "egress_policy": egress, "tenant_id": tenant, "created_at": now, "updated_at": now,
        });
        self.apps.insert(id, fields.name);
        made.insert(0, NewRow { table: APPS, columns });
        Ok(made)
    }

    /// What the app's author said, and the egress policy as it is stored.
    fn fields(&mut self, id: &str, row: &OldRow) -> (AppFields, String) {
        let text = |column| row.text(column).to_owned();
        let (policy, egress) = self.egress(id, row);
        let fields = AppFields {
            name: text("name"),
            description: text("description"),
            url: text("url"),
            icon: text("icon"),
            category: text("category"),
            visibility: self.choice(
                id,
                row,
                "visibility",
                Visibility::parse,
                Visibility::AdminOnly,
                Visibility::default(),
            ),
            launch_type: self.choice(id, row, "launch_type", LaunchType::parse, LaunchType::Url, LaunchType::default()),
            os_type: self.choice(id, row, "os_type", OsType::parse, OsType::Linux, OsType::default()),
            container_image: text("container_image"),
            container_port: self.port(id, row),
            container_args: self.arguments(id, row),
            resources: ResourceText {
                cpu_request: text("cpu_request"),
                cpu_limit: text("cpu_limit"),
                memory_request: text("memory_request"),
                memory_limit: text("memory_limit"),
            },
            egress: policy,
            ..AppFields::default()
        };
        (fields, egress)
    }

    fn choice<T>(
        &mut self,
        id: &str,
        row: &OldRow,
        column: &'static str,
        parse: impl FnOnce(&str) -> Option<T>,
        least: T,
        default: T,
    ) -> T {
        let Some(text) = row.filled(column) else { return default };
        parse(text).unwrap_or_else(|| {
            self.replaced(APPS, id, column, text, "is none of today's; the one with the fewest rights stands for it");
            least
        })
    }

    fn port(&mut self, id: &str, row: &OldRow) -> i64 {
        let text = row.filled("container_port").unwrap_or("0");
        text.parse().unwrap_or_else(|_| {
            self.replaced(APPS, id, "container_port", text, "is no number; 0 stands for it");
            0
        })
    }

    fn arguments(&mut self, id: &str, row: &OldRow) -> Vec<String> {
        let text = row.filled("container_args").unwrap_or("[]");
        let Ok(read) = serde_json::from_str::<Option<Vec<String>>>(text) else {
            self.replaced(APPS, id, "container_args", text, "is no list of texts; there are none now");
            return Vec::new();
        };
        read.unwrap_or_default()
    }

    fn egress(&mut self, id: &str, row: &OldRow) -> (Option<EgressPolicy>, String) {
        let Some(text) = row.filled("egress_policy").filter(|it| *it != "null") else { return (None, String::new()) };
        let read = |text: &str| serde_json::from_str::<EgressTwin>(text).ok()?.into_policy();
        if let Some(policy) = read(text) {
            return (Some(policy), text.to_owned());
        }
        self.replaced(APPS, id, "egress_policy", text, "cannot be read; nothing is let out until it is mended");
        (read(NOTHING), NOTHING.to_owned())
    }

    /// The category that an app means by name; one is made where the tenant has none of that name.
    fn category_of(&mut self, tenant: &str, name: &str, made: &mut Vec<NewRow>) -> Option<String> {
        if name.is_empty() {
            return None;
        }
        let both = (tenant.to_owned(), name.to_owned());
        if let Some(id) = self.categories.get(&both) {
            return Some(id.clone());
        }
        let id = loop {
            self.made += 1;
            let id = format!("adopted-{}", self.made);
            if self.category_ids.insert(id.clone()) {
                break id;
            }
        };
        self.note("categories", &id, "name", format_args!("was made, because apps name {name:?} and there was none"));
        let now = at(self.now);
        let columns = json!({
            "id": id, "name": name, "description": "", "tenant_id": tenant, "created_at": now, "updated_at": now,
        });
        self.categories.insert(both, id.clone());
        made.push(NewRow { table: "categories", columns });
        Some(id)
    }
}
