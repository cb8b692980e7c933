//! What the image of browsers has beside that of displays: this machine's Chromium and the project's own script.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, process::Command};

use anyhow::{Context, Result, ensure};

use super::display;

const CHROMIUM: &str = "/usr/lib/chromium";
/// As Debian's own, without its looking around.
const START: &str = "#!/bin/sh\nexec /usr/lib/chromium/chromium \"$@\"\n";
/// What Chromium loads by name when it needs it.
const BY_NAME: [&str; 4] = ["libsoftokn3.so", "libfreebl3.so", "libfreeblpriv3.so", "libnssckbi.so"];
/// A page without a font is not drawn.
const TREES: [&str; 3] = ["/etc/fonts", "/usr/share/fontconfig", "/usr/share/fonts/truetype/dejavu"];

/// Adds it to the root of an image of displays.
pub(super) fn fill(root: &Path) -> Result<()> {
    for tree in TREES.into_iter().chain([CHROMIUM]) {
        let to = root.join(tree.trim_start_matches('/'));
        fs::create_dir_all(to.parent().context("a folder lies in a folder")?)?;
        ensure!(Command::new("cp").args(["-r", tree]).arg(&to).status()?.success(), "{tree} could not be copied");
    }
    for program in ["chromium", "chrome_crashpad_handler"] {
        display::copy_libraries(&Path::new(CHROMIUM).join(program), root)?;
    }
    for name in BY_NAME {
        display::copy_with_libraries(&Path::new("/usr/lib/x86_64-linux-gnu").join(name), root)?;
    }
    display::copy_with_libraries(Path::new("/bin/bash"), root)?;
    let ours = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/images/browser-sidecar/start-browser"))?;
    for (path, text) in [("usr/bin/chromium", START.as_bytes()), ("usr/local/bin/start-browser", &ours)] {
        fs::write(root.join(path), text)?;
        fs::set_permissions(root.join(path), fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}
