//! The image of displays for engines in tests: this machine's X server and the project's own scripts, without a registry.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

/// What the scripts of the display run, and an app to show.
const PROGRAMS: [&str; 7] = ["Xvnc", "xauth", "vncpasswd", "xkbcomp", "openbox", "socat", "xterm"];
const WINDOWS: [&str; 2] = ["kiosk.xml", "desktop.xml"];
/// The keyboard's tables, and the look of frames, without which no window manager starts.
const TREES: [&str; 2] = ["/usr/share/X11/xkb", "/usr/share/themes/Clearlooks"];
const SCRIPTS: [&str; 2] = ["start-display", "forward-screen"];

/// Fills a folder that will be the root of the image.
pub(super) fn fill(root: &Path) -> Result<()> {
    for name in PROGRAMS {
        copy_with_libraries(&Path::new("/usr/bin").join(name), root)?;
    }
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/images/vnc-sidecar");
    fs::create_dir_all(root.join("usr/local/bin"))?;
    for name in SCRIPTS {
        let to = root.join("usr/local/bin").join(name);
        fs::copy(scripts.join(name), &to)?;
        fs::set_permissions(&to, fs::Permissions::from_mode(0o755))?;
    }
    fs::create_dir_all(root.join("usr/local/share/sortie"))?;
    for name in WINDOWS {
        fs::copy(scripts.join(name), root.join("usr/local/share/sortie").join(name))?;
    }
    for tree in TREES {
        let to = root.join(tree.trim_start_matches('/'));
        fs::create_dir_all(to.parent().context("a folder lies in a folder")?)?;
        ensure!(Command::new("cp").args(["-r", tree]).arg(&to).status()?.success(), "{tree} could not be copied");
    }
    // A root that cannot be written needs every folder that something is mounted over.
    for name in ["tmp", "etc", "proc", "sys", "dev", "workspace", "home/user", "run/sortie", "var/tmp"] {
        fs::create_dir_all(root.join(name))?;
    }
    fs::write(root.join("etc/passwd"), "root:x:0:0::/:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh\n")?;
    fs::write(root.join("etc/group"), "root:x:0:\nuser:x:1000:\n")?;
    Ok(())
}

/// Copies a program and everything that it loads to where it is on this machine.
pub(super) fn copy_with_libraries(program: &Path, root: &Path) -> Result<()> {
    copy(program, root)?;
    copy_libraries(program, root)
}

/// Copies everything that a program loads to where it is on this machine.
pub(super) fn copy_libraries(program: &Path, root: &Path) -> Result<()> {
    let files: BTreeSet<PathBuf> = libraries(program)?.into_iter().collect();
    files.iter().try_for_each(|it| copy(it, root))
}

fn copy(file: &Path, root: &Path) -> Result<()> {
    let to = root.join(file.strip_prefix("/")?);
    fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
    fs::copy(file, &to).with_context(|| format!("{} is missing", file.display()))?;
    Ok(())
}

/// What the dynamic linker would load for a program (ldd(1)), and the linker itself.
fn libraries(program: &Path) -> Result<Vec<PathBuf>> {
    let said = Command::new("ldd").arg(program).output()?;
    ensure!(said.status.success(), "{} is missing", program.display());
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    Ok(said.split_whitespace().filter(|it| it.starts_with('/')).map(PathBuf::from).collect())
}
