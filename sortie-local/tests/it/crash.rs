//! Servers that are killed at any moment of making and removing workloads.

use std::{fs, path::Path, process::Child, time::Duration};

use anyhow::{Result, ensure};
use sortie_core::port::Runtime;
use sortie_local::{LocalRuntime, Settings};
use sortie_testkit::contract::runtime as contract;

use crate::{
    stage::{nothing_is_left, processes_of},
    survival::{example, folder_for, start_example},
};

/// From its start, the example needs about this long for its trial, its workload and its removal.
const WHOLE_LIFE: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn fifty_servers_killed_at_random_leave_nothing_that_the_next_one_does_not_remove() -> Result<()> {
    let mut lanes = tokio::task::JoinSet::new();
    for _ in 0..5 {
        lanes.spawn(async {
            let (dir, data_dir) = folder_for(None)?;
            // Made once, so that each round begins with a known place.
            let runtime = LocalRuntime::start(Settings::new(&data_dir)).await?;
            for _ in 0..10 {
                one_round(&runtime, dir.path(), &data_dir).await?;
            }
            Ok::<(), anyhow::Error>(())
        });
    }
    for lane in lanes.join_all().await {
        lane?;
    }
    Ok(())
}

async fn one_round(runtime: &LocalRuntime, dir: &Path, data_dir: &Path) -> Result<()> {
    let mut child = start_example(&example()?, dir)?;
    // It stops its workload as soon as it is ready, so that removals are hit, too.
    drop(child.stdin.take());
    let moment = WHOLE_LIFE.mul_f64(f64::from(rand::random::<u16>()) / f64::from(u16::MAX));
    tokio::time::sleep(moment).await;
    kill(&mut child)?;

    let uids = claimed_uids(data_dir);
    for workload in runtime.list().await? {
        contract::remove(runtime, &workload.labels).await?;
    }
    ensure!(runtime.list().await?.is_empty());
    // The trial lies apart and is cleared by the next server.
    let next = LocalRuntime::start(Settings::new(data_dir)).await?;
    ensure!(next.condition().problems.is_empty(), "{:?}", next.condition().problems);
    nothing_is_left(data_dir)?;
    nothing_is_left_of_trials(data_dir)?;
    for uid in uids {
        ensure!(
            processes_of(uid)?.is_empty() || is_claimed_by_another(uid, data_dir),
            "uid {uid} still runs something"
        );
    }
    Ok(())
}

fn kill(child: &mut Child) -> Result<()> {
    child.kill()?;
    child.wait()?;
    Ok(())
}

fn nothing_is_left_of_trials(data_dir: &Path) -> Result<()> {
    for folder in ["probe/workloads", "probe/homes/sessions"] {
        for entry in fs::read_dir(data_dir.join(folder))? {
            let name = entry?.file_name();
            ensure!(name == ".making" || name == ".trial", "{} is left in {folder}", name.display());
        }
    }
    Ok(())
}

/// The uids that workloads of this data directory hold on this machine.
fn claimed_uids(data_dir: &Path) -> Vec<u32> {
    let mut uids = Vec::new();
    for entry in fs::read_dir("/run/sortie-uids").into_iter().flatten().flatten() {
        let Some(uid) = entry.file_name().to_str().and_then(|it| it.parse().ok()) else { continue };
        if fs::read_to_string(entry.path()).is_ok_and(|it| Path::new(&it).starts_with(data_dir)) {
            uids.push(uid);
        }
    }
    uids
}

fn is_claimed_by_another(uid: u32, data_dir: &Path) -> bool {
    let holder = fs::read_to_string(format!("/run/sortie-uids/{uid}")).unwrap_or_default();
    !holder.is_empty() && !Path::new(&holder).starts_with(data_dir)
}
