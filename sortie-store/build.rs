//! A new migration folder must rebuild the crate: the compiler only watches files that were there before.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
