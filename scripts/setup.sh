#!/bin/sh
# Brings a fresh Debian 12 machine with Node 20 to the point where Skep runs: Debian packages, npm packages
# from the lock file, the native programs and the build. Does only what is missing and says what it does.
# `setup.sh test` adds the programs that only tests use: real peers to talk to.
set -eu
cd "$(dirname "$0")/.."

PACKAGES="gcc make libc6-dev nftables iproute2 util-linux busybox-static tar"
[ "${1:-}" = test ] && PACKAGES="$PACKAGES curl bind9-dnsutils procps python3 etcd-server"

fail() {
  echo "setup: $1" >&2
  exit 1
}

check_node() {
  node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
    fail "Node 20.19 or newer is needed; this is $(node --version)."
}

missing_packages() {
  for package in $PACKAGES; do
    # Any provider of the file will do: what counts is the program.
    [ -n "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null | grep -x installed)" ] || printf '%s ' "$package"
  done
}

install_packages() {
  missing=$(missing_packages)
  [ -z "$missing" ] && return
  [ "$(id -u)" = 0 ] || fail "these Debian packages are missing: $missing- install them as root: apt-get install $missing"
  command -v apt-get >/dev/null || fail "these packages are missing and there is no apt-get to install them: $missing"
  echo "setup: installing Debian packages: $missing"
  log=$(mktemp)
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086
  { apt-get install -y -q --no-install-recommends $missing >"$log" 2>&1 ||
    { apt-get update -q >"$log" 2>&1 && apt-get install -y -q --no-install-recommends $missing >>"$log" 2>&1; }; } ||
    { tail -n 20 "$log" >&2; fail "apt-get could not install: $missing"; }
  rm -f "$log"
}

# The images of cluster-examples that tests build are made of packages, which apt must have heard of.
hear_of_packages() {
  apt-cache show nginx-light postgresql-15 redis-server >/dev/null 2>&1 && return
  echo "setup: fetching the list of Debian packages"
  apt-get update -q >/dev/null 2>&1 || echo "setup: apt-get update failed; the examples from Debian packages cannot be built" >&2
}

install_modules() {
  [ -e node_modules/.package-lock.json ] && [ ! package-lock.json -nt node_modules/.package-lock.json ] && return
  echo "setup: installing npm packages from the lock file"
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
}

build_native() {
  make -s -C agent/keeper
  make -s -C agent/image/unpack
}

build_typescript() {
  newest=$(find proto lib manager agent runtime daemon cli test bench package.json tsconfig.json \
    -name generated -prune -o -type f \( -name '*.ts' -o -name '*.proto' -o -name '*.json' \) -newer dist/.built -print 2>/dev/null | head -n 1)
  [ -e dist/.built ] && [ -z "$newest" ] && return
  echo "setup: building"
  sh scripts/build.sh
}

check_node
install_packages
[ "${1:-}" = test ] && hear_of_packages
install_modules
build_native
build_typescript
