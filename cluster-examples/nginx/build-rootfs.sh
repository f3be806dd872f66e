#!/bin/sh
# usage: build-rootfs.sh OUT.tar
# nginx as Debian packages it, with a configuration for a container.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../from-debian/build-rootfs.sh" --files "$here/files" --leave-out perl-base,debconf,ucf "$1" \
  nginx-light busybox-static
