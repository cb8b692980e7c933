//! What a backup holds for whoever lost the whole machine: keys and settings, closed to everybody but the operator.

use std::fs;

use super::{
    backup::{damage, does, fails, knows_ann_alone, with_ann},
    harness::world::{PASSWORD, World},
};

#[tokio::test]
async fn keys_and_settings_come_back_on_an_empty_machine_for_who_holds_the_secret_key() {
    let mut world = World::sqlite();
    let path = |name: &str| world.folder().join(name).display().to_string();
    let (mine, other, to) = (path("mine.key"), path("other.key"), path("backups"));
    let recipient = does(&world, &["backup", "keygen", "--out", &mine], "age1").await;
    does(&world, &["backup", "keygen", "--out", &other], "age1").await;
    fails(&world, &["backup", "keygen", "--out", &mine], "cannot make").await;
    world.set("SORTIE_BACKUP_RECIPIENT", recipient.trim());
    let (server, _) = with_ann(&world).await;
    let key = fs::read(world.data_dir().join("audit.key")).unwrap();
    let said = does(&world, &["backup", "--to", &to], "Backup made and proved").await;
    assert!(!said.contains("not in it"), "{said}");
    let files = fs::read_dir(&to).unwrap().flatten().map(|it| it.path());
    let sealed = files.into_iter().find(|it| it.extension().is_some_and(|it| it == "age")).unwrap();
    let bytes = fs::read(&sealed).unwrap();
    assert!(!String::from_utf8_lossy(&bytes).contains(PASSWORD) && bytes.starts_with(b"age-encryption.org/v1"));

    let said = does(&world, &["drill", "--keys", &mine, &to], "[x] the keys open: audit.key and").await;
    assert_eq!(said.matches("[x]").count(), 6, "{said}");
    fails(&world, &["drill", "--keys", &other, &to], "[ ] the keys open: the keys of sortie-").await;
    damage(&sealed, |bytes| *bytes.last_mut().unwrap() ^= 1);
    fails(&world, &["verify", &to], ".keys.age is not what was written").await;
    fails(&world, &["restore", "--yes", &to], ".keys.age is not what was written").await;
    fs::write(&sealed, bytes).unwrap();

    server.kill();
    fails(&world, &["restore", "--yes", "--keys", &other, &to], "none of the 1 keys in").await;
    fs::remove_dir_all(world.data_dir()).unwrap();
    fs::create_dir(world.data_dir()).unwrap();
    does(&world, &["restore", "--yes", "--keys", &mine, &to], "audit.key is restored").await;
    assert_eq!(fs::read(world.data_dir().join("audit.key")).unwrap(), key);
    let settings = fs::read_to_string(world.data_dir().join("settings.restored.env")).unwrap();
    assert!(settings.contains(&format!("SORTIE_ADMIN_PASSWORD='{PASSWORD}'")), "{settings}");
    assert!(!settings.contains("SORTIE_BACKUP_INTERVAL"), "what is built in needs no backup: {settings}");
    knows_ann_alone(&world).await.0.kill();
    does(&world, &["restore", "--yes", &to], "stay closed").await;
}

#[tokio::test]
async fn without_a_recipient_it_is_said_that_keys_and_settings_are_not_in_a_backup() {
    let world = World::sqlite();
    world.start().await.kill();
    does(&world, &["backup"], "Keys and settings are not in it").await;
    let mine = world.folder().join("mine.key").display().to_string();
    does(&world, &["backup", "keygen", "--out", &mine], "age1").await;
    fails(&world, &["restore", "--yes", "--keys", &mine], "holds no keys").await;
}
