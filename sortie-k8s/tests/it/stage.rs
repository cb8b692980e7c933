//! A namespace of its own for each test.

use std::{
    collections::BTreeMap,
    env,
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
};

use anyhow::{Result, ensure};
use k8s_openapi::api::core::v1::{Namespace, Pod, Secret};
use kube::{
    Api, Client,
    api::{DeleteParams, ListParams, PostParams},
};
use sortie_core::{port::Runtime, workload::WorkloadOrder};
use sortie_k8s::{KubernetesRuntime, Settings, settings::Reach};
use sortie_testkit::contract::runtime as contract;

/// An image that is in the cluster and runs any command.
const APP_IMAGE: &str = "localhost/busybox:1";
/// The display's image, as the tests' cluster knows it.
const DISPLAY_IMAGE: &str = "localhost/vnc-sidecar:1";

static COUNT: AtomicU32 = AtomicU32::new(0);

/// See the module.
pub(crate) struct Stage {
    pub(crate) runtime: KubernetesRuntime,
    pub(crate) client: Client,
    pub(crate) namespace: String,
}

impl Stage {
    /// A fresh namespace under Pod Security `restricted`; `None` where there is no cluster, which is said aloud.
    pub(crate) async fn open() -> Result<Option<Self>> {
        if env::var_os("KUBECONFIG").is_none_or(|it| it.is_empty()) {
            eprintln!("skipped: no cluster (KUBECONFIG is not set); make test-cluster runs this");
            return Ok(None);
        }
        let client = Client::try_default().await?;
        let namespace = format!("contract-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut object = Namespace::default();
        object.metadata.name = Some(namespace.clone());
        object.metadata.labels =
            Some(BTreeMap::from([("pod-security.kubernetes.io/enforce".to_owned(), "restricted".to_owned())]));
        Api::<Namespace>::all(client.clone()).create(&PostParams::default(), &object).await?;
        let settings = Settings {
            namespace: namespace.clone(),
            display_image: DISPLAY_IMAGE.to_owned(),
            reach: Reach::PortForward(PathBuf::from(env!("CARGO_TARGET_TMPDIR"))),
            ..Settings::default()
        };
        let runtime = KubernetesRuntime::connect(settings).await?;
        Ok(Some(Self { runtime, client, namespace }))
    }

    /// An order for an app that runs until it is stopped.
    pub(crate) fn order(&self, session: &str) -> Result<WorkloadOrder> {
        let mut order = contract::order(self.runtime.place(), session, &["sleep", "3600"])?;
        order.spec.image = Some(APP_IMAGE.to_owned());
        Ok(order)
    }

    /// Nothing of any session is left; then the namespace goes, too.
    pub(crate) async fn close(self) -> Result<()> {
        let ours = ListParams::default().labels("app.kubernetes.io/managed-by=sortie");
        let pods = Api::<Pod>::namespaced(self.client.clone(), &self.namespace).list(&ours).await?;
        let secrets = Api::<Secret>::namespaced(self.client.clone(), &self.namespace).list(&ours).await?;
        ensure!(pods.items.is_empty() && secrets.items.is_empty(), "something was left behind");
        Api::<Namespace>::all(self.client.clone()).delete(&self.namespace, &DeleteParams::default()).await?;
        Ok(())
    }
}
