//! The person's files: made for a session, or kept for a workspace. Their content is hostile.
//!
//! Trees are walked by the host's tools, which follow no link and survive any depth.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    error::{FileContext, LocalError, Outcome},
    place,
};

/// Makes a home where there is none, and gives all of it to `uid`.
pub(crate) fn prepare(home: &Path, uid: Option<u32>) -> Outcome<()> {
    if !home.exists() {
        let draft = draft_of(home);
        place::private_folder(&draft)?;
        place::private_folder(&draft.join("workspace"))?;
        fs::rename(&draft, home).on("create", home)?;
    }
    let Some(uid) = uid else { return Ok(()) };
    let found = fs::symlink_metadata(home).on("look at", home)?;
    // The folder itself is given last, so an interrupted change is begun again.
    if found.uid() != uid {
        let owner = format!("{uid}:{uid}");
        for entry in fs::read_dir(home).on("read", home)? {
            let path = entry.on("read", home)?.path();
            run("chown", Command::new("chown").args(["-R", "-h", "-P", "--", &owner]).arg(path))?;
        }
        std::os::unix::fs::lchown(home, Some(uid), Some(uid)).on("give away", home)?;
    }
    Ok(())
}

/// Removes a folder and everything below it, however deep and whatever its modes are. Absent is success.
pub(crate) fn remove(folder: &Path) -> Outcome<()> {
    if fs::symlink_metadata(folder).is_err() {
        return Ok(());
    }
    let remove = || run("rm", Command::new("rm").args(["-rf", "--one-file-system", "--"]).arg(folder));
    remove().or_else(|_| {
        // An app may have taken its own right to enter a folder.
        run("chmod", Command::new("chmod").args(["-R", "u+rwx", "--"]).arg(folder))?;
        remove()
    })
}

/// Removes what an interrupted [`prepare`] has left beside a home.
pub(crate) fn remove_draft(home: &Path) -> Outcome<()> {
    remove(&draft_of(home))
}

fn draft_of(home: &Path) -> PathBuf {
    home.with_file_name(format!(".new-{}", home.file_name().unwrap_or_default().to_string_lossy()))
}

fn run(tool: &'static str, command: &mut Command) -> Outcome<()> {
    let failed = |detail: String| LocalError::Tool { tool, detail };
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(failed(String::from_utf8_lossy(&output.stderr).lines().take(3).collect::<Vec<_>>().join("; ")))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_home_has_a_workspace_and_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let home = dir.path().join("home");
        prepare(&home, None).unwrap();
        fs::write(home.join("workspace/note"), b"kept").unwrap();
        prepare(&home, None).unwrap();
        assert_eq!(fs::read(home.join("workspace/note")).unwrap(), b"kept");
    }

    #[test]
    fn removing_follows_no_link_and_needs_no_mode() {
        let dir = tempfile::tempdir().unwrap();
        let (home, outside) = (dir.path().join("home"), dir.path().join("outside"));
        fs::create_dir_all(home.join("locked/inner")).unwrap();
        fs::create_dir(&outside).unwrap();
        fs::write(outside.join("precious"), b"").unwrap();
        symlink(&outside, home.join("link")).unwrap();
        fs::set_permissions(home.join("locked"), fs::Permissions::from_mode(0o000)).unwrap();
        remove(&home).unwrap();
        assert!(!home.exists() && outside.join("precious").exists());
        remove(&home).unwrap();
    }
}
