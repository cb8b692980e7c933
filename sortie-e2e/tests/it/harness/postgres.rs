//! A PostgreSQL cluster of one test, which can be stopped and started again. All others share the testkit's.

use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::wait_for;

/// A running cluster on a Unix socket in its own folder. Dropping it ends it.
pub(crate) struct Cluster {
    folder: TempDir,
    programs: PathBuf,
    account: Option<(u32, u32)>,
    postmaster: Option<Child>,
}

impl Cluster {
    /// Makes and starts one. PostgreSQL refuses to run as root, so root uses the account that Debian's package made.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::Builder::new().prefix("pg-").tempdir().unwrap();
        let account = rustix::process::getuid().is_root().then(account);
        if let Some((uid, gid)) = account {
            chown(folder.path(), Some(uid), Some(gid)).unwrap();
        }
        let mut cluster = Self { folder, programs: programs(), account, postmaster: None };
        let made =
            cluster.command("initdb").args(["-D", "data", "-U", "sortie", "-A", "trust", "-N", "-E", "UTF8"]).output();
        let made = made.unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        cluster.resume().await;
        cluster
    }

    /// How libpq reaches it.
    pub(crate) fn dsn(&self) -> String {
        format!("host={} user=sortie dbname=postgres", self.folder.path().display())
    }

    /// Ends every connection and the cluster, as `pg_ctl stop -m fast` does.
    pub(crate) fn stop(&mut self) {
        self.end(Signal::INT);
    }

    /// Halts all of it without a word: connections stay open and nothing answers.
    pub(crate) fn freeze(&self) {
        self.signal_all(Signal::STOP);
    }

    /// Lets it go on.
    pub(crate) fn thaw(&self) {
        self.signal_all(Signal::CONT);
    }

    /// Starts it again and waits until it answers.
    pub(crate) async fn resume(&mut self) {
        let socket = self.folder.path().to_owned();
        let mut command = self.command("postgres");
        command.args(["-D", "data", "-c", "listen_addresses=", "-c", "fsync=off", "-k"]).arg(&socket);
        self.postmaster = Some(command.spawn().unwrap());
        wait_for(Duration::from_secs(20), "PostgreSQL to answer", || async {
            let asked = self.command("pg_isready").arg("-q").arg("-h").arg(&socket).status();
            asked.unwrap().success().then_some(())
        })
        .await;
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        if let Some((uid, gid)) = self.account {
            command.uid(uid).gid(gid);
        }
        command
    }

    fn signal_all(&self, signal: Signal) {
        let Some(postmaster) = &self.postmaster else { return };
        let children = format!("/proc/{0}/task/{0}/children", postmaster.id());
        let children = fs::read_to_string(children).unwrap_or_default();
        let backends = children.split_whitespace().filter_map(|it| it.parse().ok());
        for pid in std::iter::once(postmaster.id().cast_signed()).chain(backends).filter_map(Pid::from_raw) {
            let _ = kill_process(pid, signal);
        }
    }

    fn end(&mut self, signal: Signal) {
        let Some(mut postmaster) = self.postmaster.take() else { return };
        if let Some(pid) = Pid::from_raw(postmaster.id().cast_signed()) {
            let _ = kill_process(pid, signal);
        }
        let _ = postmaster.wait();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.thaw();
        self.end(Signal::QUIT);
    }
}

fn programs() -> PathBuf {
    let versions =
        fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL's server is needed: apt-get install postgresql");
    let found = versions.flatten().map(|it| it.path().join("bin")).filter(|it| it.join("postgres").exists());
    found.max().expect("PostgreSQL's server is needed: apt-get install postgresql")
}

fn account() -> (u32, u32) {
    let accounts = fs::read_to_string(Path::new("/etc/passwd")).unwrap();
    let line =
        accounts.lines().find(|it| it.starts_with("postgres:")).expect("the package postgresql makes this account");
    let mut ids = line.split(':').skip(2).map(|it| it.parse().unwrap());
    (ids.next().unwrap(), ids.next().unwrap())
}
