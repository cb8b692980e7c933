//! The interface, described: generated from the handlers' annotations, the wire types, and the tables of codes.

use serde_json::json;
use sortie_stream::close::CloseCode;
use utoipa::{
    OpenApi,
    openapi::{
        extensions::Extensions,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::{
    codes::CODES,
    handlers,
    route::{Access, Route},
    stream,
    wire::event::{AccessRequestEventOut, AppEventOut, ServicesEventOut, SessionEventOut},
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Sortie", description = "A self-hosted application launcher"),
    security(("cookie" = []), ("bearer" = [])),
    paths(
        handlers::site::healthz,
        handlers::site::readyz,
        handlers::site::metrics,
        handlers::site::openapi,
        handlers::site::config,
        handlers::site::settings,
        handlers::site::save_settings,
        handlers::auth::login,
        handlers::auth::logout,
        handlers::auth::refresh,
        handlers::sso::login,
        handlers::sso::callback,
        handlers::sso::backchannel_logout,
        handlers::auth::me,
        handlers::auth::password,
        handlers::auth::second_factor,
        handlers::auth::register,
        handlers::auth::reset,
        handlers::security::sign_ins,
        handlers::security::end_other_sign_ins,
        handlers::security::end_sign_in,
        handlers::security::tokens,
        handlers::security::create_token,
        handlers::security::revoke_token,
        handlers::security::second_factor,
        handlers::security::begin_second_factor,
        handlers::security::confirm_second_factor,
        handlers::security::disable_second_factor,
        handlers::security::renew_recovery_codes,
        handlers::me::preferences,
        handlers::me::save_preferences,
        handlers::apps::list,
        handlers::apps::public,
        handlers::apps::create,
        handlers::apps::find,
        handlers::apps::update,
        handlers::apps::delete,
        handlers::sessions::list,
        handlers::sessions::list_all,
        handlers::sessions::launch,
        handlers::sessions::find,
        handlers::sessions::terminate,
        handlers::sessions::stop,
        handlers::sessions::restart,
        handlers::sessions::quotas,
        handlers::sharing::shares,
        handlers::sharing::share,
        handlers::sharing::unshare,
        handlers::sharing::shared,
        handlers::joining::join,
        handlers::joining::standing,
        handlers::sharing::viewers,
        handlers::sharing::cut_all,
        handlers::sharing::cut,
        handlers::sharing::admit,
        handlers::sharing::refuse,
        handlers::sharing::hand_over,
        handlers::sharing::observe,
        handlers::events::listen,
        handlers::launches::open_link,
        handlers::launches::analytics,
        handlers::launches::analytics_stats,
        handlers::audit::list,
        handlers::audit::export,
        handlers::audit::choices,
        handlers::accounts::list,
        handlers::accounts::create,
        handlers::accounts::find,
        handlers::accounts::update,
        handlers::accounts::delete,
        handlers::accounts::reset,
        handlers::accounts::remove_second_factor,
        handlers::accounts::sign_ins,
        handlers::accounts::end_sign_ins,
        handlers::access::people,
        handlers::access::ask,
        handlers::access::list,
        handlers::access::grant,
        handlers::access::refuse,
        handlers::access::withdraw,
        handlers::access::explain,
        handlers::categories::list,
        handlers::categories::create,
        handlers::categories::find,
        handlers::categories::update,
        handlers::categories::delete,
        handlers::categories::admins,
        handlers::categories::add_admin,
        handlers::categories::remove_admin,
        handlers::categories::approved,
        handlers::categories::add_approved,
        handlers::categories::remove_approved,
        handlers::tenants::own,
        handlers::tenants::list,
        handlers::tenants::create,
        handlers::tenants::find,
        handlers::tenants::update,
        handlers::tenants::delete,
        handlers::tenants::members,
        handlers::tenants::save_member,
        handlers::tenants::remove_member,
        handlers::services::root,
        handlers::services::state,
        handlers::services::current,
        handlers::services::target,
        handlers::services::set_target,
        handlers::services::apply,
        handlers::services::explain,
        handlers::services::history,
        handlers::services::snapshot,
        handlers::services::restore,
        handlers::services::status,
        handlers::services::apps,
        handlers::services::app,
        handlers::services::put_app,
        handlers::services::remove_app,
        handlers::services::logs,
        handlers::service_secrets::list,
        handlers::service_secrets::set,
        handlers::service_secrets::delete,
        handlers::events::listen_to_services,
        stream::open,
    ),
    components(schemas(SessionEventOut<'_>, AppEventOut<'_>, AccessRequestEventOut<'_>, ServicesEventOut<'_>))
)]
struct Document;

/// The whole description.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    env!("CARGO_PKG_VERSION").clone_into(&mut document.info.version);
    let components = document.components.get_or_insert_with(Default::default);
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-sortie"))));
    components
        .add_security_scheme("bearer", SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()));
    for endpoint in Route::ALL.iter().filter(|it| it.access == Access::Anyone) {
        if let Some(item) = document.paths.paths.get_mut(endpoint.template) {
            // Where both are possible, it is reading that anybody may do.
            if let Some(operation) = item.get.as_mut().or(item.post.as_mut()) {
                operation.security = Some(vec![SecurityRequirement::default()]);
            }
        }
    }
    for (path, item) in &mut document.paths.paths {
        let operations =
            [("get", &mut item.get), ("post", &mut item.post), ("put", &mut item.put), ("delete", &mut item.delete)];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(operation_id(method, path));
            }
        }
    }
    document.extensions.get_or_insert_with(Extensions::default).merge(codes());
    document
}

/// What generated clients call it: handlers' names are not unique. `GET /api/apps/{id}` is `get_api_apps_id`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty());
    std::iter::once(method).chain(words).collect::<Vec<_>>().join("_")
}

/// What no schema can say: the codes of problem documents, and those with which streams end.
fn codes() -> Extensions {
    let problems: Vec<_> = CODES.iter().map(|(status, code)| json!({"status": status, "code": code})).collect();
    let closes: Vec<_> = CloseCode::ALL
        .iter()
        .map(|it| json!({"name": format!("{it:?}"), "code": it.number(), "text": it.text(), "redial": it.may_redial()}))
        .collect();
    Extensions::builder().add("x-problem-codes", problems).add("x-close-codes", closes).build()
}
