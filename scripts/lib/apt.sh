# shellcheck shell=bash
# Installs Debian packages that are missing, and nothing else. Needs say.sh and packages.sh.

apt_wait_secs=300

is_installed() {
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null || true)" = installed ]
}

# Runs a command as root: directly, or through sudo. Fails where neither is possible.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  else
    sudo "$@"
  fi
}

can_be_root() {
  [ "$(id -u)" -eq 0 ] && return 0
  command -v sudo >/dev/null || return 1
  sudo -n true 2>/dev/null || [ -t 0 ]
}

# apt-get that waits for whoever else uses it. The dpkg lock has a timeout of its own; the lists and archives have none,
# so a refused lock is tried again.
apt_get() {
  local deadline=$((SECONDS + apt_wait_secs)) log code
  log=$(mktemp)
  while true; do
    code=0
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -o "DPkg::Lock::Timeout=$apt_wait_secs" -qq "$@" \
      >"$log" 2>&1 || code=$?
    if [ "$code" -eq 0 ]; then
      break
    fi
    if ! grep -q -e 'Could not get lock' -e 'Unable to lock' "$log" || [ "$SECONDS" -ge "$deadline" ]; then
      cat "$log" >&2
      break
    fi
    sleep 2
  done
  rm -f "$log"
  return "$code"
}

# Whether apt knows a package from the lists that it has.
is_known() {
  apt-cache show "$1" >/dev/null 2>&1
}

# Sets `unknown` to the packages of its arguments that apt does not know.
find_unknown() {
  local package
  unknown=()
  for package in "$@"; do
    is_known "$package" || unknown+=("$package")
  done
}

# Takes what this release of Debian does not have out of `missing`. Only the catalog's programs may be absent:
# Sortie then says at their cards that they are not installed.
# shellcheck disable=SC2154 # packages_apps comes from packages.sh.
drop_unknown() {
  local package kept=() unknown=()
  find_unknown "${missing[@]}"
  if [ "${#unknown[@]}" -gt 0 ]; then
    apt_get update || die "The package lists could not be fetched. Check the network and /etc/apt, then try again."
    find_unknown "${missing[@]}"
  fi
  for package in "${missing[@]}"; do
    if [[ " ${unknown[*]} " != *" $package "* ]]; then
      kept+=("$package")
    elif [[ " ${packages_apps[*]} " == *" $package "* ]]; then
      echo "Not in this system's archive, so its app will be shown as not installed: $package"
    else
      die "The package $package is needed and is not in this system's archive." "Check /etc/apt, then run this command again."
    fi
  done
  missing=("${kept[@]}")
}

# install_missing PACKAGE...: installs those that are not there.
install_missing() {
  local package missing=()
  command -v dpkg-query >/dev/null ||
    die "This is not a Debian system, so nothing can be installed here by itself." \
      "Install what these Debian packages hold, and build by hand (docs/contributing/setup.md): $*"
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  if [ "${#missing[@]}" -gt 0 ]; then
    can_be_root ||
      die "These Debian packages are missing and this user may not install them: ${missing[*]}" \
        "Ask an administrator to run:  apt-get install --no-install-recommends ${missing[*]}" \
        "Then run this command again."
    drop_unknown
  fi
  if [ "${#missing[@]}" -eq 0 ]; then
    echo "Nothing to install."
    return
  fi
  echo "Installing: ${missing[*]}"
  # Lists that are older than the archive name versions that are gone: fetch them anew and try once more.
  apt_get install --no-install-recommends --yes "${missing[@]}" ||
    { apt_get update && apt_get install --no-install-recommends --yes "${missing[@]}"; } ||
    die "These Debian packages could not be installed: ${missing[*]}" "The lines above say why."
}
