#!/bin/sh
# usage: build-rootfs.sh [--files FOLDER] [--leave-out PACKAGE[,…]] [--own UID:GID:PATH]… OUT.tar PACKAGE…
# Assembles a root file system from Debian packages and all that they depend on, without running their scripts: what a
# script would have set up belongs into FOLDER, which is laid over them. Needs apt, dpkg and tar, and no root. The same
# package versions give the same bytes, and so the same image id, on every machine.
set -eu

usage() {
  sed -n '2s/^# //p' "$0" >&2
  exit 2
}

files=
leave_out=
owners=
while [ "$#" -gt 0 ]; do
  case $1 in
    --files) files=$2; shift 2 ;;
    --leave-out) leave_out=$2; shift 2 ;;
    --own) owners="$owners $2"; shift 2 ;;
    -*) usage ;;
    *) break ;;
  esac
done
[ "$#" -ge 2 ] || usage
output=$1
shift
for program in apt-get dpkg-deb tar; do
  command -v "$program" >/dev/null || { echo "$program is missing: packages can be unpacked on Debian only" >&2; exit 1; }
done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
root=$work/root
umask 022
mkdir -p "$root" "$work/debs/partial"

# A machine that has nothing installed needs everything.
: >"$work/status"
apt-get install -q --print-uris --yes --no-install-recommends -o Dir::State::status="$work/status" \
  -o Dir::Cache::archives="$work/debs" "$@" >"$work/uris" 2>"$work/errors" ||
  { cat "$work/errors" >&2; exit 1; }
# 'address' name_version_architecture.deb size hash; apt writes a colon in a version as %3a.
sed -n "s/^'[^']*' \([^_]*\)_\([^_]*\)_[^ ]*\.deb .*/\1=\2/p" "$work/uris" | sed 's/%3a/:/g' >"$work/all"
for package in $(printf '%s' "$leave_out" | tr ',' ' '); do
  sed -i "/^$package=/d" "$work/all"
done
# apt checks what it downloads against the archive's signed lists.
(cd "$work/debs" && xargs apt-get download -q -o APT::Sandbox::User=root <"$work/all" >"$work/errors" 2>&1) ||
  { cat "$work/errors" >&2; exit 1; }
for package in "$work"/debs/*.deb; do
  dpkg-deb --extract "$package" "$root"
done

# Where /bin and the like are still folders beside /usr, they are joined, as on every installed Debian.
for name in bin sbin lib lib64; do
  mkdir -p "$root/usr/$name"
  if [ -d "$root/$name" ] && [ ! -L "$root/$name" ]; then
    cp -a "$root/$name/." "$root/usr/$name/"
    rm -rf "${root:?}/$name"
  fi
  [ -L "$root/$name" ] || ln -s "usr/$name" "$root/$name"
done
rm -rf "$root/usr/share/doc" "$root/usr/share/man" "$root/usr/share/info" "$root/usr/share/locale" \
  "$root/usr/share/lintian" "$root/usr/share/bug"
mkdir -p "$root/dev" "$root/etc" "$root/proc" "$root/root" "$root/run" "$root/sys" "$root/tmp" "$root/var/tmp"
chmod 1777 "$root/tmp" "$root/var/tmp"
if [ -d "$root/var/run" ] && [ ! -L "$root/var/run" ]; then rm -rf "$root/var/run"; fi
ln -sfn /run "$root/var/run"
if [ -e "$root/bin/busybox" ]; then
  for applet in sh cat chmod cp date echo env grep head id ls mkdir mv printf ps rm sed sleep stat tail test wget; do
    [ -e "$root/bin/$applet" ] || ln -s busybox "$root/bin/$applet"
  done
fi
if [ -n "$files" ]; then cp -R "$files/." "$root/"; fi

pack() {
  tar --file="$work/rootfs.tar" --directory="$root" --format=pax --sort=name --mtime=@1735689600 --numeric-owner \
    --pax-option='exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime' "$@"
}
pack --create --owner=0 --group=0 .
for entry in $owners; do
  path=${entry##*:}
  ids=${entry%:*}
  mkdir -p "$root/$path"
  chmod 0700 "$root/$path"
  pack --append --owner="${ids%:*}" --group="${ids#*:}" --no-recursion "./$path"
done
mv "$work/rootfs.tar" "$output"
