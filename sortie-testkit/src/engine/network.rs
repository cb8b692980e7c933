//! A network of its own for a test: the bridges, rules and ports of other engines are not in it, and its own go with it.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    os::fd::AsFd,
    process::{Command, Stdio},
    thread,
};

use anyhow::{Context, Result, ensure};
use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};
use tokio::runtime::Runtime;

/// Runs a test on threads of a new network namespace, whose only interface is the loopback. What the test starts is in it, too.
///
/// # Errors
/// Says what a namespace or a thread could not be made of.
///
/// # Panics
/// As the test does.
pub(super) fn alone<F: Future<Output: Send>>(test: impl FnOnce() -> F + Send) -> Result<F::Output> {
    let space = namespace().context("no network namespace can be made here")?;
    let run = || -> Result<F::Output> {
        // Threads inherit it: those of the runtime are started from here.
        move_into_link_name_space(space.as_fd(), Some(LinkNameSpaceType::Network))?;
        Ok(Runtime::new()?.block_on(async { test().await }))
    };
    thread::scope(|scope| scope.spawn(run).join()).unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// A new namespace; it lasts as long as somebody is in it or holds the file.
fn namespace() -> Result<File> {
    let mut maker = Command::new("unshare")
        .args(["--net", "sh", "-c", "ip link set lo up && echo ready && read -r _"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut said = String::new();
    BufReader::new(maker.stdout.take().context("no output")?).read_line(&mut said)?;
    let space = File::open(format!("/proc/{}/ns/net", maker.id()));
    drop(maker.stdin.take());
    maker.wait()?;
    ensure!(said == "ready\n", "unshare failed");
    Ok(space?)
}
