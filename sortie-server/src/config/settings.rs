//! Text to meaning: each key by its own rule. What is wrong names the key, the rule and where the value came from.

use std::{net::IpAddr, num::NonZeroU32, path::PathBuf, time::Duration};

use sortie_control::stream::StreamPolicy;
use sortie_core::{app::quantity, quota::Limits, secret::Secret, spec::Resources};
use sortie_local::EngineAddress;

use super::{Layered, Origin, audit::Audit, backup::Backup, kubernetes, sso::Sso};
use crate::tls::TlsFiles;

/// Which database.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres {
        /// The connection string.
        dsn: Secret,
        /// The one that bypasses a pooler.
        direct_dsn: Option<Secret>,
        /// Connections at most.
        max_connections: u32,
    },
}

/// How logs look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Human on a terminal, else JSON.
    Auto,
    /// Human.
    Human,
    /// JSON.
    Json,
}

/// Everything, parsed.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one switch of the table, under its own name")]
pub(crate) struct Settings {
    pub(crate) bind: IpAddr,
    pub(crate) port: u16,
    pub(crate) public_urls: Vec<String>,
    pub(crate) trusted_proxies: Vec<String>,
    pub(crate) allow_http: bool,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) anonymous_catalog: bool,
    pub(crate) metrics_token: Option<Secret>,
    pub(crate) gateway_rate: Option<NonZeroU32>,
    pub(crate) gateway_burst: NonZeroU32,
    pub(crate) write_rate: Option<NonZeroU32>,
    pub(crate) write_burst: NonZeroU32,
    pub(crate) database: Database,
    pub(crate) data_dir: PathBuf,
    pub(crate) audit: Audit,
    pub(crate) backup: Backup,
    pub(crate) seed: Option<PathBuf>,
    pub(crate) branding_file: PathBuf,
    pub(crate) branding_named: bool,
    pub(crate) logo_url: String,
    pub(crate) primary_color: String,
    pub(crate) secondary_color: String,
    pub(crate) tenant_name: String,
    pub(crate) admin_username: String,
    pub(crate) admin_password: Option<Secret>,
    pub(crate) limits: Limits,
    pub(crate) default_resources: Resources,
    pub(crate) idle_timeout: Option<Duration>,
    pub(crate) max_lifetime: Option<Duration>,
    pub(crate) cleanup_interval: Duration,
    pub(crate) ready_timeout: Duration,
    pub(crate) access_lifetime: Duration,
    pub(crate) refresh_lifetime: Duration,
    pub(crate) sign_in_idle: Duration,
    pub(crate) sign_in_lifetime: Duration,
    pub(crate) stream_policy: StreamPolicy,
    pub(crate) allow_registration: bool,
    pub(crate) sso: Option<Sso>,
    /// The cgroup below which local sessions get theirs; unset for the server's own.
    pub(crate) cgroup: Option<String>,
    /// How much of the disk a local session's files may use, in bytes.
    pub(crate) home_limit: Option<u64>,
    pub(crate) services: Option<super::services::Services>,
    /// Services are all that this machine is for: whether desktops could run on it is found out when somebody wants one.
    pub(crate) only_services: bool,
    pub(crate) allow_host_network: bool,
    pub(crate) uid_base: u32,
    pub(crate) runtime: kubernetes::RuntimeKind,
    pub(crate) kubernetes: sortie_k8s::Settings,
    /// The engine that runs services, and apps as containers.
    pub(crate) engine: EngineAddress,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
}

/// Reads values by key and collects what is wrong.
pub(super) struct Reader<'a> {
    layered: &'a Layered,
    errors: Vec<String>,
}

impl Reader<'_> {
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.layered.values.get(name).map(|it| it.text.clone())
    }

    /// Parses a value, or notes the rule that it breaks and answers `fallback` so that reading goes on.
    pub(super) fn parse<T>(&mut self, name: &str, rule: &str, fallback: T, parse: impl Fn(&str) -> Option<T>) -> T {
        let Some(value) = self.layered.values.get(name) else { return fallback };
        if let Some(parsed) = parse(value.text.trim()) {
            return parsed;
        }
        let shown = match super::table::find(name) {
            Some(key) if !key.secret => format!(" (it is {:?}, from {})", value.text, value.origin),
            _ => format!(" (from {})", value.origin),
        };
        self.errors.push(format!("{name} {rule}{shown}"));
        fallback
    }

    /// Notes what no single value's rule says.
    pub(super) fn complain(&mut self, what: impl Into<String>) {
        self.errors.push(what.into());
    }

    pub(super) fn flag(&mut self, name: &str) -> bool {
        self.parse(name, "must be true or false", false, |text| match text.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        })
    }

    pub(super) fn number(&mut self, name: &str, least: u64, most: u64) -> u64 {
        let rule = format!("must be a whole number between {least} and {most}");
        self.parse(name, &rule, least, |text| text.parse().ok().filter(|it| (least..=most).contains(it)))
    }

    /// A number of units; 0 for none.
    fn time(&mut self, name: &str, unit: Duration, least: u64, most: u64) -> Duration {
        let count = self.number(name, least, most);
        unit.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX))
    }

    fn limit(&mut self, name: &str) -> Option<NonZeroU32> {
        NonZeroU32::new(u32::try_from(self.number(name, 0, 1_000_000)).unwrap_or(u32::MAX))
    }

    fn color(&mut self, name: &str) -> String {
        self.parse(name, "must be a colour such as #1F2A3C", String::new(), |text| {
            let hex = text.strip_prefix('#')?;
            (hex.len() == 6 && hex.chars().all(|it| it.is_ascii_hexdigit())).then(|| text.to_owned())
        })
    }

    fn quantity(&mut self, name: &str, parse: fn(&str) -> Option<u64>) -> Option<u64> {
        self.parse(name, "must be a quantity such as 500m, 2, 512Mi or 2Gi", None, |text| parse(text).map(Some))
    }

    pub(super) fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
    }

    pub(super) fn secret(&self, name: &str) -> Option<Secret> {
        self.text(name).map(Secret::new)
    }
}

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const YEAR_OF_MINUTES: u64 = 366 * 24 * 60;

impl Settings {
    /// Parses every key; answers everything that is wrong at once.
    pub(crate) fn parse(layered: &Layered) -> Result<Self, Vec<String>> {
        let mut read = Reader { layered, errors: layered.errors.clone() };
        let database = database(&mut read);
        let branding = layered.values.get("SORTIE_CONFIG");
        let data_dir = data_dir(&read, &database);
        let max_lifetime =
            Some(read.time("SORTIE_SESSION_MAX_LIFETIME", MINUTE, 0, YEAR_OF_MINUTES)).filter(|it| !it.is_zero());
        let runtime = kubernetes::kind(&mut read, layered.in_cluster, layered.kubeconfig);
        let pods = kubernetes::parse(&mut read, &data_dir.join("run"), layered.in_cluster, max_lifetime);
        let settings = Self {
            bind: read
                .parse("SORTIE_BIND", "must be an IP address", IpAddr::from([127, 0, 0, 1]), |it| it.parse().ok()),
            port: read
                .parse("SORTIE_PORT", "must be a port between 0 (any free one) and 65535", 0, |it| it.parse().ok()),
            public_urls: read.list("SORTIE_PUBLIC_URL"),
            trusted_proxies: read.list("SORTIE_TRUSTED_PROXIES"),
            allow_http: read.flag("SORTIE_ALLOW_HTTP"),
            tls: tls(&mut read),
            anonymous_catalog: read.flag("SORTIE_ANONYMOUS_CATALOG"),
            metrics_token: read.secret("SORTIE_METRICS_TOKEN"),
            gateway_rate: read.limit("SORTIE_GATEWAY_RATE_LIMIT"),
            gateway_burst: read.limit("SORTIE_GATEWAY_BURST").unwrap_or(NonZeroU32::MIN),
            write_rate: read.limit("SORTIE_WRITE_RATE_LIMIT"),
            write_burst: read.limit("SORTIE_WRITE_BURST").unwrap_or(NonZeroU32::MIN),
            audit: Audit::parse(&mut read),
            backup: Backup::parse(&mut read, layered, &data_dir),
            data_dir,
            database,
            seed: read.text("SORTIE_SEED").map(PathBuf::from),
            branding_file: branding.map(|it| PathBuf::from(&it.text)).unwrap_or_default(),
            branding_named: branding.is_some_and(|it| it.origin != Origin::Default),
            logo_url: read.text("SORTIE_LOGO_URL").unwrap_or_default(),
            primary_color: read.color("SORTIE_PRIMARY_COLOR"),
            secondary_color: read.color("SORTIE_SECONDARY_COLOR"),
            tenant_name: read.text("SORTIE_TENANT_NAME").unwrap_or_default(),
            admin_username: read.text("SORTIE_ADMIN_USERNAME").unwrap_or_default(),
            admin_password: read.secret("SORTIE_ADMIN_PASSWORD"),
            limits: Limits {
                per_user: read.limit("SORTIE_MAX_SESSIONS_PER_USER"),
                global: read.limit("SORTIE_MAX_GLOBAL_SESSIONS"),
                ..Limits::default()
            },
            default_resources: resources(&mut read),
            idle_timeout: Some(read.time("SORTIE_SESSION_TIMEOUT", MINUTE, 0, YEAR_OF_MINUTES))
                .filter(|it| !it.is_zero()),
            max_lifetime,
            cleanup_interval: read.time("SORTIE_SESSION_CLEANUP_INTERVAL", MINUTE, 1, 24 * 60),
            ready_timeout: read.time("SORTIE_POD_READY_TIMEOUT", Duration::from_secs(1), 1, 24 * 3_600),
            access_lifetime: read.time("SORTIE_JWT_ACCESS_EXPIRY", MINUTE, 1, 24 * 60),
            refresh_lifetime: read.time("SORTIE_JWT_REFRESH_EXPIRY", HOUR, 1, 24 * 366),
            sign_in_idle: read.time("SORTIE_SIGN_IN_IDLE", MINUTE, 1, 30 * 24 * 60),
            sign_in_lifetime: read.time("SORTIE_SIGN_IN_LIFETIME", HOUR, 1, 24 * 366),
            stream_policy: read.parse(
                "SORTIE_STREAM_POLICY",
                "must be best_effort or strict",
                StreamPolicy::default(),
                |text| text.parse().ok(),
            ),
            allow_registration: read.flag("SORTIE_ALLOW_REGISTRATION"),
            sso: Sso::parse(&mut read),
            cgroup: cgroup(&mut read),
            home_limit: read.quantity("SORTIE_LOCAL_HOME_LIMIT", quantity::bytes),
            services: super::services::parse(&mut read, layered),
            only_services: layered.supervise,
            allow_host_network: read.flag("SORTIE_LOCAL_HOST_NETWORK"),
            engine: super::engine::parse(&mut read, runtime),
            uid_base: u32::try_from(read.number("SORTIE_LOCAL_UID_BASE", 1_000, 4_000_000_000)).unwrap_or(u32::MAX),
            runtime,
            kubernetes: pods,
            log: read.text("SORTIE_LOG").unwrap_or_default(),
            log_format: read.parse("SORTIE_LOG_FORMAT", "must be auto, human or json", LogFormat::Auto, |text| {
                match text {
                    "auto" => Some(LogFormat::Auto),
                    "human" => Some(LogFormat::Human),
                    "json" => Some(LogFormat::Json),
                    _ => None,
                }
            }),
        };
        if read.errors.is_empty() { Ok(settings) } else { Err(read.errors) }
    }
}

fn cgroup(read: &mut Reader<'_>) -> Option<String> {
    read.parse("SORTIE_LOCAL_CGROUP", "must begin with / and hold no ..", None, |text| {
        (text.starts_with('/') && !text.split('/').any(|it| it == "..")).then(|| Some(text.to_owned()))
    })
}

fn resources(read: &mut Reader<'_>) -> Resources {
    Resources {
        cpu_request_millis: read.quantity("SORTIE_DEFAULT_CPU_REQUEST", quantity::cpu_millis),
        cpu_limit_millis: read.quantity("SORTIE_DEFAULT_CPU_LIMIT", quantity::cpu_millis),
        memory_request_bytes: read.quantity("SORTIE_DEFAULT_MEM_REQUEST", quantity::bytes),
        memory_limit_bytes: read.quantity("SORTIE_DEFAULT_MEM_LIMIT", quantity::bytes),
    }
}

/// Both files or none.
fn tls(read: &mut Reader<'_>) -> Option<TlsFiles> {
    let (certificate, key) = (read.text("SORTIE_TLS_CERT_FILE"), read.text("SORTIE_TLS_KEY_FILE"));
    match (certificate, key) {
        (Some(certificate), Some(key)) => Some(TlsFiles { certificate: certificate.into(), key: key.into() }),
        (None, None) => None,
        (Some(_), None) => {
            read.errors.push("SORTIE_TLS_KEY_FILE is required with SORTIE_TLS_CERT_FILE".to_owned());
            None
        }
        (None, Some(_)) => {
            read.errors.push("SORTIE_TLS_CERT_FILE is required with SORTIE_TLS_KEY_FILE".to_owned());
            None
        }
    }
}

fn database(read: &mut Reader<'_>) -> Database {
    let kind = read.parse("SORTIE_DB_TYPE", "must be sqlite or postgres", "sqlite", |text| match text {
        "sqlite" => Some("sqlite"),
        "postgres" | "postgresql" => Some("postgres"),
        _ => None,
    });
    if kind == "sqlite" {
        return Database::Sqlite(PathBuf::from(read.text("SORTIE_DB").unwrap_or_default()));
    }
    let max_connections = u32::try_from(read.number("SORTIE_DB_MAX_CONNECTIONS", 2, 1_000)).unwrap_or(10);
    let dsn = read.secret("SORTIE_DB_DSN").unwrap_or_else(|| parts(read));
    Database::Postgres { dsn, direct_dsn: read.secret("SORTIE_DB_DIRECT_DSN"), max_connections }
}

/// A libpq keyword/value string from the parts (PostgreSQL manual, 34.1.1.1).
fn parts(read: &mut Reader<'_>) -> Secret {
    let mut dsn = Vec::new();
    for (keyword, name, required) in [
        ("host", "SORTIE_DB_HOST", true),
        ("port", "SORTIE_DB_PORT", false),
        ("dbname", "SORTIE_DB_NAME", true),
        ("user", "SORTIE_DB_USER", true),
        ("password", "SORTIE_DB_PASSWORD", false),
        ("sslmode", "SORTIE_DB_SSLMODE", false),
        ("sslrootcert", "SORTIE_DB_SSLROOTCERT", false),
        ("sslcert", "SORTIE_DB_SSLCERT", false),
        ("sslkey", "SORTIE_DB_SSLKEY", false),
    ] {
        match read.text(name) {
            Some(text) => dsn.push(format!("{keyword}='{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))),
            None if required => {
                read.errors.push(format!("{name} is required with SORTIE_DB_TYPE=postgres and without SORTIE_DB_DSN"));
            }
            None => {}
        }
    }
    Secret::new(dsn.join(" "))
}

fn data_dir(read: &Reader<'_>, database: &Database) -> PathBuf {
    if let Some(named) = read.text("SORTIE_DATA_DIR") {
        return PathBuf::from(named);
    }
    match database {
        Database::Sqlite(file) => {
            let folder = file.parent().filter(|it| !it.as_os_str().is_empty());
            folder.map_or_else(|| PathBuf::from("."), PathBuf::from)
        }
        Database::Postgres { .. } => PathBuf::from("data"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::Flags, config::load};

    fn parse(variables: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
        let variables = variables.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        Settings::parse(&load(&Flags::default(), variables))
    }

    #[test]
    fn one_engine_serves_services_and_apps_and_only_a_near_one_apps() {
        let far = [("SORTIE_ENGINE", "tcp://engine:2376"), ("SORTIE_ENGINE_CERTS", "/etc/engine")];
        let engine = parse(&far).unwrap().engine;
        assert_eq!(
            engine,
            EngineAddress::Tls { address: "engine:2376".to_owned(), certificates: "/etc/engine".into() }
        );
        let errors = parse(&[far[0], far[1], ("SORTIE_RUNTIME", "docker")]).unwrap_err();
        assert!(matches!(&errors[..], [it] if it.starts_with("SORTIE_ENGINE must be unix://")), "{errors:?}");
        let errors = parse(&far[..1]).unwrap_err();
        assert!(matches!(&errors[..], [it] if it.contains("SORTIE_ENGINE_CERTS")), "{errors:?}");
    }

    #[test]
    fn the_defaults_are_good() {
        let settings = parse(&[]).unwrap();
        assert_eq!((settings.port, settings.idle_timeout), (8080, Some(Duration::from_hours(2))));
        assert_eq!(settings.max_lifetime, None);
        assert_eq!(settings.data_dir, PathBuf::from("."));
    }

    #[test]
    fn everything_wrong_is_reported_at_once_with_its_origin_and_without_secrets() {
        let errors = parse(&[
            ("SORTIE_PORT", "eighty"),
            ("SORTIE_PRIMARY_COLOR", "red"),
            ("SORTIE_DB_TYPE", "postgres"),
            ("SORTIE_DB_PASSWORD", "hunter2hunter2"),
        ])
        .unwrap_err();
        let all = errors.join("\n");
        assert_eq!(errors.len(), 5, "{all}");
        assert!(all.contains("SORTIE_PORT must be a port") && all.contains("variable SORTIE_PORT"), "{all}");
        assert!(all.contains("SORTIE_DB_HOST is required"), "{all}");
        assert!(!all.contains("hunter2"), "{all}");
    }

    #[test]
    fn a_password_with_quotes_survives_in_the_connection_string() {
        let settings = parse(&[
            ("SORTIE_DB_TYPE", "postgres"),
            ("SORTIE_DB_HOST", "db"),
            ("SORTIE_DB_NAME", "sortie"),
            ("SORTIE_DB_USER", "sortie"),
            ("SORTIE_DB_PASSWORD", r"a'b\c"),
        ])
        .unwrap();
        let Database::Postgres { dsn, .. } = settings.database else { panic!("not postgres") };
        assert!(dsn.reveal().contains(r"password='a\'b\\c'"), "{}", dsn.reveal());
    }

    #[test]
    fn a_certificate_without_its_key_is_named() {
        let errors = parse(&[("SORTIE_TLS_CERT_FILE", "/etc/cert.pem")]).unwrap_err();
        assert!(errors.iter().any(|it| it.starts_with("SORTIE_TLS_KEY_FILE is required")), "{errors:?}");
    }

    #[test]
    fn zero_means_no_limit_where_the_older_systems_said_so() {
        let settings = parse(&[("SORTIE_MAX_GLOBAL_SESSIONS", "0"), ("SORTIE_SESSION_TIMEOUT", "0")]).unwrap();
        assert_eq!((settings.limits.global, settings.idle_timeout), (None, None));
    }
}
