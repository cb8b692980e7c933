//! A room of its own for Podman's networks: root's Podmans keep addresses and names in one folder of the machine, and a test's would
//! answer for another's.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, ensure};

/// Where Podman keeps them; nobody can tell it otherwise.
const FOLDER: &str = "/run/containers/networks";

/// A mount namespace in which that folder is another one; it lasts as long as the value, also over the death of an engine in it.
pub(super) struct Room {
    holder: Child,
    folder: PathBuf,
}

impl Room {
    /// Makes a room whose networks lie in this folder.
    pub(super) fn make(folder: PathBuf) -> Result<Self> {
        fs::create_dir_all(&folder)?;
        fs::create_dir_all(FOLDER)?;
        let mut holder = Command::new("unshare")
            .args(["--mount", "--propagation", "slave", "sh", "-c"])
            .arg("mount --bind \"$0\" \"$1\" && echo ready && read -r _")
            .arg(&folder)
            .arg(FOLDER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        BufReader::new(holder.stdout.take().context("no output")?).read_line(&mut said)?;
        ensure!(said == "ready\n", "no mount namespace can be made here");
        Ok(Self { holder, folder })
    }

    /// A program in the room.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.arg(format!("--mount=/proc/{}/ns/mnt", self.holder.id())).arg(program);
        command
    }

    fn names(&self) -> Option<String> {
        fs::read_to_string(self.folder.join("aardvark-dns/aardvark.pid")).ok()
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // Who answers for names outlives the engine.
        if let Some(process) = self.names().filter(|it| is_names(it.trim())) {
            let _ = Command::new("kill").arg(process.trim()).status();
        }
        drop(self.holder.stdin.take());
        let _ = self.holder.wait();
    }
}

fn is_names(process: &str) -> bool {
    let line = fs::read(Path::new("/proc").join(process).join("cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).contains("aardvark-dns")
}
