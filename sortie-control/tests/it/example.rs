use std::{path::PathBuf, process::Command};

/// Cargo builds the examples beside the tests.
fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.ancestors().nth(2).unwrap().join("examples").join(name)
}

#[test]
fn the_example_launches_an_app() {
    let output = Command::new(example("launch")).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("Terminal of admin is running"), "{told}");
}

#[test]
fn the_example_waits_until_what_is_wanted_runs() {
    let output = Command::new(example("services")).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("web is applied"), "{told}{}", String::from_utf8_lossy(&output.stderr));
}
