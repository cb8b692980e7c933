//! The display: its two passwords, its size, its clipboard.

use anyhow::{Context, Result};
use sortie_core::{port::Runtime, workload::Viewport};

use crate::{
    stage::{Stage, eventually},
    viewer::Viewer,
};

#[tokio::test(flavor = "multi_thread")]
async fn one_app_fills_the_screen_and_follows_the_viewers_size() -> Result<()> {
    let stage = Stage::open().await?;
    let script = "xlogo & while :; do
        size=$(xwininfo -name xlogo 2>/dev/null | sed -n 's/^ *\\(Width\\|Height\\|Absolute.*X\\): *//p' | xargs)
        [ \"$size\" = \"$last\" ] || echo \"$size\" >>~/sizes; last=$size; sleep 0.05; done";
    let mut order = stage.script("s", script)?;
    order.viewport = Viewport::new(1010, 707)?;
    stage.start(&order).await?;
    let last_size = || {
        let sizes = std::fs::read_to_string(stage.home("s").join("sizes")).unwrap_or_default();
        sizes.lines().last().unwrap_or_default().to_owned()
    };
    eventually("the window fills the screen", || Ok(last_size() == "0 1010 707"))?;

    let endpoint = stage.runtime.open(&order.labels.session).await?;
    let password = endpoint.password.clone().context("no password")?;
    let mut viewer = Viewer::sign_in(&endpoint, &password)?;
    assert_eq!(viewer.size, (1010, 707));
    viewer.resize(811, 613)?;
    eventually("the window follows the screen", || Ok(last_size() == "0 811 613"))?;
    stage.remove(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_display_itself_ignores_a_viewer_with_the_view_only_password() -> Result<()> {
    let stage = Stage::open().await?;
    let order = stage.order("s", &["sleep", "3600"])?;
    stage.start(&order).await?;
    let endpoint = stage.runtime.open(&order.labels.session).await?;
    let view_only = endpoint.view_only_password.clone().context("no password")?;
    let full = endpoint.password.clone().context("no password")?;
    let before = Viewer::sign_in(&endpoint, &full)?;
    let mut watcher = Viewer::sign_in(&endpoint, &view_only)?;
    watcher.resize(640, 480)?;
    // The display works off one viewer's messages after the other: what a later viewer is told comes after the attempt.
    for _ in 0..20 {
        assert_eq!(Viewer::sign_in(&endpoint, &full)?.size, before.size);
    }
    assert!(Viewer::sign_in(&endpoint, &sortie_core::secret::Secret::new("wrongpwd")).is_err());
    stage.remove(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_display_enforces_the_apps_clipboard_policy() -> Result<()> {
    let stage = Stage::open().await?;
    let mut order = stage.order("s", &["sleep", "3600"])?;
    order.spec.clipboard.out_of_app = false;
    order.spec.clipboard.max_in_bytes = 5_000;
    stage.start(&order).await?;
    let uid = stage.recorded("s", "uid")?;
    let line = std::fs::read_to_string(stage.data_dir().join("workloads/s/display/display"))?;
    for flag in ["-SendCutText=0", "-SendPrimary=0", "-AcceptCutText=1", "-MaxCutText=5000", "-AllowOverride= "] {
        assert!(line.contains(flag), "{flag} is not in {line} of uid {uid}");
    }
    stage.remove(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_display_that_dies_breaks_the_workload() -> Result<()> {
    let stage = Stage::open().await?;
    let order = stage.order("s", &["sleep", "3600"])?;
    stage.start(&order).await?;
    let status = std::fs::read_to_string(stage.data_dir().join("workloads/s/display.status"))?;
    let status: serde_json::Value = serde_json::from_str(status.lines().next().unwrap_or_default())?;
    let init = status["child-pid"].as_i64().and_then(|it| i32::try_from(it).ok());
    let init = init.and_then(rustix::process::Pid::from_raw).context("no pid")?;
    rustix::process::kill_process(init, rustix::process::Signal::KILL)?;
    let is_broken = |it: &_| matches!(it, sortie_core::workload::Observed::Broken(_));
    let observed = sortie_testkit::contract::runtime::until(&stage.runtime, &order.labels.session, is_broken).await?;
    let sortie_core::workload::Observed::Broken(breakage) = observed else { anyhow::bail!("{observed:?}") };
    assert_eq!(breakage.reason, sortie_core::session::Reason::DisplayFailed);
    stage.remove(&order).await
}
