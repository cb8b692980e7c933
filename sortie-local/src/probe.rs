//! Finds out whether workloads can run here, by running one.

use std::{path::Path, time::Duration};

use rustix::fs::FlockOperation;
use sortie_core::{
    app::{Clipboard, Network, RecordingPolicy, WorkspaceKind},
    id::{AppId, InstallationId, SessionId, UserId},
    invalid::Invalid,
    spec::{Resources, Spec, Volume},
    time::Timestamp,
    workload::{Labels, Observed, Refusal, Viewport, WorkloadOrder, WorkspaceClaim},
};
use tokio::time::{Instant, sleep};

use crate::{
    blocking,
    create::{HOST_PATH, Maker},
    error::{LocalError, Outcome},
    folder::{Folder, output, status},
    list, names, observe, place, removal,
};

/// What must be installed: the program, the Debian package that has it, and the problem's code.
const TOOLS: [(&str, &str, &str); 10] = [
    ("bwrap", "bubblewrap", "bubblewrap_missing"),
    ("Xvnc", "tigervnc-standalone-server", "xvnc_missing"),
    ("xkbcomp", "x11-xkb-utils", "xkbcomp_missing"),
    ("bash", "bash", "tool_missing"),
    ("setsid", "util-linux", "tool_missing"),
    ("setpriv", "util-linux", "tool_missing"),
    ("head", "coreutils", "tool_missing"),
    ("mkfifo", "coreutils", "tool_missing"),
    ("chown", "coreutils", "tool_missing"),
    ("grep", "grep", "tool_missing"),
];

/// How long the trial may take: a slow machine under load.
const TRIAL_LIMIT: Duration = Duration::from_secs(20);

/// How often the trial is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// What the trial's app writes into its home when it runs.
const TOKEN: &str = "it-runs";

/// The folder of trials, beside the workloads.
const APART: &str = "probe";

/// The code of a trial that took too long.
pub(crate) const TIMED_OUT: &str = "trial_timed_out";

/// Everything that keeps workloads from starting, in plain words; empty when a real one came up.
pub(crate) async fn examine(maker: &Maker) -> Vec<Refusal> {
    let missing: Vec<Refusal> = TOOLS.iter().filter(|tool| !is_installed(tool.0)).map(missing).collect();
    if !missing.is_empty() {
        return missing;
    }
    match attempt(maker).await {
        Ok(None) => Vec::new(),
        Ok(Some(problem)) => vec![problem],
        Err(error) => vec![Refusal {
            code: "trial_failed".to_owned(),
            message: format!("A trial workload could not be made: {error}."),
        }],
    }
}

async fn attempt(maker: &Maker) -> Outcome<Option<Refusal>> {
    let place = maker.place.apart(APART)?;
    // Where several servers share the place, or one comes while another goes, none clears away what another is trying.
    let turn = place.workloads().join(".trial");
    let _turn = blocking::run(move || place::lock(&turn, FlockOperation::LockExclusive)).await?;
    clear_old_trials(&place.workloads()).await?;
    let maker = Maker { place, ..maker.clone() };
    let order = trial_order(&maker).map_err(|error| LocalError::Refused(error.to_string()))?;
    let folder = Folder::new(maker.place.workload(&order.labels.session));
    let token = maker.place.session_home(&order.labels.session).join(TOKEN);
    blocking::run(move || maker.create(&order)).await?;
    let outcome = wait(&folder, &token).await;
    let removed = removal::remove(folder).await;
    removed.and(outcome)
}

/// Trials of a server that was killed meanwhile.
async fn clear_old_trials(workloads: &Path) -> Outcome<()> {
    let path = workloads.to_owned();
    let folders = blocking::run(move || {
        removal::clear_leftovers(&path)?;
        list::folders(&path)
    })
    .await?;
    for folder in folders {
        removal::remove(folder).await?;
    }
    Ok(())
}

async fn wait(folder: &Folder, token: &Path) -> Outcome<Option<Refusal>> {
    let until = Instant::now() + TRIAL_LIMIT;
    loop {
        let app_lives = token.exists();
        match observe::observe(folder.clone()).await? {
            Observed::Ready { .. } if app_lives => return Ok(None),
            Observed::Ready { .. } | Observed::Starting { .. } if Instant::now() < until => sleep(LOOK_AGAIN).await,
            Observed::Ready { .. } | Observed::Starting { .. } => {
                return Ok(Some(Refusal {
                    code: TIMED_OUT.to_owned(),
                    message: format!("A trial workload was not ready within {} seconds.", TRIAL_LIMIT.as_secs()),
                }));
            }
            Observed::Absent | Observed::Partial | Observed::Broken(_) | Observed::Ending => {
                return Ok(Some(diagnosis(folder)));
            }
        }
    }
}

/// Why a trial broke. Bubblewrap writes a status as soon as it has its namespaces.
fn diagnosis(folder: &Folder) -> Refusal {
    let said = |name: &str| output::last_lines(folder, name).pop().unwrap_or_else(|| "nothing was said".to_owned());
    let (code, message) = if status::read(&folder.file("display.status")).exit_code.is_none() && !folder.has("shown") {
        (
            "namespaces_forbidden",
            format!(
                "The system does not let Sortie make sandboxes ({}). Allow unprivileged user namespaces \
                 (sysctl kernel.unprivileged_userns_clone=1, on newer kernels with AppArmor \
                 kernel.apparmor_restrict_unprivileged_userns=0), or give the server's container what bubblewrap needs.",
                said("display")
            ),
        )
    } else if !folder.has("shown") {
        (
            "xvnc_broken",
            format!("Xvnc does not start ({}): reinstall the package tigervnc-standalone-server.", said("display")),
        )
    } else {
        ("sandbox_broken", format!("The sandbox for apps does not start ({}).", said("output")))
    };
    Refusal { code: code.to_owned(), message }
}

fn missing((program, package, code): &(&str, &str, &str)) -> Refusal {
    Refusal {
        code: (*code).to_owned(),
        message: format!("{program} is not installed: install the package {package} (apt-get install {package})."),
    }
}

fn is_installed(program: &str) -> bool {
    HOST_PATH.split(':').any(|folder| Path::new(folder).join(program).is_file())
}

fn trial_order(maker: &Maker) -> Result<WorkloadOrder, Invalid> {
    Ok(WorkloadOrder {
        labels: Labels {
            installation: InstallationId::new("probe")?,
            incarnation: 0,
            place: maker.place.id.clone(),
            session: SessionId::new(format!("probe-{}", names::random_text(10)))?,
            owner: UserId::new("probe")?,
            created_at: Timestamp::from_micros(0),
        },
        spec: Spec {
            app: AppId::new("probe")?,
            app_name: "Probe".to_owned(),
            image: None,
            command: ["sh", "-c", &format!(": >{TOKEN}; exec sleep 3600")].map(str::to_owned).to_vec(),
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
            clipboard: Clipboard { into_app: false, out_of_app: false, max_in_bytes: 0 },
            recording: RecordingPolicy::Never,
            idle_timeout: None,
            run_as_root: false,
        },
        viewport: Viewport::DEFAULT,
        workspace: WorkspaceClaim::Ephemeral,
        is_warm: false,
    })
}
