//! A real identity provider: `oidc-provider` in its own process.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use super::{PATIENCE, visitor::Visitor, wait_for};

/// The provider's process. Dropping it ends it.
pub(crate) struct Provider {
    child: Child,
    log: PathBuf,
}

/// Where it will be, before it is there.
pub(crate) struct Place {
    port: u16,
    /// Its name.
    pub(crate) issuer: String,
}

/// The secret that it expects from Sortie.
pub(crate) const SECRET: &str = "the client's secret, with a % and a :";

impl Place {
    /// A port that is free now.
    pub(crate) fn reserve() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { port, issuer: format!("http://127.0.0.1:{port}") }
    }

    /// Starts it for the Sortie at this port, and waits until it answers.
    pub(crate) async fn start(&self, sortie: u16, log: &Path) -> Provider {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("provider");
        let packages = folder.join("node_modules/oidc-provider");
        let missing = "is missing: `make test` installs it, and so does `npm --prefix sortie-e2e/provider install`";
        assert!(packages.exists(), "{} {missing}", packages.display());
        let file = std::fs::File::create(log).unwrap();
        let mut command = Command::new("node");
        command.arg("server.mjs").current_dir(folder).stdin(Stdio::null());
        command.stdout(file.try_clone().unwrap()).stderr(file);
        command.env("PORT", self.port.to_string());
        command.env("REDIRECT", format!("http://localhost:{sortie}/api/auth/oidc/callback"));
        command.env("LOGOUT", format!("http://127.0.0.1:{sortie}/api/auth/oidc/backchannel-logout"));
        let mut provider = Provider { child: command.spawn().unwrap(), log: log.to_owned() };
        wait_for(PATIENCE, "the provider to listen", || {
            let ended = provider.child.try_wait().unwrap();
            let said = std::fs::read_to_string(log).unwrap_or_default();
            assert!(ended.is_none(), "the provider ended ({ended:?}): {said}");
            async move { said.contains("listening as").then_some(()) }
        })
        .await;
        provider
    }

    /// Says in which groups somebody is from now on.
    pub(crate) async fn groups(&self, subject: &str, groups: &[&str]) {
        let said = serde_json::json!({"sub": subject, "groups": groups}).to_string();
        let answer = Visitor::default().send(&format!("{}/test/groups", self.issuer), &said).await.answer;
        assert_eq!(answer.status, 204);
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the provider said:\n{}", std::fs::read_to_string(&self.log).unwrap_or_default());
        }
    }
}
