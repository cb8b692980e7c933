//! A real display: TigerVNC's Xvnc over a Unix socket, behind a password.

use std::borrow::BorrowMut;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sortie_core::secret::Secret;
use sortie_core::workload::Address;
use sortie_stream::dial::{Upstream, dial};
use sortie_stream::rfb::Rights;
use sortie_stream::rfb::handshake::upstream::{HandshakeError, open};
use tempfile::TempDir;
use tokio::io::duplex;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::support::{Rig, between, encodings, within};

pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
pub(crate) const PASSWORD: &str = "s3cr3t42";

/// A running display; it ends with this value.
pub(crate) struct Xvnc {
    process: Child,
    number: String,
    folder: TempDir,
}

impl Xvnc {
    /// Starts one, on a number that it chooses itself. Fails when TigerVNC is not installed.
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let password_file = folder.path().join("password");
        let mut hiding = Command::new("vncpasswd")
            .arg("-f")
            .stdin(Stdio::piped())
            .stdout(std::fs::File::create(&password_file).unwrap())
            .spawn()
            .expect("tigervnc is needed: vncpasswd did not start");
        writeln!(hiding.stdin.take().unwrap(), "{PASSWORD}").unwrap();
        assert!(hiding.wait().unwrap().success());
        let mut process = Command::new("Xvnc")
            .args(["-displayfd", "1", "-geometry", "320x200", "-depth", "24", "-nolisten", "tcp"])
            .args(["-rfbport", "-1", "-SecurityTypes", "VncAuth"])
            .arg("-rfbunixpath")
            .arg(folder.path().join("rfb"))
            .arg("-PasswordFile")
            .arg(&password_file)
            .args(["-Log", "*:stderr:100"])
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .expect("tigervnc is needed: Xvnc did not start");
        let mut number = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut number).unwrap();
        let xvnc = Self { process, number: format!(":{}", number.trim()), folder };
        assert!(number.trim().parse::<u32>().is_ok(), "no display: {}", xvnc.log());
        xvnc
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("rfb")
    }

    /// What the display says about itself, in every detail.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Waits until the display logs such a line; answers how many there are.
    pub(crate) async fn logged(&self, line: &str) -> usize {
        let looking = async {
            loop {
                match self.log().matches(line).count() {
                    0 => tokio::time::sleep(Duration::from_millis(10)).await,
                    n => return n,
                }
            }
        };
        within(looking).await
    }

    pub(crate) async fn dial(&self) -> Upstream {
        dial(&Address::Unix(self.socket()), PATIENCE).await.unwrap()
    }
}

impl Drop for Xvnc {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// Asked, not killed: so a display takes its lock and its socket away. It may also have ended by itself.
fn end(mut process: impl BorrowMut<Child>) {
    let process = process.borrow_mut();
    let _ = Command::new("kill").arg(process.id().to_string()).status();
    let _ = process.wait();
}

/// A program on a display; it ends with this value.
pub(crate) struct Program {
    process: Child,
    output: PathBuf,
}

impl Program {
    /// A window in the corner under which the pointer stands, that logs every event it gets.
    pub(crate) async fn logging_events(xvnc: &Xvnc) -> Self {
        let output = xvnc.folder.path().join("events");
        let process = Command::new("xev")
            .args(["-display", &xvnc.number, "-geometry", "300x180+0+0"])
            .stdout(std::fs::File::create(&output).unwrap())
            .spawn()
            .expect("xev is needed (Debian package: x11-utils)");
        let program = Self { process, output };
        program.events_until("Expose").await;
        program
    }

    /// The lines that name events, as soon as one of this name is among them.
    pub(crate) async fn events_until(&self, name: &str) -> Vec<String> {
        let looking = async {
            loop {
                let text = std::fs::read_to_string(&self.output).unwrap();
                if text.lines().any(|it| it.starts_with(name)) {
                    return text.lines().filter(|it| it.contains(" event, ")).map(str::to_owned).collect();
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        within(looking).await
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

#[tokio::test]
async fn a_real_display_shows_its_first_frame_to_a_viewer_without_the_password() {
    let xvnc = Xvnc::start();
    let upstream = xvnc.dial().await;
    shows_its_first_frame(upstream, xvnc).await;
}

#[tokio::test]
async fn a_real_display_behind_a_real_websockify_shows_its_first_frame() {
    let xvnc = Xvnc::start();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let bridge = Command::new("websockify")
        .arg(format!("--unix-target={}", xvnc.socket().display()))
        .arg(format!("127.0.0.1:{port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("websockify is needed");
    let address = Address::WebSocket { host: "127.0.0.1".to_owned(), port, path: "/websockify".to_owned() };
    let upstream = within(dial(&address, PATIENCE)).await.unwrap();
    shows_its_first_frame(upstream, xvnc).await;
    end(bridge);
}

/// Attaches a viewer, asks for a frame, gets it, and hears of the display's end.
async fn shows_its_first_frame(mut upstream: Upstream, xvnc: Xvnc) {
    let password = Secret::new(PASSWORD);
    within(open(&mut upstream, Some(&password), PATIENCE)).await.unwrap();

    let (viewer, client) = duplex(64 * 1024);
    let (relay, canceller, counters) = between(client, upstream, Rights::CONTROL);
    let summary = tokio::spawn(relay.run(|_| async { None }));
    let viewer = WebSocketStream::from_raw_socket(viewer, Role::Client, None).await;
    // The display is the real one; the pipe that the rig has for a toy leads nowhere.
    let display = duplex(1).0;
    let mut rig = Rig { viewer, display, summary, canceller, counters };
    assert_eq!(rig.next_bytes().await, b"RFB 003.008\n");
    rig.send(b"RFB 003.008\n").await;
    rig.next_bytes().await;
    rig.send(&[1]).await;
    rig.next_bytes().await;
    rig.send(&[0]).await;

    let mut screen = rig.next_bytes().await;
    while screen.len() < 24 {
        screen.extend(rig.next_bytes().await);
    }
    assert_eq!(screen[..4], [1, 64, 0, 200], "ServerInit begins with 320 x 200");
    let name_length = u32::from_be_bytes(screen[20..24].try_into().unwrap()) as usize;
    while screen.len() < 24 + name_length {
        screen.extend(rig.next_bytes().await);
    }
    rig.send(&encodings(&[0])).await;
    rig.send(&[3, 0, 0, 0, 0, 0, 1, 64, 0, 200]).await;
    let mut frame = Vec::new();
    // A header, one rectangle's header, and its pixels as they are: four bytes each.
    while frame.len() < 4 + 12 + 320 * 200 * 4 {
        frame.extend(rig.next_bytes().await);
    }
    assert_eq!(frame[0], 0, "a FramebufferUpdate");

    drop(xvnc);
    assert_eq!(rig.close_of().await.0, 1001);
}

#[tokio::test]
async fn a_real_display_refuses_a_wrong_password() {
    let xvnc = Xvnc::start();
    let mut upstream = xvnc.dial().await;
    let wrong = Secret::new("guess");
    let outcome = within(open(&mut upstream, Some(&wrong), PATIENCE)).await;
    assert!(matches!(outcome, Err(HandshakeError::Refused(_))), "{outcome:?}");
}
