//! Everything that outlives a server: its folder, its database, its settings, and the workloads it started.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use super::{
    postgres::Cluster,
    processes::{self, Process, Record},
    seed,
    server::Server,
    wait_for,
};

/// The administrator's password in every world.
pub(crate) const PASSWORD: &str = "correct-horse-battery-staple";

/// One installation. Dropping it ends everything that it started.
pub(crate) struct World {
    folder: TempDir,
    /// Stands in the command line of every app of the seeded catalog.
    pub(crate) tag: String,
    /// The PostgreSQL cluster that only this world uses, if it has one.
    pub(crate) cluster: Option<Cluster>,
    variables: Vec<(String, String)>,
    starts: AtomicU32,
}

impl World {
    /// An installation on SQLite.
    pub(crate) fn sqlite() -> Self {
        // Short, for sockets below it have short addresses.
        let folder = tempfile::Builder::new().prefix("s-").tempdir().unwrap();
        let tag = format!("e2e{}", folder.path().file_name().unwrap().to_string_lossy());
        let seed_file = folder.path().join("seed.json");
        fs::write(&seed_file, seed::catalog(&tag).to_string()).unwrap();
        let data_dir = folder.path().join("d");
        let mut world = Self { folder, tag, cluster: None, variables: Vec::new(), starts: AtomicU32::new(0) };
        world.set("SORTIE_BIND", "127.0.0.1");
        world.set("SORTIE_PORT", "0");
        world.set("SORTIE_DATA_DIR", &data_dir.display().to_string());
        world.set("SORTIE_DB", &data_dir.join("sortie.db").display().to_string());
        world.set("SORTIE_SEED", &seed_file.display().to_string());
        world.set("SORTIE_ADMIN_PASSWORD", PASSWORD);
        world
    }

    /// A folder without any setting: what the defaults make of it.
    pub(crate) fn bare() -> Self {
        let mut world = Self::sqlite();
        world.variables.clear();
        world
    }

    /// An installation on a database of its own, on the PostgreSQL server that all tests share.
    pub(crate) fn postgres() -> Self {
        Self::on(&sortie_testkit::postgres::Cluster::shared().empty_database().unwrap())
    }

    /// An installation on a PostgreSQL cluster that can be stopped.
    pub(crate) async fn with_cluster() -> Self {
        let cluster = Cluster::start().await;
        let mut world = Self::on(&cluster.dsn());
        world.cluster = Some(cluster);
        world
    }

    /// Another replica's: a folder of its own beside the same database, with the same settings and the same catalog.
    pub(crate) fn beside(&self) -> Self {
        let mut world = Self::on(self.variable("SORTIE_DB_DSN"));
        world.tag.clone_from(&self.tag);
        for (name, text) in self.variables.iter().filter(|it| it.0 != "SORTIE_DATA_DIR") {
            world.set(name, text);
        }
        world
    }

    /// What a variable is set to.
    pub(crate) fn variable(&self, name: &str) -> &str {
        let found = self.variables.iter().find(|it| it.0 == name);
        found.map_or_else(|| panic!("{name} is not set"), |it| it.1.as_str())
    }

    /// Asks the shared PostgreSQL server about this world's database.
    pub(crate) fn query(&self, sql: &str) -> String {
        sortie_testkit::postgres::Cluster::shared().query(self.variable("SORTIE_DB_DSN"), sql).unwrap()
    }

    fn on(dsn: &str) -> Self {
        let mut world = Self::sqlite();
        world.set("SORTIE_DB_TYPE", "postgres");
        world.set("SORTIE_DB_DSN", dsn);
        world.unset("SORTIE_DB");
        world
    }

    /// Sets a variable for every later start.
    pub(crate) fn set(&mut self, name: &str, text: &str) {
        self.unset(name);
        self.variables.push((name.to_owned(), text.to_owned()));
    }

    /// Takes a variable away.
    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.retain(|it| it.0 != name);
    }

    /// Where the server writes.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.folder.path().join("d")
    }

    /// Where a test may write.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Starts the server and waits until it is ready.
    pub(crate) async fn start(&self) -> Server {
        self.start_with(&[]).await
    }

    /// The same with arguments.
    pub(crate) async fn start_with(&self, args: &[&str]) -> Server {
        let log = self.next_log();
        let file = fs::File::create(&log).unwrap();
        let mut command = self.command();
        command.args(args).stdout(file.try_clone().unwrap()).stderr(file);
        Server::start(&mut command, log).await
    }

    /// Runs the binary with these arguments; who asked ends it.
    pub(crate) fn begin(&self, args: &[&str]) -> Child {
        self.command().args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Runs the binary with these arguments until it ends, or ends it after `limit`.
    pub(crate) async fn run(&self, args: &[&str], limit: Duration) -> Output {
        self.run_reading(args, Path::new("/dev/null"), limit).await
    }

    /// The same with a file at its standard input.
    pub(crate) async fn run_reading(&self, args: &[&str], input: &Path, limit: Duration) -> Output {
        let input = fs::File::open(input).unwrap();
        let mut child =
            self.command().args(args).stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let begun = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if begun.elapsed() > limit {
                child.kill().unwrap();
                let output = child.wait_with_output().unwrap();
                panic!("sortie {args:?} still ran after {limit:?}: {}", String::from_utf8_lossy(&output.stdout));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        child.wait_with_output().unwrap()
    }

    /// Everything that any server of this world printed.
    pub(crate) fn logs(&self) -> String {
        let starts = self.starts.load(Ordering::Relaxed);
        (0..starts).map(|it| fs::read_to_string(self.log(it)).unwrap_or_default()).collect()
    }

    /// Every process of every workload.
    pub(crate) fn processes(&self) -> Vec<Process> {
        processes::below(&self.data_dir(), &self.tag)
    }

    /// What was written down about a session's workload.
    pub(crate) fn record(&self, session: &str) -> Record {
        let found = processes::records(&self.data_dir()).into_iter().find(|it| it.session == session);
        found.unwrap_or_else(|| panic!("session {session} has no workload"))
    }

    /// The app's own process in a session: the one with the tag, inside the sandbox.
    pub(crate) fn app(&self, session: &str) -> Option<Process> {
        self.app_of(&processes::all(), &self.record(session))
    }

    /// The same of every session that has one, with its process; workloads may come and go meanwhile.
    pub(crate) fn apps(&self) -> BTreeMap<String, i32> {
        let (records, all) = (processes::records(&self.data_dir()), processes::all());
        records.into_iter().filter_map(|it| Some((it.session.clone(), self.app_of(&all, &it)?.pid))).collect()
    }

    fn app_of(&self, all: &HashMap<i32, Process>, record: &Record) -> Option<Process> {
        processes::of(all, record).into_iter().find(|it| it.is_app(&self.tag))
    }

    /// Waits until nothing of any workload lives.
    pub(crate) async fn empty(&self, limit: Duration) {
        let what = || format!("all processes to end; left: {:?}", self.processes());
        let begun = Instant::now();
        while !self.processes().is_empty() {
            assert!(begun.elapsed() < limit, "{}", what());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits for a file.
    pub(crate) async fn file(&self, path: &Path) {
        let what = format!("the file {}", path.display());
        wait_for(Duration::from_secs(10), &what, || async { path.exists().then_some(()) }).await;
    }

    fn command(&self) -> Command {
        let mut command = Command::new(binary());
        command.env_clear().env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin").stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, text)| (name, text))).current_dir(self.folder.path());
        command
    }

    fn next_log(&self) -> PathBuf {
        self.log(self.starts.fetch_add(1, Ordering::Relaxed))
    }

    fn log(&self, start: u32) -> PathBuf {
        self.folder.path().join(format!("server-{start}.log"))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let records = processes::records(&self.data_dir());
        let begun = Instant::now();
        // Ending a sandbox's init ends what is inside a little later.
        while begun.elapsed() < Duration::from_secs(5) {
            // A server without settings has its data in `data`.
            let by_default = processes::below(&self.folder.path().join("data"), &self.tag);
            let left: Vec<Process> = self.processes().into_iter().chain(by_default).collect();
            if left.is_empty() {
                break;
            }
            left.iter().for_each(Process::kill);
            std::thread::sleep(Duration::from_millis(20));
        }
        records.iter().for_each(processes::sweep);
    }
}

/// The built server: cargo puts it beside the folder that this test's executable is in.
pub(crate) fn binary() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let path = own.ancestors().nth(2).unwrap().join("sortie");
    assert!(path.exists(), "{} is missing: run `cargo build -p sortie-server` first", path.display());
    path
}
