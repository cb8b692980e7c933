//! Workloads do not need the process that started them.

use std::{
    collections::HashSet,
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    port::Runtime,
    workload::{Address, Observed},
};
use sortie_local::{LocalRuntime, Settings};
use sortie_testkit::contract::runtime as contract;
use tokio::{io::AsyncReadExt, net::UnixStream};

use crate::stage::{Stage, nothing_is_left, processes_below};

/// The crate's example program; `cargo test` builds it beside this test.
pub(crate) fn example() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let path = here.parent().and_then(Path::parent).context("no target folder")?.join("examples/start");
    ensure!(path.exists(), "{} is missing: run `cargo test -p sortie-local` as a whole", path.display());
    Ok(path)
}

/// A folder that this test may give away, and its data directory as the example uses it.
pub(crate) fn folder_for(uid: Option<u32>) -> Result<(tempfile::TempDir, PathBuf)> {
    let dir = tempfile::tempdir()?;
    if let Some(uid) = uid {
        chown(dir.path(), Some(uid), Some(uid))?;
    }
    let data_dir = dir.path().join("sortie-example");
    Ok((dir, data_dir))
}

/// The example with a program that stays, its temporary folder in `dir`.
pub(crate) fn start_example(program: &Path, dir: &Path) -> Result<Child> {
    let mut command = Command::new(program);
    command.args(["sleep", "3600"]).env("TMPDIR", dir).stdin(Stdio::piped()).stdout(Stdio::piped());
    Ok(command.spawn()?)
}

fn first_line(child: &mut Child) -> Result<String> {
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("no output")?).read_line(&mut line)?;
    Ok(line)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_survives_the_death_of_the_process_that_started_it() -> Result<()> {
    let (dir, data_dir) = folder_for(None)?;
    let mut starter = start_example(&example()?, dir.path())?;
    let line = first_line(&mut starter)?;
    ensure!(line.starts_with("The screen answers"), "{line}");
    starter.kill()?;
    starter.wait()?;

    let runtime = LocalRuntime::start(Settings::new(&data_dir)).await?;
    let listed = runtime.list().await?;
    let [workload] = listed.as_slice() else { anyhow::bail!("listed: {listed:?}") };
    ensure!(matches!(workload.observed, Observed::Ready { .. }), "{:?}", workload.observed);
    let endpoint = runtime.open(&workload.labels.session).await?;
    let Address::Unix(path) = endpoint.address else { anyhow::bail!("not a Unix socket") };
    let mut greeting = [0; 12];
    UnixStream::connect(path).await?.read_exact(&mut greeting).await?;
    assert_eq!(&greeting, b"RFB 003.008\n");
    ensure!(!processes_below(&data_dir)?.is_empty(), "the processes are not where the tests look for them");

    contract::remove(&runtime, &workload.labels).await?;
    nothing_is_left(&data_dir)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_outlives_its_keeper_still_tells_its_exit_code() -> Result<()> {
    let stage = Stage::open().await?;
    let order = stage.script("s", "until [ -e ~/go ]; do sleep 0.05; done; exit 5")?;
    stage.start(&order).await?;
    let is_keeper = |pid: &i32| {
        let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let leader = rustix::process::Pid::from_raw(*pid);
        line.starts_with(b"sh\0keeper\0") && rustix::process::getsid(leader).ok() == leader
    };
    let keeper = processes_below(&stage.data_dir())?.into_iter().find(is_keeper).context("no keeper")?;
    let keeper = rustix::process::Pid::from_raw(keeper).context("no pid")?;
    rustix::process::kill_process(keeper, rustix::process::Signal::KILL)?;
    contract::until_ready(&stage.runtime, &order.labels.session).await?;
    fs::write(stage.home("s").join("go"), "")?;
    let is_over = |it: &Observed| matches!(it, Observed::Broken(_));
    let observed = contract::until(&stage.runtime, &order.labels.session, is_over).await?;
    let Observed::Broken(breakage) = observed else { anyhow::bail!("{observed:?}") };
    assert_eq!(breakage.detail, "The app ended with exit code 5.");
    stage.remove(&order).await?;
    nothing_is_left(&stage.data_dir())
}

#[test]
fn the_example_starts_and_stops_a_program() -> Result<()> {
    let (dir, data_dir) = folder_for(None)?;
    let child = start_example(&example()?, dir.path())?;
    let output = child.wait_with_output()?;
    let said = String::from_utf8(output.stdout)?;
    ensure!(output.status.success() && said.ends_with("Stopped.\n"), "{said}");
    nothing_is_left(&data_dir)
}

#[test]
fn a_plain_user_can_run_apps() -> Result<()> {
    if !rustix::process::getuid().is_root() {
        // Every other test of this binary has just shown it.
        return Ok(());
    }
    let nobody = 65_534;
    let (dir, data_dir) = folder_for(Some(nobody))?;
    let program = dir.path().join("start");
    fs::copy(example()?, &program)?;
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755))?;
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .args(["bash", "-c", "id -u >~/uid; exec sleep 3600"])
        .env("TMPDIR", dir.path())
        .current_dir(dir.path())
        .stdin(Stdio::null())
        .output()?;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success() && said.ends_with("Stopped.\n"), "{said}");
    nothing_is_left(&data_dir)
}

#[tokio::test(flavor = "multi_thread")]
async fn many_launches_at_once_become_as_many_workloads() -> Result<()> {
    let stage = Stage::open().await?;
    let orders = (0..12).map(|n| stage.order(&format!("s{n}"), &["sleep", "3600"])).collect::<Result<Vec<_>>>()?;
    let mut launches = tokio::task::JoinSet::new();
    for order in orders.clone() {
        let runtime = stage.runtime.clone();
        launches.spawn(async move {
            runtime.create(&order).await?;
            contract::until_ready(&runtime, &order.labels.session).await
        });
    }
    for launch in launches.join_all().await {
        launch?;
    }
    let marks = (0..12).map(|n| stage.recorded(&format!("s{n}"), "mark").map(|it| it.to_string()));
    assert_eq!(marks.collect::<Result<HashSet<_>>>()?.len(), 12);
    assert_eq!(stage.runtime.list().await?.len(), 12);
    for order in &orders {
        stage.remove(order).await?;
    }
    nothing_is_left(&stage.data_dir())
}
