//! One run of the real binary.

use std::{
    fs,
    net::SocketAddr,
    path::PathBuf,
    process::{Child, Command, ExitStatus},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{PATIENCE, client::Client, wait_for, world::PASSWORD};

/// A running server. Dropping it ends it; a failing test then shows its last log lines.
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts the command, learns the address from its log, and waits until it is ready.
    pub(crate) async fn start(command: &mut Command, log: PathBuf) -> Self {
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Self { child: command.spawn().unwrap(), log, address: nowhere };
        let log = server.log.clone();
        let child = &mut server.child;
        server.address = wait_for(PATIENCE, "the server to listen", || {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "the server ended ({ended:?}): {}", last_lines(&log));
            let found = address(&log);
            async move { found }
        })
        .await;
        let anybody = server.anybody();
        wait_for(PATIENCE, "the server to be ready", || async {
            (anybody.try_get("/readyz").await.ok()?.status == 200).then_some(())
        })
        .await;
        server
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> i32 {
        self.child.id().cast_signed()
    }

    /// A client without credentials.
    pub(crate) fn anybody(&self) -> Client {
        Client::anonymous(self.address)
    }

    /// A program that signed in as the administrator.
    pub(crate) async fn admin(&self) -> Client {
        self.anybody().signed_in("admin", PASSWORD).await
    }

    /// A program that signed in as an ordinary user, who is made first.
    pub(crate) async fn user(&self, admin: &Client, name: &str) -> Client {
        let password = format!("{name}-has-a-long-password");
        let user = serde_json::json!({"username": name, "password": password, "roles": ["user"]});
        let made = admin.post("/api/admin/users", &user).await;
        assert_eq!(made.status, 201, "{made:?}");
        self.anybody().signed_in(name, &password).await
    }

    /// Ends it without a warning.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_raw(self.pid()).unwrap(), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn ended(mut self, limit: Duration) -> ExitStatus {
        let child = &mut self.child;
        wait_for(limit, "the server to end", || {
            let ended = child.try_wait().unwrap();
            async move { ended }
        })
        .await
    }

    /// The resident memory in bytes.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).unwrap();
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the server's last lines:\n{}", last_lines(&self.log));
        }
    }
}

fn address(log: &PathBuf) -> Option<SocketAddr> {
    let text = fs::read_to_string(log).ok()?;
    let mut lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let listening = lines.rfind(|it| it["message"] == "Listening")?;
    listening["address"].as_str()?.parse().ok()
}

fn last_lines(log: &PathBuf) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    lines.get(lines.len().saturating_sub(40)..).unwrap_or_default().join("\n")
}
