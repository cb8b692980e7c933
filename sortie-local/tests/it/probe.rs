//! What a machine lacks is said in plain words. The machines are made with bubblewrap, and the example is the server.

use std::process::{Command, Stdio};

use anyhow::{Result, ensure};

use sortie_local::{LocalRuntime, Settings};

use crate::survival::{example, folder_for};

/// Runs the example on this machine as bubblewrap changes it; answers with what it complains about.
fn complaint(changes: &[&str]) -> Result<String> {
    let (dir, _) = folder_for(None)?;
    let output = Command::new("bwrap")
        .args(["--dev-bind", "/", "/"])
        .args(changes)
        .arg(example()?)
        .args(["sleep", "3600"])
        .env("TMPDIR", dir.path())
        .stdin(Stdio::null())
        .output()?;
    ensure!(!output.status.success(), "it works: {}", String::from_utf8_lossy(&output.stdout));
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Where a program really is: Debian's alternatives are links.
fn real_path(program: &str) -> Result<String> {
    Ok(std::fs::canonicalize(format!("/usr/bin/{program}"))?.display().to_string())
}

#[test]
fn a_missing_program_is_named_with_its_package() -> Result<()> {
    for (program, package) in [("Xvnc", "tigervnc-standalone-server"), ("bwrap", "bubblewrap")] {
        let said = complaint(&["--ro-bind", "/dev/null", &real_path(program)?])?;
        ensure!(said.contains(&format!("{program} is not installed: install the package {package}")), "{said}");
    }
    Ok(())
}

#[test]
fn an_x_server_that_does_not_start_is_told_from_a_missing_one() -> Result<()> {
    let said = complaint(&["--ro-bind", "/bin/false", &real_path("Xvnc")?])?;
    ensure!(said.contains("Xvnc does not start"), "{said}");
    Ok(())
}

#[test]
fn a_machine_that_forbids_namespaces_says_so() -> Result<()> {
    let changes: &[&str] = if rustix::process::getuid().is_root() {
        // Root may do everything here but what sandboxes are made with.
        &[
            "--cap-drop",
            "ALL",
            "--cap-add",
            "CAP_CHOWN",
            "--cap-add",
            "CAP_DAC_OVERRIDE",
            "--cap-add",
            "CAP_FOWNER",
            "--cap-add",
            "CAP_SETUID",
            "--cap-add",
            "CAP_SETGID",
            "--cap-add",
            "CAP_SETPCAP",
            "--cap-add",
            "CAP_KILL",
        ]
    } else {
        &["--unshare-user", "--disable-userns"]
    };
    let said = complaint(changes)?;
    ensure!(said.contains("The system does not let Sortie make sandboxes"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_share_a_place_do_not_spoil_each_others_trials() -> Result<()> {
    let dir = tempfile::tempdir()?;
    let open = || LocalRuntime::open(Settings::new(dir.path().join("data")));
    let (one, two, three) = (open().await?, open().await?, open().await?);
    let found = tokio::join!(one.probe(), two.probe(), three.probe());
    for condition in [found.0, found.1, found.2] {
        ensure!(condition.problems.is_empty(), "{:?}", condition.problems);
    }
    Ok(())
}
