//! Sessions as containers: the promises of every runtime, kept on Docker and on Podman, and what only containers can show.

use std::{fs, path::Path, sync::Arc};

use anyhow::{Context, Result, ensure};
use sortie_core::{
    app::{Display, DisplayProtocol},
    id::WorkspaceId,
    port::{PortError, Runtime},
    session::Reason,
    workload::{Address, Breakage, Observed, WorkloadOrder, WorkspaceClaim},
};
use sortie_local::{ContainerRuntime, ContainerSettings};
use sortie_testkit::{
    contract::runtime as contract,
    engine::{self, DISPLAY_IMAGE, Kind, RealEngine},
};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;

/// An engine with the image, and a data directory.
struct Stage {
    // Ended before its data directory goes: containers mount what lies there.
    engine: RealEngine,
    data: TempDir,
}

impl Stage {
    fn open(engine: RealEngine) -> Result<Self> {
        engine.import_display()?;
        Ok(Self { engine, data: tempfile::Builder::new().prefix("sortie-data-").tempdir_in("/tmp")? })
    }

    async fn runtime(&self) -> Result<ContainerRuntime> {
        let mut settings = ContainerSettings::new(self.data.path(), self.engine.socket());
        DISPLAY_IMAGE.clone_into(&mut settings.display_image);
        Ok(ContainerRuntime::connect(settings).await?)
    }
}

fn order(runtime: &dyn Runtime, session: &str, command: &[&str]) -> Result<WorkloadOrder> {
    let mut order = contract::order(runtime.place(), session, command)?;
    order.spec.image = Some(DISPLAY_IMAGE.to_owned());
    Ok(order)
}

/// Runs an app to its end.
async fn run(runtime: &dyn Runtime, order: &WorkloadOrder) -> Result<Breakage> {
    runtime.create(order).await?;
    let observed = contract::until(runtime, &order.labels.session, |it| matches!(it, Observed::Broken(_))).await?;
    contract::remove(runtime, &order.labels).await?;
    let Observed::Broken(breakage) = observed else { anyhow::bail!("not broken: {observed:?}") };
    Ok(breakage)
}

macro_rules! promises {
    ($($name:ident)*) => {
        /// All at once on one daemon: starting one takes longer than all of them.
        async fn all_promises(stage: &Stage) -> Result<()> {
            let runtime = Arc::new(stage.runtime().await?);
            let mut checks = tokio::task::JoinSet::new();
            $({
                let runtime = Arc::clone(&runtime);
                let order = order(&*runtime, concat!("Session/of ", stringify!($name)), &["sleep", "3600"])?;
                checks.spawn(async move { contract::$name(&*runtime, &order).await.context(stringify!($name)) });
            })*
            while let Some(checked) = checks.join_next().await {
                checked??;
            }
            ensure!(runtime.list().await?.is_empty());
            nothing_is_left(stage.data.path())
        }
    };
}

sortie_testkit::runtime_contract!(promises);

fn nothing_is_left(data: &Path) -> Result<()> {
    for folder in ["containers", "homes/sessions", "run"] {
        let left: Vec<_> = fs::read_dir(data.join(folder))?.flatten().map(|it| it.path()).collect();
        ensure!(left.is_empty(), "left behind: {left:?}");
    }
    Ok(())
}

#[test]
fn docker_runs_sessions_as_every_runtime_promises() -> Result<()> {
    engine::with(Kind::Docker, all_of_them)?
}

#[test]
fn podman_runs_sessions_as_every_runtime_promises() -> Result<()> {
    engine::with(Kind::Podman, all_of_them)?
}

async fn all_of_them(engine: RealEngine) -> Result<()> {
    let stage = Stage::open(engine)?;
    all_promises(&stage).await?;
    what_only_containers_show(&stage).await
}

async fn what_only_containers_show(stage: &Stage) -> Result<()> {
    let runtime = stage.runtime().await?;
    an_app_has_no_rights_and_no_network(&runtime).await.context("no rights and no network")?;
    a_missing_image_is_told(&runtime).await.context("a missing image")?;
    an_image_with_a_display_of_its_own_is_shown(&runtime).await.context("a display of its own")?;
    only_kept_files_are_kept(&runtime).await.context("kept files")?;
    a_display_that_dies_ends_its_session(stage, &runtime).await.context("a display that dies")?;
    a_server_that_died_while_making_is_succeeded(stage, runtime).await.context("a successor")?;
    nothing_is_left(stage.data.path())
}

async fn an_app_has_no_rights_and_no_network(runtime: &ContainerRuntime) -> Result<()> {
    let script = "id -u; cat /proc/net/dev; touch /bin/x || echo root is read-only; cat /run/sortie/display/password; \
        echo $DISPLAY; exit 7";
    let ended = run(runtime, &order(runtime, "rights", &["sh", "-c", script])?).await?;
    ensure!(ended.reason == Reason::AppExited && ended.detail.contains('7'), "{ended:?}");
    let said = |text: &str| ended.output.iter().any(|it| it.contains(text));
    ensure!(said("root is read-only") && said(":99") && said("lo:") && !said("eth"), "{:?}", ended.output);
    ensure!(ended.output.first().is_some_and(|it| it != "0"), "{:?}", ended.output);
    ensure!(said("can't open") && said("password"), "{:?}", ended.output);
    Ok(())
}

async fn a_missing_image_is_told(runtime: &ContainerRuntime) -> Result<()> {
    let mut missing = order(runtime, "missing", &["true"])?;
    missing.spec.image = Some("missing.invalid/none:1".to_owned());
    runtime.create(&missing).await?;
    let expected = |it: &Observed| match it {
        // What cannot be reached now may be, later: it is tried again, and the cause stands.
        Observed::Starting { cause, .. } => *cause == Some(Reason::ImagePullFailed),
        Observed::Broken(it) => it.reason == Reason::ImagePullFailed,
        Observed::Absent | Observed::Partial | Observed::Ready { .. } | Observed::Ending => false,
    };
    contract::until(runtime, &missing.labels.session, expected).await?;
    let given_up = |it: &Observed| matches!(it, Observed::Partial | Observed::Broken(_));
    contract::until(runtime, &missing.labels.session, given_up).await?;
    if let Err(told) = runtime.create(&missing).await {
        ensure!(matches!(&told, PortError::Unavailable(it) if it.to_string().contains("missing.invalid")), "{told:?}");
    }
    contract::remove(runtime, &missing.labels).await
}

async fn an_image_with_a_display_of_its_own_is_shown(runtime: &ContainerRuntime) -> Result<()> {
    let own = ["Xvnc", ":7", "-rfbport", "5907", "-SecurityTypes", "None", "-nolisten", "tcp"];
    let mut order = order(runtime, "own-display", &own)?;
    order.spec.display = Some(Display { protocol: DisplayProtocol::Vnc, port: 5907, path: String::new() });
    runtime.create(&order).await?;
    contract::until_ready(runtime, &order.labels.session).await?;
    let endpoint = runtime.open(&order.labels.session).await?;
    ensure!(endpoint.password.is_none());
    let Address::Unix(socket) = endpoint.address else { anyhow::bail!("{:?}", endpoint.address) };
    let mut greeting = [0; 4];
    tokio::net::UnixStream::connect(socket).await?.read_exact(&mut greeting).await?;
    ensure!(&greeting == b"RFB ", "{greeting:?}");
    contract::remove(runtime, &order.labels).await
}

async fn only_kept_files_are_kept(runtime: &ContainerRuntime) -> Result<()> {
    let script = "cat ~/workspace/note; echo kept > /workspace/note";
    let mut kept = order(runtime, "kept", &["sh", "-c", script])?;
    kept.workspace = WorkspaceClaim::Persistent(WorkspaceId::new("files of alice")?);
    let first = run(runtime, &kept).await?;
    ensure!(!first.output.iter().any(|it| it == "kept"), "{first:?}");
    let second = run(runtime, &kept).await?;
    ensure!(second.output.iter().any(|it| it == "kept"), "{second:?}");
    let other = run(runtime, &order(runtime, "other", &["sh", "-c", script])?).await?;
    ensure!(!other.output.iter().any(|it| it == "kept"), "{other:?}");
    Ok(())
}

async fn a_display_that_dies_ends_its_session(stage: &Stage, runtime: &ContainerRuntime) -> Result<()> {
    let order = order(runtime, "blind", &["sleep", "3600"])?;
    runtime.create(&order).await?;
    contract::until_ready(runtime, &order.labels.session).await?;
    stage.engine.ask("POST", "/containers/sortie-screen-blind/kill", &[])?;
    let observed = contract::until(runtime, &order.labels.session, |it| matches!(it, Observed::Broken(_))).await?;
    ensure!(matches!(&observed, Observed::Broken(it) if it.reason == Reason::DisplayFailed), "{observed:?}");
    contract::remove(runtime, &order.labels).await
}

/// The folder is there and the screen's container is not: as after a SIGKILL between the two.
async fn a_server_that_died_while_making_is_succeeded(stage: &Stage, first: ContainerRuntime) -> Result<()> {
    let order = order(&first, "succeeded", &["sleep", "3600"])?;
    first.create(&order).await?;
    contract::until_ready(&first, &order.labels.session).await?;
    for part in ["app", "screen"] {
        stage.engine.ask("DELETE", &format!("/containers/sortie-{part}-succeeded?force=true"), &[])?;
    }
    let before = fs::read_dir(stage.data.path().join("containers"))?.count();
    drop(first);
    let second = stage.runtime().await?;
    ensure!(second.observe(&order.labels.session).await? == Observed::Partial && before == 1);
    second.create(&order).await?;
    contract::until_ready(&second, &order.labels.session).await?;
    contract::remove(&second, &order.labels).await
}
