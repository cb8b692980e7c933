use sortie_control::{
    ControlError, access::explain::Question, events::FeedItem, records::AuditQuery, tenant::TenantFields,
};
use sortie_core::{
    access::{CategoryRight, request::RequestStatus},
    app::{AppFields, Visibility},
    event::EventBody,
    id::AppId,
    policy::{Action, Caller, Outcome},
    port::PageRequest,
    tenant::{Branding, TenantQuotas},
};

use crate::stage::{Stage, request, user, within};

fn in_tools(fields: &mut AppFields) {
    "Tools".clone_into(&mut fields.category);
    fields.visibility = Visibility::Approved;
    fields.env = vec![("TOKEN".to_owned(), "canary-value".to_owned())];
}

/// Makes somebody an administrator of the category; answers them with the right.
async fn managing(stage: &Stage, admin: &Caller, who: &Caller) -> Caller {
    let categories = stage.control.list_categories(admin).await.unwrap();
    let id = &categories[0].category.id;
    stage.control.give_category_right(admin, id, CategoryRight::Admin, &who.principal.user).await.unwrap();
    stage.caller(&who.principal.username).await
}

async fn audit(stage: &Stage, admin: &Caller) -> String {
    let page = PageRequest { limit: Some(100), cursor: None };
    let (entries, _) = stage.control.audit(admin, AuditQuery::default(), &page, 0).await.unwrap();
    let lines: Vec<String> = entries.items.into_iter().map(|it| format!("{} {}", it.action, it.details)).collect();
    lines.join("\n")
}

#[tokio::test]
async fn who_manages_a_category_changes_how_an_app_is_shown_and_leaves_what_runs() {
    let stage = Stage::new().await;
    stage.app("shell", in_tools).await;
    let (admin, bob) = stage.admin_and("bob").await;
    let bob = managing(&stage, &admin, &bob).await;
    let id = AppId::new("shell").unwrap();
    let shown = AppFields {
        name: "Shell for all".to_owned(),
        category: "Tools".to_owned(),
        visibility: Visibility::AdminOnly,
        ..AppFields::default()
    };
    let mut other = shown.clone();
    other.command = vec!["evil".to_owned()];
    let refused = stage.control.update_app(&bob, &id, None, other).await;
    assert!(matches!(refused, Err(ControlError::Denied(_))), "{refused:?}");
    stage.control.update_app(&bob, &id, None, shown).await.unwrap();
    let after = stage.control.find_app(&admin, &id).await.unwrap().app.fields;
    assert_eq!((after.name.as_str(), after.command), ("Shell for all", vec!["xterm".to_owned()]));
    assert_eq!(after.env, [("TOKEN".to_owned(), "canary-value".to_owned())]);
}

#[tokio::test]
async fn a_change_of_what_runs_is_a_diff_in_the_audit_without_values_of_the_environment() {
    let stage = Stage::new().await;
    stage.app("shell", in_tools).await;
    let admin = stage.caller("admin").await;
    let id = AppId::new("shell").unwrap();
    let mut fields = stage.control.find_app(&admin, &id).await.unwrap().app.fields;
    fields.command = vec!["xclock".to_owned()];
    fields.env = vec![("TOKEN".to_owned(), "canary-other".to_owned())];
    stage.control.update_app(&admin, &id, None, fields).await.unwrap();
    let audit = audit(&stage, &admin).await;
    assert!(audit.contains("xterm") && audit.contains("xclock") && audit.contains("env: ~TOKEN"), "{audit}");
    assert!(!audit.contains("canary"), "{audit}");
}

#[tokio::test]
async fn a_tenant_s_quota_counts_at_launch() {
    let stage = Stage::new().await;
    stage.app("terminal", |_| {}).await;
    let admin = stage.caller("admin").await;
    let id = admin.tenant.clone();
    let quotas = TenantQuotas { max_total_sessions: std::num::NonZeroU32::new(1), ..TenantQuotas::default() };
    let fields =
        TenantFields { name: "Default".to_owned(), slug: "default".to_owned(), branding: Branding::default(), quotas };
    stage.control.update_tenant(&admin, &id, fields).await.unwrap();
    stage.launch(&admin, "terminal").await;
    let second = stage.control.launch(&admin, request("terminal")).await;
    assert!(matches!(second, Err(ControlError::Quota { .. })), "{second:?}");
}

#[tokio::test]
async fn nobody_hears_of_an_app_that_is_not_seen() {
    let stage = Stage::new().await;
    stage.app("shell", in_tools).await;
    let (admin, bob) = stage.admin_and("bob").await;
    let carl = stage.admin_and("carl").await.1;
    let carl = managing(&stage, &admin, &carl).await;
    let mut feed = stage.control.events_from(None).await.unwrap();
    stage.app("second", in_tools).await;
    let event = loop {
        let Some(FeedItem::Event(event)) = within("an event", feed.next()).await else { panic!("no event") };
        if matches!(&event.event.body, EventBody::App { app, .. } if app.as_str() == "second") {
            break event;
        }
    };
    let nothing = std::collections::HashSet::new();
    let hears = |who: &Caller| stage.control.may_hear(&who.principal, &event.event, false, &nothing);
    assert!(hears(&admin) && hears(&carl) && !hears(&bob));
}

#[tokio::test]
async fn who_asked_and_who_decides_hear_of_a_request_and_nobody_else_does() {
    let stage = Stage::new().await;
    stage
        .app("shell", |fields| {
            in_tools(fields);
            fields.discoverable = true;
        })
        .await;
    let (admin, bob) = stage.admin_and("bob").await;
    let (carl, dora) = (stage.admin_and("carl").await.1, stage.admin_and("dora").await.1);
    let carl = managing(&stage, &admin, &carl).await;
    let mut feed = stage.control.events_from(None).await.unwrap();
    let mut told = async |expected: RequestStatus| {
        loop {
            let Some(FeedItem::Event(event)) = within("an event", feed.next()).await else { panic!("no event") };
            if let EventBody::AccessRequest { status, .. } = &event.event.body {
                assert_eq!(*status, expected);
                let nothing = std::collections::HashSet::new();
                let hears = |who: &Caller| stage.control.may_hear(&who.principal, &event.event, false, &nothing);
                assert!(hears(&bob) && hears(&carl) && hears(&admin), "{expected:?}");
                assert!(!hears(&dora), "{expected:?}");
                return;
            }
        }
    };
    let id = AppId::new("shell").unwrap();
    let first = stage.control.request_access(&bob, &id, "please").await.unwrap().request;
    told(RequestStatus::Pending).await;
    stage.control.decide_access_request(&carl, &first.id, false, "not today").await.unwrap();
    told(RequestStatus::Refused).await;
    let second = stage.control.request_access(&bob, &id, "again").await.unwrap().request;
    told(RequestStatus::Pending).await;
    stage.control.withdraw_access_request(&bob, &second.id).await.unwrap();
    told(RequestStatus::Withdrawn).await;
    let third = stage.control.request_access(&bob, &id, "once more").await.unwrap().request;
    told(RequestStatus::Pending).await;
    stage.control.decide_access_request(&carl, &third.id, true, "welcome").await.unwrap();
    told(RequestStatus::Granted).await;
    let audit = audit(&stage, &admin).await;
    for (action, count) in
        [("REQUEST_ACCESS", 3), ("REFUSE_ACCESS", 1), ("WITHDRAW_ACCESS_REQUEST", 1), ("GRANT_ACCESS", 1)]
    {
        assert_eq!(audit.matches(action).count(), count, "{action}: {audit}");
    }
    // Whoever reads again because of it sees the app.
    let bob = stage.caller("bob").await;
    assert!(stage.control.find_app(&bob, &id).await.unwrap().can_launch);
}

#[tokio::test]
async fn a_full_tenant_takes_no_more_apps_and_accounts_however_they_come() {
    let stage = Stage::new().await;
    stage.app("shell", in_tools).await;
    let admin = stage.caller("admin").await;
    let one = std::num::NonZeroU32::new(1);
    let quotas = TenantQuotas { max_apps: one, max_users: one, ..TenantQuotas::default() };
    let fields =
        TenantFields { name: "Default".to_owned(), slug: "default".to_owned(), branding: Branding::default(), quotas };
    stage.control.update_tenant(&admin, &admin.tenant, fields).await.unwrap();
    let fields = stage.control.find_app(&admin, &AppId::new("shell").unwrap()).await.unwrap().app.fields;
    let refused = stage.control.create_app(&admin, "second", fields).await.map(|_| ());
    assert!(matches!(&refused, Err(ControlError::Conflict(it)) if it.contains("its 1 apps")), "{refused:?}");
    let refused = stage.control.create_user(&admin, user("eve", "user")).await.map(|_| ());
    assert!(matches!(&refused, Err(ControlError::Conflict(it)) if it.contains("its 1 accounts")), "{refused:?}");
}

#[tokio::test]
async fn an_explanation_names_the_rule_and_tells_nobody_of_what_they_do_not_see() {
    let stage = Stage::new().await;
    stage.app("shell", in_tools).await;
    let (admin, bob) = stage.admin_and("bob").await;
    let ask = async |who: &Caller, app: &str, about: Option<&Caller>| {
        let question = Question::App(AppId::new(app).unwrap());
        let about = about.map(|it| it.principal.user.clone());
        stage.control.explain(who, Action::LaunchApp, &question, about).await
    };
    let said = |it: sortie_control::access::explain::Explanation| (it.outcome, it.rule);
    assert_eq!(said(ask(&admin, "shell", None).await.unwrap()), (Outcome::Granted, "tenant_administrator"));
    let there = said(ask(&bob, "shell", None).await.unwrap());
    assert_eq!(there, said(ask(&bob, "no-such-app", None).await.unwrap()));
    assert_eq!(said(ask(&admin, "shell", Some(&bob)).await.unwrap()), (Outcome::Hidden, "app_not_visible"));
    let asked = ask(&bob, "shell", Some(&admin)).await;
    assert!(matches!(asked, Err(ControlError::Denied(_))), "{asked:?}");
}
