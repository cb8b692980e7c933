//! Every key: its name, its default, whether it is a secret, and what it means.

/// One key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    /// The official name.
    pub(crate) name: &'static str,
    /// The default as text; empty for none.
    pub(crate) default: &'static str,
    /// Never shown.
    pub(crate) secret: bool,
    /// What it means, with its unit.
    pub(crate) about: &'static str,
}

const fn key(name: &'static str, default: &'static str, about: &'static str) -> Key {
    Key { name, default, secret: false, about }
}

const fn secret(name: &'static str, about: &'static str) -> Key {
    Key { name, default: "", secret: true, about }
}

/// Every key that this version uses.
pub(crate) const KEYS: &[Key] = &[
    key("SORTIE_ADMIN_USERNAME", "admin", "sign-in name of the first administrator"),
    secret("SORTIE_ADMIN_PASSWORD", "password of the first administrator; unset: a random one is made and shown once"),
    key("SORTIE_ALLOW_HTTP", "false", "allow sign-in over plain http beyond loopback"),
    key(
        "SORTIE_ALLOW_REGISTRATION",
        "false",
        "whether people may make accounts for themselves; the stored setting wins",
    ),
    key("SORTIE_ANONYMOUS_CATALOG", "true", "show public apps' display fields to callers who are not signed in"),
    key(
        "SORTIE_AUDIT_FORWARD_CA_FILE",
        "",
        "certificates of authorities to trust for the audit's collector besides the system's, in PEM",
    ),
    secret("SORTIE_AUDIT_FORWARD_TOKEN", "bearer token for the audit's collector"),
    key("SORTIE_AUDIT_FORWARD_URL", "", "https:// address that every audit entry is posted to; unset: none is"),
    secret(
        "SORTIE_AUDIT_KEY",
        "64 hexadecimal digits that sign the audit's seals, the same for all servers of a database; unset: audit.key in the data folder",
    ),
    key("SORTIE_AUDIT_KEEP_DAYS", "0", "days after which sealed audit entries are removed; 0 for never"),
    key(
        "SORTIE_BACKUP_DIR",
        "",
        "folder or s3://, gs://, az:// address for backups; default: backups in the data folder, and with PostgreSQL none for the schedule",
    ),
    key("SORTIE_BACKUP_INTERVAL", "60", "minutes between two backups that the server makes; 0 for none"),
    key("SORTIE_BACKUP_KEEP_DAILY", "7", "days of which one backup each is kept"),
    key("SORTIE_BACKUP_KEEP_LAST", "7", "newest backups that are kept, at least 1"),
    key("SORTIE_BACKUP_KEEP_WEEKLY", "4", "weeks of which one backup each is kept"),
    key(
        "SORTIE_BACKUP_RECIPIENT",
        "",
        "public key of age (age1…) that the keys and settings in a backup are encrypted to; default: neither is in it",
    ),
    key("SORTIE_BIND", "0.0.0.0", "address to listen on"),
    key(
        "SORTIE_BROWSER_SIDECAR_IMAGE",
        "sortie-browser-sidecar:latest",
        "image of the X display and the browser beside an app that is a web page",
    ),
    key("SORTIE_CONFIG", "branding.json", "branding file (JSON); may be absent"),
    key(
        "SORTIE_DATA_DIR",
        "",
        "folder for everything the server writes; default: the SQLite file's folder, else ./data",
    ),
    key("SORTIE_DB", "sortie.db", "SQLite database file"),
    secret("SORTIE_DB_DSN", "PostgreSQL connection string; wins over the parts"),
    secret("SORTIE_DB_DIRECT_DSN", "PostgreSQL connection string that bypasses a pooler; default: the DSN"),
    key("SORTIE_DB_HOST", "", "PostgreSQL host"),
    key("SORTIE_DB_MAX_CONNECTIONS", "10", "PostgreSQL connections at most"),
    key("SORTIE_DB_NAME", "", "PostgreSQL database"),
    secret("SORTIE_DB_PASSWORD", "PostgreSQL password"),
    key("SORTIE_DB_PORT", "5432", "PostgreSQL port"),
    key("SORTIE_DB_SSLCERT", "", "File with the certificate that PostgreSQL knows this server by"),
    key("SORTIE_DB_SSLKEY", "", "File with that certificate's key"),
    key("SORTIE_DB_SSLMODE", "prefer", "PostgreSQL TLS mode, as in libpq"),
    key("SORTIE_DB_SSLROOTCERT", "", "File with the authority of PostgreSQL's certificate, or `system`"),
    key("SORTIE_DB_TYPE", "sqlite", "sqlite or postgres"),
    key("SORTIE_DB_USER", "", "PostgreSQL user"),
    key("SORTIE_DEFAULT_CPU_LIMIT", "2", "CPUs at most for apps that name none"),
    key("SORTIE_DEFAULT_CPU_REQUEST", "500m", "CPUs reserved for apps that name none"),
    key("SORTIE_DEFAULT_MEM_LIMIT", "2Gi", "memory at most for apps that name none"),
    key("SORTIE_DEFAULT_MEM_REQUEST", "512Mi", "memory reserved for apps that name none"),
    key(
        "SORTIE_ENGINE",
        "unix:///var/run/docker.sock",
        "engine (Docker or Podman) of services and of apps as containers: unix:// and a path, or for services tcp:// and host:port with TLS",
    ),
    key("SORTIE_ENGINE_CERTS", "", "folder with ca.pem, cert.pem and key.pem for an engine behind TLS"),
    key("SORTIE_GATEWAY_BURST", "20", "streams that one address may open at once before the rate limit applies"),
    key("SORTIE_GATEWAY_RATE_LIMIT", "10", "streams per second that one address may open; 0 for no limit"),
    key("SORTIE_JWT_ACCESS_EXPIRY", "15", "minutes that a program's access token is good"),
    key("SORTIE_JWT_REFRESH_EXPIRY", "24", "hours that a program's sign-in lasts"),
    secret("SORTIE_JWT_SECRET", "accepted and not used: tokens are opaque"),
    key(
        "SORTIE_K8S_EXTRA_RESOURCES",
        "",
        "what every app is given of its node besides CPU and memory, such as nvidia.com/gpu=1, separated by commas",
    ),
    key(
        "SORTIE_K8S_HOST_ALIASES",
        "",
        "names that apps resolve without a name server: address=name, separated by commas",
    ),
    key(
        "SORTIE_K8S_NAME_SERVERS",
        "",
        "networks of name servers that apps may ask besides the cluster's DNS pods, separated by commas",
    ),
    key("SORTIE_K8S_NODE_SELECTOR", "", "labels of the nodes that may run sessions: key=value, separated by commas"),
    key(
        "SORTIE_K8S_PROTECTED_NETWORKS",
        "",
        "the cluster's own networks, which no app reaches unless its egress policy names them, separated by commas",
    ),
    key("SORTIE_K8S_PULL_SECRETS", "", "Secrets with registry credentials for apps' images, separated by commas"),
    key("SORTIE_K8S_RUNTIME_CLASS", "", "runtime class of sessions' pods"),
    key(
        "SORTIE_K8S_SERVER_LABELS",
        "app=sortie",
        "labels of Sortie's own pods, which alone reach screens: key=value, separated by commas",
    ),
    key(
        "SORTIE_K8S_SERVER_NAMESPACE",
        "",
        "namespace of Sortie's own pods, which alone reach sessions; default: the one we run in, else sortie",
    ),
    key("SORTIE_K8S_STORAGE_CLASS", "", "storage class of persistent workspaces; unset for the cluster's default"),
    key("SORTIE_K8S_TOLERATIONS", "", "taints that sessions' pods bear: key=value:effect, separated by commas"),
    key(
        "SORTIE_K8S_USER_NAMESPACES",
        "false",
        "give sessions' pods user namespaces of their own; images that run as root need it",
    ),
    key("SORTIE_K8S_WORKSPACE_SIZE", "5Gi", "size of a session's workspace"),
    key(
        "SORTIE_LOCAL_CGROUP",
        "",
        "control group (version 2) for sessions, e.g. /system.slice/sortie-sessions.service; unset for the server's own",
    ),
    key(
        "SORTIE_LOCAL_HOME_LIMIT",
        "",
        "how much of the disk a local session's files may use, e.g. 2Gi; measured every 30 s; unset for no limit",
    ),
    key("SORTIE_LOCAL_HOST_NETWORK", "false", "allow apps to share the host's network (not contained)"),
    key("SORTIE_LOCAL_UID_BASE", "70000", "first user id for sessions when the server runs as root"),
    key("SORTIE_LOG", "info", "log filter, e.g. info or sortie_control=debug"),
    key("SORTIE_LOG_FORMAT", "auto", "auto, human or json; auto: human on a terminal"),
    key("SORTIE_LOGO_URL", "", "logo on every page"),
    key("SORTIE_MAX_GLOBAL_SESSIONS", "100", "live sessions at most; 0 for no limit"),
    key("SORTIE_MAX_SESSIONS_PER_USER", "5", "live sessions of one user at most; 0 for no limit"),
    secret("SORTIE_METRICS_TOKEN", "bearer token for /metrics from addresses that are not private"),
    key("SORTIE_OIDC_ALGORITHMS", "RS256,PS256,ES256,ES384,EdDSA", "how the identity provider may sign its tokens"),
    key("SORTIE_OIDC_ALLOWED_DOMAINS", "", "domains of verified e-mail addresses that may sign in; unset for all"),
    key("SORTIE_OIDC_ALLOW_SIGN_UP", "true", "give an account to people who sign in for the first time"),
    key(
        "SORTIE_OIDC_CATEGORY_MAP",
        "",
        "what groups mean in categories: group=category:approved or :admin, separated by commas",
    ),
    key(
        "SORTIE_OIDC_CA_FILE",
        "",
        "certificates of authorities to trust for the identity provider besides the system's, in PEM",
    ),
    key("SORTIE_OIDC_CLIENT_ID", "", "Sortie's name at the identity provider"),
    secret("SORTIE_OIDC_CLIENT_SECRET", "Sortie's secret at the identity provider; unset for a public client"),
    key("SORTIE_OIDC_GROUPS_CLAIM", "groups", "claim that holds the groups; a path with dots where it lies deeper"),
    key("SORTIE_OIDC_ISSUER", "", "identity provider, exactly as it names itself; unset: no single sign-on"),
    key("SORTIE_OIDC_NAME", "single sign-on", "name of the identity provider on the button"),
    key(
        "SORTIE_OIDC_REDIRECT_URL",
        "",
        "where the provider sends browsers back to; default: the first public address with /api/auth/oidc/callback",
    ),
    key("SORTIE_OIDC_ROLE_MAP", "", "what groups mean: group=role, separated by commas; unset: nothing"),
    key("SORTIE_OIDC_SCOPES", "openid,profile,email", "what to ask the identity provider for"),
    key("SORTIE_POD_READY_TIMEOUT", "120", "seconds that an app may take to get ready"),
    key("SORTIE_NAMESPACE", "sortie-sessions", "namespace of sessions' pods; it must exist"),
    key("SORTIE_PORT", "8080", "port to listen on; 0 for any free one"),
    key("SORTIE_PRIMARY_COLOR", "#1F2A3C", "main colour, #RRGGBB"),
    key("SORTIE_PUBLIC_URL", "", "addresses by which browsers reach us, separated by commas"),
    key(
        "SORTIE_RUNTIME",
        "",
        "where apps run: local, kubernetes or docker; default: kubernetes in a cluster or with KUBECONFIG, else local",
    ),
    key("SORTIE_SECONDARY_COLOR", "#2B3445", "second colour, #RRGGBB"),
    key("SORTIE_SEED", "", "JSON file with the catalog's first apps"),
    key(
        "SORTIE_SERVICES",
        "false",
        "look after the machine's services; on as well with a real engine, an open supervisor, or `sortie supervise`",
    ),
    key("SORTIE_SERVICES_MANUAL", "false", "change nothing on the engine before somebody asks to apply the target"),
    key("SORTIE_SESSION_CLEANUP_INTERVAL", "5", "minutes between two searches for expired sessions"),
    key("SORTIE_SESSION_MAX_LIFETIME", "", "minutes that a session may run at all; unset for no limit"),
    key("SORTIE_SESSION_TIMEOUT", "120", "minutes without input until a session expires; 0 for never"),
    key("SORTIE_SIGN_IN_IDLE", "120", "minutes without use until a browser's sign-in ends"),
    key("SORTIE_SIGN_IN_LIFETIME", "12", "hours that a browser's sign-in lasts at most"),
    key(
        "SORTIE_STREAM_POLICY",
        "best_effort",
        "live streams while the database is away: best_effort (5 minutes) or strict",
    ),
    key(
        "SORTIE_SUPERVISOR_OPEN",
        "false",
        "let anybody who reaches the server see and change services without signing in",
    ),
    key("SORTIE_TENANT_NAME", "Sortie", "name on every page"),
    key("SORTIE_TLS_CERT_FILE", "", "certificate chain (PEM) to speak https with; read again when it changes"),
    key("SORTIE_TLS_KEY_FILE", "", "private key (PEM) of the certificate"),
    key("SORTIE_TRUSTED_PROXIES", "", "networks whose Forwarded headers are believed, separated by commas"),
    key("SORTIE_VNC_SIDECAR_IMAGE", "sortie-vnc-sidecar:latest", "image of the X display beside an app"),
    key("SORTIE_WRITE_BURST", "200", "writes that one person may make at once before the rate limit applies"),
    key("SORTIE_WRITE_RATE_LIMIT", "50", "writes per second that one person may make; 0 for no limit"),
    key("USE_REAL_DOCKER", "false", "run services on a real engine (Docker or Podman) instead of the simulation"),
];

/// Keys of the older systems for what this version does not do: accepted, with a note.
pub(crate) const NOT_USED: &[&str] = &[
    "SORTIE_BILLING_",
    "SORTIE_GUACD_SIDECAR_IMAGE",
    "SORTIE_MAX_UPLOAD_SIZE",
    "SORTIE_PLUGIN_",
    "SORTIE_QUEUE_",
    "SORTIE_RECORDING_",
    "SORTIE_VIDEO_RECORDING_ENABLED",
];

/// Finds a key by its official name.
pub(crate) fn find(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|it| it.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_stands_once_and_says_what_it_means() {
        for (index, key) in KEYS.iter().enumerate() {
            assert!(KEYS.iter().skip(index + 1).all(|it| it.name != key.name), "{}", key.name);
            assert!(key.about.len() > 10, "{}", key.name);
        }
    }

    #[test]
    fn the_configuration_reference_says_what_the_table_says() {
        let reference = include_str!("../../../docs/reference/configuration.md");
        for key in KEYS {
            let default = match key {
                Key { secret: true, .. } => "*(secret)*".to_owned(),
                Key { default: "", .. } => String::new(),
                Key { default, .. } => format!("`{default}`"),
            };
            let row = format!("| `{}` | {default} | {} |", key.name, key.about);
            assert!(reference.contains(&row), "docs/reference/configuration.md lacks: {row}");
        }
    }
}
