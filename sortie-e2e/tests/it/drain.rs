//! SIGTERM: the server goes, the desktops stay.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::harness::{
    PATIENCE,
    screen::{Gone, Screen},
    wait_for,
    world::World,
};

#[tokio::test]
async fn a_server_that_is_asked_to_end_says_so_closes_streams_and_leaves_desktops_running() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.admin().await;
    let session = person.launch_and_wait("terminal").await;
    let mut screen = Screen::open(&person, &session).await.unwrap();
    let before = screen.prompt().await.unwrap();
    let xterm = world.app(&session).unwrap();
    let anybody = server.anybody();

    let asked = Instant::now();
    server.signal(Signal::TERM);
    let not_ready = "the server to be not ready or to refuse connections";
    wait_for(Duration::from_secs(2), not_ready, || async {
        anybody.try_get("/readyz").await.map_or(true, |it| it.status == 503).then_some(())
    })
    .await;
    let gone = screen.until_gone().await;
    assert!(matches!(gone, Gone::Closed(1012, _)), "{gone:?}");
    let status = server.ended(Duration::from_secs(25)).await;
    assert!(status.success(), "{status}");
    println!("ended after {:?}", asked.elapsed());

    assert!(xterm.lives(), "the desktop outlives the server");
    let server = world.start().await;
    let person = person.at(server.address);
    let mut screen = Screen::open(&person, &session).await.unwrap();
    let after = screen.painted().await.unwrap();
    assert_eq!(before.len(), after.len());
    assert_eq!(world.app(&session).unwrap().pid, xterm.pid);
    let left: Vec<_> = std::fs::read_dir(world.data_dir()).unwrap().flatten().map(|it| it.path()).collect();
    assert!(left.iter().any(|it| it.ends_with("sortie.db")), "{left:?}");
}

#[tokio::test]
async fn a_clean_end_leaves_no_write_ahead_log() {
    let world = World::sqlite();
    let server = world.start().await;
    server.admin().await;
    server.signal(Signal::TERM);
    assert!(server.ended(Duration::from_secs(25)).await.success());
    for name in ["sortie.db-wal", "sortie.db-shm"] {
        assert!(!world.data_dir().join(name).exists(), "{name} is left");
    }
}

#[tokio::test]
async fn a_sign_out_ends_the_streams_of_that_sign_in_within_five_seconds() {
    let world = World::sqlite();
    let server = world.start().await;
    let person = server.anybody().browser("admin", super::harness::world::PASSWORD).await;
    let session = person.launch_and_wait("clock").await;
    let mut screen = Screen::open(&person, &session).await.unwrap();
    screen.painted().await.unwrap();
    assert_eq!(person.post("/api/auth/logout", &serde_json::json!({})).await.status, 204);
    let asked = Instant::now();
    let gone = screen.until_gone().await;
    assert!(matches!(gone, Gone::Closed(4401, _)), "{gone:?}");
    assert!(asked.elapsed() < Duration::from_secs(5), "{:?}", asked.elapsed());
    assert_eq!(person.get("/api/auth/me").await.status, 401);
}

/// The first start takes a while: it makes an administrator, and tries desktops out.
#[tokio::test]
async fn a_server_that_is_asked_to_end_while_it_starts_ends_in_order() {
    let world = World::sqlite();
    let mut child = world.begin(&[]);
    let database = world.data_dir().join("sortie.db");
    wait_for(PATIENCE, "the start to have begun", || async { database.exists().then_some(()) }).await;
    kill_process(Pid::from_child(&child), Signal::TERM).unwrap();
    let status = wait_for(PATIENCE, "its end", || std::future::ready(child.try_wait().unwrap())).await;
    assert!(status.success(), "{status}");
}
