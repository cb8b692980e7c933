# shellcheck shell=bash
# Rust and Node.js: found, checked for their version, never replaced. Needs say.sh, packages.sh and apt.sh.

least_rust=1.95
least_node=20.19

# is_at_least HAVE WANT: compares dotted versions.
is_at_least() {
  [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

need_rust() {
  local folder have
  for folder in "${CARGO_HOME:-${HOME:-/root}/.cargo}/bin" /usr/local/cargo/bin; do
    command -v cargo >/dev/null || { [ -x "$folder/cargo" ] && PATH="$folder:$PATH"; }
  done
  command -v cargo >/dev/null ||
    die "Rust $least_rust or newer is needed, and there is no cargo here." \
      "Install it for this user as https://rustup.rs describes (Debian 13 has a package rustup), then run this command again."
  have=$(rustc --version | cut -d ' ' -f 2)
  is_at_least "$have" "$least_rust" ||
    die "Rust $least_rust or newer is needed; this is $have." \
      "Where rustup manages it, 'rustup update stable' brings a newer one; then run this command again."
}

node_version() {
  node --version 2>/dev/null | tr -d v
}

need_node() {
  local candidate
  if command -v npm >/dev/null && is_at_least "$(node_version || echo 0)" "$least_node"; then
    return
  fi
  # Debian 13 has a Node.js that is new enough, Debian 12 has not.
  if ! command -v node >/dev/null && command -v apt-cache >/dev/null; then
    is_known nodejs || { can_be_root && apt_get update; } || true
    candidate=$(apt-cache policy nodejs | awk '/Candidate:/ { print $2 }' | sed 's/^[0-9]*://; s/[^0-9.].*//')
    if is_at_least "${candidate:-0}" "$least_node"; then
      install_missing nodejs npm
      return
    fi
  fi
  die "Node.js $least_node or newer with npm is needed to build the web app; found: $(node_version || echo none)." \
    "Debian 13 has it as the packages nodejs and npm; for older systems see https://nodejs.org." \
    "Then run this command again."
}
