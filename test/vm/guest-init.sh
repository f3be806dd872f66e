#!/bin/sh
# The first process of the test machine: mounts what systemd mounts on a Debian 12 node, runs the tests in a
# service's group, says their exit code, and powers off.
export PATH=/usr/local/bin:/usr/bin:/usr/sbin HOME=/root LANG=C.UTF-8 TERM=dumb
mount -t proc -o nosuid,nodev,noexec proc /proc
mount -t sysfs -o nosuid,nodev,noexec sysfs /sys
[ -e /dev/null ] || mount -t devtmpfs -o nosuid dev /dev
mkdir -p /dev/pts /dev/shm /dev/mqueue
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o nosuid,nodev tmpfs /dev/shm
mount -t tmpfs -o nosuid,nodev,mode=755 tmpfs /run
ln -sf /proc/self/fd /dev/fd
# systemd's own options; a mount without them would switch them off for the whole machine.
mount -t cgroup2 -o nosuid,nodev,noexec,nsdelegate,memory_recursiveprot cgroup2 /sys/fs/cgroup
mount --make-rshared /
mkdir -p /run/lock /run/netns /sys/fs/cgroup/init.scope /sys/fs/cgroup/system.slice/skep-test.service
echo $$ >/sys/fs/cgroup/init.scope/cgroup.procs
for group in /sys/fs/cgroup /sys/fs/cgroup/system.slice; do
  echo '+cpu +memory +pids' >$group/cgroup.subtree_control
done
hostname vm
ip link set lo up
echo 1 >/proc/sys/net/ipv4/ip_forward
for module in overlay veth bridge vxlan nf_tables nf_conntrack br_netfilter; do modprobe $module; done

# An emulated processor is some twenty times slower, and the time of a test file is bounded.
export SKEP_LEAK_STARTS=100 SKEP_RACE_ROUNDS=40 SKEP_FUZZ_RUNS=40

echo "machine: $(uname -r), control groups of version 2: $(cat /sys/fs/cgroup/cgroup.controllers)"
(
  echo 0 >/sys/fs/cgroup/system.slice/skep-test.service/cgroup.procs
  cd /skep && exec node dist/test/run.js $(cat /etc/skep-tests)
) </dev/null 2>&1
code=$?
echo "mounted as: $(sed -n 's/.* \(cgroup2 .*\)/\1/p' /proc/self/mountinfo | head -n 1)"
echo "groups left: $(cd /sys/fs/cgroup && find . -mindepth 1 -type d ! -path './init.scope*' ! -path './system.slice*' | tr '\n' ' ')"
echo "SKEP-VM-RESULT $code"
busybox poweroff -f
