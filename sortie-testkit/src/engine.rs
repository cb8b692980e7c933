//! Real container engines on sockets and folders of their own: Docker and Podman, with an image that was made here.

mod browser;
mod display;
mod network;
mod registry;
mod room;
mod tls;

use std::{
    fs,
    io::{Read, Write},
    os::unix::{net::UnixStream, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use self::room::Room;
pub use self::{
    registry::{empty_registry, registry_of},
    tls::Certificates,
};

/// The image that every engine of ours holds.
pub const IMAGE: &str = "localhost/sortie-test:1";
/// The image of displays, with xterm in it, for engines that were asked for it.
pub const DISPLAY_IMAGE: &str = "localhost/sortie-display:1";
/// The same with a browser on the display, for engines that were asked for it.
pub const BROWSER_IMAGE: &str = "localhost/sortie-browser:1";
/// How long an engine may take to answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// Which engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Docker.
    Docker,
    /// Podman.
    Podman,
}

/// A running engine; ended with the value.
pub struct RealEngine {
    kind: Kind,
    folder: TempDir,
    child: Option<Child>,
    /// Podman's networks, apart from other Podmans'.
    room: Option<Room>,
    /// A port beside the socket, with TLS.
    port: Option<(u16, Certificates)>,
}

/// Runs a test with an engine, both in a network of their own. One that cannot run here is an error that says so: no check is skipped.
///
/// # Errors
/// Says what is missing on this machine.
pub fn with<F: Future<Output: Send>>(kind: Kind, test: impl FnOnce(RealEngine) -> F + Send) -> Result<F::Output> {
    network::alone(async || Ok(test(RealEngine::start(kind)?).await))?
}

impl RealEngine {
    /// Starts an engine and gives it the image.
    fn start(kind: Kind) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("sortie-engine-").tempdir_in("/tmp")?;
        let room = (kind == Kind::Podman).then(|| Room::make(folder.path().join("room"))).transpose()?;
        let mut engine = Self { kind, folder, child: None, room, port: None };
        engine.run()?;
        engine.import().context("the image could not be given to the engine")?;
        Ok(engine)
    }

    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("engine.sock")
    }

    /// Kills the daemon where it stands. Its containers may go on.
    pub fn kill(&mut self) -> Result<()> {
        if let Some(mut child) = self.child.take() {
            child.kill()?;
            child.wait()?;
        }
        // Its containerd dies with it. Where process 1 reaps late it stays a zombie, and the next daemon would wait for its socket.
        let containerd = self.folder.path().join("exec/containerd/containerd.pid");
        if containerd.exists() {
            fs::remove_file(containerd)?;
        }
        Ok(())
    }

    /// Starts the daemon, also after it was killed. Docker 20.10 does not start any more once it died while it removed a network: what
    /// it kept of it has no addresses, and `reservePools` panics over that. So it is given the only remedy that its operators have.
    pub fn run(&mut self) -> Result<()> {
        let outcome = self.attempt();
        if !outcome.as_ref().is_err_and(|it| it.to_string().contains("reservePools")) {
            return outcome;
        }
        self.kill()?;
        fs::remove_file(self.folder.path().join("root/network/files/local-kv.db"))?;
        self.attempt()
    }

    fn attempt(&mut self) -> Result<()> {
        let path = |name: &str| self.folder.path().join(name);
        let _ = fs::remove_file(path("log"));
        let log = fs::File::options().append(true).create(true).open(path("log"))?;
        let mut command = match self.kind {
            Kind::Docker => {
                let mut command = Command::new("dockerd");
                command.arg("-H").arg(format!("unix://{}", self.socket().display()));
                command.arg("--data-root").arg(path("root")).arg("--exec-root").arg(path("exec"));
                command.arg("-p").arg(path("pid")).args(["--storage-driver", "vfs", "--bridge", "none"]);
                command.args(["--default-ulimit", "nofile=1024:4096", "--live-restore"]);
                if let Some((port, certificates)) = &self.port {
                    command.arg("-H").arg(format!("tcp://127.0.0.1:{port}")).arg("--tlsverify");
                    for (flag, name) in [("--tlscacert", "ca.pem"), ("--tlscert", "cert.pem"), ("--tlskey", "key.pem")]
                    {
                        command.arg(flag).arg(certificates.server.join(name));
                    }
                }
                command
            }
            Kind::Podman => {
                // Soft and hard alike: the Docker API of Podman 4.3 takes the one for the other.
                fs::write(
                    path("containers.conf"),
                    "[containers]\ndefault_ulimits=[\"nofile=4096:4096\",\"nproc=8192:8192\"]\n",
                )?;
                // As Docker does by itself: a registry of this machine needs no TLS.
                fs::write(path("registries.conf"), "[[registry]]\nlocation=\"127.0.0.1\"\ninsecure=true\n")?;
                let mut command = self.podman();
                command.args(["system", "service", "-t", "0"]).arg(format!("unix://{}", self.socket().display()));
                command
            }
        };
        let _ = fs::remove_file(self.socket());
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
        let child = command.spawn().with_context(|| format!("{:?} cannot be started here", self.kind))?;
        self.child = Some(child);
        let deadline = Instant::now() + PATIENCE;
        while self.ask("GET", "/_ping", &[]).is_err() {
            let ended = self.child.as_mut().map(Child::try_wait).transpose()?.flatten();
            if ended.is_some() || Instant::now() > deadline {
                let log = fs::read_to_string(path("log")).unwrap_or_default();
                bail!("{:?} cannot run on this machine: {}", self.kind, tail(&log));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// Lets Docker listen at a port of this machine as well, for who has the right certificate; answers the port and certificates.
    pub fn listen_with_tls(&mut self) -> Result<(u16, &Certificates)> {
        self.kill()?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        self.port = Some((port, Certificates::make(self.folder.path())?));
        self.run()?;
        self.port.as_ref().map(|(port, certificates)| (*port, certificates)).context("there is a port")
    }

    fn podman(&self) -> Command {
        let path = |name: &str| self.folder.path().join(name);
        let mut command = self.room.as_ref().map_or_else(|| Command::new("podman"), |it| it.command("podman"));
        command.env("CONTAINERS_CONF", path("containers.conf"));
        command.env("CONTAINERS_REGISTRIES_CONF", path("registries.conf"));
        command.args(["--runtime", "runc", "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs"]);
        command.arg("--root").arg(path("root")).arg("--runroot").arg(path("run"));
        command.arg("--network-config-dir").arg(path("networks"));
        command
    }

    /// One request with JSON to its socket; answers the body.
    pub fn ask_json(&self, method: &str, path: &str, body: &str) -> Result<String> {
        self.send(method, path, "application/json", body.as_bytes())
    }

    /// One request to its socket; answers the body.
    pub fn ask(&self, method: &str, path: &str, body: &[u8]) -> Result<String> {
        self.send(method, path, "application/x-tar", body)
    }

    fn send(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Result<String> {
        let mut stream = UnixStream::connect(self.socket())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: engine\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").context("no answer")?;
        let status = head.split(' ').nth(1).unwrap_or_default();
        ensure!(status.starts_with('2'), "{method} {path}: {head} {body}");
        Ok(body.to_owned())
    }

    /// Makes an image of busybox alone: no registry is needed.
    fn import(&self) -> Result<()> {
        self.import_root(IMAGE, &self.busybox("image")?, &[])
    }

    /// Gives the engine the image of displays as well.
    pub fn import_display(&self) -> Result<()> {
        let root = self.busybox("display")?;
        display::fill(&root)?;
        let path = "ENV PATH=/usr/local/bin:/usr/bin:/bin";
        self.import_root(
            DISPLAY_IMAGE,
            &root,
            &[path, "USER 1000:1000", "ENTRYPOINT [\"/usr/local/bin/start-display\"]"],
        )
    }

    /// Gives the engine the image of browsers as well.
    pub fn import_browser(&self) -> Result<()> {
        let root = self.busybox("browser")?;
        display::fill(&root)?;
        browser::fill(&root)?;
        let path = "ENV PATH=/usr/local/bin:/usr/bin:/bin";
        let start = "ENTRYPOINT [\"/usr/local/bin/start-browser\"]";
        self.import_root(BROWSER_IMAGE, &root, &[path, "USER 1000:1000", start])
    }

    /// Gives the engine an image that runs a program of this machine from `/app`, with what Sortie keeps homes in order with.
    pub fn import_program(&self, image: &str, program: &Path) -> Result<()> {
        let root = self.beneath("program", program)?;
        let name = program.file_name().context("a program has a name")?.to_string_lossy().into_owned();
        fs::copy(program, root.join("app").join(&name))?;
        self.import_root(image, &root, &["WORKDIR /app", &format!("ENTRYPOINT [\"/app/{name}\"]")])
    }

    /// Gives the engine what the Dockerfile calls `base`: everything that a program needs, and not itself.
    pub fn import_base(&self, image: &str, program: &Path) -> Result<()> {
        self.import_root(image, &self.beneath("base", program)?, &[])
    }

    /// Gives the engine what the Dockerfile calls `built`: a program at `/built/sortie`, and nothing else. With another note it is
    /// another one.
    pub fn import_built(&self, image: &str, program: &Path, note: &str) -> Result<()> {
        let root = self.folder.path().join("built");
        fs::create_dir_all(root.join("built"))?;
        let to = root.join("built/sortie");
        fs::copy(program, &to)?;
        // Behind a program's end there may stand anything.
        fs::File::options().append(true).open(&to)?.write_all(note.as_bytes())?;
        self.import_root(image, &root, &[])
    }

    fn beneath(&self, name: &str, program: &Path) -> Result<PathBuf> {
        let root = self.busybox(name)?;
        display::copy_libraries(program, &root)?;
        for tool in ["chown", "chmod", "rm"] {
            display::copy_with_libraries(&Path::new("/usr/bin").join(tool), &root)?;
        }
        for folder in ["app", "usr/local/bin"] {
            fs::create_dir_all(root.join(folder))?;
        }
        Ok(root)
    }

    /// A folder with busybox and its commands.
    fn busybox(&self, name: &str) -> Result<PathBuf> {
        let root = self.folder.path().join(name);
        fs::create_dir_all(root.join("bin"))?;
        fs::create_dir_all(root.join("tmp"))?;
        fs::copy("/bin/busybox", root.join("bin/busybox")).context("the package busybox-static is missing")?;
        for name in [
            "sh", "sleep", "true", "false", "cat", "echo", "nc", "httpd", "touch", "test", "env", "mv", "rm", "id",
            "ls", "tail", "ln", "tar", "gzip",
        ] {
            let link = root.join("bin").join(name);
            if !link.exists() {
                std::os::unix::fs::symlink("busybox", link)?;
            }
        }
        Ok(root)
    }

    fn import_root(&self, image: &str, root: &Path, changes: &[&str]) -> Result<()> {
        let tar = root.with_extension("tar");
        let made = Command::new("tar").arg("-C").arg(root).arg("-cf").arg(&tar).arg(".").status()?;
        ensure!(made.success(), "tar failed");
        match self.kind {
            Kind::Docker => {
                let (repository, tag) = image.rsplit_once(':').context("an image without a tag")?;
                let mut path = format!("/images/create?fromSrc=-&repo={repository}&tag={tag}");
                for change in changes {
                    path.push_str("&changes=");
                    path.push_str(&change.replace(' ', "%20").replace('"', "%22"));
                }
                self.ask("POST", &path, &fs::read(&tar)?)?;
            }
            // Its Docker API gives the image a name of its own.
            Kind::Podman => {
                let mut command = self.podman();
                command.args(["import", "-q"]);
                for change in changes {
                    command.args(["--change", change]);
                }
                let made = command.arg(&tar).arg(image).output()?;
                ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
            }
        }
        self.ask("GET", &format!("/images/{image}/json"), &[]).map(drop)
    }

    /// Ends what a daemon that was killed left behind: helpers of its containers, and the mount of its files.
    fn clear_away(&self) {
        let folder = self.folder.path().to_string_lossy().into_owned();
        for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let is_ours =
                fs::read(process.path().join("cmdline")).is_ok_and(|it| String::from_utf8_lossy(&it).contains(&folder));
            if is_ours {
                let _ = Command::new("kill").arg("-KILL").arg(process.file_name()).status();
            }
        }
        let _ = Command::new("umount").args(["-q", "--lazy"]).arg(self.folder.path().join("root")).status();
    }

    /// Where its files lie.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }
}

impl Drop for RealEngine {
    fn drop(&mut self) {
        // What still runs would keep the folder's mounts: it goes by force, whoever made it.
        if let Ok(list) = self.ask("GET", "/containers/json?all=true", &[]) {
            for id in list.split("\"Id\":\"").skip(1).filter_map(|it| it.get(..64)) {
                let _ = self.ask("DELETE", &format!("/containers/{id}?force=true"), &[]);
            }
        }
        if let Some(mut child) = self.child.take() {
            let _ = Command::new("kill").arg(child.id().to_string()).status();
            let _ = child.wait();
        }
        self.clear_away();
    }
}

/// The last words of a log, from where it began to panic.
fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let panic = lines.iter().rposition(|it| it.starts_with("panic:"));
    let from = panic.map_or(lines.len().saturating_sub(5), |it| it.saturating_sub(5));
    lines[from..].iter().take(40).copied().collect::<Vec<_>>().join(" | ")
}
