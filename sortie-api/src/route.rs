//! From a path to its meaning. The table below is the one list of routes: dispatch, `OpenAPI` and the tests of permissions
//! are checked against it.

use http::Method;
use sortie_core::id::{AccessRequestId, AppId, CategoryId, SessionId, ShareId, SignInId, TenantId, UserId, ViewerId};

/// Who gets past the door. What they may do then is decided by the use cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; a good credential may show more.
    Anyone,
    /// Only those who are signed in.
    SignedIn,
}

/// What is known of a route without an actual path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The path with placeholders: also the name in metrics and logs.
    pub template: &'static str,
    /// The methods, besides HEAD where there is GET.
    pub methods: &'static [Method],
    /// Who gets past the door.
    pub access: Access,
    /// Whether it answers on any Host: probes and scripts.
    pub any_host: bool,
}

macro_rules! routes {
    ($($(#[$doc:meta])* $name:ident $(($($id:ty),+))? = $template:literal [$($method:ident)+] $access:ident $($any:ident)?;)*) => {
        /// A path that means something.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Route { $($(#[$doc])* $name $(($($id),+))?,)* }

        impl Route {
            /// Every endpoint.
            pub const ALL: &'static [Endpoint] = &[$(Endpoint {
                template: $template,
                methods: &[$(Method::$method),+],
                access: Access::$access,
                any_host: routes!(@any $($any)?),
            }),*];

            /// What is known of this route.
            pub fn endpoint(&self) -> &'static Endpoint {
                let template = match self { $(Self::$name { .. } => $template,)* };
                // INVARIANT: both come from the same rows.
                Self::ALL.iter().find(|it| it.template == template).unwrap_or(&Self::ALL[0])
            }
        }
    };
    (@any AnyHost) => { true };
    (@any) => { false };
}

routes! {
    /// Alive.
    Healthz = "/healthz" [GET] Anyone AnyHost;
    /// Able to serve.
    Readyz = "/readyz" [GET] Anyone AnyHost;
    /// Numbers for Prometheus.
    Metrics = "/metrics" [GET] Anyone AnyHost;
    /// This interface, described.
    OpenApi = "/openapi.json" [GET] Anyone;
    /// What the web app must know first.
    Config = "/api/config" [GET] Anyone;
    /// The anonymous catalog.
    AppsJson = "/apps.json" [GET] Anyone AnyHost;
    /// Signing in.
    Login = "/api/auth/login" [POST] Anyone;
    /// Signing out.
    Logout = "/api/auth/logout" [POST] SignedIn;
    /// Staying signed in.
    Refresh = "/api/auth/refresh" [POST] Anyone;
    /// Signing in through another service.
    OidcLogin = "/api/auth/oidc/login" [GET] Anyone;
    /// Coming back from there.
    OidcCallback = "/api/auth/oidc/callback" [GET] Anyone;
    /// Its word that somebody signed out there.
    OidcLogout = "/api/auth/oidc/backchannel-logout" [POST] Anyone;
    /// The own account.
    Me = "/api/auth/me" [GET] SignedIn;
    /// The own password.
    Password = "/api/auth/password" [POST] SignedIn;
    /// The second factor at signing in.
    LoginSecondFactor = "/api/auth/second-factor" [POST] Anyone;
    /// Making an account for oneself.
    Register = "/api/auth/register" [POST] Anyone;
    /// Setting a new password with a link.
    Reset = "/api/auth/reset" [POST] Anyone;
    /// The own sign-ins.
    MySignIns = "/api/me/sign-ins" [GET DELETE] SignedIn;
    /// One of them.
    MySignIn(SignInId) = "/api/me/sign-ins/{id}" [DELETE] SignedIn;
    /// The own personal access tokens.
    MyTokens = "/api/me/tokens" [GET POST] SignedIn;
    /// One of them.
    MyToken(SignInId) = "/api/me/tokens/{id}" [DELETE] SignedIn;
    /// The own second factor.
    MySecondFactor = "/api/me/second-factor" [GET POST] SignedIn;
    /// Switching it on.
    MySecondFactorConfirm = "/api/me/second-factor/confirm" [POST] SignedIn;
    /// Switching it off.
    MySecondFactorDisable = "/api/me/second-factor/disable" [POST] SignedIn;
    /// New recovery codes.
    MyRecoveryCodes = "/api/me/second-factor/recovery-codes" [POST] SignedIn;
    /// The own preferences.
    Preferences = "/api/me/preferences" [GET PUT] SignedIn;
    /// The catalog. Making apps needs a sign-in, which the method's handler asks for.
    Apps = "/api/apps" [GET POST] Anyone AnyHost;
    /// One app.
    App(AppId) = "/api/apps/{id}" [GET PUT DELETE] SignedIn;
    /// Sessions.
    Sessions = "/api/sessions" [GET POST] SignedIn;
    /// What happens, as it happens.
    Events = "/api/sessions/events" [GET] SignedIn;
    /// One session.
    Session(SessionId) = "/api/sessions/{id}" [GET DELETE] SignedIn;
    /// Stopping it.
    SessionStop(SessionId) = "/api/sessions/{id}/stop" [POST] SignedIn;
    /// Starting it again.
    SessionRestart(SessionId) = "/api/sessions/{id}/restart" [POST] SignedIn;
    /// Whom a session is shared with.
    Shares(SessionId) = "/api/sessions/{id}/shares" [GET POST] SignedIn;
    /// One share of it.
    Share((SessionId, ShareId)) = "/api/sessions/{id}/shares/{share}" [DELETE] SignedIn;
    /// Sessions that others share with the caller.
    SharedSessions = "/api/sessions/shared" [GET] SignedIn;
    /// Coming by a link.
    JoinShare = "/api/sessions/shares/join" [POST] Anyone;
    /// How far one has come by it.
    Join(ViewerId) = "/api/sessions/joins/{id}" [GET] SignedIn;
    /// Who watches.
    Viewers(SessionId) = "/api/sessions/{id}/viewers" [GET DELETE] SignedIn;
    /// One of them.
    Viewer((SessionId, ViewerId)) = "/api/sessions/{id}/viewers/{viewer}" [DELETE] SignedIn;
    /// Letting somebody in who waits.
    AdmitViewer((SessionId, ViewerId)) = "/api/sessions/{id}/viewers/{viewer}/admit" [POST] SignedIn;
    /// Sending somebody away who waits.
    RefuseViewer((SessionId, ViewerId)) = "/api/sessions/{id}/viewers/{viewer}/refuse" [POST] SignedIn;
    /// Who has control.
    HandOver(SessionId) = "/api/sessions/{id}/control" [POST] SignedIn;
    /// Watching as an administrator.
    Observe(SessionId) = "/api/sessions/{id}/observe" [POST] SignedIn;
    /// Its screen.
    Stream(SessionId) = "/ws/sessions/{id}" [GET] SignedIn;
    /// The audit.
    Audit = "/api/audit" [GET] SignedIn;
    /// All of it.
    AuditExport = "/api/audit/export" [GET] SignedIn;
    /// What can be filtered by.
    AuditFilters = "/api/audit/filters" [GET] SignedIn;
    /// Opening a link app.
    OpenLink = "/api/analytics/launch" [POST] SignedIn;
    /// Who launched what how often.
    Analytics = "/api/analytics" [GET] SignedIn;
    /// The same under its older name.
    AnalyticsStats = "/api/analytics/stats" [GET] SignedIn;
    /// Everybody's sessions.
    AdminSessions = "/api/admin/sessions" [GET] SignedIn;
    /// What is in use and what may be.
    Quotas = "/api/quotas" [GET] SignedIn;
    /// Accounts.
    AdminUsers = "/api/admin/users" [GET POST] SignedIn;
    /// One account.
    AdminUser(UserId) = "/api/admin/users/{id}" [GET PUT DELETE] SignedIn;
    /// A link to set its password.
    AdminUserReset(UserId) = "/api/admin/users/{id}/reset" [POST] SignedIn;
    /// Its second factor.
    AdminUserSecondFactor(UserId) = "/api/admin/users/{id}/second-factor" [DELETE] SignedIn;
    /// Its sign-ins.
    AdminUserSignIns(UserId) = "/api/admin/users/{id}/sign-ins" [GET DELETE] SignedIn;
    /// The installation's settings.
    AdminSettings = "/api/admin/settings" [GET PUT] SignedIn;
    /// Categories.
    Categories = "/api/categories" [GET POST] SignedIn;
    /// One category.
    Category(CategoryId) = "/api/categories/{id}" [GET PUT DELETE] SignedIn;
    /// Who manages it.
    CategoryAdmins(CategoryId) = "/api/categories/{id}/admins" [GET POST] SignedIn;
    /// One of them.
    CategoryAdmin(CategoryId, UserId) = "/api/categories/{id}/admins/{userId}" [DELETE] SignedIn;
    /// Who uses its approved apps.
    CategoryApproved(CategoryId) = "/api/categories/{id}/approved-users" [GET POST] SignedIn;
    /// One of them.
    CategoryApprovedUser(CategoryId, UserId) = "/api/categories/{id}/approved-users/{userId}" [DELETE] SignedIn;
    /// People of the own tenant.
    People = "/api/users" [GET] SignedIn;
    /// Asking for access to an app.
    AppAccessRequests(AppId) = "/api/apps/{id}/access-requests" [POST] SignedIn;
    /// Requests for access.
    AccessRequests = "/api/access-requests" [GET] SignedIn;
    /// Granting one.
    GrantAccess(AccessRequestId) = "/api/access-requests/{id}/grant" [POST] SignedIn;
    /// Refusing one.
    RefuseAccess(AccessRequestId) = "/api/access-requests/{id}/refuse" [POST] SignedIn;
    /// Taking the own one back.
    WithdrawAccess(AccessRequestId) = "/api/access-requests/{id}/withdraw" [POST] SignedIn;
    /// Why somebody may or may not.
    Explain = "/api/access/explain" [GET] SignedIn;
    /// The own tenants.
    OwnTenants = "/api/tenants" [GET] SignedIn;
    /// Tenants.
    Tenants = "/api/admin/tenants" [GET POST] SignedIn;
    /// One tenant.
    Tenant(TenantId) = "/api/admin/tenants/{id}" [GET PUT DELETE] SignedIn;
    /// Its members.
    Members(TenantId) = "/api/admin/tenants/{id}/members" [GET POST] SignedIn;
    /// One of them.
    Member(TenantId, UserId) = "/api/admin/tenants/{id}/members/{userId}" [DELETE] SignedIn;
    /// Which engine runs the machine's services.
    ServicesRoot = "/api/v1/" [GET] Anyone;
    /// What runs and what is wanted.
    ServicesState = "/api/v1/state" [GET] Anyone;
    /// What runs.
    ServicesCurrent = "/api/v1/state/current" [GET] Anyone;
    /// What is wanted.
    ServicesTarget = "/api/v1/state/target" [GET POST] Anyone;
    /// Asking for a pass.
    ServicesApply = "/api/v1/state/apply" [POST] Anyone;
    /// Why each service is as it is.
    ServicesExplain = "/api/v1/state/explain" [GET] Anyone;
    /// Kept states.
    ServicesHistory = "/api/v1/state/history" [GET] Anyone;
    /// One of them.
    ServicesSnapshot(String) = "/api/v1/state/history/{id}" [GET] Anyone;
    /// Wanting it again.
    ServicesRestore(String) = "/api/v1/state/history/{id}/restore" [POST] Anyone;
    /// How much there is.
    ServicesStatus = "/api/v1/status" [GET] Anyone;
    /// Apps of services.
    ServiceApps = "/api/v1/apps" [GET] Anyone;
    /// One of them.
    ServiceApp(String) = "/api/v1/apps/{id}" [GET POST DELETE] Anyone;
    /// What happens to services, as it happens.
    ServicesEvents = "/api/v1/events" [GET] Anyone;
    /// Secrets for services' environment.
    ServiceSecrets = "/api/v1/secrets" [GET] Anyone;
    /// One of them.
    ServiceSecret(String) = "/api/v1/secrets/{name}" [PUT DELETE] Anyone;
    /// What services say.
    ServiceLogs = "/api/v1/logs" [GET] Anyone;
}

impl Route {
    /// Whether a browser comes here from another site, or a program without any credential of ours: what it may bring along
    /// of ours is not looked at.
    pub(crate) fn is_single_sign_on(&self) -> bool {
        matches!(self, Self::OidcLogin | Self::OidcCallback | Self::OidcLogout)
    }
}

/// What a path turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A route.
    Route(Route),
    /// Nothing, below a prefix that is ours alone.
    Unknown,
    /// A page or a file of the web app, if there is one.
    Page,
}

impl Route {
    /// Reads a path as it stands in the request, still percent-encoded. Ids that cannot exist are unknown.
    pub fn parse(path: &str) -> Found {
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let route = match segments.as_slice() {
            ["healthz"] => Some(Self::Healthz),
            ["readyz"] => Some(Self::Readyz),
            ["metrics"] => Some(Self::Metrics),
            ["openapi.json"] => Some(Self::OpenApi),
            ["apps.json"] => Some(Self::AppsJson),
            ["ws", "sessions", id] => segment(id).and_then(|it| SessionId::new(it).ok()).map(Self::Stream),
            ["api", rest @ ..] => Self::parse_api(rest),
            _ => None,
        };
        match (route, segments.first()) {
            (Some(route), _) => Found::Route(route),
            (None, Some(&("api" | "ws"))) => Found::Unknown,
            (None, _) => Found::Page,
        }
    }

    fn parse_api(segments: &[&str]) -> Option<Self> {
        Some(match segments {
            ["config"] => Self::Config,
            ["auth", "login"] => Self::Login,
            ["auth", "logout"] => Self::Logout,
            ["auth", "refresh"] => Self::Refresh,
            ["auth", "oidc", "login"] => Self::OidcLogin,
            ["auth", "oidc", "callback"] => Self::OidcCallback,
            ["auth", "oidc", "backchannel-logout"] => Self::OidcLogout,
            ["auth", "me"] => Self::Me,
            ["auth", "password"] => Self::Password,
            ["auth", "second-factor"] => Self::LoginSecondFactor,
            ["auth", "register"] => Self::Register,
            ["auth", "reset"] => Self::Reset,
            ["me", "sign-ins"] => Self::MySignIns,
            ["me", "sign-ins", id] => Self::MySignIn(SignInId::new(segment(id)?).ok()?),
            ["me", "tokens"] => Self::MyTokens,
            ["me", "tokens", id] => Self::MyToken(SignInId::new(segment(id)?).ok()?),
            ["me", "second-factor"] => Self::MySecondFactor,
            ["me", "second-factor", "confirm"] => Self::MySecondFactorConfirm,
            ["me", "second-factor", "disable"] => Self::MySecondFactorDisable,
            ["me", "second-factor", "recovery-codes"] => Self::MyRecoveryCodes,
            ["me", "preferences"] => Self::Preferences,
            ["apps"] => Self::Apps,
            ["apps", id] => Self::App(AppId::new(segment(id)?).ok()?),
            ["sessions"] => Self::Sessions,
            ["sessions", "events"] => Self::Events,
            ["sessions", "shared"] => Self::SharedSessions,
            ["sessions", "shares", "join"] => Self::JoinShare,
            ["sessions", "joins", id] => Self::Join(ViewerId::new(segment(id)?).ok()?),
            ["sessions", id] => Self::Session(SessionId::new(segment(id)?).ok()?),
            ["sessions", id, "stop"] => Self::SessionStop(SessionId::new(segment(id)?).ok()?),
            ["sessions", id, "restart"] => Self::SessionRestart(SessionId::new(segment(id)?).ok()?),
            ["sessions", id, rest @ ..] => Self::parse_sharing(SessionId::new(segment(id)?).ok()?, rest)?,
            ["audit"] => Self::Audit,
            ["audit", "export"] => Self::AuditExport,
            ["audit", "filters"] => Self::AuditFilters,
            ["analytics"] => Self::Analytics,
            ["analytics", "stats"] => Self::AnalyticsStats,
            ["analytics", "launch"] => Self::OpenLink,
            ["quotas"] => Self::Quotas,
            ["admin", "sessions"] => Self::AdminSessions,
            ["admin", "users"] => Self::AdminUsers,
            ["admin", "users", id] => Self::AdminUser(UserId::new(segment(id)?).ok()?),
            ["admin", "users", id, "reset"] => Self::AdminUserReset(UserId::new(segment(id)?).ok()?),
            ["admin", "users", id, "second-factor"] => Self::AdminUserSecondFactor(UserId::new(segment(id)?).ok()?),
            ["admin", "users", id, "sign-ins"] => Self::AdminUserSignIns(UserId::new(segment(id)?).ok()?),
            ["admin", "settings"] => Self::AdminSettings,
            ["categories", rest @ ..] => return Self::parse_categories(rest),
            ["users"] => Self::People,
            ["apps", id, "access-requests"] => Self::AppAccessRequests(AppId::new(segment(id)?).ok()?),
            ["access-requests"] => Self::AccessRequests,
            ["access-requests", id, "grant"] => Self::GrantAccess(AccessRequestId::new(segment(id)?).ok()?),
            ["access-requests", id, "refuse"] => Self::RefuseAccess(AccessRequestId::new(segment(id)?).ok()?),
            ["access-requests", id, "withdraw"] => Self::WithdrawAccess(AccessRequestId::new(segment(id)?).ok()?),
            ["access", "explain"] => Self::Explain,
            ["tenants"] => Self::OwnTenants,
            ["v1", rest @ ..] => return Self::parse_services(rest),
            ["admin", "tenants", rest @ ..] => return Self::parse_tenants(rest),
            _ => return None,
        })
    }
}

impl Route {
    fn parse_services(segments: &[&str]) -> Option<Self> {
        Some(match segments {
            [""] => Self::ServicesRoot,
            ["state"] => Self::ServicesState,
            ["state", "current"] => Self::ServicesCurrent,
            ["state", "target"] => Self::ServicesTarget,
            ["state", "apply"] => Self::ServicesApply,
            ["state", "explain"] => Self::ServicesExplain,
            ["state", "history"] => Self::ServicesHistory,
            ["state", "history", id] => Self::ServicesSnapshot(segment(id)?),
            ["state", "history", id, "restore"] => Self::ServicesRestore(segment(id)?),
            ["status"] => Self::ServicesStatus,
            ["apps"] => Self::ServiceApps,
            ["apps", id] => Self::ServiceApp(segment(id)?),
            ["events"] => Self::ServicesEvents,
            ["secrets"] => Self::ServiceSecrets,
            ["secrets", name] => Self::ServiceSecret(segment(name)?),
            ["logs"] => Self::ServiceLogs,
            _ => return None,
        })
    }

    fn parse_categories(segments: &[&str]) -> Option<Self> {
        let [id, rest @ ..] = segments else { return Some(Self::Categories) };
        let id = CategoryId::new(segment(id)?).ok()?;
        Some(match rest {
            [] => Self::Category(id),
            ["admins"] => Self::CategoryAdmins(id),
            ["admins", user] => Self::CategoryAdmin(id, UserId::new(segment(user)?).ok()?),
            ["approved-users"] => Self::CategoryApproved(id),
            ["approved-users", user] => Self::CategoryApprovedUser(id, UserId::new(segment(user)?).ok()?),
            _ => return None,
        })
    }

    fn parse_tenants(segments: &[&str]) -> Option<Self> {
        let [id, rest @ ..] = segments else { return Some(Self::Tenants) };
        let id = TenantId::new(segment(id)?).ok()?;
        Some(match rest {
            [] => Self::Tenant(id),
            ["members"] => Self::Members(id),
            ["members", user] => Self::Member(id, UserId::new(segment(user)?).ok()?),
            _ => return None,
        })
    }
}

impl Route {
    /// What lies below one session and is about others.
    fn parse_sharing(session: SessionId, segments: &[&str]) -> Option<Self> {
        let viewer = |id: &str| ViewerId::new(segment(id)?).ok();
        Some(match segments {
            ["shares"] => Self::Shares(session),
            ["shares", id] => Self::Share((session, ShareId::new(segment(id)?).ok()?)),
            ["viewers"] => Self::Viewers(session),
            ["viewers", id] => Self::Viewer((session, viewer(id)?)),
            ["viewers", id, "admit"] => Self::AdmitViewer((session, viewer(id)?)),
            ["viewers", id, "refuse"] => Self::RefuseViewer((session, viewer(id)?)),
            ["control"] => Self::HandOver(session),
            ["observe"] => Self::Observe(session),
            _ => return None,
        })
    }

    /// Whether somebody without an account who came by a link gets past the door here. What it may do then is decided by the
    /// use cases, as for everybody.
    pub fn is_for_guests(&self) -> bool {
        matches!(
            self,
            Self::Session(_)
                | Self::Stream(_)
                | Self::Events
                | Self::Join(_)
                | Self::JoinShare
                | Self::Me
                | Self::Logout
        )
    }
}

/// Decodes one segment; `None` when it is not percent-encoded UTF-8.
fn segment(text: &str) -> Option<String> {
    crate::text::percent_decode(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_endpoint_is_reached_by_its_own_template() {
        for endpoint in Route::ALL {
            let path = endpoint.template.replace("{id}", "a%20B").replace("{userId}", "c");
            let Found::Route(route) = Route::parse(&path) else { panic!("{path} is no route") };
            assert_eq!(route.endpoint(), endpoint);
        }
    }

    #[test]
    fn an_id_is_decoded_once_and_may_hold_spaces() {
        let session = |id: &str| Found::Route(Route::Session(SessionId::new(id).unwrap()));
        assert_eq!(Route::parse("/api/sessions/My%20App%3F"), session("My App?"));
        assert_eq!(Route::parse("/api/sessions/a%2520b"), session("a%20b"));
    }

    #[test]
    fn a_malformed_id_is_an_unknown_path() {
        for path in ["/api/sessions/", "/api/sessions/%zz", "/api/sessions/%ff", "/api/sessions/%0a", "/api/nothing"] {
            assert_eq!(Route::parse(path), Found::Unknown, "{path}");
        }
    }

    #[test]
    fn other_paths_belong_to_the_web_app() {
        assert_eq!(Route::parse("/sessions/7"), Found::Page);
        assert_eq!(Route::parse("/"), Found::Page);
    }
}
