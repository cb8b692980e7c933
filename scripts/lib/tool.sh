# shellcheck shell=bash
# Cargo tools that few need: taken from PATH, else built once into the target folder. Needs toolchain.sh.

# need_cargo_tool NAME: makes `cargo NAME` work (the package is cargo-NAME).
need_cargo_tool() {
  local root="${CARGO_TARGET_DIR:-$PWD/target}/tools"
  PATH="$root/bin:$PATH"
  command -v "cargo-$1" >/dev/null || cargo install --locked --root "$root" "cargo-$1"
}
