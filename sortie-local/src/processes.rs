//! Finding and ending the processes of one workload.
//!
//! The keeper, bubblewrap and each sandbox's init carry the workload's mark in their command lines; ending an init ends all
//! that is inside. A process is looked at again after a pidfd to it was opened, so a reused pid is never hit, and a zombie
//! has no command line.

use std::{
    fs::{self, File},
    io::Read,
    os::fd::OwnedFd,
    time::Duration,
};

use rustix::process::{Pid, PidfdFlags, Signal, getsid, pidfd_open, pidfd_send_signal};
use tokio::time::timeout;

use crate::readiness;

/// The mark is among the first words; the app's own words may follow.
const MAX_READ_BYTES: u64 = 4096;

/// Sends SIGKILL to every process with this mark; answers with those that were hit.
pub(crate) fn kill_marked(mark: &str) -> Vec<OwnedFd> {
    marked(mark).into_iter().filter_map(|pid| kill(pid, mark)).collect()
}

/// The pids of all processes with this mark.
pub(crate) fn marked(mark: &str) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|it| it.file_name().to_str()?.parse().ok())
        .filter_map(Pid::from_raw)
        .filter(|pid| has_mark(*pid, mark))
        .collect()
}

/// Whether a workload's keeper lives. Its subshells look like it, and only it leads a session.
pub(crate) fn keeper_lives(mark: &str) -> bool {
    let is_keeper = |pid: &Pid| command_line(*pid).starts_with(b"sh\0keeper\0") && getsid(Some(*pid)) == Ok(*pid);
    marked(mark).iter().any(is_keeper)
}

/// Waits until all these processes, and for inits all that was inside, are dead; not longer than `limit`.
pub(crate) async fn wait_for_death(processes: Vec<OwnedFd>, limit: Duration) {
    let all = async {
        for process in processes {
            // A process that cannot be waited for is looked for again by its mark.
            if let Ok(process) = readiness::of(process) {
                let _ = process.readable().await;
            }
        }
    };
    let _ = timeout(limit, all).await;
}

fn kill(pid: Pid, mark: &str) -> Option<OwnedFd> {
    let process = pidfd_open(pid, PidfdFlags::NONBLOCK).ok()?;
    if !has_mark(pid, mark) {
        return None;
    }
    pidfd_send_signal(&process, Signal::KILL).ok()?;
    Some(process)
}

fn has_mark(pid: Pid, mark: &str) -> bool {
    command_line(pid).split(|b| *b == 0).any(|word| word == mark.as_bytes())
}

/// The words of a process's command line, each closed by a zero byte; empty when it is dead.
fn command_line(pid: Pid) -> Vec<u8> {
    let mut line = Vec::new();
    let path = format!("/proc/{}/cmdline", pid.as_raw_pid());
    match File::open(path).and_then(|it| it.take(MAX_READ_BYTES).read_to_end(&mut line)) {
        Ok(_) => line,
        Err(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;
    use crate::names;

    #[tokio::test]
    async fn only_processes_with_the_mark_are_ended() {
        let (ours, other) = (names::mark(), names::mark());
        // It waits for an input that never comes, without starting another process.
        let spawn =
            |mark: &str| Command::new("sh").args(["-c", "read line", mark]).stdin(Stdio::piped()).spawn().unwrap();
        let (mut victim, mut bystander) = (spawn(&ours), spawn(&other));
        wait_for_death(kill_marked(&ours), Duration::from_secs(5)).await;
        // A zombie is no longer found, although its pid still exists.
        assert!(marked(&ours).is_empty());
        assert_eq!(marked(&other).len(), 1);
        bystander.kill().unwrap();
        bystander.wait().unwrap();
        victim.wait().unwrap();
    }
}
