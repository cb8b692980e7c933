//! What one app cannot take from the others.

use anyhow::{Result, ensure};
use sortie_core::{port::Runtime, session::Reason};

use crate::stage::{Stage, output_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_bomb_ends_at_the_limit() -> Result<()> {
    let stage = Stage::open_with(|it| it.max_pids = 40).await?;
    let said =
        output_of(&stage, "s", "for n in $(seq 100); do sleep 60 & done 2>/dev/null; ls -d /proc/[0-9]* | wc -l")
            .await?;
    let n_processes: u32 = said.lines().last().unwrap_or_default().trim().parse().unwrap_or(0);
    // When not even `ls` could be started, nothing was counted: the limit held as well.
    ensure!(n_processes <= 42, "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_wants_more_memory_than_its_limit_does_not_get_it() -> Result<()> {
    let stage = Stage::open().await?;
    let mut order = stage.script("s", "head -c 400M /dev/zero | tail | wc -c; echo ${PIPESTATUS[1]}")?;
    order.spec.resources.memory_limit_bytes = Some(150 << 20);
    let breakage = stage.run(&order).await?;
    ensure!(breakage.output.last().is_none_or(|it| it != "0"), "it got all of it: {breakage:?}");
    stage.remove(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_the_system_ends_for_its_memory_is_said_to_have_used_it_all() -> Result<()> {
    let stage = Stage::open().await?;
    let mut order = stage.script("s", "exec tail /dev/zero")?;
    order.spec.resources.memory_limit_bytes = Some(150 << 20);
    let is_group = stage.runtime.condition().limits.iter().any(|it| it.name == "memory" && it.enforced);
    let breakage = stage.run(&order).await?;
    // Without a control group a program is told that there is no more, and ends by itself.
    let expected = if is_group { Reason::OutOfMemory } else { Reason::AppExited };
    assert_eq!(breakage.reason, expected, "{breakage:?}");
    stage.remove(&order).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_condition_names_each_limit() -> Result<()> {
    let stage = Stage::open().await?;
    let names: Vec<_> = stage.runtime.condition().limits.iter().map(|it| it.name).collect();
    assert_eq!(names, ["memory", "cpu", "pids", "disk"]);
    Ok(())
}
