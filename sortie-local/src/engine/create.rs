//! Containers from orders.

use std::collections::HashMap;

use bollard::{
    Docker,
    errors::Error,
    models::{
        ContainerCreateBody, ContainerInspectResponse, EndpointSettings, HostConfig, Mount as EngineMount, MountType,
        NetworkConnectRequest, NetworkDisconnectRequest, NetworkingConfig, PortBinding, RestartPolicy,
        RestartPolicyNameEnum,
    },
    query_parameters::CreateContainerOptionsBuilder,
};
use sortie_core::{
    port::engine::StepError,
    services::{
        ServiceConfig,
        config::{Port, Restart, Source},
        step::Order,
    },
};

use super::{DockerEngine, failure, inspect::inspect, networks, perform};

/// Makes a container unless there is one, puts it into all its networks, and starts it. An attempt that was cut off is
/// completed by the next one.
pub(super) async fn start(engine: &DockerEngine, order: &Order, existing: Option<&str>) -> Result<(), StepError> {
    let docker = engine.client.get().await.map_err(failure::step)?;
    let name = match existing {
        Some(id) => id.to_owned(),
        None => make(engine, &docker, order).await?,
    };
    let Some(found) = perform::ours(engine, &docker, &name).await.map_err(failure::step)? else {
        return Err(failure::name_taken("container", &order.name));
    };
    join_networks(&docker, order, &found).await.map_err(failure::step)?;
    perform::unpause_or_start(&docker, &found).await.map_err(failure::step)
}

async fn join_networks(docker: &Docker, order: &Order, found: &ContainerInspectResponse) -> Result<(), Error> {
    let settings = found.network_settings.as_ref().and_then(|it| it.networks.as_ref());
    let runs = found.state.as_ref().is_some_and(|it| it.running == Some(true));
    let container = found.id.as_deref().unwrap_or_default();
    for network in order.networks() {
        if let Some(joined) = settings.and_then(|it| it.get(&network)) {
            if runs || networks::is_in(joined, &network, &networks::named(docker, &network).await?) {
                continue;
            }
            // Docker remembers the id, and would not start it with the network that has the name by now.
            let request = NetworkDisconnectRequest { container: container.to_owned(), force: None };
            docker.disconnect_network(&network, request).await?;
        }
        let request = NetworkConnectRequest { container: container.to_owned(), endpoint_config: Some(endpoint(order)) };
        docker.connect_network(&network, request).await?;
    }
    Ok(())
}

/// Answers the container's name or id; one of that name is taken as it is.
async fn make(engine: &DockerEngine, docker: &Docker, order: &Order) -> Result<String, StepError> {
    let variables = order.variables().map_err(failure::secret_missing)?;
    let env = variables.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    let options = CreateContainerOptionsBuilder::new().name(&order.name).build();
    match docker.create_container(Some(options), body(engine, order, env)).await {
        Ok(made) => Ok(made.id),
        Err(error) => {
            // Podman answers 500 where Docker answers 409: whether the name is taken is seen by looking.
            let Ok(Some(taken)) = inspect(docker, &order.name).await else { return Err(failure::step(error)) };
            let labels = taken.config.and_then(|it| it.labels);
            if engine.labels.are_ours(labels.as_ref()) {
                Ok(order.name.clone())
            } else {
                Err(failure::name_taken("container", &order.name))
            }
        }
    }
}

fn endpoint(order: &Order) -> EndpointSettings {
    // The service is found under its name by the others, whatever its container is called.
    EndpointSettings { aliases: Some(vec![order.service_name.clone()]), ..EndpointSettings::default() }
}

fn body(engine: &DockerEngine, order: &Order, env: Vec<String>) -> ContainerCreateBody {
    let config = &order.config;
    let some = |argv: &Vec<String>| (!argv.is_empty()).then(|| argv.clone());
    let first = order.networks().into_iter().next().unwrap_or_default();
    ContainerCreateBody {
        image: Some(config.image.clone()),
        cmd: some(&config.command),
        entrypoint: some(&config.entrypoint),
        env: Some(env),
        exposed_ports: Some(config.ports.iter().map(in_container).collect()),
        labels: Some(engine.labels.of_container(order)),
        stop_timeout: i64::try_from(config.stop_timeout.as_secs()).ok(),
        networking_config: Some(NetworkingConfig {
            endpoints_config: Some(HashMap::from([(first.clone(), endpoint(order))])),
        }),
        host_config: Some(host(order, config, first)),
        ..ContainerCreateBody::default()
    }
}

fn host(order: &Order, config: &ServiceConfig, network: String) -> HostConfig {
    let mut bindings: HashMap<String, Option<Vec<PortBinding>>> = HashMap::new();
    for port in &config.ports {
        let at = PortBinding { host_ip: Some(port.address.clone()), host_port: Some(port.host.to_string()) };
        bindings.entry(in_container(port)).or_default().get_or_insert_default().push(at);
    }
    let mounts = config.volumes.iter().map(|it| EngineMount {
        target: Some(it.target.clone()),
        source: Some(order.source(it)),
        typ: Some(match it.source {
            Source::Volume(_) => MountType::VOLUME,
            Source::Path(_) => MountType::BIND,
        }),
        read_only: Some(it.read_only),
        ..EngineMount::default()
    });
    let whole = |amount: Option<u64>| amount.and_then(|it| i64::try_from(it).ok());
    HostConfig {
        network_mode: Some(network),
        port_bindings: Some(bindings),
        mounts: Some(mounts.collect()),
        restart_policy: Some(RestartPolicy {
            name: Some(match config.restart {
                Restart::Never => RestartPolicyNameEnum::NO,
                Restart::OnFailure => RestartPolicyNameEnum::ON_FAILURE,
                Restart::Always => RestartPolicyNameEnum::ALWAYS,
                Restart::UnlessStopped => RestartPolicyNameEnum::UNLESS_STOPPED,
            }),
            maximum_retry_count: None,
        }),
        memory: whole(config.resources.memory_bytes),
        nano_cpus: whole(config.resources.cpu_millis.and_then(|it| it.checked_mul(1_000_000))),
        ..HostConfig::default()
    }
}

fn in_container(port: &Port) -> String {
    format!("{}/{}", port.container, if port.udp { "udp" } else { "tcp" })
}
