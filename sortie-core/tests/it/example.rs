#[path = "../../examples/machine.rs"]
#[expect(dead_code, reason = "only the example's own main is called")]
mod machine;

#[test]
fn the_example_drives_a_session_from_launch_to_release() {
    machine::run().unwrap();
}
