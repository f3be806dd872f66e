#include "program.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "scope.h"

#define PROGRAM_NAME "skep-init"
#define PROGRAM_MODE 0555

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
