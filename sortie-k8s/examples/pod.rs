//! Starts an image in a pod, prints where its screen answers, and removes it again.
//!
//! `cargo run -p sortie-k8s --example pod -- IMAGE COMMAND…`; press Enter to stop it. The namespace `sortie-sessions` must exist.

use std::{env, error::Error, io, time::Duration};

use sortie_core::{
    app::{Clipboard, Network, RecordingPolicy, WorkspaceKind},
    id::{AppId, InstallationId, SessionId, UserId},
    port::Runtime,
    spec::{Resources, Spec, Volume},
    time::Timestamp,
    workload::{Labels, Observed, Viewport, WorkloadOrder, WorkspaceClaim},
};
use sortie_k8s::{KubernetesRuntime, Settings, settings::Reach};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let image = arguments.next().ok_or("name an image")?;
    let settings = Settings { reach: Reach::PortForward(env::temp_dir()), ..Settings::default() };
    let runtime = KubernetesRuntime::connect(settings).await?;
    let order = order(&runtime, image, arguments.collect())?;
    let session = &order.labels.session;
    runtime.create(&order).await?;
    let end = loop {
        match runtime.observe(session).await? {
            Observed::Ready { .. } => break None,
            Observed::Broken(breakage) => break Some(breakage),
            Observed::Absent | Observed::Partial | Observed::Starting { .. } | Observed::Ending => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
        }
    };
    match end {
        None => {
            let endpoint = runtime.open(session).await?;
            print(&format!("The screen answers at {:?}; press Enter to stop.", endpoint.address));
            tokio::task::spawn_blocking(|| io::stdin().read_line(&mut String::new())).await??;
        }
        Some(breakage) => print(&format!("{} {}", breakage.detail, breakage.output.join("\n"))),
    }
    while runtime.observe(session).await? != Observed::Absent {
        runtime.delete(&order.labels).await?;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    print("Stopped.");
    Ok(())
}

fn order(runtime: &KubernetesRuntime, image: String, command: Vec<String>) -> Result<WorkloadOrder, Box<dyn Error>> {
    Ok(WorkloadOrder {
        labels: Labels {
            installation: InstallationId::new("example")?,
            incarnation: 0,
            place: runtime.place().clone(),
            session: SessionId::new(format!("example-{}", std::process::id()))?,
            owner: UserId::new("me")?,
            created_at: Timestamp::from_micros(0),
        },
        spec: Spec {
            app: AppId::new("example")?,
            app_name: "Example".to_owned(),
            image: Some(image),
            command,
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
        },
        viewport: Viewport::DEFAULT,
        workspace: WorkspaceClaim::Ephemeral,
        is_warm: false,
    })
}

#[expect(clippy::print_stdout, reason = "an example talks to its reader")]
fn print(line: &str) {
    println!("{line}");
}
