//! What can be asked for.

macro_rules! actions {
    ($($name:ident, $code:literal, $doc:literal;)+) => {
        /// What is asked for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Action {
            $(#[doc = $doc] $name,)+
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name, as `explain` takes it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// Reads a name.
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|it| it.name() == name)
            }
        }
    };
}

actions! {
    ViewApp, "view_app", "See an app with everything that its users may know.";
    DiscoverApp, "discover_app", "See its card.";
    LaunchApp, "launch_app", "Launch it, or open its link.";
    RequestApp, "request_app", "Ask for access to it.";
    CreateApp, "create_app", "Make one.";
    UpdateApp, "update_app", "Change how one is shown, and to whom.";
    ConfigureApp, "configure_app", "Change what runs in one, and see it.";
    ElevateApp, "elevate_app", "Let one run as root.";
    DeleteApp, "delete_app", "Delete one.";
    ViewCategory, "view_category", "See a category.";
    CreateCategory, "create_category", "Make one.";
    UpdateCategory, "update_category", "Change its name, its description and its people, and decide who uses its apps.";
    DeleteCategory, "delete_category", "Delete one.";
    ViewSession, "view_session", "See a session.";
    StopSession, "stop_session", "Stop or restart it.";
    UseSession, "use_session", "See its screen, and use it as far as the part in it allows.";
    ShareSession, "share_session", "Let others look at it, let in who waits, and hand over control.";
    ShareControl, "share_control", "Let others type in it.";
    ManageViewers, "manage_viewers", "See who watches, send them away, and take shares back.";
    ObserveSession, "observe_session", "Watch somebody else's, for a stated reason.";
    LaunchFor, "launch_for", "Launch for somebody else.";
    ListAllSessions, "list_all_sessions", "See everybody's sessions.";
    ReadAudit, "read_audit", "Read the audit.";
    ReadAnalytics, "read_analytics", "Read who launched what how often.";
    ManageUsers, "manage_users", "See, make, change and delete accounts.";
    ManageSettings, "manage_settings", "See and change settings.";
    ChangeOwnPreferences, "change_own_preferences", "Change what oneself prefers.";
    ManageOwnCredentials, "manage_own_credentials", "See and change the own password, second factor, sign-ins and tokens.";
    ListPeople, "list_people", "List everybody of the tenant.";
    ViewTenant, "view_tenant", "See how a tenant is set up, and its members.";
    UpdateTenant, "update_tenant", "Change a tenant's name, looks and members' roles.";
    ManageTenants, "manage_tenants", "Make and delete tenants, set their quotas, and add members.";
    ViewServices, "view_services", "See which services shall run, which do, and what they say.";
    ManageServices, "manage_services", "Say which services shall run.";
}
