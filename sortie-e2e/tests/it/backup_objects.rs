//! Backups in an object store, by the real binary and a real S3 server.

use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};

use sortie_testkit::objects::{ObjectServer, SECRET};

use super::{
    backup::{audited, damage, does, fails, knows_ann_alone, with_ann},
    harness::world::World,
};

const SOON: Duration = Duration::from_mins(1);
const ADDRESS: &str = "s3://backups/sortie/eu";

/// Has a world's backups go to the server, or to what stands before it.
fn aim(world: &mut World, server: &ObjectServer, address: SocketAddr, secret: &str) {
    for (name, value) in server.variables(address, secret) {
        world.set(&name, &value);
    }
    world.set("SORTIE_BACKUP_DIR", ADDRESS);
}

/// The names of the bucket's objects behind the prefix.
fn objects(server: &ObjectServer) -> Vec<PathBuf> {
    let files = fs::read_dir(server.bucket().join("sortie/eu")).into_iter().flatten().flatten();
    files.map(|it| it.path()).filter(|it| it.is_file()).collect()
}

fn with_ending(server: &ObjectServer, ending: &str) -> Option<PathBuf> {
    objects(server).into_iter().find(|it| it.extension().is_some_and(|it| it == ending))
}

#[tokio::test]
async fn a_backup_in_an_object_store_is_made_proved_drilled_restored_and_pruned_on_both_databases() {
    for mut world in [World::sqlite(), World::postgres()] {
        let Some(store) = ObjectServer::start().unwrap() else { return };
        aim(&mut world, &store, store.address(), SECRET);
        let (server, admin) = with_ann(&world).await;
        let said = does(&world, &["backup"], "Backup made and proved: s3://backups/sortie/eu/sortie-").await;
        assert!(!said.contains(SECRET), "{said}");
        assert_eq!(objects(&store).len(), 3, "{:?}", objects(&store));
        does(&world, &["verify"], "is whole").await;
        let sums = with_ending(&store, "sha256").unwrap();
        let one = format!("{ADDRESS}/{}", sums.file_name().unwrap().to_string_lossy());
        does(&world, &["verify", &one], "is whole").await;
        let said = does(&world, &["drill"], "Restored and answering after").await;
        assert_eq!(said.matches("[x]").count(), 5, "{said}");
        assert!(with_ending(&store, "jsonl").is_some() && store.bucket().join("sortie/eu/drills.jsonl").exists());
        does(&world, &["prune"], "Every backup is kept").await;
        audited(&admin, "CREATE_BACKUP", 1).await;
        server.user(&admin, "bob").await;
        fails(&world, &["restore", "--yes"], "another server is using").await;
        server.kill();
        does(&world, &["restore", "--yes"], "incarnation 2").await;
        let (_server, admin) = knows_ann_alone(&world).await;
        audited(&admin, "RESTORE_BACKUP", 1).await;
        does(&world, &["backup"], "Backup made and proved").await;
        does(&world, &["prune", "--keep-last", "1", "--keep-daily", "0", "--keep-weekly", "0"], "removed: sortie-")
            .await;
        assert_eq!(objects(&store).len(), 4, "one backup and the record of drills: {:?}", objects(&store));
    }
}

#[tokio::test]
async fn a_damaged_object_is_refused_before_the_database_is_touched() {
    let Some(store) = ObjectServer::start().unwrap() else { return };
    let mut world = World::sqlite();
    aim(&mut world, &store, store.address(), SECRET);
    world.start().await.kill();
    does(&world, &["backup"], "").await;
    let before = fs::read(world.data_dir().join("sortie.db")).unwrap();
    for ending in ["db", "json", "sha256"] {
        let path = with_ending(&store, ending).unwrap();
        let whole = fs::read(&path).unwrap();
        let middle = whole.len() / 2;
        for truncate in [false, true] {
            damage(&path, |bytes| if truncate { bytes.truncate(middle) } else { bytes[middle] ^= 1 });
            for args in [&["verify"][..], &["restore", "--yes"]] {
                fails(&world, args, "the backup is damaged").await;
            }
            fs::write(&path, &whole).unwrap();
        }
    }
    assert_eq!(fs::read(world.data_dir().join("sortie.db")).unwrap(), before);
    does(&world, &["verify"], "is whole").await;
    fs::remove_file(with_ending(&store, "db").unwrap()).unwrap();
    fails(&world, &["verify"], ".db is missing").await;
}

#[tokio::test]
async fn a_store_that_refuses_is_named_with_its_reason_and_no_secret_is_told() {
    let Some(store) = ObjectServer::start().unwrap() else { return };
    let mut world = World::sqlite();
    aim(&mut world, &store, store.address(), "hunter2-is-not-its-secret");
    world.start().await.kill();
    let refused = "cannot list s3://backups/sortie/eu: the store refuses the credentials";
    fails(&world, &["backup"], refused).await;
    for args in [&["backup"][..], &["verify"], &["config"]] {
        let output = world.run(args, SOON).await;
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(!said.contains("hunter2"), "{said}");
    }
    assert!(!world.logs().contains("hunter2"));
    world.set("AWS_ALLOW_HTTP", "false");
    fails(&world, &["backup"], "AWS_ENDPOINT_URL is plain HTTP").await;
    fails(&world, &["backup", "--to", "s3://ID:hunter3@backups"], "must have nothing but a bucket and a prefix").await;
    assert!(objects(&store).is_empty());
}

/// Passes on so many bytes of what clients say, then tells so and passes on nothing more.
fn stalling(upstream: SocketAddr, most: usize) -> (SocketAddr, mpsc::Receiver<()>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (stalled, told) = mpsc::channel();
    let passed = Arc::new(AtomicUsize::new(0));
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(upstream).unwrap();
            let (mut up, mut from) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            let (stalled, passed) = (stalled.clone(), Arc::clone(&passed));
            std::thread::spawn(move || {
                let mut buffer = [0; 8_192];
                while let Ok(count @ 1..) = from.read(&mut buffer) {
                    if passed.fetch_add(count, Ordering::Relaxed) > most {
                        let _ = stalled.send(());
                        continue;
                    }
                    if up.write_all(&buffer[..count]).is_err() {
                        break;
                    }
                }
                let _ = up.shutdown(Shutdown::Both);
            });
            std::thread::spawn(move || {
                let (mut from, mut to) = (server, client);
                let _ = std::io::copy(&mut from, &mut to);
            });
        }
    });
    (address, told)
}

#[tokio::test]
async fn a_backup_that_is_killed_while_it_goes_up_is_none() {
    let Some(store) = ObjectServer::start().unwrap() else { return };
    let mut world = World::sqlite();
    world.start().await.kill();
    // The manifest is through by then, and the database is not.
    let (address, stalled) = stalling(store.address(), 100_000);
    aim(&mut world, &store, address, SECRET);
    let mut making = world.begin(&["backup"]);
    let told = tokio::task::spawn_blocking(move || stalled.recv_timeout(SOON)).await.unwrap();
    making.kill().unwrap();
    making.wait().unwrap();
    told.unwrap();
    aim(&mut world, &store, store.address(), SECRET);
    let left = objects(&store);
    assert!(matches!(&left[..], [it] if it.extension().is_some_and(|it| it == "json")), "the manifest alone: {left:?}");
    for args in [&["verify"][..], &["restore", "--yes"]] {
        fails(&world, args, "no backup at s3://backups/sortie/eu").await;
    }
    let by_name = format!("{ADDRESS}/{}", left[0].file_stem().unwrap().to_string_lossy());
    fails(&world, &["restore", "--yes", &by_name], "it was never finished").await;
    does(&world, &["backup"], "Backup made and proved").await;
    does(&world, &["verify"], "is whole").await;
}
