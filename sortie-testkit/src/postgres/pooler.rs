//! A transaction pooler in front of the process's server.

use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Child, process::ChildStdin, process::Stdio};
use std::{sync::Mutex, sync::OnceLock, time::Duration, time::Instant};

use anyhow::{Context, Result, bail, ensure};

use super::{Cluster, command};

/// A running pgbouncer. It ends with the process, as the server does.
pub struct Pooler {
    folder: PathBuf,
    _guardian: Mutex<(Child, ChildStdin)>,
}

impl Pooler {
    /// The process's pooler in front of [`Cluster::shared`].
    ///
    /// # Panics
    ///
    /// When pgbouncer is not installed or does not start: a test that needs it fails and says so.
    pub fn shared() -> &'static Self {
        static POOLER: OnceLock<Pooler> = OnceLock::new();
        POOLER.get_or_init(|| Self::start(Cluster::shared()).expect("pgbouncer starts (Debian package: pgbouncer)"))
    }

    /// The connection string that leads to the same database through the pooler.
    pub fn dsn(&self, direct: &str) -> Result<String> {
        let database = direct.rsplit("dbname=").next().context("a connection string of the cluster")?;
        Ok(format!("host={} port=6432 user=anybody dbname={database}", self.folder.display()))
    }

    fn start(cluster: &Cluster) -> Result<Self> {
        let folder = cluster.folder.join("pooler");
        let settings = format!(
            "[databases]\n* = host={0} user={1}\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\nunix_socket_dir = {2}\n\
             auth_type = any\npool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 2000\n\
             server_idle_timeout = 2\nserver_round_robin = 1\n",
            cluster.socket(),
            cluster.user(),
            folder.display(),
        );
        fs::create_dir(&folder)?;
        fs::write(folder.join("pgbouncer.ini"), settings)?;
        // The pooler runs as somebody else, and the folder around this one is closed to others.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o777))?;
        let script = r#"pgbouncer -q "$0/pgbouncer.ini" & pooler=$!; read -r _; kill -TERM $pooler; wait"#;
        let mut guardian = command("/bin/sh".as_ref(), cluster.is_root)
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .args(["-c", script])
            .arg(&folder)
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(fs::File::create(folder.join("log"))?)
            .spawn()
            .context("pgbouncer cannot be started")?;
        let pipe = guardian.stdin.take().context("the guardian has no input")?;
        let pooler = Self { folder, _guardian: Mutex::new((guardian, pipe)) };
        pooler.until_it_answers(cluster)?;
        Ok(pooler)
    }

    fn until_it_answers(&self, cluster: &Cluster) -> Result<()> {
        let dsn = self.dsn("dbname=template1")?;
        let begun = Instant::now();
        while let Err(error) = cluster.query(&dsn, "SELECT 1") {
            if begun.elapsed() > Duration::from_secs(20) {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                bail!("pgbouncer does not answer: {error:#}: {log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        ensure!(cluster.query(&dsn, "SELECT 2")? == "2", "pgbouncer answers something else");
        Ok(())
    }
}
