use std::time::Duration;

use sortie_control::Settings;
use sortie_core::{
    id::{InstallationId, SessionId},
    session::{Status, orphan::ORPHAN_AGE},
    workload::Labels,
};

use crate::stage::{Stage, within};

#[tokio::test]
async fn only_an_old_workload_of_ours_without_a_row_is_removed() {
    let stage = Stage::with(Settings { relist_interval: Duration::from_millis(20), ..Settings::default() }).await;
    stage.app("terminal", |_| {}).await;
    let ada = stage.caller("admin").await;
    let known = stage.launch(&ada, "terminal").await;
    stage.until(&known.id, "running", |it| it.status == Status::Running).await;
    let ours = stage.runtime.labels(&known.id).unwrap();
    let planted = |name: &str| Labels { session: SessionId::new(name).unwrap(), ..ours.clone() };
    stage.runtime.plant(planted("left-over"));
    stage.runtime.plant(Labels { installation: InstallationId::new("other").unwrap(), ..planted("foreign") });
    stage.clock.advance(ORPHAN_AGE);
    let young = Labels { created_at: ours.created_at.plus(ORPHAN_AGE), ..planted("young") };
    stage.runtime.plant(young);
    within("the left-over is removed", async {
        while stage.runtime.living().contains(&SessionId::new("left-over").unwrap()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
    assert_eq!(stage.runtime.deleted(), [SessionId::new("left-over").unwrap()]);
    assert_eq!(stage.runtime.living().len(), 3);
}
