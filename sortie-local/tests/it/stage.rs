//! A runtime in a data directory of its own, and ways to look at what it did from outside.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    port::Runtime,
    workload::{Breakage, Observed, WorkloadOrder},
};
use sortie_local::{LocalRuntime, Settings};
use sortie_testkit::contract::runtime as contract;
use tempfile::TempDir;

/// A runtime on a machine that can run apps.
pub(crate) struct Stage {
    pub(crate) runtime: LocalRuntime,
    dir: TempDir,
}

impl Stage {
    /// Starts one with the usual settings.
    pub(crate) async fn open() -> Result<Self> {
        Self::open_with(|_| {}).await
    }

    /// Starts one whose settings were changed.
    pub(crate) async fn open_with(change: impl FnOnce(&mut Settings)) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let mut settings = Settings::new(dir.path().join("data"));
        change(&mut settings);
        let runtime = LocalRuntime::start(settings).await?;
        let problems = runtime.condition().problems;
        ensure!(problems.is_empty(), "this machine cannot run the tests: {problems:?}");
        Ok(Self { runtime, dir })
    }

    /// The server's data directory.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// An order for a command.
    pub(crate) fn order(&self, session: &str, command: &[&str]) -> Result<WorkloadOrder> {
        contract::order(self.runtime.place(), session, command)
    }

    /// An order for a shell script.
    pub(crate) fn script(&self, session: &str, script: &str) -> Result<WorkloadOrder> {
        self.order(session, &["bash", "-c", script])
    }

    /// The home of a session without a persistent workspace, on the host.
    pub(crate) fn home(&self, session: &str) -> PathBuf {
        self.data_dir().join("homes/sessions").join(session)
    }

    /// Runs an app to its end; answers with how it ended. The workload stays to be looked at.
    pub(crate) async fn run(&self, order: &WorkloadOrder) -> Result<Breakage> {
        self.runtime.create(order).await?;
        let is_over = |it: &Observed| matches!(it, Observed::Broken(_));
        let observed = contract::until(&self.runtime, &order.labels.session, is_over).await?;
        let Observed::Broken(breakage) = observed else { anyhow::bail!("not broken: {observed:?}") };
        Ok(breakage)
    }

    /// Starts an app and waits until its screen answers.
    pub(crate) async fn start(&self, order: &WorkloadOrder) -> Result<()> {
        self.runtime.create(order).await?;
        contract::until_ready(&self.runtime, &order.labels.session).await
    }

    /// Removes a workload and everything of it.
    pub(crate) async fn remove(&self, order: &WorkloadOrder) -> Result<()> {
        contract::remove(&self.runtime, &order.labels).await
    }

    /// The private field of a workload's record.
    pub(crate) fn recorded(&self, session: &str, field: &str) -> Result<serde_json::Value> {
        let record = fs::read(self.data_dir().join("workloads").join(session).join("spec.json"))?;
        let record: serde_json::Value = serde_json::from_slice(&record)?;
        record.get(field).cloned().with_context(|| format!("no {field}"))
    }
}

impl Drop for Stage {
    /// A test that failed must not leave its desktops on the machine.
    fn drop(&mut self) {
        let runtime = self.runtime.clone();
        let clearing = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
                for workload in runtime.list().await? {
                    contract::remove(&runtime, &workload.labels).await?;
                }
                Ok::<(), anyhow::Error>(())
            })
        });
        // A failure here would hide the test's own.
        let _ = clearing.join();
    }
}

/// Runs a bash script in an app and answers with what it wrote to its output.
pub(crate) async fn output_of(stage: &Stage, session: &str, script: &str) -> Result<String> {
    // More than the last lines are wanted, so it goes through a file.
    let order = stage.script(session, &format!("exec >~/said 2>&1\n{script}"))?;
    stage.run(&order).await?;
    let said = fs::read_to_string(stage.home(session).join("said"))?;
    stage.remove(&order).await?;
    Ok(said)
}

/// Waits for something outside that nobody can be woken by.
pub(crate) fn eventually(what: &str, mut is_so: impl FnMut() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + contract::PATIENCE;
    while !is_so()? {
        ensure!(Instant::now() < deadline, "not seen in time: {what}");
        std::thread::yield_now();
    }
    Ok(())
}

/// Fails when the data directory still has a workload, a socket, a session's home or a process.
pub(crate) fn nothing_is_left(data_dir: &Path) -> Result<()> {
    for folder in ["workloads", "run", "homes/sessions"] {
        for entry in fs::read_dir(data_dir.join(folder))? {
            let name = entry?.file_name();
            ensure!(name == ".making", "{} is left in {folder}", name.display());
        }
    }
    let alive = processes_below(data_dir)?;
    ensure!(alive.is_empty(), "processes are left: {alive:?}");
    Ok(())
}

/// Pids of the keepers and sandboxes of this data directory: they work in their workload's folder.
pub(crate) fn processes_below(data_dir: &Path) -> Result<Vec<i32>> {
    Ok(pids()?.into_iter().filter(|pid| works_below(*pid, data_dir)).collect())
}

/// Pids of all processes that run as this uid.
pub(crate) fn processes_of(uid: u32) -> Result<Vec<i32>> {
    let is_theirs = |pid: &i32| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let mut words = status.lines().find(|it| it.starts_with("Uid:")).unwrap_or_default().split_whitespace();
        words.nth(1) == Some(&uid.to_string())
    };
    Ok(pids()?.into_iter().filter(is_theirs).collect())
}

fn works_below(pid: i32, data_dir: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|it| it.starts_with(data_dir))
}

fn pids() -> Result<Vec<i32>> {
    Ok(fs::read_dir("/proc")?.flatten().filter_map(|it| it.file_name().to_str()?.parse().ok()).collect())
}
