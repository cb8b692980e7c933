//! What an app cannot reach.

use std::{fs, net::TcpListener};

use anyhow::{Result, ensure};
use sortie_core::{app::Network, port::Runtime, workload::Address};

use crate::stage::{Stage, eventually, output_of, processes_of};

#[tokio::test(flavor = "multi_thread")]
async fn two_apps_do_not_see_each_other_or_the_server() -> Result<()> {
    let stage = Stage::open().await?;
    let neighbour = stage
        .script("neighbour", "echo private >~/workspace/private-note; exec xterm -T secret-window -e sleep 4242")?;
    stage.start(&neighbour).await?;
    let endpoint = stage.runtime.open(&neighbour.labels.session).await?;
    let Address::Unix(socket) = endpoint.address else { anyhow::bail!("not a Unix socket") };
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let data_dir = stage.data_dir();
    // Without a uid of its own an app can read its init's state; there must be nothing of the server in it.
    let init_probe = if is_root() {
        "kill -9 1; cat /proc/1/environ; ls /proc/1/root/ /proc/1/fd/"
    } else {
        "kill -9 1; grep -a data /proc/1/environ"
    };
    let probes = [
        ("the data directory", format!("ls {}", data_dir.display())),
        ("the neighbour's home", format!("cat {}/workspace/private-note", stage.home("neighbour").display())),
        ("the neighbour's RFB socket", format!("ls {}", socket.display())),
        ("any RFB socket", "find / -xdev -type s -path '*rfb*' 2>/dev/null | grep .".to_owned()),
        ("the RFB passwords", "cat /run/sortie/passwords".to_owned()),
        ("a neighbour's process", "grep -as 4242 /proc/*/cmdline | grep -v -a grep | grep -av isolated".to_owned()),
        ("a neighbour's window", "xwininfo -root -tree | grep secret-window".to_owned()),
        ("a second display", "ls /tmp/.X11-unix | grep -v '^X0$'".to_owned()),
        ("an abstract X socket", "grep -a @ /proc/net/unix".to_owned()),
        ("a display without the cookie", "XAUTHORITY=/dev/null xwininfo -root".to_owned()),
        ("the loopback of the host", format!("exec 3<>/dev/tcp/127.0.0.1/{port}")),
        ("a network device", "tail -n +3 /proc/net/dev | grep -v ' lo:'".to_owned()),
        ("the host's accounts", "grep root /etc/passwd".to_owned()),
        ("the host's secrets", "ls /etc/shadow /root /etc/ssh /var/lib /var/log /boot /srv /mnt".to_owned()),
        ("the server's environment", "env | grep -i cargo".to_owned()),
        (
            "an inherited descriptor",
            "ls -l /proc/self/fd | tail -n +2 | awk '{print $9}' | grep -vE '^[0-3]$'".to_owned(),
        ),
        (
            "writing to the system",
            "touch /usr/x || touch /etc/x || touch /x || touch /run/sortie/x || mkdir /home/x".to_owned(),
        ),
        ("another user", "setpriv --reuid 0 true || setpriv --reuid 1 true".to_owned()),
        (
            "a mount",
            "mount -t tmpfs none /mnt || mount --bind /tmp /home || unshare -rm mount -t tmpfs none /tmp".to_owned(),
        ),
        ("a device", "ls /dev/mem /dev/kmsg /dev/sda /dev/vda /dev/kvm /dev/fuse /dev/input".to_owned()),
        ("its sandbox's init", init_probe.to_owned()),
    ];
    let attempt = |(what, probe): &(&str, String)| {
        format!("( {probe} ) >/tmp/out 2>/dev/null && {{ echo \"REACHED {what}\"; head -c 300 /tmp/out; }}\n")
    };
    let mut script = probes.iter().map(attempt).collect::<Vec<_>>().concat();
    script.push_str("grep -E '^(CapPrm|CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'\n");
    let said = output_of(&stage, "isolated", &script).await?;
    let nothing = "0000000000000000";
    // As a plain user bubblewrap cannot empty the bounding set; it means nothing without new privileges.
    let said: Vec<_> = said.lines().filter(|it| is_root() || !it.starts_with("CapBnd")).collect();
    let (permitted, effective) = (format!("CapPrm:{nothing}"), format!("CapEff:{nothing}"));
    let bounding = format!("CapBnd:{nothing}");
    let mut expected = vec![permitted.as_str(), &effective, &bounding, "NoNewPrivs:1", "Seccomp:2"];
    expected.retain(|it| is_root() || !it.starts_with("CapBnd"));
    assert_eq!(said, expected);
    stage.remove(&neighbour).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_root_gives_each_session_a_uid_of_its_own() -> Result<()> {
    if !is_root() {
        // The rule speaks about root; the same tests run as a plain user in `survival`.
        return Ok(());
    }
    let stage = Stage::open().await?;
    let (one, two) = (stage.order("one", &["sleep", "3600"])?, stage.order("two", &["sleep", "3600"])?);
    stage.start(&one).await?;
    stage.start(&two).await?;
    let uid = |session| stage.recorded(session, "uid").map(|it| it.as_u64().and_then(|it| u32::try_from(it).ok()));
    let (Some(first), Some(second)) = (uid("one")?, uid("two")?) else { anyhow::bail!("no uid") };
    assert_ne!(first, second);
    for it in [first, second] {
        // The X server, the app, the window manager.
        ensure!(it >= 70_000, "uid {it}");
        eventually("three processes", || Ok(processes_of(it)?.len() >= 3))?;
    }
    let claim = fs::read_to_string(format!("/run/sortie-uids/{first}"))?;
    assert_eq!(claim, stage.data_dir().join("workloads/one").display().to_string());
    let before = processes_of(first)?;
    stage.remove(&one).await?;
    // The uid is free now, and another test's workload may have it already: only the old processes must be gone.
    let after = processes_of(first)?;
    let left: Vec<_> = before.into_iter().filter(|it| after.contains(it)).collect();
    assert_eq!(left, Vec::<i32>::new());
    assert!(
        !fs::exists(format!("/run/sortie-uids/{first}"))?
            || fs::read_to_string(format!("/run/sortie-uids/{first}"))? != claim
    );
    stage.remove(&two).await
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_app_with_the_operators_leave_has_the_hosts_network() -> Result<()> {
    let stage = Stage::open_with(|it| it.allow_host_network = true).await?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let mut order = stage.script("s", &format!("exec 3<>/dev/tcp/127.0.0.1/{port} && echo reached"))?;
    order.spec.network = Network::Host;
    assert_eq!(stage.run(&order).await?.output, ["reached"]);
    stage.remove(&order).await
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}
