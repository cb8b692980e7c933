//! Who did what to which, and how it went. Written in the transaction of the change; never changed afterwards.

use crate::{
    event::Event,
    id::{RequestId, TenantId, UserId},
    policy::Caller,
    time::Timestamp,
};

macro_rules! audit_actions {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// What was done.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum AuditAction {
            $($(#[$doc])* $name,)*
        }

        impl AuditAction {
            /// Every action.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name, as stored.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }
        }
    };
}

audit_actions! {
    /// Signed in, or tried to.
    Login = "LOGIN",
    /// Signed in through another service, or tried to.
    SsoLogin = "SSO_LOGIN",
    /// Signed out.
    Logout = "LOGOUT",
    /// Got new tokens for an old refresh token.
    RefreshLogin = "REFRESH_LOGIN",
    /// A sign-in was ended by somebody else or because its token was stolen.
    RevokeLogin = "REVOKE_LOGIN",
    /// Changed the own password.
    ChangePassword = "CHANGE_PASSWORD",
    /// Made a link with which somebody sets a new password.
    CreateResetLink = "CREATE_RESET_LINK",
    /// Set a new password with such a link.
    ResetPassword = "RESET_PASSWORD",
    /// Made an account for oneself.
    Register = "REGISTER",
    /// Made the secret of a second factor.
    BeginSecondFactor = "BEGIN_SECOND_FACTOR",
    /// Switched a second factor on.
    EnableSecondFactor = "ENABLE_SECOND_FACTOR",
    /// Switched a second factor off.
    DisableSecondFactor = "DISABLE_SECOND_FACTOR",
    /// Used a recovery code up.
    UseRecoveryCode = "USE_RECOVERY_CODE",
    /// Made new recovery codes.
    RenewRecoveryCodes = "RENEW_RECOVERY_CODES",
    /// Made a personal access token.
    CreateToken = "CREATE_TOKEN",
    /// Ended a personal access token.
    RevokeToken = "REVOKE_TOKEN",
    /// A password's hash was made anew at signing in, because it was weaker than today's.
    RenewPasswordHash = "RENEW_PASSWORD_HASH",
    /// Changed the own preferences.
    UpdatePreferences = "UPDATE_PREFERENCES",
    /// Took the database of an older system over.
    AdoptDatabase = "ADOPT_DATABASE",
    /// Copied everything from another database.
    CopyDatabase = "COPY_DATABASE",
    /// Made an app.
    CreateApp = "CREATE_APP",
    /// Changed an app.
    UpdateApp = "UPDATE_APP",
    /// Deleted an app.
    DeleteApp = "DELETE_APP",
    /// Made a category.
    CreateCategory = "CREATE_CATEGORY",
    /// Changed a category.
    UpdateCategory = "UPDATE_CATEGORY",
    /// Deleted a category.
    DeleteCategory = "DELETE_CATEGORY",
    /// Made somebody an administrator of a category.
    AddCategoryAdmin = "ADD_CATEGORY_ADMIN",
    /// Took that away.
    RemoveCategoryAdmin = "REMOVE_CATEGORY_ADMIN",
    /// Made somebody an approved user of a category.
    AddCategoryApprovedUser = "ADD_CATEGORY_APPROVED_USER",
    /// Took that away.
    RemoveCategoryApprovedUser = "REMOVE_CATEGORY_APPROVED_USER",
    /// Asked for access to an app.
    RequestAccess = "REQUEST_ACCESS",
    /// Granted it.
    GrantAccess = "GRANT_ACCESS",
    /// Refused it.
    RefuseAccess = "REFUSE_ACCESS",
    /// Took the own request back.
    WithdrawAccessRequest = "WITHDRAW_ACCESS_REQUEST",
    /// Asked what another person may do, and why.
    ExplainAccess = "EXPLAIN_ACCESS",
    /// Made a tenant.
    CreateTenant = "CREATE_TENANT",
    /// Changed a tenant.
    UpdateTenant = "UPDATE_TENANT",
    /// Deleted a tenant.
    DeleteTenant = "DELETE_TENANT",
    /// Made somebody a member of a tenant, or changed a member's roles.
    SaveTenantMember = "SAVE_TENANT_MEMBER",
    /// Ended a membership.
    RemoveTenantMember = "REMOVE_TENANT_MEMBER",
    /// Opened a link app.
    OpenLink = "OPEN_LINK",
    /// Launched an app.
    CreateSession = "CREATE_SESSION",
    /// A session's workload answered.
    SessionReady = "SESSION_READY",
    /// Stopped a session through `stop`.
    StopSession = "STOP_SESSION",
    /// Ended a session through DELETE.
    TerminateSession = "TERMINATE_SESSION",
    /// Started a session again.
    RestartSession = "RESTART_SESSION",
    /// A session expired.
    ExpireSession = "EXPIRE_SESSION",
    /// A session failed.
    FailSession = "FAIL_SESSION",
    /// A session follows the changed egress policy of its app.
    ApplyEgress = "APPLY_EGRESS",
    /// A session's workload was observed gone.
    ReleaseSession = "RELEASE_SESSION",
    /// Listed another person's sessions.
    ListSessions = "LIST_SESSIONS",
    /// Let somebody else see a session, or made a link that does.
    CreateShare = "CREATE_SHARE",
    /// Took a share back.
    DeleteShare = "DELETE_SHARE",
    /// Came by a link, or tried to.
    JoinShare = "JOIN_SHARE",
    /// Let somebody in who waited.
    AdmitViewer = "ADMIT_VIEWER",
    /// Sent somebody away who waited.
    RefuseViewer = "REFUSE_VIEWER",
    /// Ended somebody's watching.
    CutViewer = "CUT_VIEWER",
    /// A guest left.
    LeaveShare = "LEAVE_SHARE",
    /// Handed control over, or took it back.
    HandOverControl = "HAND_OVER_CONTROL",
    /// An administrator began to watch, with a reason.
    ObserveSession = "OBSERVE_SESSION",
    /// Opened a session's screen.
    GatewayConnect = "GATEWAY_CONNECT",
    /// A session's screen was closed.
    GatewayDisconnect = "GATEWAY_DISCONNECT",
    /// Made an account.
    CreateUser = "CREATE_USER",
    /// Changed an account.
    UpdateUser = "UPDATE_USER",
    /// Deleted an account.
    DeleteUser = "DELETE_USER",
    /// Changed a setting.
    UpdateSettings = "UPDATE_SETTINGS",
    /// Wrote the catalog's first apps from a seed file.
    SeedApps = "SEED_APPS",
    /// Removed a workload that ran for nobody.
    PurgeWorkload = "PURGE_WORKLOAD",
    /// Set what services shall run.
    SetTarget = "SET_TARGET",
    /// Put one app into it.
    PutServiceApp = "PUT_SERVICE_APP",
    /// Took one out of it.
    DeleteServiceApp = "DELETE_SERVICE_APP",
    /// Asked for everything to be tried at once.
    ApplyTarget = "APPLY_TARGET",
    /// Set a secret for services.
    SetServiceSecret = "SET_SERVICE_SECRET",
    /// Deleted one.
    DeleteServiceSecret = "DELETE_SERVICE_SECRET",
    /// Took over a workload from another installation or from before a restore.
    AdoptWorkload = "ADOPT_WORKLOAD",
    /// Exported the audit.
    ExportAudit = "EXPORT_AUDIT",
    /// Made a backup and proved it.
    CreateBackup = "CREATE_BACKUP",
    /// Put a backup in the database's place.
    RestoreBackup = "RESTORE_BACKUP",
    /// Removed backups that no rule keeps.
    PruneBackups = "PRUNE_BACKUPS",
    /// Tried a restore against a server that is thrown away.
    DrillBackup = "DRILL_BACKUP",
    /// Removed audit entries that are older than they are kept.
    PruneAudit = "PRUNE_AUDIT",
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done.
    Success,
    /// Refused.
    Denied,
    /// Tried and failed.
    Failure,
}

impl Outcome {
    /// The name, as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Denied => "denied",
            Self::Failure => "failure",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Success, Self::Denied, Self::Failure].into_iter().find(|it| it.name() == name)
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The identity; `None` for Sortie itself and for strangers.
    pub id: Option<UserId>,
    /// The sign-in name at that moment; `system` for Sortie itself.
    pub name: String,
    /// For whom, where that is somebody else.
    pub on_behalf_of: Option<UserId>,
    /// From which address.
    pub source_ip: Option<String>,
    /// In which request.
    pub request: Option<RequestId>,
    /// In which tenant.
    pub tenant: TenantId,
}

impl Actor {
    /// Sortie itself.
    pub fn system() -> Self {
        Self {
            id: None,
            name: "system".to_owned(),
            on_behalf_of: None,
            source_ip: None,
            request: None,
            tenant: TenantId::default_tenant(),
        }
    }

    /// The person behind a request.
    pub fn from_caller(caller: &Caller) -> Self {
        Self {
            id: Some(caller.principal.user.clone()),
            name: caller.principal.username.clone(),
            on_behalf_of: None,
            source_ip: Some(caller.source_ip.clone()),
            request: Some(caller.request.clone()),
            tenant: caller.tenant.clone(),
        }
    }

    /// The same, acting for somebody else.
    #[must_use]
    pub fn acting_for(mut self, user: UserId) -> Self {
        self.on_behalf_of = Some(user);
        self
    }
}

/// One entry, before it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Who.
    pub actor: Actor,
    /// What.
    pub action: AuditAction,
    /// To which, and how: names and values in order. Never a secret.
    pub details: Vec<(&'static str, String)>,
    /// How it went.
    pub outcome: Outcome,
}

impl AuditEntry {
    /// A success.
    pub fn new(actor: Actor, action: AuditAction, details: Vec<(&'static str, String)>) -> Self {
        Self { actor, action, details, outcome: Outcome::Success }
    }

    /// The same with another outcome.
    #[must_use]
    pub fn with_outcome(mut self, outcome: Outcome) -> Self {
        self.outcome = outcome;
        self
    }
}

/// One entry, as stored and listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditRecord {
    /// Its row's number: not the order of commits.
    pub id: i64,
    /// When.
    pub timestamp: Timestamp,
    /// The sign-in name at that moment.
    pub user: String,
    /// What: a name of [`AuditAction`], or one of an older system.
    pub action: String,
    /// The details as text (JSON in rows of ours).
    pub details: String,
    /// The identity.
    pub actor_id: Option<String>,
    /// For whom.
    pub on_behalf_of: Option<String>,
    /// From which address.
    pub source_ip: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// How it went.
    pub outcome: String,
    /// In which tenant.
    pub tenant: TenantId,
}

/// What goes with every write: no audit, no change.
#[derive(Clone, Debug)]
pub struct Change {
    /// When.
    pub at: Timestamp,
    /// The audit entry.
    pub audit: AuditEntry,
    /// The events that tell others.
    pub events: Vec<Event>,
}
