use std::time::Duration;

use sortie_control::{backups::BackupPlan, records::AuditQuery};
use sortie_core::{
    port::{Backups, Clock, PageRequest},
    retention::Retention,
};
use sortie_store::{
    Database, Settings, Store,
    backup::{Destination, Keeper},
};

use crate::stage::Stage;

const HOUR: Duration = Duration::from_hours(1);

async fn entries(stage: &Stage, action: &str) -> u64 {
    let query = AuditQuery { action: Some(action.to_owned()), ..AuditQuery::default() };
    let admin = stage.caller("admin").await;
    stage.control.audit(&admin, query, &PageRequest::default(), 0).await.unwrap().1
}

#[tokio::test(flavor = "multi_thread")]
async fn one_replica_makes_backups_on_time_keeps_what_the_rule_says_and_audits_both() {
    let stage = Stage::new().await;
    let other = stage.replica().await;
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { database: Database::Sqlite { path: folder.path().join("a.db") } };
    Store::open(settings.clone()).unwrap().close();
    let keeper = Keeper::new(settings, Destination::Folder(folder.path().join("backups")), folder.path().to_owned());
    let plan = BackupPlan { interval: HOUR, retention: Retention { last: 2, daily: 0, weekly: 0 } };
    let first = stage.clock.now().plus(HOUR);
    stage.control.back_up_when_due(&keeper, plan, first).await.unwrap();
    assert_eq!(keeper.newest().await.unwrap(), None, "the first one is not due yet");
    for round in 1..=3 {
        stage.clock.advance(HOUR);
        other.back_up_when_due(&keeper, plan, first).await.unwrap();
        assert_eq!(entries(&stage, "CREATE_BACKUP").await, round - 1, "the job is the first server's");
        stage.control.back_up_when_due(&keeper, plan, first).await.unwrap();
        stage.control.back_up_when_due(&keeper, plan, first).await.unwrap();
        assert_eq!(entries(&stage, "CREATE_BACKUP").await, round, "one is enough for an hour");
    }
    assert_eq!(entries(&stage, "PRUNE_BACKUPS").await, 1);
    assert!(stage.control.backup_report().newest().is_some() && stage.control.backup_report().bytes() > 0);
    assert_eq!(stage.control.backup_report().failures(), 0);

    std::fs::remove_file(folder.path().join("a.db")).unwrap();
    stage.clock.advance(HOUR);
    stage.control.back_up_when_due(&keeper, plan, first).await.unwrap();
    assert_eq!(stage.control.backup_report().failures(), 1);
    assert_eq!(entries(&stage, "CREATE_BACKUP").await, 4, "a failure is in the audit, too");
}
