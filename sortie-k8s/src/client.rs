//! One connection to the cluster, and the typed views of the namespace of sessions.

use k8s_openapi::api::{
    core::v1::{Event, Namespace, PersistentVolumeClaim, Pod, Secret},
    networking::v1::NetworkPolicy,
};
use kube::{Api, Client, Config};
use sortie_core::id::PlaceId;

use crate::error::{self, ConnectError};

/// See the module.
#[derive(Clone)]
pub(crate) struct Cluster {
    pub(crate) pods: Api<Pod>,
    pub(crate) secrets: Api<Secret>,
    pub(crate) policies: Api<NetworkPolicy>,
    pub(crate) claims: Api<PersistentVolumeClaim>,
    pub(crate) events: Api<Event>,
}

impl Cluster {
    /// Connects as the pod that we are, or as the kubeconfig says, and learns which place the namespace is.
    pub(crate) async fn connect(namespace: &str) -> Result<(Self, PlaceId), ConnectError> {
        let config = Config::infer().await.map_err(|it| ConnectError::Configuration(it.into()))?;
        let client = Client::try_from(config).map_err(|it| ConnectError::Configuration(it.into()))?;
        let namespaces: Api<Namespace> = Api::all(client.clone());
        let found = namespaces.get_opt(namespace).await.map_err(|failed| match error::forbidden(&failed) {
            Some(why) => ConnectError::Forbidden(namespace.to_owned(), why.to_owned()),
            None => ConnectError::Api(Box::new(failed)),
        })?;
        let found = found.ok_or_else(|| ConnectError::NoNamespace(namespace.to_owned()))?;
        let place = found.metadata.uid.and_then(|it| PlaceId::new(it).ok());
        let place = place.ok_or_else(|| ConnectError::NoPlace(namespace.to_owned()))?;
        Ok((Self::of(&client, namespace), place))
    }

    fn of(client: &Client, namespace: &str) -> Self {
        Self {
            pods: Api::namespaced(client.clone(), namespace),
            secrets: Api::namespaced(client.clone(), namespace),
            policies: Api::namespaced(client.clone(), namespace),
            claims: Api::namespaced(client.clone(), namespace),
            events: Api::namespaced(client.clone(), namespace),
        }
    }
}
