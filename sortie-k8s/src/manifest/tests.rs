use proptest::{prelude::*, strategy::ValueTree};
use sortie_core::{
    app::{Clipboard, Display, EgressMode, EgressPolicy, EgressRule, Network, RecordingPolicy, WorkspaceKind},
    id::{AppId, InstallationId, PlaceId, SessionId, UserId, WorkspaceId},
    spec::{Resources, Volume},
    time::Timestamp,
    workload::{Labels, Viewport, WorkspaceClaim},
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
    (id, id, "[ -~]{0,20}", display, egress, proptest::option::of(id), any::<bool>(), proptest::option::of(1u16..))
        .prop_map(|(session, app, value, display, egress, workspace, window_manager, web_port)| WorkloadOrder {
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
                display: display.clone(),
                workspace: WorkspaceKind::Volume,
                volume: Volume::default(),
                web_port: web_port.filter(|_| display.is_none()),
                clipboard: Clipboard::default(),
                recording: RecordingPolicy::Never,
                idle_timeout: None,
                run_as_root: false,
            },
            viewport: Viewport::DEFAULT,
            is_warm: false,
            workspace: workspace
                .map_or(WorkspaceClaim::Ephemeral, |it| WorkspaceClaim::Persistent(WorkspaceId::new(it).unwrap())),
        })
}

fn some_order() -> WorkloadOrder {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    order().new_tree(&mut runner).unwrap().current()
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
            prop_assert_eq!(mounted, [DISPLAY, BROWSER].contains(&container.name.as_str()));
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
    let mut order = some_order();
    order.spec.egress = None;
    let spec = policy(&order, &Settings::default()).unwrap().spec.unwrap();
    assert_eq!(spec.policy_types.unwrap(), ["Ingress", "Egress"]);
    assert_eq!(spec.egress.unwrap(), []);
    let ingress = spec.ingress.unwrap();
    assert_eq!(ingress.len(), 1);
    let peer = &ingress[0].from.as_ref().unwrap()[0];
    assert!(peer.namespace_selector.is_some() && peer.pod_selector.is_some() && peer.ip_block.is_none());
}

#[test]
fn a_web_app_has_a_browser_beside_it_that_knows_its_port_and_sees_no_x_itself() {
    let mut order = some_order();
    (order.spec.web_port, order.spec.display) = (Some(3000), None);
    let spec = pod(&order, &Settings::default()).spec.unwrap();
    let browser = &spec.init_containers.unwrap()[0];
    assert_eq!(browser.name, BROWSER);
    let url = browser.env.iter().flatten().find(|it| it.name == "BROWSER_URL").unwrap();
    assert_eq!(url.value.as_deref(), Some("http://localhost:3000/"));
    let app = &spec.containers[0];
    assert!(app.env.iter().flatten().all(|it| it.name != "DISPLAY"));
    assert_eq!(spec.security_context.unwrap().run_as_user, None, "the image keeps its own user");
}

#[test]
fn files_are_scratch_or_the_session_s_own_claim_or_the_person_s() {
    let mut order = some_order();
    order.spec.volume = Volume { size: Some("2Gi".to_owned()), class: Some("fast".to_owned()) };
    let claim_of = |order: &WorkloadOrder| {
        let volumes = pod(order, &Settings::default()).spec.unwrap().volumes.unwrap();
        let workspace = volumes.into_iter().find(|it| it.name == "workspace").unwrap();
        workspace.persistent_volume_claim.map(|it| it.claim_name)
    };
    (order.workspace, order.spec.workspace) = (WorkspaceClaim::Ephemeral, WorkspaceKind::Ephemeral);
    assert_eq!(claim_of(&order), None);
    order.spec.workspace = WorkspaceKind::Volume;
    assert_eq!(claim_of(&order), Some(names::session_claim(&order.labels.session)));
    let own = session_claim(&order, &Settings::default());
    assert_eq!(identity::read(&own.metadata), Some(order.labels.clone()), "it goes with its session");
    let asked = own.spec.unwrap();
    assert_eq!(asked.storage_class_name.as_deref(), Some("fast"));
    assert_eq!(asked.resources.unwrap().requests.unwrap()["storage"].0, "2Gi");
    let workspace = WorkspaceId::new("w-1").unwrap();
    order.workspace = WorkspaceClaim::Persistent(workspace.clone());
    assert_eq!(claim_of(&order), Some(names::claim(&workspace)));
    assert_eq!(identity::read(&claim(&workspace, &order, &Settings::default()).metadata), None, "it outlives sessions");
}

#[test]
fn a_lost_node_is_noticed_after_a_minute_unless_the_operator_says_otherwise() {
    let seconds = |settings: &Settings| {
        let tolerations = pod(&some_order(), settings).spec.unwrap().tolerations.unwrap();
        let lost: Vec<_> =
            tolerations.into_iter().filter(|it| it.key.as_deref() == Some("node.kubernetes.io/unreachable")).collect();
        assert_eq!(lost.len(), 1);
        lost[0].toleration_seconds
    };
    assert_eq!(seconds(&Settings::default()), Some(60));
    let key = "node.kubernetes.io/unreachable".to_owned();
    let patient = crate::settings::Toleration { key, value: None, effect: None };
    assert_eq!(seconds(&Settings { tolerations: vec![patient], ..Settings::default() }), None);
}

#[test]
fn what_every_app_is_given_and_the_names_it_resolves_stand_in_its_pod() {
    let settings = Settings {
        extra_resources: BTreeMap::from([("nvidia.com/gpu".to_owned(), "1".to_owned())]),
        host_aliases: ["db", "wiki"].map(|it| (std::net::IpAddr::from([10, 0, 0, 5]), it.to_owned())).to_vec(),
        ..Settings::default()
    };
    let spec = pod(&some_order(), &settings).spec.unwrap();
    let limits = spec.containers[0].resources.as_ref().and_then(|it| it.limits.clone()).unwrap();
    assert_eq!(limits["nvidia.com/gpu"].0, "1");
    assert_eq!(limits["cpu"].0, "500m");
    let aliases = spec.host_aliases.unwrap();
    assert_eq!(aliases.len(), 1);
    assert_eq!(
        (aliases[0].ip.as_str(), aliases[0].hostnames.clone().unwrap()),
        ("10.0.0.5", vec!["db".into(), "wiki".into()])
    );
    let plain = pod(&some_order(), &Settings::default()).spec.unwrap();
    assert!(plain.host_aliases.is_none());
}
