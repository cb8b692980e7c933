//! Against real files.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use super::{Shell, ShellOptions};

fn printed(file: &Path, options: ShellOptions, text: &str) -> String {
    let mut out = Vec::new();
    let outcome = Shell::open(file, options).and_then(|mut it| it.run(text, &mut out));
    let told = String::from_utf8(out).unwrap();
    match outcome {
        Ok(_) => told,
        Err(error) => format!("{told}refused: {error}"),
    }
}

fn plain(file: &Path, text: &str) -> String {
    printed(file, ShellOptions::default(), text)
}

fn empty_file(folder: &Path) -> std::path::PathBuf {
    let file = folder.join("a b.db");
    fs::write(&file, "").unwrap();
    file
}

#[test]
fn rows_are_printed_as_the_original_prints_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = empty_file(folder.path());
    let told = plain(
        &file,
        "CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x''y'), (2.5, NULL), (x'414243', ''); SELECT * FROM t;",
    );
    assert_eq!(told, "1|x'y\n2.5|\nABC|\n");
    assert_eq!(plain(&file, "PRAGMA integrity_check;"), "ok\n");
    let header = ShellOptions { header: true, ..ShellOptions::default() };
    assert_eq!(printed(&file, header, "SELECT a AS n, b FROM t LIMIT 1"), "n|b\n1|x'y\n");
    assert_eq!(plain(&file, ".tables\n.quit\nSELECT 1;"), "t\n");
}

#[test]
fn what_cannot_be_run_is_told_and_stops_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let file = empty_file(folder.path());
    let told = plain(&file, "SELECT 1; SELECT * FROM absent; SELECT 2;");
    assert!(told.starts_with("1\nrefused: ") && told.contains("no such table"), "{told}");
    assert!(plain(&file, ".import a b").contains("no such command: .import"));
    let read_only = ShellOptions { read_only: true, ..ShellOptions::default() };
    assert!(printed(&file, read_only, "CREATE TABLE t (a)").contains("readonly"));
    assert!(plain(&folder.path().join("nothing.db"), "SELECT 1").contains("there is no database at"));
}

#[test]
fn a_copy_is_whole_private_and_replaces_the_one_before_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let file = empty_file(folder.path());
    let copy = folder.path().join("copy.db");
    plain(&file, "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES (1);");
    fs::write(folder.path().join("copy.db-wal"), "of another file").unwrap();
    for rows in ["1\n", "2\n"] {
        assert_eq!(plain(&file, &format!(".backup '{}'", copy.display())), "");
        assert_eq!(plain(&copy, "SELECT COUNT(*) FROM t"), rows);
        plain(&file, "INSERT INTO t VALUES (2);");
    }
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!folder.path().join("copy.db-wal").exists());
    assert!(plain(&file, ".backup /nowhere/copy.db").contains("cannot write /nowhere/copy.db"));
}
