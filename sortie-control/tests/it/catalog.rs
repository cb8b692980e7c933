use sortie_control::ControlError;
use sortie_core::{
    app::{AppFields, RecordingPolicy},
    id::AppId,
    port::PageRequest,
};

use crate::stage::{Stage, hidden};

fn link() -> AppFields {
    AppFields { name: "Wiki".to_owned(), url: "https://wiki.example".to_owned(), ..AppFields::default() }
}

#[tokio::test]
async fn a_user_sees_public_apps_only_and_a_stranger_the_same() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    stage.app("vault", hidden).await;
    let (admin, bob) = stage.admin_and("bob").await;
    let names = |page: sortie_core::port::Page<sortie_control::catalog::AppView>| {
        page.items.into_iter().map(|it| it.app.id.to_string()).collect::<Vec<_>>()
    };
    let all = PageRequest::default();
    assert_eq!(names(stage.control.list_apps(&admin, &all).await.unwrap()), ["terminal", "vault"]);
    assert_eq!(names(stage.control.list_apps(&bob, &all).await.unwrap()), ["terminal"]);
    assert_eq!(stage.control.anonymous_apps().await.unwrap().len(), 1);
    let vault = AppId::new("vault").unwrap();
    assert!(matches!(stage.control.find_app(&bob, &vault).await, Err(ControlError::NotFound { .. })));
}

#[tokio::test]
async fn a_user_can_neither_make_nor_change_nor_delete_apps() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let (_, bob) = stage.admin_and("bob").await;
    let id = AppId::new("terminal").unwrap();
    assert!(matches!(stage.control.create_app(&bob, "x", link()).await, Err(ControlError::Denied(_))));
    assert!(matches!(stage.control.update_app(&bob, &id, None, link()).await, Err(ControlError::Denied(_))));
    assert!(matches!(stage.control.delete_app(&bob, &id).await, Err(ControlError::Denied(_))));
}

#[tokio::test]
async fn of_two_people_who_change_the_same_version_the_second_is_told() {
    let stage = Stage::new().await;
    let admin = stage.caller("admin").await;
    let made = stage.control.create_app(&admin, "wiki", link()).await.unwrap().app;
    let changed = AppFields { name: "Wiki 2".to_owned(), ..link() };
    stage.control.update_app(&admin, &made.id, Some(1), changed.clone()).await.unwrap();
    let late = stage.control.update_app(&admin, &made.id, Some(1), changed).await;
    assert!(matches!(late, Err(ControlError::VersionMismatch)));
    let taken = stage.control.create_app(&admin, "wiki", link()).await;
    assert!(matches!(taken, Err(ControlError::Conflict(_))));
}

#[tokio::test]
async fn an_app_that_cannot_run_here_says_why_in_the_catalog_and_at_launch() {
    let stage = Stage::new().await;
    stage.app("gone", |it| it.command = vec!["missing".to_owned()]).await;
    stage.app("taped", |it| it.recording = RecordingPolicy::Always).await;
    let admin = stage.caller("admin").await;
    for (app, code) in [("gone", "command_missing"), ("taped", "recording_unavailable")] {
        let view = stage.control.find_app(&admin, &AppId::new(app).unwrap()).await.unwrap();
        assert!(!view.can_launch);
        assert_eq!(view.unavailable.map(|it| it.code).as_deref(), Some(code));
        let refused = stage.control.launch(&admin, crate::stage::request(app)).await;
        assert!(matches!(refused, Err(ControlError::Refused(refusal)) if refusal.code == code));
    }
}

#[tokio::test]
async fn a_seed_fills_an_empty_catalog_only_and_names_every_broken_rule() {
    let stage = Stage::new().await;
    let broken = vec![("A b".to_owned(), link()), ("c".to_owned(), AppFields::default())];
    let Err(ControlError::Invalid(problems)) = stage.control.seed(broken).await else { panic!("accepted") };
    let fields: Vec<_> = problems.list().iter().map(|it| it.field.as_str()).collect();
    assert_eq!(fields, ["applications[0].id", "applications[1].name", "applications[1].url"]);
    assert!(stage.control.seed(vec![("wiki".to_owned(), link())]).await.unwrap());
    assert!(!stage.control.seed(vec![("other".to_owned(), link())]).await.unwrap());
    let admin = stage.caller("admin").await;
    assert_eq!(stage.control.list_apps(&admin, &PageRequest::default()).await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn opening_a_link_is_counted_and_a_workload_is_no_link() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let admin = stage.caller("admin").await;
    stage.control.create_app(&admin, "wiki", link()).await.unwrap();
    let wiki = AppId::new("wiki").unwrap();
    assert_eq!(stage.control.open_link(&admin, &wiki).await.unwrap(), "https://wiki.example");
    assert!(stage.control.open_link(&admin, &AppId::new("terminal").unwrap()).await.is_err());
    assert!(matches!(
        stage.control.launch(&admin, crate::stage::request("wiki")).await,
        Err(ControlError::NotLaunchable)
    ));
    let counts = stage.control.launch_counts(&admin, None, None).await.unwrap();
    assert_eq!(counts.iter().map(|it| (it.app.as_str(), it.count)).collect::<Vec<_>>(), [("wiki", 1)]);
}
