#[path = "../../examples/open.rs"]
#[expect(dead_code, reason = "only the example's own main is called")]
mod open;

#[tokio::test]
async fn the_example_opens_migrates_and_lists() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    open::run(folder.path().join("sortie.db")).await
}
