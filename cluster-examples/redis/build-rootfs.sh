#!/bin/sh
# usage: build-rootfs.sh OUT.tar
# Redis as Debian packages it. Its data folder belongs to the user redis, and so does an empty volume that is put there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../from-debian/build-rootfs.sh" --files "$here/files" --own 100:100:data \
  --leave-out perl-base,debconf,adduser,passwd,lsb-base,sysvinit-utils,init-system-helpers "$1" redis-server busybox-static
