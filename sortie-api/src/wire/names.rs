//! The closed sets of names on the wire, described from the tables that they come from: no value of these types exists.

use std::borrow::Cow;

use sortie_core::{
    access::request::RequestStatus,
    app::{DisplayProtocol, EgressMode, LaunchType, Network, OsType, RecordingPolicy, Visibility, WorkspaceKind},
    audit,
    event::{AppEventKind, SessionEventKind, request_event_name},
    preferences::Theme,
    services::event::ServicesEventKind,
    session::{PhaseKind, Reason, Status},
    sharing::Permission,
    sign_in::ClientKind,
    token_scope::TokenScope,
    user::Role,
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

macro_rules! names {
    ($($(#[doc = $doc:literal])+ $type:ident = $values:expr;)*) => {$(
        $(#[doc = $doc])+
        pub enum $type {}

        impl PartialSchema for $type {
            fn schema() -> RefOr<Schema> {
                let values: Vec<&'static str> = $values.into_iter().collect();
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .description(Some(concat!($($doc),+).trim()))
                    .enum_values(Some(values))
                    .into()
            }
        }

        impl ToSchema for $type {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($type))
            }
        }
    )*};
}

names! {
    /// What a person may be besides a person.
    RoleName = Role::ALL.map(Role::name);
    /// What a member of a tenant may be there.
    MemberRoleName = Role::OF_MEMBERS.map(Role::name);
    /// Light or dark.
    ThemeName = [Theme::Light, Theme::Dark].map(Theme::name);
    /// Who sees an app.
    VisibilityName = Visibility::ALL.iter().map(|it| it.name());
    /// What a click on an app does.
    LaunchTypeName = LaunchType::ALL.iter().map(|it| it.name());
    /// What runs inside an app.
    OsTypeName = OsType::ALL.iter().map(|it| it.name());
    /// Whether a workload gets a network.
    NetworkName = Network::ALL.iter().map(|it| it.name());
    /// Which files a workload gets.
    WorkspaceKindName = WorkspaceKind::ALL.iter().map(|it| it.name());
    /// Whether sessions are recorded.
    RecordingPolicyName = RecordingPolicy::ALL.iter().map(|it| it.name());
    /// What a display of an image's own speaks.
    DisplayProtocolName = DisplayProtocol::ALL.iter().map(|it| it.name());
    /// Whether the rules permit or forbid.
    EgressModeName = [EgressMode::Allowlist, EgressMode::Denylist].map(EgressMode::name);
    /// How a session is.
    SessionStatusName = Status::ALL.map(Status::name);
    /// How far a session is.
    SessionPhaseName = PhaseKind::ALL.map(PhaseKind::name);
    /// Why a session ended.
    EndReasonName = Reason::ALL.iter().map(|it| it.code());
    /// What happened to a session.
    SessionEventName = SessionEventKind::ALL.map(SessionEventKind::name);
    /// What happened to an app.
    AppEventName = AppEventKind::ALL.map(AppEventKind::name);
    /// What happened to a request for access.
    AccessRequestEventName = RequestStatus::ALL.map(request_event_name);
    /// What happened to the machine's services.
    ServicesEventName = ServicesEventKind::ALL.map(ServicesEventKind::name);
    /// What somebody may do with another's session.
    PermissionName = Permission::ALL.map(Permission::name);
    /// The same of the caller: empty where the session is the own.
    OwnPermissionName = Permission::ALL.map(Permission::name).into_iter().chain(["observe", ""]);
    /// To one person, or to whoever has the link.
    ShareKindName = ["user", "link"];
    /// What somebody is to a session.
    ViewerRoleName = ["owner", "viewer", "observer"];
    /// Whether somebody watches or waits to.
    ViewerStateName = ["connected", "waiting"];
    /// How far one has come by a link.
    JoinStatusName = ["waiting", "admitted", "refused"];
    /// How far a request for access has come.
    RequestStatusName = RequestStatus::ALL.map(RequestStatus::name);
    /// What a rule says.
    DecisionName = ["granted", "denied", "hidden"];
    /// With what somebody signed in.
    ClientName = [ClientKind::Browser, ClientKind::Api, ClientKind::Token].map(ClientKind::name);
    /// What a token may be used for.
    ScopeName = TokenScope::ALL.map(TokenScope::name);
    /// What a second factor is answered with.
    FactorMethodName = ["totp", "recovery_code"];
    /// What came of what was done.
    OutcomeName = [audit::Outcome::Success, audit::Outcome::Denied, audit::Outcome::Failure].map(audit::Outcome::name);
}
