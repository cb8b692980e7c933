//! From a route and a method to a handler.

use http::{Method, Response};
use hyper::upgrade::OnUpgrade;

use crate::{
    answer::Body,
    body::Payload,
    context::Context,
    error::ApiError,
    handlers::{accounts, apps, audit, auth, events, joining, launches, me, sessions, sharing, site, sso},
    route::Route,
    stream,
};

/// Calls the handler. The route's table has already refused methods that it does not list.
pub(crate) async fn dispatch(
    route: Route,
    cx: Context,
    payload: Payload,
    upgrade: Option<OnUpgrade>,
) -> Result<Response<Body>, ApiError> {
    // HEAD is GET whose body hyper leaves out.
    let method = if cx.method == Method::HEAD { Method::GET } else { cx.method.clone() };
    match (route, method) {
        (Route::Healthz, _) => Ok(site::healthz()),
        (Route::Readyz, _) => Ok(site::readyz(&cx).await),
        (Route::Metrics, _) => site::metrics(&cx),
        (Route::OpenApi, _) => site::openapi(&cx),
        (Route::Config, _) => Ok(site::config(&cx)),
        (Route::AppsJson, _) => apps::public(&cx).await,
        (Route::Login, _) => auth::login(cx, payload).await,
        (Route::Logout, _) => auth::logout(&cx).await,
        (Route::Refresh, _) => auth::refresh(cx, payload).await,
        (Route::OidcLogin, _) => sso::login(&cx).await,
        (Route::OidcCallback, _) => sso::callback(&cx).await,
        (Route::OidcLogout, _) => sso::backchannel_logout(cx, payload).await,
        (Route::Me, _) => auth::me(&cx).await,
        (Route::Password, _) => auth::password(cx, payload).await,
        (Route::Preferences, Method::PUT) => me::save_preferences(cx, payload).await,
        (Route::Preferences, _) => me::preferences(&cx).await,
        (Route::Apps, Method::POST) => apps::create(cx, payload).await,
        (Route::Apps, _) => apps::list(&cx).await,
        (Route::App(id), Method::PUT) => apps::update(cx, id, payload).await,
        (Route::App(id), Method::DELETE) => apps::delete(&cx, id).await,
        (Route::App(id), _) => apps::find(&cx, id).await,
        (Route::Sessions, Method::POST) => sessions::launch(cx, payload).await,
        (Route::Sessions, _) => sessions::list(&cx).await,
        (Route::Events, _) => events::listen(cx).await,
        (Route::Session(id), Method::DELETE) => sessions::terminate(&cx, id).await,
        (Route::Session(id), _) => sessions::find(&cx, id).await,
        (Route::SessionStop(id), _) => sessions::stop(&cx, id).await,
        (Route::SessionRestart(id), _) => sessions::restart(&cx, id).await,
        (Route::Shares(id), Method::POST) => sharing::share(cx, id, payload).await,
        (Route::Shares(id), _) => sharing::shares(&cx, id).await,
        (Route::Share((id, share)), _) => sharing::unshare(&cx, id, share).await,
        (Route::SharedSessions, _) => sharing::shared(&cx).await,
        (Route::JoinShare, _) => joining::join(cx, payload).await,
        (Route::Join(id), _) => joining::standing(&cx, id).await,
        (Route::Viewers(id), Method::DELETE) => sharing::cut_all(&cx, id).await,
        (Route::Viewers(id), _) => sharing::viewers(&cx, id).await,
        (Route::Viewer((id, viewer)), _) => sharing::cut(&cx, id, viewer).await,
        (Route::AdmitViewer((id, viewer)), _) => sharing::admit(&cx, id, viewer).await,
        (Route::RefuseViewer((id, viewer)), _) => sharing::refuse(&cx, id, viewer).await,
        (Route::HandOver(id), _) => sharing::hand_over(cx, id, payload).await,
        (Route::Observe(id), _) => sharing::observe(cx, id, payload).await,
        (Route::Stream(id), _) => stream::open(&cx, id, upgrade),
        (Route::Audit, _) => audit::list(&cx).await,
        (Route::AuditExport, _) => audit::export(cx).await,
        (Route::AuditFilters, _) => audit::choices(&cx).await,
        (Route::OpenLink, _) => launches::open_link(cx, payload).await,
        (Route::Analytics, _) => launches::analytics(&cx).await,
        (Route::AnalyticsStats, _) => launches::analytics_stats(&cx).await,
        (Route::AdminSessions, _) => sessions::list_all(&cx).await,
        (Route::Quotas, _) => sessions::quotas(&cx).await,
        (Route::AdminUsers, Method::POST) => accounts::create(cx, payload).await,
        (Route::AdminUsers, _) => accounts::list(&cx).await,
        (Route::AdminUser(id), Method::PUT) => accounts::update(cx, id, payload).await,
        (Route::AdminUser(id), Method::DELETE) => accounts::delete(&cx, id).await,
        (Route::AdminUser(id), _) => accounts::find(&cx, id).await,
        (Route::AdminSettings, Method::PUT) => site::save_settings(cx, payload).await,
        (Route::AdminSettings, _) => site::settings(&cx).await,
    }
}
