//! A real PostgreSQL server of the test process's own.
//!
//! It is started once per process, on a Unix socket in a folder of its own, and ended with the process however that ends: a
//! guardian waits for the end of a pipe that only this process holds open. The server refuses to run as root; then it runs
//! as the unprivileged user that its package made.

pub mod pooler;
pub mod tls;

use std::{
    fs,
    io::Write,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use anyhow::{Context, Result, ensure};

const ACCOUNT: &str = "postgres";

/// A running server.
pub struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    is_root: bool,
    /// Also part of the socket's name.
    port: u16,
    /// Held open as long as the process lives; the guardian ends the server when it closes.
    _guardian: Mutex<(Child, ChildStdin)>,
    template: Mutex<bool>,
    count: AtomicU32,
}

impl Cluster {
    /// The process's server.
    ///
    /// # Panics
    ///
    /// When PostgreSQL is not installed or does not start: a test that needs it fails and says so.
    pub fn shared() -> &'static Self {
        static CLUSTER: OnceLock<Cluster> = OnceLock::new();
        CLUSTER.get_or_init(|| Self::start().expect("PostgreSQL starts (Debian package: postgresql)"))
    }

    /// A fresh, empty database; answers its connection string.
    pub fn empty_database(&self) -> Result<String> {
        self.create("template0")
    }

    /// A fresh copy of a database that `migrate` prepared, once per process, from an empty one; answers its connection string.
    pub fn database(&self, migrate: impl FnOnce(&str) -> Result<()>) -> Result<String> {
        let mut is_ready = self.template.lock().unwrap_or_else(PoisonError::into_inner);
        if !*is_ready {
            self.run("createdb", &["-h", self.socket(), "-T", "template0", "migrated"])?;
            migrate(&self.dsn("migrated"))?;
            *is_ready = true;
        }
        // Under the lock: two copies of one template at the same time are refused.
        self.create("migrated")
    }

    /// Runs SQL on a database of this server with `psql`; answers the rows, columns separated by `|`.
    pub fn query(&self, dsn: &str, sql: &str) -> Result<String> {
        self.run("psql", &["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", dsn, "-c", sql])
    }

    /// A fresh database with what a plain dump (`pg_dump` without owners) holds; answers its connection string.
    pub fn restored(&self, dump: &Path) -> Result<String> {
        let dsn = self.empty_database()?;
        let file = dump.to_str().context("the dump's path is not valid UTF-8")?;
        self.run("psql", &["-X", "-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-d", &dsn, "-f", file])?;
        Ok(dsn)
    }

    fn create(&self, template: &str) -> Result<String> {
        let name = format!("test_{}", self.count.fetch_add(1, Ordering::Relaxed));
        self.run("createdb", &["-h", self.socket(), "-T", template, &name])?;
        Ok(self.dsn(&name))
    }

    fn dsn(&self, database: &str) -> String {
        format!("host={} port={} user={} dbname={database}", self.socket(), self.port, self.user())
    }

    fn user(&self) -> String {
        if self.is_root { ACCOUNT.to_owned() } else { "tester".to_owned() }
    }

    fn socket(&self) -> &str {
        self.folder.to_str().unwrap_or_default()
    }

    fn start() -> Result<Self> {
        let cluster = Self::prepare()?;
        cluster.boot("-c listen_addresses=''")?;
        Ok(cluster)
    }

    /// A server's folder and its guardian; nothing runs yet.
    fn prepare() -> Result<Self> {
        let programs = programs()?;
        let is_root = fs::metadata("/proc/self").map(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0)?;
        // A short path: a Unix socket's is at most 107 bytes long.
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp")?.keep();
        if is_root {
            let status = Command::new("chown").arg(ACCOUNT).arg(&folder).status().context("chown")?;
            ensure!(status.success(), "there is no account {ACCOUNT} to run PostgreSQL as");
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        let guardian = Mutex::new(guard(&programs, &folder, is_root)?);
        let (template, count) = (Mutex::new(false), AtomicU32::new(0));
        Ok(Self { folder, programs, is_root, port: 5432, _guardian: guardian, template, count })
    }

    fn boot(&self, more: &str) -> Result<()> {
        let data = self.folder.join("data");
        let data = data.to_str().unwrap_or_default();
        let user = self.user();
        let init = ["-D", data, "-U", &user, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        self.run("initdb", &init)?;
        // Nothing here must survive a power cut.
        let options = format!(
            "{more} -c unix_socket_directories={} -c max_connections=300 -c fsync=off -c synchronous_commit=off \
             -c full_page_writes=off",
            self.socket()
        );
        let log = self.folder.join("log");
        let log = log.to_str().unwrap_or_default();
        self.run("pg_ctl", &["-D", data, "-w", "-s", "-l", log, "-o", &options, "start"])?;
        Ok(())
    }

    /// Runs one of PostgreSQL's programs as its user; answers what it printed.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<String> {
        let mut command = command(&self.programs.join(program), self.is_root);
        // A server that stays must not hold the pipes of whoever started it.
        let is_server = program == "pg_ctl";
        let stream = || if is_server { Stdio::null() } else { Stdio::piped() };
        let output = command
            .args(arguments)
            .current_dir(&self.folder)
            .env("PGUSER", self.user())
            .env("PGPORT", self.port.to_string())
            .stdin(Stdio::null())
            .stdout(stream())
            .stderr(stream())
            .spawn()
            .and_then(Child::wait_with_output)
            .with_context(|| format!("{program} cannot be run"))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{program} {arguments:?} failed: {said}");
        Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
    }
}

/// The folder with the programs of the newest version that is installed.
fn programs() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").context("PostgreSQL is not installed")?;
    let mut folders: Vec<_> = versions.filter_map(Result::ok).map(|it| it.path().join("bin")).collect();
    folders.retain(|it| it.join("initdb").is_file());
    folders.sort();
    folders.pop().context("PostgreSQL's server programs are not installed")
}

fn command(program: &Path, is_root: bool) -> Command {
    if is_root {
        let mut command = Command::new("runuser");
        command.args(["-u", ACCOUNT, "--"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// Starts the process that outlives this one, ends the server and removes the folder.
fn guard(programs: &Path, folder: &Path, is_root: bool) -> Result<(Child, ChildStdin)> {
    let script = r#"read -r _; "$0" -D "$1/data" -s -m immediate stop; rm -rf "$1""#;
    let mut guardian = command(Path::new("/bin/sh"), is_root)
        .arg("-c")
        .arg(script)
        .arg(programs.join("pg_ctl"))
        .arg(folder)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("the guardian of PostgreSQL cannot be started")?;
    let mut pipe = guardian.stdin.take().context("the guardian has no input")?;
    pipe.flush()?;
    Ok((guardian, pipe))
}
