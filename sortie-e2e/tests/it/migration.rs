//! The command that begins a migration.

use std::{fs, path::Path, process::Command};

use super::harness::world::World;

#[test]
fn one_command_begins_a_migration_in_both_dialects() {
    let world = World::bare();
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = world.folder().join("migrations");
    let copied = Command::new("cp").arg("-r").arg(project.join("migrations")).arg(&folder).status().unwrap();
    assert!(copied.success());
    let begin = |name: &str| {
        Command::new(project.join("scripts/migration")).arg(name).env("MIGRATIONS", &folder).output().unwrap()
    };
    assert_eq!(begin("No Name").status.code(), Some(2));
    let numbers: Vec<u64> = ["add_one", "add_another"]
        .into_iter()
        .map(|name| {
            let output = begin(name);
            let told = String::from_utf8(output.stdout).unwrap();
            assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
            let [sqlite, postgres] = told.lines().collect::<Vec<_>>()[..] else { panic!("both dialects: {told}") };
            let made = Path::new(sqlite).file_name().unwrap().to_str().unwrap().to_owned();
            assert_eq!(Path::new(postgres).file_name().unwrap().to_str().unwrap(), made);
            assert!(made.ends_with(&format!("_{name}")), "{made}");
            let version: String = made.chars().take_while(|it| *it != '_').filter(char::is_ascii_digit).collect();
            for dialect in [sqlite, postgres] {
                let text = |file: &str| fs::read_to_string(Path::new(dialect).join(file)).unwrap();
                assert!(text("up.sql").contains(&format!("VALUES ('{version}', '2026")), "{}", text("up.sql"));
                assert!(text("down.sql").contains(&version), "{}", text("down.sql"));
            }
            version.parse().unwrap()
        })
        .collect();
    assert_eq!(numbers[0] + 1, numbers[1]);
}
