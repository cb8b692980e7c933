//! A plain session for the tests of this crate.

use super::{Ending, Phase, PhaseKind, Reason, Session, Status};
use crate::{
    app::{Clipboard, Network, RecordingPolicy, WorkspaceKind},
    id::{AppId, PlaceId, SessionId, TenantId, UserId},
    spec::{Resources, Spec, Volume},
    time::Timestamp,
    workload::{Viewport, WorkspaceClaim},
};

/// A session with the given status and nothing special.
pub(crate) fn session(status: Status) -> Session {
    let at = Timestamp::from_micros(0);
    Session {
        id: SessionId::new("s-1").unwrap(),
        tenant: TenantId::default_tenant(),
        owner: UserId::new("u-1").unwrap(),
        owner_name: "ada".to_owned(),
        app: AppId::new("terminal").unwrap(),
        app_name: "Terminal".to_owned(),
        status,
        ending: status.is_final().then(|| Ending {
            reason: Reason::StoppedByUser,
            detail: String::new(),
            output: Vec::new(),
            at,
        }),
        phase: Phase { kind: PhaseKind::Queued, detail: String::new(), since: at },
        version: 1,
        place: PlaceId::new("p-1").unwrap(),
        workload_name: None,
        workload_address: None,
        spec: None,
        viewport: Viewport::DEFAULT,
        workspace: WorkspaceClaim::Ephemeral,
        idle_timeout: None,
        max_lifetime: None,
        created_at: at,
        updated_at: at,
        started_at: None,
        last_input_at: None,
        released_at: None,
        replaces: None,
    }
}

/// A definition with nothing special.
pub(crate) fn spec() -> Spec {
    Spec {
        app: AppId::new("terminal").unwrap(),
        app_name: "Terminal".to_owned(),
        image: None,
        command: vec!["xterm".to_owned()],
        args: Vec::new(),
        env: Vec::new(),
        network: Network::None,
        egress: None,
        resources: Resources::default(),
        window_manager: false,
        display: None,
        workspace: WorkspaceKind::Ephemeral,
        volume: Volume::default(),
        web_port: None,
        clipboard: Clipboard::default(),
        recording: RecordingPolicy::Never,
        idle_timeout: None,
        run_as_root: false,
    }
}
