//! Bubblewrap's arguments that both sandboxes have in common.

use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

use crate::record::Record;

use super::SHARED_UID;

/// What every program needs from the host's `/etc`. Nothing in there is private, and nothing else is shown.
const ETC: &[&str] = &[
    "X11",
    "alternatives",
    "bash.bashrc",
    "default/locale",
    "fonts",
    "gtk-2.0",
    "gtk-3.0",
    "gtk-4.0",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "locale.alias",
    "locale.conf",
    "localtime",
    "magic",
    "mime.types",
    "nsswitch.conf",
    "profile",
    "profile.d",
    "terminfo",
    "timezone",
    "vim",
    "xdg",
];

/// The folders of the host that are either real or links into `/usr`.
const MERGED: &[&str] = &["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

/// At most so many bytes of temporary files, in memory.
const TMP_BYTES: u64 = 512 << 20;

/// Arguments of bubblewrap, in order: later mounts lie over earlier ones.
#[derive(Clone, Debug)]
pub(crate) struct Arguments(Vec<u8>);

impl Arguments {
    /// A sandbox with the host's programs, an empty environment and nothing else.
    pub(crate) fn with_programs(record: &Record) -> Self {
        let mut it = Self(Vec::new());
        it.add(["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]);
        it.add(["--new-session", "--clearenv", "--hostname", "sortie"]);
        if record.uid.is_some() {
            // Bubblewrap stays root to mount, and the first thing that runs inside gives it up for good.
            it.add(["--cap-drop", "ALL"]);
            for capability in ["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"] {
                it.add(["--cap-add", capability]);
            }
        } else {
            let uid = SHARED_UID.to_string();
            it.add(["--unshare-user", "--uid", &uid, "--gid", &uid]);
        }
        it.show("/usr");
        for name in MERGED {
            let path = format!("/{name}");
            match std::fs::read_link(&path) {
                Ok(target) => it.add([OsStr::new("--symlink"), target.as_os_str(), OsStr::new(&path)]),
                Err(_) => it.show(&path),
            }
        }
        it.add(["--perms", "0755", "--dir", "/etc"]);
        for name in ETC {
            it.show(&format!("/etc/{name}"));
        }
        it.show("/var/cache/fontconfig");
        it.add(["--proc", "/proc", "--dev", "/dev"]);
        for path in ["/dev/shm", "/tmp"] {
            it.add(["--perms", "1777", "--size", &TMP_BYTES.to_string(), "--tmpfs", path]);
        }
        it.add(["--perms", "0755", "--dir", "/run", "--symlink", "/tmp", "/var/tmp"]);
        it.set("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games");
        it.set("LANG", "C.UTF-8");
        it
    }

    /// Adds arguments as they are.
    pub(crate) fn add<T: AsRef<OsStr>>(&mut self, arguments: impl IntoIterator<Item = T>) {
        for argument in arguments {
            self.0.extend(argument.as_ref().as_bytes());
            self.0.push(0);
        }
    }

    /// Shows a file or folder of the host at its own place, for reading, if it is there.
    pub(crate) fn show(&mut self, path: &str) {
        self.add(["--ro-bind-try", path, path]);
    }

    /// Sets an environment variable.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.add(["--setenv", name, value]);
    }

    /// Closes the list: the file system's root cannot be written, and the system-call filter is read from descriptor 5.
    pub(crate) fn close(&mut self, has_filter: bool) {
        self.add(["--remount-ro", "/"]);
        if has_filter {
            self.add(["--seccomp", "5"]);
        }
    }

    /// The arguments as bubblewrap reads them from a descriptor: each ends in a zero byte.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
