//! From a workload's folder to what the domain calls it.

use std::{fs, path::Path, time::Duration};

use sortie_core::{
    session::Reason,
    workload::{Breakage, Observed},
};
use tokio::{io::AsyncReadExt, net::UnixStream, time::timeout};

use crate::{
    blocking, disk,
    error::Outcome,
    folder::{Folder, Phase, output, status},
    limits,
    record::Record,
};

/// How long a display may take to greet. It has one thread: while it draws, it does not.
const GREETING_LIMIT: Duration = Duration::from_secs(1);

/// What bubblewrap reports for a program that a signal ended: this and the signal's number.
const SIGNAL_BASE: i32 = 128;

/// What it reports after SIGKILL.
const KILLED: i32 = SIGNAL_BASE + 9;

/// Observes one workload.
pub(crate) async fn observe(folder: Folder) -> Outcome<Observed> {
    let (phase, observed) = blocking::run(move || {
        let phase = folder.phase()?;
        Ok((phase.clone(), describe(&folder, &phase)?))
    })
    .await?;
    match observed {
        Seen::Settled(observed) => Ok(observed),
        Seen::Display { name, socket } => Ok(if phase == Phase::Shown && greets(&socket).await {
            Observed::Ready { name, address: None }
        } else {
            Observed::Starting { detail: "the screen does not answer yet".to_owned(), cause: None }
        }),
    }
}

/// Whether something that speaks RFB answers on a socket: every server begins with its version (RFC 6143 §7.1.1).
pub(crate) async fn greets(socket: &Path) -> bool {
    let greeting = async {
        let mut stream = UnixStream::connect(socket).await.ok()?;
        let mut start = [0; 4];
        stream.read_exact(&mut start).await.ok()?;
        Some(start)
    };
    timeout(GREETING_LIMIT, greeting).await.ok().flatten() == Some(*b"RFB ")
}

enum Seen {
    Settled(Observed),
    Display { name: String, socket: std::path::PathBuf },
}

fn describe(folder: &Folder, phase: &Phase) -> Outcome<Seen> {
    let broken = |reason, detail: String, output| Seen::Settled(Observed::Broken(Breakage { reason, detail, output }));
    Ok(match phase {
        Phase::Absent => Seen::Settled(Observed::Absent),
        Phase::Ending => Seen::Settled(Observed::Ending),
        Phase::Starting | Phase::Shown if folder.has(disk::FULL) => {
            let bytes = fs::read_to_string(folder.file(disk::FULL)).unwrap_or_default();
            broken(Reason::WorkspaceFull, format!("The files used {bytes} bytes of the disk."), Vec::new())
        }
        Phase::Starting => {
            Seen::Settled(Observed::Starting { detail: "the screen is being started".to_owned(), cause: None })
        }
        Phase::Shown => match Record::read(folder.path())? {
            Some(record) => Seen::Display { name: name(folder), socket: record.rfb_socket() },
            None => Seen::Settled(Observed::Absent),
        },
        Phase::Ended => {
            let (reason, detail, output) = ended(folder);
            broken(reason, detail, output)
        }
        Phase::Blind => {
            let (reason, detail) = out_of_memory(folder)
                .unwrap_or((Reason::DisplayFailed, "The X server ended while the app was running.".to_owned()));
            broken(reason, detail, output::last_lines(folder, "display"))
        }
        Phase::Lost => {
            let detail = "The machine was restarted, or something outside of Sortie ended the processes.".to_owned();
            broken(Reason::WorkloadLost, detail, output::last_lines(folder, "output"))
        }
    })
}

/// Why a workload is over whose keeper wrote down that it is.
pub(crate) fn ended(folder: &Folder) -> (Reason, String, Vec<String>) {
    if !folder.has("shown") {
        let (reason, detail) =
            out_of_memory(folder).unwrap_or((Reason::DisplayFailed, "The X server did not start.".to_owned()));
        return (reason, detail, output::last_lines(folder, "display"));
    }
    let exit_code = status::read(&folder.file("app.status")).exit_code;
    if let Some((reason, detail)) = out_of_memory(folder).filter(|_| exit_code == Some(KILLED)) {
        return (reason, detail, output::last_lines(folder, "output"));
    }
    let detail = match exit_code {
        Some(0) => "The app ended by itself.".to_owned(),
        Some(126 | 127) => "The app's command could not be run.".to_owned(),
        Some(code) if code > SIGNAL_BASE => format!("The app was ended by signal {}.", code - SIGNAL_BASE),
        Some(code) => format!("The app ended with exit code {code}."),
        None => "The app's sandbox could not be kept up.".to_owned(),
    };
    (Reason::AppExited, detail, output::last_lines(folder, "output"))
}

/// What to say when the kernel ended something of the workload for its memory. Other processes of it may go on: only what
/// ended the workload is told.
fn out_of_memory(folder: &Folder) -> Option<(Reason, String)> {
    let record = Record::read(folder.path()).ok().flatten()?;
    let detail = "The system ended it when all of its memory was used.".to_owned();
    limits::ran_out_of_memory(&record.cgroups).then_some((Reason::OutOfMemory, detail))
}

fn name(folder: &Folder) -> String {
    folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned()
}
