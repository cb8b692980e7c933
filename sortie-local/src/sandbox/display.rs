//! The X server's sandbox. It has the display's two sockets and no network.

use std::{ffi::OsStr, path::Path};

use sortie_core::workload::WorkloadOrder;

use super::{Arguments, Sandbox, SandboxFile, as_session_user, seccomp_filter};
use crate::{record::Record, secrets};

pub(super) fn sandbox(order: &WorkloadOrder, record: &Record, files: &Path, cookie: &[u8]) -> Sandbox {
    let mut arguments = Arguments::with_programs(record);
    arguments.add(["--unshare-net"]);
    arguments.add([OsStr::new("--ro-bind"), files.as_os_str(), OsStr::new("/run/sortie")]);
    for (name, inside) in [("rfb", "/run/sortie/rfb"), ("x", "/tmp/.X11-unix")] {
        arguments.add([OsStr::new("--bind"), record.sockets.join(name).as_os_str(), OsStr::new(inside)]);
    }
    arguments.add(["--chdir", "/"]);
    arguments.set("HOME", "/tmp");
    arguments.close(seccomp_filter().is_some());
    let script = format!("exec {}{}\n", as_session_user(record), command(order));
    let passwords = secrets::password_file(&record.password, &record.view_only_password);
    Sandbox {
        arguments,
        files: vec![
            SandboxFile { name: "display", content: script.into_bytes(), is_secret: false },
            SandboxFile { name: "passwords", content: passwords, is_secret: true },
            SandboxFile { name: "xauthority", content: cookie.to_vec(), is_secret: true },
        ],
    }
}

/// The X server's command line. Everything in it is ours: nothing needs quoting.
fn command(order: &WorkloadOrder) -> String {
    let (width, height) = (order.viewport.width(), order.viewport.height());
    let clipboard = order.spec.clipboard;
    let (out, into) = (u8::from(clipboard.out_of_app), u8::from(clipboard.into_app));
    let max_in = clipboard.limit_in();
    format!(
        "Xvnc :0 -displayfd 7 -auth /run/sortie/xauthority -nolisten tcp -nolisten local -noreset \
         -geometry {width}x{height} -depth 24 -desktop Sortie \
         -rfbport -1 -rfbunixpath /run/sortie/rfb/s -rfbunixmode 384 \
         -SecurityTypes VncAuth -PasswordFile /run/sortie/passwords -UseBlacklist=0 \
         -AlwaysShared -DisconnectClients=0 -AcceptSetDesktopSize -AllowOverride= \
         -SendCutText={out} -SendPrimary={out} -AcceptCutText={into} -SetPrimary={into} -MaxCutText={max_in}"
    )
}
