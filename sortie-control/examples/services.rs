//! Says what shall run on a machine, and waits until the engine shows it. The engine is the simulation; a real one is a
//! `DockerEngine` of the same crate.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

#[path = "parts/ports.rs"]
mod ports;

use std::{error::Error, sync::Arc, time::Duration};

use sortie_control::{
    services::{Operator, ServicePorts, ServiceSettings},
    tasks::Tasks,
};
use sortie_core::{
    id::RequestId,
    port::{BoxError, CoordinationStore, Sealer},
    secret::Secret,
    services::{Node, Rules},
};
use sortie_local::SimulatedEngine;

/// For services that ask for no secrets.
struct NoSecrets;

impl Sealer for NoSecrets {
    fn seal(&self, name: &str, _: &Secret) -> Result<Vec<u8>, BoxError> {
        Err(format!("{name}: nothing is sealed here").into())
    }

    fn open(&self, name: &str, _: &[u8]) -> Result<Secret, BoxError> {
        Err(format!("{name}: nothing is sealed here").into())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let told = tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(story())?;
    println!("{told}");
    Ok(())
}

/// Answers how the service stands in the end.
async fn story() -> Result<String, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (control, store) = ports::control(folder.path())?;
    let engine = SimulatedEngine::new(store.installation().await?.id);
    let services = ServicePorts {
        store: Arc::new(store.clone()),
        engine: Arc::new(engine),
        secrets: Arc::new(store.clone()),
        sealer: Arc::new(NoSecrets),
    };
    // A service counts as applied at once, and whoever embeds this asks nobody who they are.
    let rules = Rules { settle: Duration::ZERO, ..Rules::default() };
    control.with_services(services, ServiceSettings { rules, open: true, ..ServiceSettings::default() });
    let tasks = Tasks::new();
    control.start(&tasks).await?;
    control.start_services(&tasks);

    let request = RequestId::new("example")?;
    let operator = || Operator::Anyone { source_ip: "192.0.2.1", request: &request };
    let outcome = control.set_service_target(operator(), &site(), false).await?;
    println!("{} step(s) lead there", outcome.plan.steps.len());
    let told = loop {
        let now = control.service_state(operator()).await?;
        if now.plan.is_applied() && now.at.is_some() {
            let names: Vec<_> = now.plan.verdicts.iter().map(|it| it.service_name.as_str()).collect();
            break format!("{} is applied", names.join(", "));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    tasks.cancel();
    tasks.ended(Duration::from_secs(5)).await;
    store.close();
    Ok(told)
}

/// One app of one service.
fn site() -> Node {
    let web = Node::map([
        ("serviceId", Node::number(1)),
        ("serviceName", Node::text("web")),
        ("config", Node::map([("image", Node::text("nginx:1.27"))])),
    ]);
    let app = Node::map([("appName", Node::text("Site")), ("services", Node::List(vec![web]))]);
    Node::map([("apps", Node::map([("1", app)]))])
}
