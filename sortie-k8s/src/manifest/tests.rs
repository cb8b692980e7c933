use proptest::{prelude::*, strategy::ValueTree};
use sortie_core::{
    app::{Clipboard, Display, EgressMode, EgressPolicy, EgressRule, Network, RecordingPolicy, WorkspaceKind},
    id::{AppId, InstallationId, PlaceId, SessionId, UserId},
    spec::Resources,
    time::Timestamp,
    workload::{Viewport, WorkspaceClaim},
};

use super::*;

fn order() -> impl Strategy<Value = WorkloadOrder> {
    let display = prop_oneof![
        Just(None),
        (1u16.., "[a-z/]{0,8}")
            .prop_map(|(port, path)| { Some(Display { protocol: DisplayProtocol::WebSocket, port, path }) }),
    ];
    let egress = proptest::option::of(Just(EgressPolicy {
        mode: EgressMode::Allowlist,
        rules: vec![EgressRule { cidr: "10.1.0.0/16".to_owned(), port: 443, protocol: "TCP".to_owned() }],
    }));
    let id = "[ -~]{1,60}";
    (id, id, "[ -~]{0,20}", display, egress, proptest::option::of(id), any::<bool>()).prop_map(
        |(session, app, value, display, egress, workspace, window_manager)| WorkloadOrder {
            labels: Labels {
                installation: InstallationId::new("inst").unwrap(),
                incarnation: 1,
                place: PlaceId::new("place").unwrap(),
                session: SessionId::new(session).unwrap(),
                owner: UserId::new("ada").unwrap(),
                created_at: Timestamp::from_micros(5),
            },
            spec: Spec {
                app: AppId::new(app).unwrap(),
                app_name: "App".to_owned(),
                image: Some("image".to_owned()),
                command: Vec::new(),
                args: vec![value.clone()],
                env: vec![("NAME".to_owned(), value)],
                network: Network::None,
                egress,
                resources: Resources { cpu_limit_millis: Some(500), ..Resources::default() },
                window_manager,
                display,
                workspace: WorkspaceKind::Ephemeral,
                clipboard: Clipboard::default(),
                recording: RecordingPolicy::Never,
                idle_timeout: None,
                run_as_root: false,
            },
            viewport: Viewport::DEFAULT,
            workspace: workspace
                .map_or(WorkspaceClaim::Ephemeral, |it| WorkspaceClaim::Persistent(WorkspaceId::new(it).unwrap())),
        },
    )
}

proptest! {
    /// Every field that Pod Security `restricted` asks for, and ours beyond it, whatever the app says.
    #[test]
    fn every_pod_is_hardened(order in order()) {
        let pod = pod(&order, &Settings::default());
        let spec = pod.spec.unwrap();
        prop_assert_eq!(spec.automount_service_account_token, Some(false));
        prop_assert_eq!(spec.enable_service_links, Some(false));
        prop_assert!(spec.host_network.is_none() && spec.host_pid.is_none() && spec.host_ipc.is_none());
        prop_assert_eq!(spec.restart_policy.as_deref(), Some("Never"));
        let security = spec.security_context.unwrap();
        prop_assert_eq!(security.run_as_non_root, Some(true));
        prop_assert_eq!(security.seccomp_profile.unwrap().type_, "RuntimeDefault");
        for container in spec.containers.iter().chain(spec.init_containers.iter().flatten()) {
            let security = container.security_context.as_ref().unwrap();
            prop_assert_eq!(security.allow_privilege_escalation, Some(false));
            prop_assert_eq!(security.read_only_root_filesystem, Some(true));
            prop_assert_eq!(security.capabilities.as_ref().unwrap().drop.as_deref(), Some(&["ALL".to_owned()][..]));
            prop_assert!(security.capabilities.as_ref().unwrap().add.is_none());
        }
        for volume in spec.volumes.unwrap() {
            prop_assert!(volume.host_path.is_none());
            prop_assert!(volume.empty_dir.is_none_or(|it| it.size_limit.is_some()), "{} has no size", volume.name);
        }
    }

    /// The passwords of a display are mounted into the display and nowhere else, and are in no variable.
    #[test]
    fn the_app_never_sees_the_display_s_passwords(order in order()) {
        let pod = pod(&order, &Settings::default());
        let spec = pod.spec.unwrap();
        for container in spec.containers.into_iter().chain(spec.init_containers.into_iter().flatten()) {
            let mounted = container.volume_mounts.unwrap().iter().any(|it| it.name == "display");
            prop_assert_eq!(mounted, container.name == DISPLAY);
            prop_assert!(container.env.unwrap().iter().all(|it| it.value_from.is_none()));
        }
    }

    /// What an object says of itself is what it was ordered with, also for ids that no label may hold.
    #[test]
    fn an_object_says_whose_it_is(order in order()) {
        let pod = pod(&order, &Settings::default());
        prop_assert_eq!(identity::read(&pod.metadata), Some(order.labels.clone()));
        let policy = policy(&order, &Settings::default()).unwrap();
        let selected = policy.spec.unwrap().pod_selector.unwrap().match_labels.unwrap();
        let labels = pod.metadata.labels.unwrap();
        prop_assert!(selected.iter().all(|(key, value)| labels.get(key) == Some(value)), "the policy misses its pod");
    }
}

#[test]
fn a_policy_denies_both_directions_by_default_and_lets_only_the_gateway_in() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut order = order().new_tree(&mut runner).unwrap().current();
    order.spec.egress = None;
    let spec = policy(&order, &Settings::default()).unwrap().spec.unwrap();
    assert_eq!(spec.policy_types.unwrap(), ["Ingress", "Egress"]);
    assert_eq!(spec.egress.unwrap(), []);
    let ingress = spec.ingress.unwrap();
    assert_eq!(ingress.len(), 1);
    let peer = &ingress[0].from.as_ref().unwrap()[0];
    assert!(peer.namespace_selector.is_some() && peer.pod_selector.is_some() && peer.ip_block.is_none());
}
