#!/bin/sh
# usage: build-rootfs.sh OUT.tar VERSION
# Assembles the root file system of hello-web. Needs tar and Debian's busybox-static. The same busybox and version
# give the same bytes, and so the same image id, on every machine.
set -eu

if [ "$#" -ne 2 ]; then
  echo "usage: build-rootfs.sh OUT.tar VERSION" >&2
  exit 2
fi
output=$1
version=$2
here=$(cd "$(dirname "$0")" && pwd)
busybox=$(command -v busybox) || {
  echo "busybox is missing: apt-get install busybox-static" >&2
  exit 1
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
root=$work/root
umask 022

mkdir -p "$root/bin" "$root/dev" "$root/etc" "$root/proc" "$root/root" "$root/sys" "$root/tmp" "$root/www/cgi-bin"
cp "$busybox" "$root/bin/busybox"
# A dynamic busybox (package "busybox") would start here but not in the image, which has no libraries.
if ! chroot "$root" /bin/busybox true 2>/dev/null && [ "$(id -u)" -eq 0 ]; then
  echo "$busybox is not static: apt-get install busybox-static" >&2
  exit 1
fi
for applet in sh ash cat date echo env false grep head hostname httpd id ip kill ls mkdir mount nc nslookup pidof \
  ping printf ps rm sed seq sleep stat tail test top touch true uname wc wget which yes; do
  ln -s busybox "$root/bin/$applet"
done

printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$root/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$root/etc/group"
printf '%s\n' "$version" >"$root/etc/hello-web-version"
printf 'ok\n' >"$root/www/healthz"
cp "$here/entrypoint.sh" "$root/bin/hello-web"
cp "$here/index.cgi" "$root/www/cgi-bin/index.cgi"
chmod 0755 "$root" "$root/bin/busybox" "$root/bin/hello-web" "$root/www/cgi-bin/index.cgi"
chmod 1777 "$root/tmp"

tar --create --file="$work/rootfs.tar" --directory="$root" --format=ustar --sort=name --mtime=@1735689600 \
  --owner=0 --group=0 --numeric-owner .
mv "$work/rootfs.tar" "$output"
