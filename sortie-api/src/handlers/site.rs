//! Probes, metrics, the description of the interface, what the web app must know first, settings.

use std::collections::BTreeMap;

use http::{Response, StatusCode};
use subtle::ConstantTimeEq;

use super::ok;
use crate::{
    answer::{self, Body},
    body::{MOST, Payload},
    context::{Context, TENANT},
    error::{ApiError, Problem},
    metrics::{Backup, Forward, Gauges},
    wire::site::{ConfigOut, Health, Readiness, RuntimeOut, SignInDoor},
};

/// Alive.
#[utoipa::path(get, path = "/healthz", tag = "site", responses((status = 200, body = Health)))]
pub(crate) fn healthz() -> Response<Body> {
    ok(&Health { status: "ok" })
}

/// Whether this server can serve.
#[utoipa::path(get, path = "/readyz", tag = "site",
    responses((status = 200, body = Readiness), (status = 503, body = Readiness)))]
pub(crate) async fn readyz(cx: &Context) -> Response<Body> {
    match cx.api.is_ready().await {
        Ok(()) => ok(&Readiness { status: "ready", database: Some(Health { status: "ok" }), reason: None }),
        Err(reason) => answer::json(
            StatusCode::SERVICE_UNAVAILABLE,
            &Readiness { status: "not_ready", database: None, reason: Some(reason) },
        ),
    }
}

/// Numbers for Prometheus: for direct peers in private networks, and for whoever has the token.
#[utoipa::path(get, path = "/metrics", tag = "site",
    responses((status = 200, body = String, content_type = "text/plain"), (status = 404, body = Problem)))]
pub(crate) fn metrics(cx: &Context) -> Result<Response<Body>, ApiError> {
    let shown = cx.header(http::header::AUTHORIZATION).and_then(|it| it.strip_prefix("Bearer "));
    let has_token = match (shown, &cx.api.settings.metrics_token) {
        (Some(shown), Some(token)) => bool::from(shown.as_bytes().ct_eq(token.reveal().as_bytes())),
        _ => false,
    };
    if !cx.visit.is_direct_private && !has_token {
        return Err(ApiError::no_such_path());
    }
    let api = &cx.api;
    let backups = api.control.backup_report();
    let gauges = Gauges {
        connections: api.connections.total(),
        streams: api.streams.count(),
        event_streams: api.event_streams.total(),
        passes: api.control.reconciler().passes(),
        orphans: api.control.reconciler().orphans_kept(),
        warm: api.control.pool().counted().iter().map(|(status, count)| (status.name(), *count)).collect(),
        backup: Backup {
            newest: backups.newest().map(sortie_core::time::Timestamp::as_micros),
            bytes: backups.bytes(),
            failures: backups.failures(),
            drill: backups.drill(),
        },
        forward: api.control.forward_report().map(|it| Forward {
            taken: it.taken(),
            failures: it.failures(),
            waiting: it.waiting(),
            lag: it.lag(api.control.now()),
        }),
    };
    let text = api.metrics.render(&gauges, &api.settings.version);
    Ok(answer::typed(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", answer::full(text)))
}

/// This interface, described.
#[utoipa::path(get, path = "/openapi.json", tag = "site", responses((status = 200, body = serde_json::Value)))]
pub(crate) fn openapi(cx: &Context) -> Result<Response<Body>, ApiError> {
    Ok(answer::typed(StatusCode::OK, "application/json", answer::full(cx.api.openapi()?)))
}

/// What the web app must know first, with the looks of the tenant that the header `X-Tenant-ID` names.
#[utoipa::path(get, path = "/api/config", tag = "site", responses((status = 200, body = ConfigOut)))]
pub(crate) async fn config(cx: &Context) -> Result<Response<Body>, ApiError> {
    // The page must come up while the database is away; nobody can register then anyway.
    let door = cx.control().front_door().await.unwrap_or_default();
    let settings = &cx.api.settings;
    let mut branding = settings.branding.clone();
    if let Some(named) = cx.header(TENANT)
        && let Some(tenant) = cx.control().branding(named.trim()).await?
    {
        let look = tenant.branding;
        for (ours, theirs) in [
            (&mut branding.tenant_name, look.display_name),
            (&mut branding.logo_url, look.logo_url),
            (&mut branding.primary_color, look.primary_color),
            (&mut branding.secondary_color, look.secondary_color),
        ] {
            if !theirs.is_empty() {
                *ours = theirs;
            }
        }
    }
    Ok(ok(&ConfigOut {
        tenant_name: branding.tenant_name,
        logo_url: branding.logo_url,
        primary_color: branding.primary_color,
        secondary_color: branding.secondary_color,
        allow_registration: door.allow_registration,
        sign_in_notice: door.notice,
        sso_enabled: cx.control().has_sso(),
        sso_name: settings.sso.as_ref().map(|it| it.name.clone()).unwrap_or_default(),
        version: settings.version.clone(),
        sign_in: SignInDoor { allowed: cx.visit.may_sign_in, remedy: sign_in_remedy(cx) },
        runtime: cx.signed_in.as_ref().map(|_| RuntimeOut::from(cx.control().condition())),
    }))
}

/// Why one may not sign in the way one came, and what to do about it.
pub(super) fn sign_in_remedy(cx: &Context) -> Option<String> {
    (!cx.visit.may_sign_in).then(|| {
        "Passwords do not travel over plain http. Open Sortie over https (an administrator sets SORTIE_PUBLIC_URL, and \
         SORTIE_TRUSTED_PROXIES where a proxy ends TLS), or on the server itself over http://localhost. On a network that \
         is trusted an administrator may set SORTIE_ALLOW_HTTP=true."
            .to_owned()
    })
}

/// The installation's settings.
#[utoipa::path(get, path = "/api/admin/settings", tag = "administration",
    responses((status = 200, body = BTreeMap<String, String>), (status = 403, body = Problem)))]
pub(crate) async fn settings(cx: &Context) -> Result<Response<Body>, ApiError> {
    let settings = cx.control().settings(&cx.caller()?).await?;
    Ok(ok(&settings.into_iter().collect::<BTreeMap<_, _>>()))
}

/// Writes settings; others stay as they are.
#[utoipa::path(put, path = "/api/admin/settings", tag = "administration", request_body = BTreeMap<String, String>,
    responses((status = 200, body = BTreeMap<String, String>), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn save_settings(cx: Context, payload: Payload) -> Result<Response<Body>, ApiError> {
    let caller = cx.caller()?;
    let said: BTreeMap<String, String> = payload.json(MOST).await?;
    cx.control().save_settings(&caller, said.into_iter().collect()).await?;
    settings(&cx).await
}
