//! Makes the folder of the built web app, so that the crate compiles before the web app was built.

fn main() -> std::io::Result<()> {
    let dist = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist");
    println!("cargo::rerun-if-changed={}", dist.display());
    std::fs::create_dir_all(dist)
}
