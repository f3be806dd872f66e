#include "program.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "scope.h"

#define PROGRAM_NAME "skep-init"
#define PROGRAM_MODE 0555
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

static int copy_program(int own, int copy) {
  struct stat status;
  if (fstat(own, &status) < 0) return -1;
  off_t at = 0;
  while (at < status.st_size)
    if (sendfile(copy, own, &at, (size_t)(status.st_size - at)) <= 0) return -1;
  return 0;
}

static int mount_memory(void) {
  SCOPED_FD filesystem = fsopen("tmpfs", FSOPEN_CLOEXEC);
  if (filesystem < 0 || fsconfig(filesystem, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) return -1;
  return fsmount(filesystem, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
}

/*
 * A reaper shows its program to the container as /proc/1/exe, and root inside owns it there. The seals of a memfd keep
 * its bytes, but not its mode: `chmod 0 /proc/1/exe` would take the reaper away from every other container. A mount of
 * its own that is read-only keeps all of it.
 */
int open_unchangeable_program(int own, int lowest) {
  SCOPED_FD mount = mount_memory();
  if (mount < 0) return -1;
  SCOPED_FD copy = openat(mount, PROGRAM_NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, PROGRAM_MODE);
  if (copy < 0 || fchmod(copy, PROGRAM_MODE) < 0 || copy_program(own, copy) < 0) return -1;
  /* A file that someone writes to cannot be run. */
  close_descriptor(&copy);
  struct mount_attr read_only = {.attr_set = MOUNT_ATTR_RDONLY};
  if (mount_setattr(mount, "", AT_EMPTY_PATH, &read_only, sizeof read_only) < 0) return -1;
  SCOPED_FD program = openat(mount, PROGRAM_NAME, O_RDONLY | O_CLOEXEC);
  return program < 0 ? -1 : fcntl(program, F_DUPFD_CLOEXEC, lowest);
}

int open_sealed_program(int own) {
  SCOPED_FD sealed = memfd_create("skep-keeper", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (sealed < 0 || copy_program(own, sealed) < 0) return -1;
  /* Any user of a container may run it, as its reaper; one who cannot read it cannot trace that reaper either. */
  if (fchmod(sealed, 0511) < 0 || fcntl(sealed, F_ADD_SEALS, SEALS) < 0) return -1;
  return take_descriptor(&sealed);
}

bool is_sealed(int program) {
  int seals = fcntl(program, F_GET_SEALS);
  return seals >= 0 && (seals & SEALS) == SEALS;
}

/* FNV-1a, 64 bits: it tells builds apart, it does not protect them. */
bool hash_program(int program, char build[BUILD_BYTES]) {
  static uint8_t chunk[65536];
  uint64_t hash = 0xcbf29ce484222325u;
  off_t at = 0;
  for (;;) {
    ssize_t received = pread(program, chunk, sizeof chunk, at);
    if (received < 0) return false;
    if (received == 0) break;
    for (ssize_t index = 0; index < received; index++) hash = (hash ^ chunk[index]) * 0x100000001b3u;
    at += received;
  }
  (void)snprintf(build, BUILD_BYTES, "%016" PRIx64, hash);
  return true;
}
