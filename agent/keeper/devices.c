/* Device nodes of the container that the node has too. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "child.h"
#include "paths.h"
#include "scope.h"

static int make_device_like(struct child *child, const char *path, const uint8_t *wanted) {
  mode_t mode = (mode_t)read_u32(wanted);
  dev_t number = (dev_t)read_u64(wanted + 16);
  if (!S_ISCHR(mode) && !S_ISBLK(mode)) {
    errno = EINVAL;
    return explain(child, "%s is to be no device", path);
  }
  const char *name;
  SCOPED_FD parent = open_parent_in_root(child->root, path, &name);
  if (parent < 0) return explain(child, "device %s", path);
  if (mknodat(parent, name, mode, number) == 0) {
    if (fchownat(parent, name, read_u32(wanted + 4), read_u32(wanted + 8), AT_SYMLINK_NOFOLLOW) == 0) return 0;
    return explain(child, "device %s", path);
  }
  if (errno != EEXIST) return explain(child, "device %s", path);
  /* Made by an earlier start on the same writable layer, or by the image: fine when it is the same. */
  struct stat status;
  if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return -1;
  if ((status.st_mode & S_IFMT) == (mode & S_IFMT) && status.st_rdev == number) return 0;
  errno = EEXIST;
  return explain(child, "the image has something else at %s", path);
}

int make_devices(struct child *child) {
  const struct step *step = child->step;
  for (uint32_t index = 0; step->argv[index] != NULL; index++)
    if (make_device_like(child, step->argv[index], step->bytes + (size_t)index * DEVICE_RECORD_BYTES) < 0) return -1;
  return 0;
}
