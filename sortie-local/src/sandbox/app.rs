//! The app's sandbox. Of the display it has the X socket and the cookie; of the host, programs.

use std::{ffi::OsStr, path::Path};

use sortie_core::{app::Network, workload::WorkloadOrder};

use super::{AppLimits, Arguments, Sandbox, SandboxFile, as_session_user, inner_uid, seccomp_filter};
use crate::{names, record::Record};

/// The window manager's settings: title bars, for apps that want a window manager.
const DESKTOP: &str = include_str!("../../../deploy/images/vnc-sidecar/desktop.xml");

/// The window manager's settings: one window that fills the screen and follows its size.
const KIOSK: &str = include_str!("../../../deploy/images/vnc-sidecar/kiosk.xml");

/// The last part of what runs as the session's user.
const SESSION: &str = include_str!("app/session.sh");

/// What of `/etc` belongs to the network.
const NETWORK_ETC: &[&str] = &[
    "ca-certificates",
    "ca-certificates.conf",
    "gai.conf",
    "host.conf",
    "hosts",
    "protocols",
    "resolv.conf",
    "services",
    "ssl",
];

/// What of `/etc` belongs to larger programs.
const PROGRAM_ETC: &[&str] = &[
    "chromium",
    "chromium.d",
    "debian_version",
    "drirc",
    "firefox",
    "firefox-esr",
    "gimp",
    "inputrc",
    "java",
    "java-11-openjdk",
    "java-17-openjdk",
    "java-21-openjdk",
    "libreoffice",
    "lsb-release",
    "machine-info",
    "manpath.config",
    "openal",
    "OpenCL",
    "os-release",
    "papersize",
    "python3",
    "python3.11",
    "python3.13",
    "R",
    "sane.d",
    "skel",
    "speech-dispatcher",
    "texmf",
    "vulkan",
    "glvnd",
    "dconf",
    "dbus-1",
    "emacs",
    "nanorc",
    "screenrc",
    "tmux.conf",
    "vdpau_wrapper.cfg",
    "ImageMagick-6",
];

pub(super) fn sandbox(
    order: &WorkloadOrder,
    record: &Record,
    files: &Path,
    cookie: &[u8],
    limits: AppLimits,
) -> Sandbox {
    let mut arguments = Arguments::with_programs(record);
    let uid = inner_uid(record);
    if order.spec.network == Network::None {
        arguments.add(["--unshare-net"]);
    } else {
        for name in NETWORK_ETC {
            arguments.show(&format!("/etc/{name}"));
        }
    }
    for name in PROGRAM_ETC {
        arguments.show(&format!("/etc/{name}"));
    }
    arguments.show("/opt");
    arguments.add([OsStr::new("--ro-bind"), files.as_os_str(), OsStr::new("/run/sortie")]);
    for name in ["passwd", "group", "machine-id"] {
        arguments.add([OsStr::new("--ro-bind"), files.join(name).as_os_str(), OsStr::new(&format!("/etc/{name}"))]);
    }
    let display = record.sockets.join("x");
    arguments.add([OsStr::new("--ro-bind"), display.as_os_str(), OsStr::new("/tmp/.X11-unix")]);
    arguments.add(["--perms", "0755", "--dir", "/home"]);
    arguments.add([OsStr::new("--bind"), record.home.as_os_str(), OsStr::new("/home/user")]);
    // A link, resolved inside: the app could replace the folder, and a mount would follow it on the host.
    arguments.add(["--symlink", "/home/user/workspace", "/workspace"]);
    arguments.add(["--chdir", "/"]);
    environment(&mut arguments, order);
    arguments.close(seccomp_filter().is_some());
    let script = format!("exec {}/bin/sh /run/sortie/session \"$@\"\n", as_session_user(record));
    Sandbox { arguments, files: sandbox_files(order, uid, script, cookie, limits) }
}

fn environment(arguments: &mut Arguments, order: &WorkloadOrder) {
    for (name, value) in [
        ("HOME", "/home/user"),
        ("USER", "user"),
        ("LOGNAME", "user"),
        ("SHELL", "/bin/bash"),
        ("DISPLAY", ":0"),
        ("XAUTHORITY", "/run/sortie/xauthority"),
        ("XDG_RUNTIME_DIR", "/tmp/.runtime"),
        ("XDG_SESSION_TYPE", "x11"),
    ] {
        arguments.set(name, value);
    }
    for (name, value) in &order.spec.env {
        arguments.set(name, value);
    }
}

fn sandbox_files(
    order: &WorkloadOrder,
    uid: u32,
    script: String,
    cookie: &[u8],
    limits: AppLimits,
) -> Vec<SandboxFile> {
    let open = |name, content: String| SandboxFile { name, content: content.into_bytes(), is_secret: false };
    let settings = if order.spec.window_manager { DESKTOP } else { KIOSK };
    vec![
        open("app", script),
        open("session", session_script(limits)),
        open("openbox.xml", settings.to_owned()),
        open("passwd", format!("user:x:{uid}:{uid}::/home/user:/bin/bash\n")),
        open("group", format!("user:x:{uid}:\n")),
        open("machine-id", format!("{}\n", names::hash(order.labels.session.as_str(), 16))),
        SandboxFile { name: "xauthority", content: cookie.to_vec(), is_secret: true },
    ]
}

/// What runs as the session's user: takes on the limits, starts the window manager and becomes the app.
fn session_script(limits: AppLimits) -> String {
    let data = limits.data_bytes.map_or_else(String::new, |bytes| format!("ulimit -d {}\n", bytes / 1024));
    format!("ulimit -c 0\nulimit -p {}\n{data}{SESSION}", limits.max_pids)
}
