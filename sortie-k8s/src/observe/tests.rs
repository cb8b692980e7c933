use serde_json::{Value, json};

use super::*;

fn pod_with(status: &Value) -> Pod {
    serde_json::from_value(json!({ "metadata": { "name": "p" }, "status": status })).unwrap()
}

fn waiting(name: &str, reason: &str, message: &str) -> Value {
    json!({ "phase": "Pending", "containerStatuses": [
        { "name": name, "image": "", "imageID": "", "ready": false, "restartCount": 0,
          "state": { "waiting": { "reason": reason, "message": message } } },
    ]})
}

fn terminated(name: &str, reason: &str, exit_code: i32) -> Value {
    json!({ "phase": "Running", "containerStatuses": [
        { "name": name, "image": "", "imageID": "", "ready": false, "restartCount": 0,
          "state": { "terminated": { "reason": reason, "exitCode": exit_code } } },
    ]})
}

fn event(reason: &str, message: &str) -> Event {
    serde_json::from_value(json!({ "metadata": {}, "involvedObject": {}, "reason": reason, "message": message }))
        .unwrap()
}

fn reason_of(status: &Value) -> Reason {
    let Observed::Broken(breakage) = pod(&pod_with(status), &[]) else { panic!("not broken: {status}") };
    breakage.reason
}

fn cause_of(status: &Value, events: &[Event]) -> Option<Reason> {
    let Observed::Starting { cause, .. } = pod(&pod_with(status), events) else { panic!("not starting: {status}") };
    cause
}

#[test]
fn each_way_to_break_has_a_reason_of_its_own() {
    assert_eq!(reason_of(&json!({ "phase": "Failed", "reason": "Evicted" })), Reason::Evicted);
    assert_eq!(reason_of(&json!({ "phase": "Failed", "reason": "DeadlineExceeded" })), Reason::LifetimeExceeded);
    assert_eq!(reason_of(&json!({ "phase": "Failed", "reason": "NodeLost" })), Reason::NodeLost);
    assert_eq!(reason_of(&json!({ "phase": "Failed", "reason": "OutOfcpu" })), Reason::Unschedulable);
    assert_eq!(reason_of(&terminated("app", "OOMKilled", 137)), Reason::OutOfMemory);
    assert_eq!(reason_of(&terminated("app", "Error", 3)), Reason::AppExited);
    assert_eq!(reason_of(&terminated("vnc-sidecar", "Error", 1)), Reason::DisplayFailed);
    let restarted = json!({ "phase": "Running", "initContainerStatuses": [
        { "name": "vnc-sidecar", "image": "", "imageID": "", "ready": false, "restartCount": 1, "state": {} },
    ]});
    assert_eq!(reason_of(&restarted), Reason::DisplayFailed);
    assert_eq!(reason_of(&waiting("app", "InvalidImageName", "")), Reason::ImagePullFailed);
    assert_eq!(
        reason_of(&waiting("app", "ImagePullBackOff", "Back-off: docker.io/nothing: not found")),
        Reason::ImagePullFailed
    );
    assert_eq!(
        reason_of(&waiting(
            "app",
            "CreateContainerConfigError",
            "container has runAsNonRoot and image will run as root"
        )),
        Reason::ImageNeedsRoot
    );
    assert_eq!(reason_of(&waiting("app", "StartError", "no such file")), Reason::StartRefused);
}

#[test]
fn a_pod_that_waits_says_for_what() {
    let no_node = |message: &str| {
        json!({ "phase": "Pending", "conditions": [
            { "type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message },
        ]})
    };
    assert_eq!(cause_of(&no_node("0/3 nodes are available: 3 Insufficient cpu."), &[]), Some(Reason::Unschedulable));
    assert_eq!(
        cause_of(&no_node("pod has unbound immediate PersistentVolumeClaims"), &[]),
        Some(Reason::VolumePending)
    );
    let creating = || waiting("app", "ContainerCreating", "");
    assert_eq!(cause_of(&creating(), &[event("FailedMount", "no such volume")]), Some(Reason::VolumePending));
    assert_eq!(cause_of(&creating(), &[event("Pulling", "image")]), Some(Reason::ImagePullFailed));
    assert_eq!(cause_of(&creating(), &[event("Pulling", "image"), event("Pulled", "image")]), None);
    // A registry that does not answer may come back.
    assert_eq!(
        cause_of(&waiting("app", "ImagePullBackOff", "dial tcp: i/o timeout"), &[]),
        Some(Reason::ImagePullFailed)
    );
}

#[test]
fn a_pod_is_ready_only_when_it_says_so_and_is_not_going_away() {
    let ready =
        json!({ "phase": "Running", "podIP": "10.0.0.7", "conditions": [{ "type": "Ready", "status": "True" }] });
    assert_eq!(
        pod(&pod_with(&ready), &[]),
        Observed::Ready { name: "p".to_owned(), address: Some("10.0.0.7".to_owned()) }
    );
    let mut leaving = pod_with(&ready);
    leaving.metadata.deletion_timestamp = serde_json::from_value(json!("2026-01-01T00:00:00Z")).unwrap();
    assert_eq!(pod(&leaving, &[]), Observed::Ending);
}

#[test]
fn a_pod_that_the_cluster_takes_away_says_why() {
    let taken = |why: &str| {
        let mut pod = pod_with(&json!({ "phase": "Running", "conditions": [
            { "type": "Ready", "status": "True" },
            { "type": "DisruptionTarget", "status": "True", "reason": why, "message": "said by the cluster" },
        ]}));
        pod.metadata.deletion_timestamp = serde_json::from_value(json!("2026-01-01T00:00:00Z")).unwrap();
        super::pod(&pod, &[])
    };
    let reason = |why: &str| {
        let Observed::Broken(breakage) = taken(why) else { return None };
        Some(breakage.reason)
    };
    assert_eq!(reason("DeletionByTaintManager"), Some(Reason::NodeLost));
    assert_eq!(reason("EvictionByEvictionAPI"), Some(Reason::Evicted));
    assert_eq!(taken("SomethingNew"), Observed::Ending);
}

#[test]
fn an_image_without_its_registry_s_credentials_is_not_a_wrong_image() {
    let missing = [event("FailedToRetrieveImagePullSecret", "Unable to retrieve some image pull secrets (registry)")];
    let waits = waiting("app", "ErrImagePull", "dial tcp: i/o timeout");
    assert_eq!(cause_of(&waits, &missing), Some(Reason::PullSecretMissing));
    let refused = pod_with(&waiting("app", "ImagePullBackOff", "unauthorized"));
    let Observed::Broken(breakage) = pod(&refused, &missing) else { panic!("it may still come") };
    assert_eq!(breakage.reason, Reason::PullSecretMissing);
}

#[test]
fn a_screen_that_never_answers_is_the_image_s_or_ours() {
    let silent = |name: &str| {
        json!({ "phase": "Running", "containerStatuses": [
            { "name": name, "image": "", "imageID": "", "ready": false, "restartCount": 0, "state": { "running": {} } },
        ]})
    };
    assert_eq!(cause_of(&silent("app"), &[]), Some(Reason::ScreenSilent));
    assert_eq!(cause_of(&silent("browser-sidecar"), &[]), Some(Reason::ScreenSilent));
    assert_eq!(cause_of(&silent("vnc-sidecar"), &[]), Some(Reason::DisplayFailed));
}

#[test]
fn a_pod_whose_node_is_silent_is_not_a_pod_whose_screen_is() {
    let silent = json!({ "phase": "Running",
        "conditions": [{ "type": "Ready", "status": "False" }, { "type": "ContainersReady", "status": "True" }],
        "containerStatuses": [
            { "name": "app", "image": "", "imageID": "", "ready": true, "restartCount": 0, "state": { "running": {} } },
        ],
    });
    assert_eq!(cause_of(&silent, &[]), Some(Reason::NodeLost));
}
