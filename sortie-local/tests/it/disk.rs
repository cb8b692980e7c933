//! What a session's files may use of the disk.

use std::{fs, time::Duration};

use anyhow::Result;
use sortie_core::{
    id::WorkspaceId,
    port::Runtime,
    session::Reason,
    workload::{Observed, WorkspaceClaim},
};
use sortie_testkit::contract::runtime as contract;

use crate::stage::{Stage, eventually};

const LIMIT: u64 = 4 << 20;

async fn stage() -> Result<Stage> {
    Stage::open_with(|it| {
        it.home_limit = Some(LIMIT);
        it.home_look = Duration::from_millis(50);
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_whose_files_grow_too_large_is_broken_and_says_so() -> Result<()> {
    let stage = stage().await?;
    let order = stage.script("s", "head -c 8M /dev/zero >~/big; sleep 3600")?;
    let breakage = stage.run(&order).await?;
    assert_eq!(breakage.reason, Reason::WorkspaceFull);
    assert!(breakage.detail.contains("bytes"), "{}", breakage.detail);
    stage.remove(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_workspace_that_is_too_large_can_be_tidied_up_and_not_grow() -> Result<()> {
    let stage = stage().await?;
    let kept = WorkspaceClaim::Persistent(WorkspaceId::new("w")?);
    let mut first = stage.script("first", "head -c 8M /dev/zero >~/big; sleep 3600")?;
    first.workspace = kept.clone();
    assert_eq!(stage.run(&first).await?.reason, Reason::WorkspaceFull);
    stage.remove(&first).await?;

    let mut second = stage.script("second", "until [ -e ~/go ]; do sleep 0.05; done; cat ~/big >~/more; sleep 3600")?;
    second.workspace = kept;
    stage.start(&second).await?;
    let folder = stage.data_dir().join("workloads/second");
    eventually("its files are measured", || Ok(folder.join("home-at-first").exists()))?;
    assert!(matches!(stage.runtime.observe(&second.labels.session).await?, Observed::Ready { .. }));
    fs::write(stage.data_dir().join("homes/workspaces/w/go"), b"")?;
    let is_broken = |it: &_| matches!(it, Observed::Broken(_));
    let observed = contract::until(&stage.runtime, &second.labels.session, is_broken).await?;
    assert!(matches!(observed, Observed::Broken(it) if it.reason == Reason::WorkspaceFull));
    stage.remove(&second).await
}
