//! Rows of `applications`.

use diesel::prelude::*;
use sortie_core::app::{
    App, AppFields, LaunchType, Network, OsType, RecordingPolicy, ResourceText, Visibility, WorkspaceKind,
};

use super::{
    Corrupt, Reading, to_json,
    twin::{ClipboardTwin, DisplayTwin, EgressTwin, EnvTwin, WorkspaceTwin, env_pairs, env_twins},
};
use crate::{connection::AnyBackend, moment::Moment, schema::applications};

/// One app.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = applications, treat_none_as_default_value = false, treat_none_as_null = true)]
#[diesel(check_for_backend(AnyBackend))]
pub(crate) struct AppRow {
    pub(crate) id: String,
    pub(crate) name: String,
    description: Option<String>,
    url: Option<String>,
    icon: Option<String>,
    pub(crate) category: Option<String>,
    visibility: String,
    launch_type: Option<String>,
    os_type: Option<String>,
    container_image: Option<String>,
    container_port: Option<i64>,
    container_args: Option<String>,
    cpu_request: Option<String>,
    cpu_limit: Option<String>,
    memory_request: Option<String>,
    memory_limit: Option<String>,
    egress_policy: Option<String>,
    pub(crate) tenant_id: String,
    command: String,
    env: String,
    network: String,
    window_manager: bool,
    display: Option<String>,
    workspace: String,
    clipboard: String,
    recording_policy: String,
    discoverable: bool,
    run_as_root: bool,
    idle_timeout: i64,
    version: i64,
    created_at: Moment,
    pub(crate) updated_at: Moment,
    pub(crate) category_id: Option<String>,
    warm_pool: i64,
}

impl From<&App> for AppRow {
    fn from(app: &App) -> Self {
        let fields = &app.fields;
        let text = |it: &String| Some(it.clone());
        Self {
            id: app.id.as_str().to_owned(),
            name: fields.name.clone(),
            description: text(&fields.description),
            url: text(&fields.url),
            icon: text(&fields.icon),
            category: text(&fields.category),
            visibility: fields.visibility.name().to_owned(),
            launch_type: Some(fields.launch_type.name().to_owned()),
            os_type: Some(fields.os_type.name().to_owned()),
            container_image: text(&fields.container_image),
            container_port: Some(fields.container_port),
            container_args: Some(to_json(&fields.container_args)),
            cpu_request: text(&fields.resources.cpu_request),
            cpu_limit: text(&fields.resources.cpu_limit),
            memory_request: text(&fields.resources.memory_request),
            memory_limit: text(&fields.resources.memory_limit),
            egress_policy: Some(fields.egress.as_ref().map(|it| to_json(&EgressTwin::from(it))).unwrap_or_default()),
            tenant_id: app.tenant.as_str().to_owned(),
            command: to_json(&fields.command),
            env: to_json(&env_twins(&fields.env)),
            network: fields.network.name().to_owned(),
            window_manager: fields.window_manager,
            display: fields.display.as_ref().map(|it| to_json(&DisplayTwin::from(it))),
            workspace: to_json(&WorkspaceTwin {
                kind: fields.workspace.name().to_owned(),
                size: fields.workspace_size.clone(),
                storage_class: fields.workspace_storage_class.clone(),
            }),
            clipboard: to_json(&ClipboardTwin::from(fields.clipboard)),
            recording_policy: fields.recording.name().to_owned(),
            discoverable: fields.discoverable,
            run_as_root: fields.run_as_root,
            idle_timeout: fields.idle_timeout_secs,
            version: app.version,
            created_at: app.created_at.into(),
            updated_at: app.updated_at.into(),
            category_id: app.category.as_ref().map(|it| it.as_str().to_owned()),
            warm_pool: fields.warm_pool,
        }
    }
}

impl TryFrom<AppRow> for App {
    type Error = Corrupt;

    fn try_from(row: AppRow) -> Result<Self, Corrupt> {
        let id = row.id.clone();
        let reading = Reading { table: "applications", id: &id };
        Ok(Self {
            id: reading.id("id", &row.id)?,
            tenant: reading.id("tenant_id", &row.tenant_id)?,
            category: reading.optional_id("category_id", row.category_id.as_deref())?,
            version: row.version,
            created_at: row.created_at.into(),
            updated_at: row.updated_at.into(),
            fields: fields(reading, row)?,
        })
    }
}

fn fields(reading: Reading<'_>, row: AppRow) -> Result<AppFields, Corrupt> {
    let named =
        |it: Option<String>, default: &str| it.filter(|it| !it.is_empty()).unwrap_or_else(|| default.to_owned());
    let workspace: WorkspaceTwin = reading.json("workspace", &row.workspace)?;
    let egress = match row.egress_policy.as_deref() {
        None | Some("") => None,
        Some(text) => {
            let twin: EgressTwin = reading.json("egress_policy", text)?;
            Some(twin.into_policy().ok_or_else(|| reading.corrupt("egress_policy", "has an unknown mode"))?)
        }
    };
    let display = match row.display.as_deref() {
        None | Some("") => None,
        Some(text) => {
            let twin: DisplayTwin = reading.json("display", text)?;
            Some(twin.into_display().ok_or_else(|| reading.corrupt("display", "has an unknown protocol"))?)
        }
    };
    let launch_type = named(row.launch_type, LaunchType::default().name());
    let os_type = named(row.os_type, OsType::default().name());
    Ok(AppFields {
        name: row.name,
        description: row.description.unwrap_or_default(),
        url: row.url.unwrap_or_default(),
        icon: row.icon.unwrap_or_default(),
        category: row.category.unwrap_or_default(),
        visibility: reading.choice("visibility", &row.visibility, Visibility::parse)?,
        launch_type: reading.choice("launch_type", &launch_type, LaunchType::parse)?,
        os_type: reading.choice("os_type", &os_type, OsType::parse)?,
        container_image: row.container_image.unwrap_or_default(),
        container_port: row.container_port.unwrap_or_default(),
        container_args: reading.list("container_args", row.container_args.as_deref())?,
        command: reading.list("command", Some(&row.command))?,
        env: env_pairs(reading.list::<EnvTwin>("env", Some(&row.env))?),
        network: reading.choice("network", &row.network, Network::parse)?,
        window_manager: row.window_manager,
        resources: ResourceText {
            cpu_request: row.cpu_request.unwrap_or_default(),
            cpu_limit: row.cpu_limit.unwrap_or_default(),
            memory_request: row.memory_request.unwrap_or_default(),
            memory_limit: row.memory_limit.unwrap_or_default(),
        },
        egress,
        display,
        workspace: reading.choice("workspace", &workspace.kind, WorkspaceKind::parse)?,
        workspace_size: workspace.size,
        workspace_storage_class: workspace.storage_class,
        clipboard: reading.json::<ClipboardTwin>("clipboard", &row.clipboard)?.into(),
        recording: reading.choice("recording_policy", &row.recording_policy, RecordingPolicy::parse)?,
        discoverable: row.discoverable,
        run_as_root: row.run_as_root,
        warm_pool: row.warm_pool,
        idle_timeout_secs: row.idle_timeout,
    })
}
