/* Kernel settings of the container's own namespaces. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "child.h"
#include "scope.h"

/*
 * CVE-2025-52881: a path below the container's /proc could be covered by a mount that the image or another container
 * arranged. So the setting is reached through a procfs of its own that is attached nowhere.
 */
int open_private_procfs(void) {
  SCOPED_FD filesystem = fsopen("proc", FSOPEN_CLOEXEC);
  if (filesystem < 0) return -1;
  if (fsconfig(filesystem, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0) return -1;
  return fsmount(filesystem, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

static int open_setting(int procfs, const char *path) {
  SCOPED_FD settings = openat(procfs, "sys", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (settings < 0) return -1;
  struct open_how how = {
    .flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW,
    .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
  };
  return (int)syscall(SYS_openat2, settings, path, &how, sizeof how);
}

int set_sysctl(struct child *child) {
  const struct step *step = child->step;
  SCOPED_FD procfs = child->procfs < 0 ? open_private_procfs() : dup(child->procfs);
  if (procfs < 0) return explain(child, "a procfs of its own");
  SCOPED_FD setting = open_setting(procfs, step->path);
  if (setting < 0 && errno == ENOENT) return explain(child, "the node's kernel has no setting %s", step->path);
  if (setting < 0) return -1;
  /* One write: the kernel takes a setting as a whole. */
  ssize_t written = write(setting, step->bytes, step->byte_count);
  if (written < 0) return explain(child, "the kernel refuses the value: %s", strerror(errno));
  if (written == (ssize_t)step->byte_count) return 0;
  errno = EINVAL;
  return explain(child, "the kernel took only part of the value");
}
