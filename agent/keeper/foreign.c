/* Steps of containers that others describe: a root that lies ready, namespaces by path, attributes of single mounts. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "child.h"
#include "paths.h"
#include "scope.h"

/* The folder becomes a mount of its own, as a root must be one. */
int bind_root(struct child *child) {
  const char *path = child->step->path;
  if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0) return explain(child, "root folder %s", path);
  child->root_path = path;
  child->root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return child->root < 0 ? -1 : 0;
}

/* A pid namespace was joined before the clone. */
int join_path(struct child *child) {
  const struct step *step = child->step;
  if ((step->flags & CLONE_NEWPID) != 0) return 0;
  SCOPED_FD space = open(step->path, O_RDONLY | O_CLOEXEC);
  if (space < 0 || setns(space, (int)step->flags) < 0) return explain(child, "namespace %s", step->path);
  return 0;
}

int set_attributes(struct child *child) {
  const struct step *step = child->step;
  SCOPED_FD target = open_in_root(child->root, step->path, O_PATH, 0, true);
  if (target < 0) return -1;
  struct mount_attr attributes = {.attr_set = step->flags, .attr_clr = step->mode};
  unsigned int below = step->number == 1 ? AT_RECURSIVE : 0;
  return mount_setattr(target, "", AT_EMPTY_PATH | below, &attributes, sizeof attributes);
}

static int tell(char word) { return write(CHILD_STATUS, &word, 1) == 1 ? 0 : -1; }

/* The caller's hooks run meanwhile. */
static int await_hooks(void) {
  char answer = 0;
  ssize_t received;
  if (tell(STATUS_WAITING) < 0) return -1;
  do received = read(CHILD_STATUS, &answer, 1);
  while (received < 0 && errno == EINTR);
  if (received == 1 && answer == STATUS_GO) return 0;
  errno = ECANCELED;
  return -1;
}

/*
 * A container that was created and not yet started. Whether its program can be run is found out before; nobody listens
 * any more afterwards, so what is told then goes into the gate itself, which this process holds open for both directions.
 */
static int await_gate(struct child *child) {
  char path[PATH_MAX];
  char opened = 0;
  ssize_t received;
  if (find_program(child, child->step->argv[0], path, sizeof path) < 0) return -1;
  if (tell(STATUS_AT_GATE) < 0) return -1;
  if (dup3(CHILD_GATE, CHILD_STATUS, O_CLOEXEC) < 0) return -1;
  child->unheard = true;
  do received = read(CHILD_GATE, &opened, 1);
  while (received < 0 && errno == EINTR);
  if (received == 1) return 0;
  errno = ECANCELED;
  return -1;
}

int await_start(struct child *child) {
  return (child->step->flags & AWAIT_GATE) != 0 ? await_gate(child) : await_hooks();
}

/* The node's /dev/null must not be reachable by a descriptor of the container: its mode could be changed there. */
int reopen_null_streams(struct child *child) {
  for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
    struct stat status;
    if (fstat(stream, &status) < 0 || !S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3)) continue;
    SCOPED_FD null = open_in_root(child->root, "/dev/null", O_RDWR | O_NOFOLLOW, 0, false);
    if (null < 0) return explain(child, "/dev/null of the container");
    if (fstat(null, &status) < 0) return -1;
    if (!S_ISCHR(status.st_mode) || status.st_rdev != makedev(1, 3)) {
      errno = EINVAL;
      return explain(child, "/dev/null of the container is not the null device");
    }
    if (dup2(null, stream) < 0) return -1;
  }
  return 0;
}
