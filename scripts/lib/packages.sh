# shellcheck shell=bash disable=SC2034
# Debian packages by purpose. The catalog's programs are those of examples/apps.json.

# The Rust build: a linker, and OpenSSL's headers for the PostgreSQL client library.
packages_build=(build-essential ca-certificates pkg-config libssl-dev)

# What the local runtime starts for every session; fontconfig keeps the font cache that all of them share.
packages_runtime=(tigervnc-standalone-server x11-xkb-utils bubblewrap openbox fontconfig)

# The catalog's programs, and fonts and icons that they show.
packages_apps=(xterm mousepad galculator pcmanfm mtpaint x11-apps xdemineur
  fonts-dejavu-core xfonts-base adwaita-icon-theme shared-mime-info)

# Real partners of the tests.
packages_test=(postgresql sqlite3 chromium tigervnc-tools websockify xauth x11-utils procps shellcheck
  pgbouncer openssl libfaketime docker.io podman netavark aardvark-dns runc busybox-static socat docker-compose)

# The tests' cluster: container networking, policies, images without a registry.
packages_cluster=(containernetworking-plugins iptables nftables ipset conntrack socat ethtool busybox-static mmdebstrap
  jq openssl iproute2 docker.io postgresql chromium libseccomp-dev pkg-config gcc libc6-dev)
