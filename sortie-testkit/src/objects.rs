//! A real S3 server of a test's own: versitygw on a free port of this machine, whose buckets are folders.
//!
//! It is built from its Go module by `scripts/cluster/object-store`. Where that is not possible the tests that need it say so
//! on the terminal, past whatever captures their output, and check nothing.

use std::{
    io::Write,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

const SOON: Duration = Duration::from_secs(30);
const A_MOMENT: Duration = Duration::from_millis(10);
const KEY: &str = "sortie-tests";

/// The secret that the server takes.
pub const SECRET: &str = "its-key-is-no-secret-at-all";

/// See the module. Ended when it is dropped, and with the process however that ends.
pub struct ObjectServer {
    folder: TempDir,
    address: SocketAddr,
    /// Ends the server when its standard input closes.
    guardian: Child,
}

impl ObjectServer {
    /// Starts one with one bucket, `backups`; `None`, loudly, where it cannot be had.
    pub fn start() -> Result<Option<Self>> {
        let program = match program() {
            Ok(program) => program,
            Err(error) => {
                let name = std::thread::current().name().unwrap_or_default().to_owned();
                // Not by a macro: the test's output is captured, and this must be seen.
                let _ = writeln!(std::io::stderr(), "\nSKIPPED: {name}: no S3 server: {error:#}\n");
                return Ok(None);
            }
        };
        for _ in 0..3 {
            let folder = tempfile::tempdir()?;
            for name in ["data/backups", "meta"] {
                std::fs::create_dir_all(folder.path().join(name))?;
            }
            // Somebody may take the port in between: then it is tried again.
            let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
            let guardian = spawn(&program, folder.path(), address)?;
            let server = Self { folder, address, guardian };
            if server.answers() {
                return Ok(Some(server));
            }
        }
        bail!("the S3 server does not start")
    }

    fn answers(&self) -> bool {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            if begun.elapsed() > SOON {
                return false;
            }
            std::thread::sleep(A_MOMENT);
        }
        true
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What is in its bucket, as files.
    pub fn bucket(&self) -> PathBuf {
        self.folder.path().join("data/backups")
    }

    /// The variables of a client that reaches it, or what stands before it, with this secret.
    pub fn variables(&self, address: SocketAddr, secret: &str) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT_URL", format!("http://{address}")),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", secret.to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

impl Drop for ObjectServer {
    fn drop(&mut self) {
        drop(self.guardian.stdin.take());
        let _ = self.guardian.wait();
    }
}

fn program() -> Result<PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/cluster/object-store");
    let output = Command::new(&script).arg("--path").output().context("its script cannot be run")?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim()))
}

fn spawn(program: &Path, folder: &Path, address: SocketAddr) -> Result<Child> {
    // Ends the server when this process is gone or closes the pipe.
    let guard = r#""$@" </dev/null & read -r _; kill $!; wait"#;
    let mut command = Command::new("sh");
    command.args(["-c", guard, "guardian"]).arg(program);
    command.args(["--port", &address.to_string(), "--quiet", "--access", KEY, "--secret", SECRET]);
    command.args(["posix", "--sidecar"]).arg(folder.join("meta")).arg(folder.join("data"));
    Ok(command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?)
}
