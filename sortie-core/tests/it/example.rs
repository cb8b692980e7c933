use std::{path::PathBuf, process::Command};

/// Cargo builds the examples beside the tests.
fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    tests.ancestors().nth(2).unwrap().join("examples").join(name)
}

#[test]
fn the_example_drives_a_session_from_launch_to_release() {
    let output = Command::new(example("machine")).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.contains("Terminal is stopped and released"), "{told}");
}
