//! Variables in both names, flags in both spellings, the file of variables, and the branding file.

use std::{fs, process::Output, time::Duration};

use super::{Judgement, facts, project, text, unequal};
use crate::harness::world::World;

const SOON: Duration = Duration::from_mins(1);

/// What `sortie config` prints, or why it refuses.
async fn config(world: &World, args: &[&str]) -> String {
    let args: Vec<_> = std::iter::once("config").chain(args.iter().copied()).collect();
    let Output { status, stdout, stderr } = world.run(&args, SOON).await;
    assert!(status.success(), "{args:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).into_owned()
}

/// A key's value and origin; both empty when there is no such key.
fn line(printed: &str, key: &str) -> (String, String) {
    let found = printed.lines().find_map(|it| it.strip_prefix(key)?.trim_start().strip_prefix("= "));
    let (value, rest) = found.and_then(|it| it.split_once(" # ")).unwrap_or_default();
    (value.trim().to_owned(), rest.split(';').next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn the_documents_variables_have_their_names_and_defaults() {
    let mut judgement = Judgement::of("variables");
    let printed = config(&World::bare(), &[]).await;
    for fact in facts("configuration.toml", "variable") {
        let name = text(&fact, "name");
        if let Some(other) = fact["sets"].as_str() {
            // Another name; its default is that of `sortie supervise`, which the tests of services start without any variable.
            let mut world = World::bare();
            world.set(name, text(&fact, "default"));
            let seen = line(&config(&world, &[]).await, other);
            let wanted = (text(&fact, "default").to_owned(), format!("variable {name}"));
            judgement.judge(&fact, name, (seen != wanted).then(|| format!("leads to {seen:?}")));
            continue;
        }
        let (value, origin) = line(&printed, name);
        let missing = origin.is_empty().then(|| "is missing".to_owned());
        let default = fact["default"].as_str();
        judgement.judge(&fact, name, missing.or_else(|| unequal(&value, default.unwrap_or(&value))));
    }
    judgement.conclude();
}

#[tokio::test]
async fn the_predecessors_variables_still_work() {
    let mut world = World::bare();
    let old: Vec<_> = facts("configuration.toml", "variable").into_iter().filter(|it| it["old"] == true).collect();
    let twin = |name: &str| name.replacen("SORTIE_", "LAUNCHPAD_", 1);
    for fact in &old {
        world.set(&twin(text(fact, "name")), text(fact, "default"));
    }
    let printed = config(&world, &[]).await;
    assert!(old.len() >= 8, "this check has lost its subject");
    for fact in &old {
        let (name, default) = (text(fact, "name"), text(fact, "default"));
        assert_eq!(line(&printed, name), (default.to_owned(), format!("variable {}", twin(name))), "{name}");
        assert!(printed.contains(&format!("{} is an old name; use {name}", twin(name))), "{printed}");
    }
}

#[tokio::test]
async fn the_documents_flags_work_with_one_dash_and_with_two() {
    let mut judgement = Judgement::of("flags");
    for fact in facts("configuration.toml", "flag") {
        let (name, value) = (text(&fact, "name"), text(&fact, "value"));
        for dashes in ["-", "--"] {
            for args in [vec![format!("{dashes}{name}"), value.to_owned()], vec![format!("{dashes}{name}={value}")]] {
                let borrowed: Vec<_> = args.iter().map(String::as_str).collect();
                let printed = config(&World::bare(), &borrowed).await;
                let seen = line(&printed, text(&fact, "variable"));
                let wanted = (value.to_owned(), format!("flag --{name}"));
                judgement.judge(&fact, &args.join(" "), (seen != wanted).then(|| format!("leads to {seen:?}")));
            }
        }
    }
    judgement.conclude();
}

#[tokio::test]
async fn the_shipped_file_of_variables_can_be_used_as_it_is() {
    let example = project().join(".env.example");
    let printed = config(&World::bare(), &["--env-file", example.to_str().unwrap()]).await;
    let written = fs::read_to_string(&example).unwrap();
    let set: Vec<_> = written.lines().filter(|it| !it.starts_with('#')).filter_map(|it| it.split_once('=')).collect();
    assert!(set.len() >= 5, "this check has lost its subject");
    for (name, value) in set {
        assert_eq!(line(&printed, name), (value.to_owned(), format!("variable {name}")), "{name}");
    }
    assert!(!printed.contains("not a known setting"), "{printed}");
    // What is commented out must be right, too, for that is what people uncomment; but for files that are not there.
    let all: Vec<_> = written
        .lines()
        .filter_map(|it| it.strip_prefix('#').filter(|it| it.starts_with("SORTIE_")).or(Some(it)))
        .filter(|it| !it.contains("_FILE="))
        .collect();
    let world = World::bare();
    fs::write(world.folder().join("all.env"), all.join("\n")).unwrap();
    let printed = config(&world, &["--env-file", "all.env"]).await;
    assert!(!printed.contains("not a known setting"), "{printed}");
}

#[tokio::test]
async fn variables_as_the_documents_print_them_lose_their_comments() {
    let world = World::bare();
    let printed = "SORTIE_SESSION_TIMEOUT=121          # Minutes until expiry\n\
                   LAUNCHPAD_PORT=8081\n\
                   SORTIE_DB_TYPE=sqlite             # or \"postgres\"\n\
                   # SORTIE_DB_DSN=postgres://...    # PostgreSQL connection string\n\
                   export SORTIE_POD_READY_TIMEOUT=119\n";
    fs::write(world.folder().join("vars.env"), printed).unwrap();
    let told = config(&world, &["--env-file", "vars.env"]).await;
    for (name, value) in [
        ("SORTIE_SESSION_TIMEOUT", "121"),
        ("SORTIE_PORT", "8081"),
        ("SORTIE_DB_TYPE", "sqlite"),
        ("SORTIE_POD_READY_TIMEOUT", "119"),
    ] {
        assert_eq!(line(&told, name).0, value, "{name}");
    }
}

#[tokio::test]
async fn the_documents_branding_file_is_understood() {
    let mut judgement = Judgement::of("branding");
    let mut world = World::sqlite();
    let facts = facts("configuration.toml", "branding");
    let branding: serde_json::Map<_, _> =
        facts.iter().map(|it| (text(it, "key").to_owned(), it["value"].clone())).collect();
    let file = world.folder().join("branding.json");
    fs::write(&file, serde_json::Value::Object(branding).to_string()).unwrap();
    world.set("SORTIE_CONFIG", &file.display().to_string());
    let server = world.start().await;
    let told = server.anybody().get("/api/config").await.json();
    for fact in &facts {
        let key = text(fact, "key");
        judgement.judge(fact, key, unequal(text(&told, key), text(fact, "value")));
    }
    judgement.conclude();
}
