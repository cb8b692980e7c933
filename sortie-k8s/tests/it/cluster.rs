//! The promises of every runtime, kept by this one.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use k8s_openapi::api::core::v1::Pod;
use kube::{Api, api::ListParams};
use sortie_core::{port::Runtime, workload::Labels};
use sortie_k8s::Settings;
use sortie_testkit::contract::runtime as contract;

use crate::stage::Stage;

macro_rules! promises {
    ($($name:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $name() -> Result<()> {
            let Some(stage) = Stage::open().await? else { return Ok(()) };
            // An id with a space and a slash: adopted sessions may have such.
            let order = stage.order("Session 1/of 2")?;
            contract::$name(&stage.runtime, &order).await?;
            stage.close().await
        }
    )*};
}

sortie_testkit::runtime_contract!(promises);

#[tokio::test(flavor = "multi_thread")]
async fn a_warm_pod_gets_the_hard_limit_when_somebody_takes_it() -> Result<()> {
    let settings = Settings { active_deadline: Some(Duration::from_hours(1)), ..Settings::default() };
    let Some(stage) = Stage::open_with(settings).await? else { return Ok(()) };
    let mut order = stage.order("warm")?;
    order.is_warm = true;
    stage.runtime.create(&order).await?;
    contract::until_ready(&stage.runtime, &order.labels.session).await?;
    ensure!(deadline(&stage).await?.is_none(), "nobody's pod has a limit");

    // The clock of these labels is behind the pod's, so what is left is the limit itself.
    let to = Labels { incarnation: order.labels.incarnation + 1, ..order.labels.clone() };
    stage.runtime.relabel(&order.labels, &to).await?;
    ensure!(deadline(&stage).await? == Some(3600), "the limit is {:?}", deadline(&stage).await?);
    contract::remove(&stage.runtime, &to).await?;
    stage.close().await
}

async fn deadline(stage: &Stage) -> Result<Option<i64>> {
    let pods = Api::<Pod>::namespaced(stage.client.clone(), &stage.namespace).list(&ListParams::default()).await?;
    let pod = pods.items.into_iter().next().context("there is no pod")?;
    Ok(pod.spec.context("it has no specification")?.active_deadline_seconds)
}
