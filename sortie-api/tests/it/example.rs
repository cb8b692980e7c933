//! The example runs.

#[path = "../../examples/mount.rs"]
#[expect(dead_code, reason = "its main is for cargo run")]
mod mount;

#[tokio::test(flavor = "multi_thread")]
async fn the_mounted_service_answers_beside_ones_own() {
    let (own, catalog) = mount::run().await.unwrap();
    assert_eq!(own, "hello from the outer server");
    assert_eq!(catalog, "[]");
}
