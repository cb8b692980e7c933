//! Several servers of one database sign the audit with one key, or each with its own.

use std::time::Duration;

use super::{
    backup::{does, fails},
    harness::{wait_for, world::World},
};

const SOON: Duration = Duration::from_mins(1);

/// What `sortie audit verify` says where everything is sealed and well.
async fn sealed(world: &World, more: &[&str]) -> String {
    wait_for(SOON, "everything to be sealed", || async {
        let output = world.run(&[&["audit", "verify"][..], more].concat(), SOON).await;
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.success() && said.contains("Not sealed yet: 0.")).then_some(said)
    })
    .await
}

/// Two servers one after the other, both of which sealed; answers the public key that the first world names.
async fn two_that_sealed(first: &World, second: &World) -> String {
    let server = first.start().await;
    server.user(&server.admin().await, "ann").await;
    let said = sealed(first, &[]).await;
    server.kill();
    let server = second.start().await;
    server.user(&server.admin().await, "bob").await;
    let batches = first.query("SELECT max(batch) FROM audit_batches");
    wait_for(SOON, "the second server to seal", || async {
        (second.query("SELECT max(batch) FROM audit_batches") != batches).then_some(())
    })
    .await;
    said.split("Public key: ").nth(1).unwrap().trim().to_owned()
}

#[tokio::test]
async fn with_keys_of_their_own_no_server_proves_what_another_sealed_unless_it_is_told_whom_to_trust() {
    let first = World::postgres();
    let second = first.beside();
    let key = two_that_sealed(&first, &second).await;
    let stranger = "signed with a key that is not trusted";
    fails(&first, &["audit", "verify"], stranger).await;
    fails(&second, &["audit", "verify"], stranger).await;
    sealed(&second, &["--key", &key]).await;
    assert!(second.logs().contains("give every server of this database the same SORTIE_AUDIT_KEY"), "it is said");
}

#[tokio::test]
async fn with_one_key_every_server_proves_what_any_of_them_sealed() {
    let mut first = World::postgres();
    first.set("SORTIE_AUDIT_KEY", &"4b".repeat(32));
    let second = first.beside();
    let key = two_that_sealed(&first, &second).await;
    assert!(sealed(&second, &[]).await.contains(&key) && sealed(&first, &[]).await.contains(&key));
    assert!(!second.logs().contains("SORTIE_AUDIT_KEY"), "nothing is to be said");
    assert!(!first.data_dir().join("audit.key").exists() && !second.data_dir().join("audit.key").exists());
}

#[tokio::test]
async fn a_server_that_gets_a_shared_key_still_trusts_the_one_it_had() {
    let mut world = World::sqlite();
    let server = world.start().await;
    server.user(&server.admin().await, "ann").await;
    sealed(&world, &[]).await;
    server.kill();
    world.set("SORTIE_AUDIT_KEY", &"4b".repeat(32));
    let server = world.start().await;
    server.user(&server.admin().await, "bob").await;
    sealed(&world, &[]).await;
    std::fs::remove_file(world.data_dir().join("audit.key")).unwrap();
    fails(&world, &["audit", "verify"], "signed with a key that is not trusted").await;
    world.set("SORTIE_AUDIT_KEY", "too short");
    let said = does_not_start(&world).await;
    assert!(said.contains("SORTIE_AUDIT_KEY must be 64 hexadecimal digits") && !said.contains("too short"), "{said}");
    world.unset("SORTIE_AUDIT_KEY");
    does(&world, &["config"], "SORTIE_AUDIT_KEY").await;
}

async fn does_not_start(world: &World) -> String {
    let output = world.run(&["config"], SOON).await;
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}
