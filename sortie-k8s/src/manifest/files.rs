//! Where a session's files are: scratch room that goes with the pod, a claim of its own, or the person's.

use std::collections::BTreeMap;

use k8s_openapi::{
    api::core::v1::{
        EmptyDirVolumeSource, PersistentVolumeClaim, PersistentVolumeClaimSpec, PersistentVolumeClaimVolumeSource,
        Volume, VolumeResourceRequirements,
    },
    apimachinery::pkg::{api::resource::Quantity, apis::meta::v1::ObjectMeta},
};
use sortie_core::{
    app::WorkspaceKind,
    id::{SessionId, WorkspaceId},
    workload::{WorkloadOrder, WorkspaceClaim},
};

use crate::{identity, names, settings::Settings};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Files<'a> {
    /// Gone with the pod.
    Scratch,
    /// A claim that is made and removed with the session.
    OfSession(&'a SessionId),
    /// The person's claim, which stays.
    Kept(&'a WorkspaceId),
}

impl<'a> Files<'a> {
    /// What an order asks for.
    pub(crate) fn of(order: &'a WorkloadOrder) -> Self {
        match (&order.workspace, order.spec.workspace) {
            (WorkspaceClaim::Persistent(workspace), _) => Self::Kept(workspace),
            (WorkspaceClaim::Ephemeral, WorkspaceKind::Volume) => Self::OfSession(&order.labels.session),
            (WorkspaceClaim::Ephemeral, WorkspaceKind::Ephemeral | WorkspaceKind::Persistent) => Self::Scratch,
        }
    }
}

/// The volume of the pod.
pub(super) fn volume(order: &WorkloadOrder, settings: &Settings) -> Volume {
    let claim_name = match Files::of(order) {
        Files::Scratch => return scratch("workspace", size(order, settings)),
        Files::OfSession(session) => names::session_claim(session),
        Files::Kept(workspace) => names::claim(workspace),
    };
    Volume {
        name: "workspace".to_owned(),
        persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource { claim_name, read_only: None }),
        ..Volume::default()
    }
}

/// Room that goes with the pod, never without a bound.
pub(super) fn scratch(name: &str, size: &str) -> Volume {
    Volume {
        name: name.to_owned(),
        empty_dir: Some(EmptyDirVolumeSource { medium: None, size_limit: Some(Quantity(size.to_owned())) }),
        ..Volume::default()
    }
}

/// The claim that goes with a session.
pub(crate) fn session_claim(order: &WorkloadOrder, settings: &Settings) -> PersistentVolumeClaim {
    claim_with(identity::metadata(names::session_claim(&order.labels.session), order), order, settings)
}

/// The claim of a persistent workspace. It outlives its sessions, so it names its owner and no session.
pub(crate) fn claim(workspace: &WorkspaceId, order: &WorkloadOrder, settings: &Settings) -> PersistentVolumeClaim {
    let labels = &order.labels;
    let metadata = ObjectMeta {
        name: Some(names::claim(workspace)),
        labels: Some(BTreeMap::from([
            (names::MANAGED_BY.to_owned(), names::MANAGER.to_owned()),
            (names::COMPONENT.to_owned(), "workspace".to_owned()),
            (names::INSTALLATION.to_owned(), names::label(labels.installation.as_str())),
        ])),
        annotations: Some(BTreeMap::from([
            ("sortie.io/workspace".to_owned(), workspace.as_str().to_owned()),
            ("sortie.io/owner".to_owned(), labels.owner.as_str().to_owned()),
        ])),
        ..ObjectMeta::default()
    };
    claim_with(metadata, order, settings)
}

fn claim_with(metadata: ObjectMeta, order: &WorkloadOrder, settings: &Settings) -> PersistentVolumeClaim {
    let room = Quantity(size(order, settings).to_owned());
    PersistentVolumeClaim {
        metadata,
        spec: Some(PersistentVolumeClaimSpec {
            access_modes: Some(vec!["ReadWriteOnce".to_owned()]),
            storage_class_name: order.spec.volume.class.clone().or_else(|| settings.storage_class.clone()),
            resources: Some(VolumeResourceRequirements {
                requests: Some(BTreeMap::from([("storage".to_owned(), room)])),
                limits: None,
            }),
            ..PersistentVolumeClaimSpec::default()
        }),
        status: None,
    }
}

fn size<'a>(order: &'a WorkloadOrder, settings: &'a Settings) -> &'a str {
    order.spec.volume.size.as_deref().unwrap_or(&settings.workspace_size)
}
