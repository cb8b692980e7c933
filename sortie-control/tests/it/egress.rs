//! An edited egress policy reaches live sessions; nothing else of an edited app does.

use std::time::Duration;

use sortie_control::Settings;
use sortie_core::{
    app::{App, EgressMode, EgressPolicy, EgressRule},
    audit::AuditAction,
    id::AppId,
    port::CatalogStore,
    session::{Session, Status},
};

use sortie_testkit::contract::sample::change;

use crate::stage::{Stage, within};

fn only(cidr: &str) -> EgressPolicy {
    let rule = EgressRule { cidr: cidr.to_owned(), port: 443, protocol: "TCP".to_owned() };
    EgressPolicy { mode: EgressMode::Allowlist, rules: vec![rule] }
}

async fn stored_app(stage: &Stage) -> App {
    stage.store.find_app(&AppId::new("browser").unwrap()).await.unwrap().unwrap()
}

async fn edit(stage: &Stage, egress: Option<EgressPolicy>) {
    let app = stored_app(stage).await;
    let mut fields = app.fields;
    (fields.egress, fields.window_manager) = (egress, true);
    let admin = stage.caller("admin").await;
    stage.control.update_app(&admin, &app.id, None, fields).await.unwrap();
}

async fn obeys(stage: &Stage, session: &Session, policy: Option<&EgressPolicy>) {
    within("the runtime to be told of the policy", async {
        while stage.runtime.guarded(&session.id).last().map(Option::as_ref) != Some(policy) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn an_edited_policy_reaches_a_running_session_and_the_rest_of_the_app_does_not() {
    let stage = Stage::new().await;
    stage.app("browser", |it| it.egress = Some(only("192.0.2.0/24"))).await;
    let ada = stage.caller("admin").await;
    let session = stage.launch(&ada, "browser").await;
    stage.until(&session.id, "running", |it| it.status == Status::Running).await;
    obeys(&stage, &session, Some(&only("192.0.2.0/24"))).await;
    edit(&stage, Some(only("198.51.100.0/24"))).await;
    obeys(&stage, &session, Some(&only("198.51.100.0/24"))).await;
    let spec = stage.stored(&session.id).await.spec.unwrap();
    assert_eq!((spec.egress, spec.window_manager), (Some(only("198.51.100.0/24")), false));
    edit(&stage, None).await;
    obeys(&stage, &session, None).await;
}

#[tokio::test]
async fn an_edit_just_before_a_crash_is_caught_up_with_after_the_restart() {
    let mut stage = Stage::with(Settings { relist_interval: Duration::from_millis(50), ..Settings::default() }).await;
    stage.app("browser", |it| it.egress = Some(only("192.0.2.0/24"))).await;
    let ada = stage.caller("admin").await;
    let session = stage.launch(&ada, "browser").await;
    stage.until(&session.id, "running", |it| it.status == Status::Running).await;
    obeys(&stage, &session, Some(&only("192.0.2.0/24"))).await;
    // The app's row is written, and nothing after it happens.
    stage.end().await;
    let before = stored_app(&stage).await;
    let mut after = before.clone();
    (after.version, after.fields.egress) = (before.version + 1, Some(only("198.51.100.0/24")));
    let change = change(AuditAction::UpdateApp, 1);
    stage.store.update_app(before.version, &after, change).await.unwrap();
    stage.crash_and_restart().await;
    obeys(&stage, &session, Some(&only("198.51.100.0/24"))).await;
}
