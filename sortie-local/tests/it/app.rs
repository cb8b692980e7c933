//! What an app gets: its command, its home, its window manager, its end.

use std::fs;

use anyhow::{Context, Result, ensure};
use sortie_core::{
    app::Network,
    id::WorkspaceId,
    port::{PortError, Runtime},
    session::Reason,
    workload::WorkspaceClaim,
};

use crate::stage::{Stage, eventually, nothing_is_left, output_of, processes_below};

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_dies_tells_its_exit_code_and_its_last_lines() -> Result<()> {
    let stage = Stage::open().await?;
    let order =
        stage.script("s", "for n in $(seq 5000); do echo \"line $n of the output\"; done; echo oops >&2; exit 3")?;
    let breakage = stage.run(&order).await?;
    assert_eq!(breakage.reason, Reason::AppExited);
    assert_eq!(breakage.detail, "The app ended with exit code 3.");
    assert_eq!(breakage.output.len(), 20);
    assert_eq!(breakage.output.last().map(String::as_str), Some("oops"));
    assert_eq!(breakage.output.first().map(String::as_str), Some("line 4982 of the output"));
    stage.remove(&order).await?;
    nothing_is_left(&stage.data_dir())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_display_ends_with_the_app() -> Result<()> {
    let stage = Stage::open().await?;
    let order = stage.script("s", "exit 0")?;
    let breakage = stage.run(&order).await?;
    assert_eq!(breakage.detail, "The app ended by itself.");
    eventually("the display ends", || Ok(processes_below(&stage.data_dir())?.is_empty()))?;
    stage.remove(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_output_takes_no_more_than_its_share_of_the_disk() -> Result<()> {
    let stage = Stage::open().await?;
    let order = stage.script("s", "head -c 50000000 /dev/zero | tr '\\0' x; echo; echo end")?;
    let breakage = stage.run(&order).await?;
    assert_eq!(breakage.output.last().map(String::as_str), Some("end"));
    let log = stage.data_dir().join("workloads/s/log");
    let mut size_bytes = 0;
    for entry in fs::read_dir(log)? {
        size_bytes += entry?.metadata()?.len();
    }
    assert!(size_bytes <= 512 * 1024, "{size_bytes} bytes");
    stage.remove(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_command_with_odd_characters_arrives_unchanged() -> Result<()> {
    let stage = Stage::open().await?;
    let long = "x".repeat(3000);
    let odd = "a b\t\"c\" 'd' $HOME `id` $(id) \\ * ? ; & | < > # ü 漢 -- --setenv\nnext line";
    let script = "printf '%s\\0' \"$@\" >~/said; printf %s \"$ODD\" >~/env";
    let mut order = stage.order("s", &["bash", "-c", script, "bash", &long, odd, ""])?;
    order.spec.args = vec!["--last argument".to_owned()];
    order.spec.env = vec![("ODD".to_owned(), odd.to_owned())];
    stage.run(&order).await?;
    let said = fs::read_to_string(stage.home("s").join("said"))?;
    assert_eq!(said.split('\0').collect::<Vec<_>>(), [long.as_str(), odd, "", "--last argument", ""]);
    assert_eq!(fs::read_to_string(stage.home("s").join("env"))?, odd);
    stage.remove(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_apps_environment_is_not_in_any_command_line() -> Result<()> {
    let stage = Stage::open().await?;
    let mut order = stage.order("s", &["sleep", "3600"])?;
    let secret = "correct-horse-battery-staple";
    order.spec.env = vec![("TOKEN".to_owned(), secret.to_owned())];
    stage.start(&order).await?;
    for entry in fs::read_dir("/proc")?.flatten() {
        let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        ensure!(!String::from_utf8_lossy(&line).contains(secret), "{} shows it", entry.path().display());
    }
    stage.remove(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_persistent_home_keeps_its_files_and_an_ephemeral_one_goes() -> Result<()> {
    let stage = Stage::open().await?;
    let claim = WorkspaceClaim::Persistent(WorkspaceId::new("ws-1")?);
    let mut first =
        stage.script("one", "echo kept >~/workspace/note; mkdir ~/locked; chmod 0 ~/locked; touch ~/hello")?;
    first.workspace = claim.clone();
    stage.run(&first).await?;
    stage.remove(&first).await?;
    // Another session is another uid: what it finds must be its own.
    let holder = stage.order("holder", &["sleep", "3600"])?;
    stage.start(&holder).await?;
    let mut second =
        stage.script("two", "cat /workspace/note; echo more >>~/workspace/note; chmod 700 ~/locked; ls ~")?;
    second.workspace = claim;
    let breakage = stage.run(&second).await?;
    assert_eq!(breakage.output, ["kept", "hello", "locked", "workspace"]);
    stage.remove(&second).await?;
    stage.remove(&holder).await?;
    let kept = fs::read_to_string(stage.data_dir().join("homes/workspaces/ws-1/workspace/note"))?;
    assert_eq!(kept, "kept\nmore\n");
    nothing_is_left(&stage.data_dir())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_home_is_removed_and_leads_nowhere() -> Result<()> {
    let stage = Stage::open().await?;
    let outside = stage.data_dir().join("precious");
    fs::write(&outside, "still here")?;
    let script = format!(
        "rmdir ~/workspace; ln -s {} ~/workspace; ln -s / ~/root; mkdir -p $(printf 'd/%.0s' $(seq 900)); chmod 0 d; exit 0",
        stage.data_dir().display()
    );
    let order = stage.script("s", &script)?;
    stage.run(&order).await?;
    stage.remove(&order).await?;
    assert_eq!(fs::read_to_string(outside)?, "still here");
    nothing_is_left(&stage.data_dir())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_run_here_is_refused_in_plain_words() -> Result<()> {
    let stage = Stage::open().await?;
    let refused = |order: &sortie_core::workload::WorkloadOrder| {
        stage.runtime.refusal(&order.spec).map(|it| it.code).context("it is not refused")
    };
    let mut order = stage.order("s", &["no-such-program"])?;
    assert_eq!(refused(&order)?, "command_missing");
    assert!(
        matches!(stage.runtime.create(&order).await, Err(PortError::Rejected(why)) if why.contains("no-such-program"))
    );
    order.spec.command.clear();
    order.spec.image = Some("debian:12".to_owned());
    assert_eq!(refused(&order)?, "command_missing");
    order = stage.order("s", &["true"])?;
    order.spec.network = Network::Host;
    assert_eq!(refused(&order)?, "host_network_forbidden");
    nothing_is_left(&stage.data_dir())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_sees_an_ordinary_account_and_folder() -> Result<()> {
    let stage = Stage::open().await?;
    let said = output_of(
        &stage,
        "s",
        "id -un; pwd; echo $HOME $DISPLAY; ls -d /workspace/; touch /workspace/x && ls ~/workspace",
    )
    .await?;
    assert_eq!(said, "user\n/home/user\n/home/user :0\n/workspace/\nx\n");
    Ok(())
}
