#!/bin/sh
# In the test machine in place of gcc: the one program that tests compile was compiled outside already, from the
# same source.
while [ $# -gt 0 ]; do
  case $1 in
  -o) output=$2 ;;
  */netlink-sender.c) known=yes ;;
  esac
  shift
done
[ "${known:-}" = yes ] || {
  echo "this machine has no compiler" >&2
  exit 1
}
exec cp /usr/lib/skep-test/netlink-sender "$output"
