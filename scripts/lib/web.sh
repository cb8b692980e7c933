# shellcheck shell=bash
# The web app and the documents beside it; skipped where nothing changed. Needs toolchain.sh; runs in the project's folder.

web_stamps=web/.stamps

# Runs a command while no other run of this checkout touches the web app's folders.
with_web_lock() {
  mkdir -p "$web_stamps"
  (
    flock 9
    "$@"
  ) 9>"$web_stamps/lock"
}

install_web_packages() {
  local stamp
  stamp="$(sha256sum web/package.json web/package-lock.json) $(node_version)"
  if [ -d web/node_modules ] && [ "$(cat web/node_modules/.sortie-stamp 2>/dev/null)" = "$stamp" ]; then
    echo "The web app's packages are up to date."
    return
  fi
  # Not `npm ci`: it refuses a lock file without the optional packages of other platforms, and not every registry has those.
  # What the lock file names is installed as named, by version and hash; nothing is written back.
  npm --prefix web install --no-save --no-audit --no-fund
  echo "$stamp" >web/node_modules/.sortie-stamp
}

build_web_app() {
  local stamp
  stamp=$(find web docs scripts/docs-site.mjs \( -path web/node_modules -o -path web/.stamps -o -path web/dist -o -path web/e2e \) -prune -o \
    -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum)
  if [ -f web/dist/index.html ] && [ "$(cat "$web_stamps/build" 2>/dev/null)" = "$stamp" ]; then
    echo "The web app is up to date."
    return
  fi
  npm --prefix web run build
  node scripts/docs-site.mjs docs web/dist/docs
  echo "$stamp" >"$web_stamps/build"
}

build_web() {
  with_web_lock install_web_packages
  with_web_lock build_web_app
}

# The real identity provider of the flows: small, and only for tests.
install_provider() {
  local folder=sortie-e2e/provider stamp
  stamp="$(sha256sum "$folder/package.json" "$folder/package-lock.json") $(node_version)"
  if [ "$(cat "$folder/node_modules/.sortie-stamp" 2>/dev/null)" = "$stamp" ]; then
    echo "The test's identity provider is up to date."
    return
  fi
  npm --prefix "$folder" install --no-save --no-audit --no-fund
  echo "$stamp" >"$folder/node_modules/.sortie-stamp"
}
