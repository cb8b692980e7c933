//! Version 2: one tree, where a cgroup cannot both hold processes and share out memory to others below it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tracing::{debug, warn};

use super::{CONTROLLERS, Parent, usable};

/// Where processes go that stand in a cgroup which is to share out limits.
const ANCHOR: &str = "anchor";

/// Finds where workloads can be put: below the cgroup that the operator chose, else below the server's own.
pub(super) fn find(mount: &Path, own: &str, name: &str, chosen: Option<&str>) -> Option<Parent> {
    if let Some(chosen) = chosen {
        let base = mount.join(chosen.trim_start_matches('/'));
        let found = clear_out(&base).map(|()| below(&base, name));
        match found {
            Ok(Some(parent)) => return Some(Parent { is_kept: true, ..parent }),
            Ok(None) => warn!(cgroup = %base.display(), "The control group for sessions gives no limits"),
            Err(error) => {
                warn!(cgroup = %base.display(), error = %error, "The control group for sessions cannot be used");
            }
        }
    }
    below(&own_base(mount, own)?, name)
}

/// The server is expected in a subgroup `server` of what was delegated to it (systemd's `DelegateSubgroup=server`), or at the
/// root.
fn own_base(mount: &Path, own: &str) -> Option<PathBuf> {
    let here = Path::new(own.lines().find_map(|line| line.strip_prefix("0::"))?);
    let delegated = if here.ends_with("server") { here.parent()? } else { here };
    Some(mount.join(delegated.strip_prefix("/").ok()?))
}

/// Moves the processes of a unit that only keeps its cgroup into a cgroup below it.
pub(super) fn clear_out(base: &Path) -> io::Result<()> {
    if !rustix::process::geteuid().is_root() {
        // Others may not move processes between units, even where both are theirs (cgroups(7), delegation containment).
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "only root may put processes into another unit"));
    }
    let processes = fs::read_to_string(base.join("cgroup.procs"))?;
    if processes.trim().is_empty() {
        return Ok(());
    }
    let anchor = base.join(ANCHOR);
    fs::create_dir_all(&anchor)?;
    for pid in processes.lines() {
        match fs::write(anchor.join("cgroup.procs"), pid) {
            // It has ended meanwhile.
            Err(error) if error.raw_os_error() == Some(rustix::io::Errno::SRCH.raw_os_error()) => {}
            moved => moved?,
        }
    }
    Ok(())
}

/// Lets a cgroup share out these to those below it.
pub(super) fn enable(folder: &Path, controllers: &[&str]) -> io::Result<()> {
    let control = folder.join("cgroup.subtree_control");
    controllers.iter().try_for_each(|it| fs::write(&control, format!("+{it}")))
}

fn below(base: &Path, name: &str) -> Option<Parent> {
    let path = base.join(name);
    fs::create_dir_all(&path).ok()?;
    let mut controllers = Vec::new();
    for controller in CONTROLLERS {
        match enable(base, &[controller]).and_then(|()| enable(&path, &[controller])) {
            Ok(()) => controllers.push(controller),
            Err(error) => debug!(controller, error = %error, "Cgroup controller is not delegated"),
        }
    }
    // Where processes stand in the base, the kernel enables `cpu` and `pids`, and then nothing can be put below it.
    let holds_processes = fs::read_to_string(path.join("cgroup.type")).is_ok_and(|it| it.trim() == "domain");
    if controllers.is_empty() || !holds_processes {
        for controller in controllers {
            let _ = fs::write(base.join("cgroup.subtree_control"), format!("-{controller}"));
        }
        // Nothing is in it: it was only tried.
        let _ = fs::remove_dir(&path);
        return None;
    }
    usable(path, true, controllers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_own_base_is_what_was_delegated_to_its_unit() {
        let base = |own: &str| own_base(Path::new("/m"), own).map(|it| it.display().to_string());
        assert_eq!(base("0::/system.slice/sortie.service/server\n").as_deref(), Some("/m/system.slice/sortie.service"));
        assert_eq!(base("0::/system.slice/sortie.service\n").as_deref(), Some("/m/system.slice/sortie.service"));
        assert_eq!(base("0::/\n").as_deref(), Some("/m/"));
        assert_eq!(base("4:memory:/x\n"), None);
    }
}
