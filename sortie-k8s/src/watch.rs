//! Waking whoever waits when a pod may have changed. Nothing is concluded from what is seen here.

use std::{future::ready, pin::pin};

use futures_util::StreamExt;
use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api,
    runtime::{
        WatchStreamExt,
        watcher::{self, Event},
    },
};
use sortie_core::port::runtime::Wake;
use tracing::debug;

use crate::identity;

/// Runs until it is dropped: a watch that breaks is begun again after a pause.
pub(crate) async fn watch(pods: Api<Pod>, wake: Wake) {
    let wanted = watcher::Config::default().labels(&identity::selector());
    let changes = watcher::watcher(pods, wanted).default_backoff().filter_map(|it| {
        ready(match it {
            Ok(Event::Apply(pod) | Event::InitApply(pod) | Event::Delete(pod)) => Some(pod),
            Ok(Event::Init | Event::InitDone) => None,
            Err(failed) => {
                debug!(error = %failed, "Watch broke; beginning again");
                None
            }
        })
    });
    let mut changes = pin!(changes);
    while let Some(pod) = changes.next().await {
        if let Some(labels) = identity::read(&pod.metadata) {
            wake(labels.session);
        }
    }
}
