//! Services on the wire. A state is a document with rules of its own, read and written in core.

use serde::Serialize;
use serde_json::{Map, Number, Value, json};
use sortie_control::services::{CurrentView, ServiceLog, TargetOutcome};
use sortie_core::{
    port::engine::EngineIdentity,
    services::{
        AppNumber, Cause, Node, Plan, Step, Verdict, diff::Difference, secret::SecretHead, snapshot::Snapshot,
        verdict::Standing,
    },
};
use utoipa::ToSchema;

use super::rfc3339;

/// A document as JSON.
pub(crate) fn to_json(node: &Node) -> Value {
    match node {
        Node::Null => Value::Null,
        Node::Bool(yes) => Value::Bool(*yes),
        Node::Whole(number) => Value::from(*number),
        Node::Real(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
        Node::Text(text) => Value::from(text.as_str()),
        Node::List(items) => Value::Array(items.iter().map(to_json).collect()),
        Node::Map(map) => {
            Value::Object(map.iter().map(|(name, it)| (name.clone(), to_json(it))).collect::<Map<_, _>>())
        }
    }
}

/// JSON as a document.
pub fn from_json(value: Value) -> Node {
    match value {
        Value::Null => Node::Null,
        Value::Bool(yes) => Node::Bool(yes),
        Value::Number(number) => {
            number.as_i64().map(Node::Whole).or_else(|| number.as_f64().map(Node::Real)).unwrap_or_default()
        }
        Value::String(text) => Node::Text(text),
        Value::Array(items) => Node::List(items.into_iter().map(from_json).collect()),
        Value::Object(map) => Node::Map(map.into_iter().map(|(name, it)| (name, from_json(it))).collect()),
    }
}

/// One planned step.
#[derive(Serialize, ToSchema)]
pub(crate) struct StepOut {
    /// What is done.
    step: &'static str,
    /// To what.
    object: String,
    /// For which app.
    #[serde(rename = "appId", skip_serializing_if = "Option::is_none")]
    app_id: Option<u64>,
}

impl From<&Step> for StepOut {
    fn from(step: &Step) -> Self {
        Self { step: step.name(), object: step.object().to_owned(), app_id: step.app().map(AppNumber::get) }
    }
}

/// How one service stands, why, and what happens next.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VerdictOut {
    app_id: u64,
    app_name: String,
    service_id: u64,
    service_name: String,
    image: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    container_id: Option<String>,
    /// `applied`, `finished`, `pending`, `starting`, `waiting`, `backing_off`, `gave_up`, `rolled_back`, `blocked`, `locked`, `leaving`.
    standing: &'static str,
    why: String,
    next: &'static str,
    /// The stable name of what stands in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failures: Option<u32>,
    /// When it is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<String>,
}

impl From<&Verdict> for VerdictOut {
    fn from(verdict: &Verdict) -> Self {
        let standing = &verdict.standing;
        let (failures, retry_at) = match standing {
            Standing::BackingOff { failures, until, .. } => (Some(*failures), Some(rfc3339(*until))),
            Standing::GaveUp { failures, .. } => (Some(*failures), None),
            Standing::Applied
            | Standing::Finished(_)
            | Standing::Pending
            | Standing::Starting
            | Standing::Waiting(_)
            | Standing::RolledBack(_)
            | Standing::Blocked(_)
            | Standing::Locked
            | Standing::Leaving => (None, None),
        };
        let cause = standing.failure().map(|it| it.cause);
        Self {
            app_id: verdict.key.app.get(),
            app_name: verdict.app_name.clone(),
            service_id: verdict.key.service.get(),
            service_name: verdict.service_name.clone(),
            image: verdict.image.clone(),
            status: verdict.status,
            container_id: verdict.container.clone(),
            standing: standing.name(),
            why: standing.why(),
            next: standing.next(),
            cause: cause.map(Cause::code),
            remedy: cause.map(Cause::remedy),
            failures,
            retry_at,
        }
    }
}

/// Why each service is as it is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExplainOut {
    /// Whether everything is as wanted, and the engine shows it.
    applied: bool,
    is_reconciling: bool,
    /// Whether the steps wait for somebody who asks to apply.
    awaits_apply: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_error: Option<String>,
    /// When the engine was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    seen_at: Option<String>,
    services: Vec<VerdictOut>,
    steps: Vec<StepOut>,
}

impl From<&CurrentView> for ExplainOut {
    fn from(view: &CurrentView) -> Self {
        Self {
            applied: view.at.is_some() && view.last_error.is_none() && view.plan.is_applied(),
            is_reconciling: view.is_reconciling,
            awaits_apply: view.awaits_apply,
            last_error: view.last_error.clone(),
            seen_at: view.at.map(rfc3339),
            services: view.plan.verdicts.iter().map(VerdictOut::from).collect(),
            steps: steps(&view.plan),
        }
    }
}

fn steps(plan: &Plan) -> Vec<StepOut> {
    plan.steps.iter().map(StepOut::from).collect()
}

/// A plan that was not followed.
pub(crate) fn dry_run(outcome: &TargetOutcome) -> Value {
    json!({
        "status": "planned",
        "message": "Nothing was changed",
        "target": to_json(&outcome.target.write()),
        "steps": steps(&outcome.plan),
        "services": outcome.plan.verdicts.iter().map(VerdictOut::from).collect::<Vec<_>>(),
    })
}

/// Which engine it is, and what it can hold a container to.
pub(crate) fn engine(engine: &EngineIdentity) -> Value {
    let limits: Vec<Value> = engine.limits.iter().map(|it| json!({"name": it.name, "enforced": it.enforced})).collect();
    json!({"kind": engine.kind, "version": engine.version, "limits": limits})
}

/// How much there is, wanted and running.
pub(crate) fn counts(state: &Node) -> Value {
    let apps: Vec<&Node> = match state.get("apps") {
        Some(Node::Map(apps)) => apps.values().collect(),
        _ => Vec::new(),
    };
    let services: usize = apps.iter().map(|it| list(it, "services").len()).sum();
    json!({"apps": apps.len(), "services": services})
}

/// The apps of a state in short.
pub(crate) fn apps(state: &Node) -> Value {
    let apps: Vec<&Node> = match state.get("apps") {
        Some(Node::Map(apps)) => apps.values().collect(),
        _ => Vec::new(),
    };
    let short = |app: &&Node| {
        let services = list(app, "services");
        let names: Vec<Value> = services.iter().filter_map(|it| it.get("serviceName")).map(to_json).collect();
        json!({
            "appId": app.get("appId").map(to_json),
            "appName": app.get("appName").map(to_json),
            "serviceCount": services.len(),
            "services": names,
        })
    };
    json!({"count": apps.len(), "apps": apps.iter().map(short).collect::<Vec<_>>()})
}

fn list<'a>(node: &'a Node, name: &str) -> &'a [Node] {
    match node.get(name) {
        Some(Node::List(items)) => items,
        _ => &[],
    }
}

/// One line that a service said.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogOut {
    timestamp: String,
    /// `error` for the error output, `info` for the other one.
    pub(crate) level: &'static str,
    message: String,
    service_name: String,
    app_id: u64,
}

impl From<ServiceLog> for LogOut {
    fn from(log: ServiceLog) -> Self {
        Self {
            timestamp: rfc3339(log.line.at),
            level: if log.line.is_error { "error" } else { "info" },
            message: log.line.text,
            service_name: log.service_name,
            app_id: log.app.get(),
        }
    }
}

/// A kept state without the state itself.
pub(crate) fn snapshot_head(snapshot: &Snapshot) -> Value {
    json!({"id": snapshot.id, "type": snapshot.kind.name(), "createdAt": rfc3339(snapshot.at)})
}

/// A kept state, and where it differs.
pub(crate) fn snapshot(snapshot: &Snapshot, differences: Option<&[Difference]>) -> Value {
    let mut out = snapshot_head(snapshot);
    out["state"] = to_json(&snapshot.state);
    if let Some(differences) = differences {
        let one = |it: &Difference| {
            json!({
                "path": it.path,
                "before": it.before.as_ref().map(to_json),
                "after": it.after.as_ref().map(to_json),
            })
        };
        out["differences"] = differences.iter().map(one).collect();
    }
    out
}

/// A secret without its value.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecretOut {
    name: String,
    /// How often it was set.
    revision: u64,
    updated_at: String,
}

impl From<&SecretHead> for SecretOut {
    fn from(head: &SecretHead) -> Self {
        Self { name: head.name.clone(), revision: head.revision, updated_at: rfc3339(head.updated_at) }
    }
}
