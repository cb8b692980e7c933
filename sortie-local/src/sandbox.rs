//! What a workload's two sandboxes see and may do: the arguments of bubblewrap, and the scripts that run inside.

mod app;
mod arguments;
mod display;
mod seccomp;

use std::path::Path;

use sortie_core::workload::WorkloadOrder;

pub(crate) use arguments::Arguments;
pub(crate) use seccomp::filter as seccomp_filter;

use crate::record::Record;

/// The uid that an app sees when the server cannot give it one of its own.
const SHARED_UID: u32 = 1000;

/// One file of a sandbox.
pub(crate) struct SandboxFile {
    pub(crate) name: &'static str,
    pub(crate) content: Vec<u8>,
    /// Only the session's uid may read it; the others are for everybody inside.
    pub(crate) is_secret: bool,
}

/// One sandbox: bubblewrap's arguments, and the files that it finds in `/run/sortie`.
pub(crate) struct Sandbox {
    pub(crate) arguments: Arguments,
    pub(crate) files: Vec<SandboxFile>,
}

/// The sandbox of the X server.
pub(crate) fn display(order: &WorkloadOrder, record: &Record, files: &Path, cookie: &[u8]) -> Sandbox {
    display::sandbox(order, record, files, cookie)
}

/// The sandbox of the window manager and the app.
pub(crate) fn app(order: &WorkloadOrder, record: &Record, files: &Path, cookie: &[u8], limits: AppLimits) -> Sandbox {
    app::sandbox(order, record, files, cookie, limits)
}

/// Limits that processes inside a sandbox take on themselves. They cannot give them back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AppLimits {
    /// Processes and threads of the session's uid.
    pub(crate) max_pids: u64,
    /// Private memory of each process, in bytes: where no cgroup limits them together.
    pub(crate) data_bytes: Option<u64>,
}

/// The uid as it is called inside.
pub(crate) fn inner_uid(record: &Record) -> u32 {
    record.uid.unwrap_or(SHARED_UID)
}

/// The words before a command that runs as the session's uid, where bubblewrap itself runs as root.
fn as_session_user(record: &Record) -> String {
    record.uid.map_or_else(String::new, |uid| {
        format!("setpriv --reuid {uid} --regid {uid} --clear-groups --bounding-set=-all --inh-caps=-all -- ")
    })
}
