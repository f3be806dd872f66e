#!/bin/sh
# usage: build-rootfs.sh OUT.tar
# PostgreSQL as Debian packages it, without its compiler for queries. The data folder belongs to the user postgres, and
# so does an empty volume that is put there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
exec "$here/../from-debian/build-rootfs.sh" --files "$here/files" --own 100:100:var/lib/postgresql/data --own 100:100:run/postgresql \
  --leave-out libllvm14,libz3-4,perl,perl-base,perl-modules-5.36,libperl5.36,libjson-perl,debconf,ssl-cert,adduser,passwd,ucf,openssl,init-system-helpers,postgresql-common,postgresql-client-common,logrotate,cron \
  "$1" postgresql-15 busybox-static
