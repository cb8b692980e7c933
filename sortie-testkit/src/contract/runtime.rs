//! What every [`Runtime`] promises, whatever it runs workloads on. Each check takes a runtime and an order of its own, whose
//! app must run until it is stopped.

use std::{sync::Arc, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use sortie_core::{
    app::{Clipboard, Network, RecordingPolicy, WorkspaceKind},
    id::{AppId, InstallationId, PlaceId, SessionId, UserId},
    port::{PortError, Runtime, runtime::Wake},
    spec::{Resources, Spec, Volume},
    time::Timestamp,
    workload::{Labels, Observed, Viewport, WorkloadOrder, WorkspaceClaim},
};
use tokio::{
    sync::Notify,
    time::{Instant, timeout},
};

/// How long a workload may take to get where it is expected.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often a workload is looked at without being woken: a wake is only a hint.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Gives a macro the names of all checks of this contract.
#[macro_export]
macro_rules! runtime_contract {
    ($each:ident) => {
        $each! {
            an_unknown_workload_is_absent
            a_workload_lives_from_create_to_delete
            creating_twice_makes_one_workload
            a_delete_for_another_workload_removes_nothing
            a_workload_is_handed_over_once
            deleting_twice_is_success
            a_watch_hears_of_changes
        }
    };
}

/// An order for a plain app: no network, no limits, ephemeral files.
pub fn order(place: &PlaceId, session: &str, command: &[&str]) -> Result<WorkloadOrder> {
    Ok(WorkloadOrder {
        labels: Labels {
            installation: InstallationId::new("contract")?,
            incarnation: 1,
            place: place.clone(),
            session: SessionId::new(session)?,
            owner: UserId::new("alice")?,
            created_at: Timestamp::from_micros(1_700_000_000_000_000),
        },
        spec: Spec {
            app: AppId::new("contract-app")?,
            app_name: "Contract app".to_owned(),
            image: None,
            command: command.iter().map(|it| (*it).to_owned()).collect(),
            args: Vec::new(),
            env: Vec::new(),
            network: Network::None,
            egress: None,
            resources: Resources::default(),
            window_manager: false,
            display: None,
            workspace: WorkspaceKind::Ephemeral,
            volume: Volume::default(),
            web_port: None,
            clipboard: Clipboard::default(),
            recording: RecordingPolicy::Never,
            idle_timeout: None,
            run_as_root: false,
        },
        viewport: Viewport::DEFAULT,
        workspace: WorkspaceClaim::Ephemeral,
        is_warm: false,
    })
}

/// Waits until a session's workload looks as expected; tells in the error what it looked like last.
pub async fn until(
    runtime: &dyn Runtime,
    session: &SessionId,
    expected: impl Fn(&Observed) -> bool,
) -> Result<Observed> {
    let woken = Arc::new(Notify::new());
    let wake: Wake = {
        let (woken, session) = (Arc::clone(&woken), session.clone());
        Arc::new(move |it| {
            if it == session {
                woken.notify_one();
            }
        })
    };
    let looking = async {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let observed = runtime.observe(session).await?;
            if expected(&observed) {
                return Ok(observed);
            }
            ensure!(Instant::now() < deadline, "{session} still is {observed:?} after {PATIENCE:?}");
            // Whether it was woken or not, it is looked at again.
            let _ = timeout(LOOK_AGAIN, woken.notified()).await;
        }
    };
    tokio::select! {
        looked = looking => looked,
        () = runtime.watch(wake) => bail!("the watch ended"),
    }
}

/// Waits until the workload answers.
pub async fn until_ready(runtime: &dyn Runtime, session: &SessionId) -> Result<()> {
    let observed = until(runtime, session, |it| !matches!(it, Observed::Starting { .. })).await?;
    ensure!(matches!(observed, Observed::Ready { .. }), "expected a ready workload, found {observed:?}");
    Ok(())
}

/// Removes a workload and waits until nothing of it is left, as the reconciler does: while something is, it asks again.
pub async fn remove(runtime: &dyn Runtime, labels: &Labels) -> Result<()> {
    loop {
        runtime.delete(labels).await?;
        let left = until(runtime, &labels.session, |it| matches!(it, Observed::Absent | Observed::Partial)).await?;
        if left == Observed::Absent {
            return Ok(());
        }
    }
}

/// What was never created is absent, is not listed, cannot be opened, and is deleted with success.
pub async fn an_unknown_workload_is_absent(runtime: &dyn Runtime, order: &WorkloadOrder) -> Result<()> {
    let session = &order.labels.session;
    ensure!(runtime.observe(session).await? == Observed::Absent);
    ensure!(!is_listed(runtime, session).await?);
    ensure!(matches!(runtime.open(session).await, Err(PortError::Unavailable(_))));
    runtime.delete(&order.labels).await?;
    Ok(())
}

/// A created workload becomes ready, is listed with its labels, can be opened, and is gone after it was deleted.
pub async fn a_workload_lives_from_create_to_delete(runtime: &dyn Runtime, order: &WorkloadOrder) -> Result<()> {
    let session = &order.labels.session;
    runtime.create(order).await?;
    let first = runtime.observe(session).await?;
    ensure!(matches!(first, Observed::Starting { .. } | Observed::Ready { .. }), "created, but {first:?}");
    until_ready(runtime, session).await?;
    let listed = runtime.list().await?;
    let mine = listed.iter().find(|it| it.labels.session == *session).context("it is not listed")?;
    ensure!(mine.labels == order.labels, "listed with {:?}", mine.labels);
    runtime.open(session).await?;
    remove(runtime, &order.labels).await?;
    ensure!(!is_listed(runtime, session).await?);
    ensure!(matches!(runtime.open(session).await, Err(PortError::Unavailable(_))));
    Ok(())
}

/// Creating a workload again, also at the same time, leaves one workload and its secrets as they are.
pub async fn creating_twice_makes_one_workload(runtime: &dyn Runtime, order: &WorkloadOrder) -> Result<()> {
    let session = &order.labels.session;
    let (one, two) = tokio::join!(runtime.create(order), runtime.create(order));
    one?;
    two?;
    until_ready(runtime, session).await?;
    let before = runtime.open(session).await?;
    runtime.create(order).await?;
    let after = runtime.open(session).await?;
    ensure!(before.address == after.address);
    let reveal = |it: Option<sortie_core::secret::Secret>| it.map(|it| it.reveal().to_owned());
    ensure!(reveal(before.password) == reveal(after.password));
    let n_listed = runtime.list().await?.iter().filter(|it| it.labels.session == *session).count();
    ensure!(n_listed == 1, "it is listed {n_listed} times");
    remove(runtime, &order.labels).await
}

/// A delete whose labels are those of another workload of the same session removes nothing.
pub async fn a_delete_for_another_workload_removes_nothing(runtime: &dyn Runtime, order: &WorkloadOrder) -> Result<()> {
    runtime.create(order).await?;
    until_ready(runtime, &order.labels.session).await?;
    let mut other = order.labels.clone();
    other.incarnation += 1;
    ensure!(matches!(runtime.delete(&other).await, Err(PortError::Conflict)));
    until_ready(runtime, &order.labels.session).await?;
    remove(runtime, &order.labels).await
}

/// A workload is handed over as a whole: afterwards only its new owner can remove it, and its screen goes on as it was.
pub async fn a_workload_is_handed_over_once(runtime: &dyn Runtime, order: &WorkloadOrder) -> Result<()> {
    let from = &order.labels;
    let mut to = from.clone();
    to.installation = InstallationId::new("contract-successor")?;
    to.incarnation = 7;
    to.owner = UserId::new("bob")?;
    ensure!(matches!(runtime.relabel(from, &to).await, Err(PortError::Conflict)), "there is nothing to hand over");
    runtime.create(order).await?;
    until_ready(runtime, &from.session).await?;
    let before = runtime.open(&from.session).await?;
    let stranger = Labels { incarnation: 99, ..from.clone() };
    ensure!(matches!(runtime.relabel(&stranger, &to).await, Err(PortError::Conflict)), "it carries something else");
    runtime.relabel(from, &to).await?;
    runtime.relabel(from, &to).await?;
    let listed = runtime.list().await?;
    let mine = listed.iter().find(|it| it.labels.session == from.session).context("it is not listed")?;
    ensure!(mine.labels == to, "listed with {:?}", mine.labels);
    ensure!(matches!(runtime.delete(from).await, Err(PortError::Conflict)), "its former owner can remove it");
    until_ready(runtime, &from.session).await?;
    let after = runtime.open(&from.session).await?;
    ensure!(before.address == after.address, "{:?} became {:?}", before.address, after.address);
    remove(runtime, &to).await
}

/// Deleting again while it goes, and after it is gone, is success; the id can be used again.
pub async fn deleting_twice_is_success(runtime: &dyn Runtime, order: &WorkloadOrder) -> Result<()> {
    let labels = &order.labels;
    runtime.create(order).await?;
    runtime.delete(labels).await?;
    runtime.delete(labels).await?;
    remove(runtime, labels).await?;
    runtime.delete(labels).await?;
    runtime.create(order).await?;
    until_ready(runtime, &labels.session).await?;
    remove(runtime, labels).await
}

/// A workload that gets ready and one that goes away wake whoever watches.
pub async fn a_watch_hears_of_changes(runtime: &dyn Runtime, order: &WorkloadOrder) -> Result<()> {
    let heard = Arc::new(Notify::new());
    let wake: Wake = {
        let (heard, session) = (Arc::clone(&heard), order.labels.session.clone());
        Arc::new(move |it| {
            if it == session {
                heard.notify_one();
            }
        })
    };
    let story = async {
        runtime.create(order).await?;
        timeout(PATIENCE, heard.notified()).await.context("nobody was woken by a new workload")?;
        until_ready(runtime, &order.labels.session).await?;
        remove(runtime, &order.labels).await?;
        timeout(PATIENCE, heard.notified()).await.context("nobody was woken by a removal")
    };
    tokio::select! {
        told = story => told,
        () = runtime.watch(wake) => bail!("the watch ended"),
    }
}

async fn is_listed(runtime: &dyn Runtime, session: &SessionId) -> Result<bool> {
    Ok(runtime.list().await?.iter().any(|it| it.labels.session == *session))
}
