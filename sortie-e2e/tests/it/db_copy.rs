//! An installation that moves to another database.

use std::time::Duration;

use super::harness::{client::Client, world::World};

const SOON: Duration = Duration::from_mins(2);

async fn told(world: &World, args: &[&str]) -> (bool, String) {
    let output = world.run(args, SOON).await;
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.success(), said)
}

async fn names(client: &Client) -> String {
    client.get("/api/users").await.json().to_string()
}

#[tokio::test]
async fn an_installation_moves_to_postgresql_and_back_and_everybody_stays_signed_in() {
    let mut world = World::sqlite();
    let file = world.variable("SORTIE_DB").to_owned();
    let dsn = World::postgres().variable("SORTIE_DB_DSN").to_owned();
    let server = world.start().await;
    let admin = server.admin().await;
    server.user(&admin, "ann").await;
    let session = admin.launch_and_wait("clock").await;
    let (done, said) = told(&world, &["db", "copy", "--to", &dsn]).await;
    assert!(!done && said.contains("another server is using"), "{said}");
    server.kill();
    let (done, said) = told(&world, &["db", "copy", "--from", &file, "--to", &dsn]).await;
    assert!(done && said.contains("each is the same"), "{said}");
    let (done, said) = told(&world, &["db", "copy", "--to", &dsn]).await;
    assert!(!done && said.contains("the target is not empty"), "{said}");

    world.set("SORTIE_DB_TYPE", "postgres");
    world.set("SORTIE_DB_DSN", &dsn);
    world.unset("SORTIE_DB");
    let server = world.start().await;
    let admin = admin.at(server.address);
    assert!(names(&admin).await.contains("ann"));
    let row = admin.get(&format!("/api/sessions/{session}")).await.json();
    assert_eq!(row["status"], "running", "its desktop went on meanwhile: {row:#}");
    let logs = admin.get("/api/audit?action=COPY_DATABASE").await.json();
    assert_eq!((logs["total"].as_u64(), logs["logs"][0]["user"].as_str()), (Some(1), Some("command line")), "{logs}");
    server.user(&admin, "bob").await;
    server.kill();

    let copy = world.folder().join("back.db").display().to_string();
    let (done, said) = told(&world, &["db", "copy", "--to", &copy]).await;
    assert!(done, "{said}");
    for name in ["SORTIE_DB_TYPE", "SORTIE_DB_DSN"] {
        world.unset(name);
    }
    world.set("SORTIE_DB", &copy);
    let server = world.start().await;
    let admin = admin.at(server.address);
    let users = names(&admin).await;
    assert!(users.contains("ann") && users.contains("bob"), "{users}");
    assert_eq!(admin.get(&format!("/api/sessions/{session}")).await.json()["status"], "running");
    let (good, said) = told(&world, &["audit", "verify"]).await;
    assert!(good, "{said}");
}
