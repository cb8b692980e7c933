//! Commands of the documents, run by a shell against a real server.

use std::{fs, os::unix::fs::symlink};

use sortie_testkit::postgres::Cluster;

use super::{Judgement, facts, project, shell, text};
use crate::harness::{
    server::Server,
    world::{World, binary},
};

#[tokio::test]
async fn the_documents_commands_do_what_they_say() {
    let mut judgement = Judgement::of("commands");
    let mut world = World::sqlite();
    world.set("SORTIE_SUPERVISOR_OPEN", "true");
    let server = world.start().await;
    let file = world.data_dir().join("sortie.db");
    for fact in facts("commands.toml", "command") {
        let printed = text(&fact, "line");
        if fact["on"].is_string() {
            continue;
        }
        if fact["pending"].is_string() {
            judgement.later(&fact, printed);
            continue;
        }
        if fact["elsewhere"].is_string() {
            let script = text(&fact, "elsewhere");
            let runs = fs::read_to_string(project().join(script)).unwrap();
            let wanted = fact["as"].as_str().unwrap_or(printed);
            let differs = (!runs.contains(wanted)).then(|| format!("{script} does not run it"));
            judgement.judge(&fact, printed, differs);
            continue;
        }
        let line = printed
            .replace("/data/", &format!("{}/", file.parent().unwrap().display()))
            .replace("data/database.sqlite", file.to_str().unwrap())
            .replace("localhost:3000", &server.address.to_string())
            .replace("localhost:8080", &server.address.to_string());
        let expected = text(&fact, "prints");
        let differs = match shell(&line, world.folder()) {
            Ok(told) if told.contains(expected) => None,
            Ok(told) => Some(format!("prints {told:?}, not {expected:?}")),
            Err(error) => Some(error),
        };
        judgement.judge(&fact, printed, differs);
    }
    judgement.conclude();
}

#[tokio::test]
async fn the_documents_postgresql_commands_bring_back_what_sortie_starts_on() {
    let mut judgement = Judgement::of("commands of PostgreSQL");
    let mut world = World::postgres();
    let dsn = world.variable("SORTIE_DB_DSN").to_owned();
    let mut server = Some(world.start().await);
    let folder = world.folder().to_owned();
    for fact in facts("commands.toml", "command").into_iter().filter(|it| it["on"] == "postgres") {
        let printed = text(&fact, "line");
        if printed.starts_with("pg_restore")
            && let Some(server) = server.take()
        {
            // The mistake that is undone, and the name that people give to the dump of their choice.
            delete_clock(&server).await;
            server.kill();
            shell("cp sortie-backup-*.dump sortie-backup.dump", &folder).unwrap();
        }
        let line = printed.replace("-h db.example.com -U sortie -d sortie", &format!("-d '{dsn}'"));
        judgement.judge(&fact, printed, shell(&line, &folder).err());
    }
    judgement.conclude();
    assert!(has_clock(&world.start().await).await, "the dump in its own form is restored");
    let plain = shell("ls sortie-backup-*.sql", &folder).unwrap();
    world.set("SORTIE_DB_DSN", &Cluster::shared().restored(&folder.join(plain.trim())).unwrap());
    assert!(has_clock(&world.start().await).await, "so is the one in plain SQL");
}

async fn delete_clock(server: &Server) {
    assert_eq!(server.admin().await.delete("/api/apps/clock").await.status, 204);
    assert!(!has_clock(server).await);
}

async fn has_clock(server: &Server) -> bool {
    server.admin().await.get("/api/apps/clock").await.status == 200
}

#[tokio::test]
async fn the_documents_sqlite3_commands_work_with_the_one_in_our_image_too() {
    let world = World::sqlite();
    let _server = world.start().await;
    let folder = world.data_dir();
    symlink(binary(), folder.join("sqlite3")).unwrap();
    let mut ran = 0;
    for fact in facts("commands.toml", "command") {
        let printed = text(&fact, "line");
        if !printed.starts_with("sqlite3 /data/") {
            continue;
        }
        let data = folder.display().to_string();
        let line = format!("{data}/{}", printed.replace("/data/", &format!("{data}/")));
        let told = shell(&line, world.folder()).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert!(told.contains(text(&fact, "prints")), "{line} prints {told:?}");
        ran += 1;
    }
    assert!(ran >= 4, "this check has lost its subject");
}

#[tokio::test]
async fn the_documents_flags_start_a_server_in_both_spellings() {
    for dashes in ["-", "--"] {
        let mut world = World::sqlite();
        let seed = project().join("examples/apps-with-containers.json");
        let file = world.folder().join("other.db");
        for name in ["SORTIE_DB", "SORTIE_SEED", "SORTIE_PORT"] {
            world.unset(name);
        }
        let flag = |name: &str| format!("{dashes}{name}");
        let (db, port) = (flag("db"), flag("port"));
        let args = [db.as_str(), file.to_str().unwrap(), &flag("seed"), seed.to_str().unwrap(), &port, "0"];
        let server = world.start_with(&args).await;
        let apps = server.anybody().get("/api/apps").await.json();
        assert_eq!(apps[0]["id"], "browser", "{apps}");
        assert!(file.exists() && binary().exists());
    }
}
