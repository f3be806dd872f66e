#include "group_limits.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "scope.h"

/* A list of processors or memory nodes is one line; the kernel gives out no more than a page. */
#define MAX_LIST_BYTES 4096

/* One write: the kernel takes a limit as a whole. */
static int write_limit(const char *path, const void *bytes, size_t length) {
  SCOPED_FD file = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return -1;
  ssize_t written = write(file, bytes, length);
  if (written < 0) return -1;
  if ((size_t)written == length) return 0;
  errno = EINVAL;
  return -1;
}

static const char *last_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash + 1;
}

int set_group_limit(const struct step *step, char *text, size_t size) {
  if (write_limit(step->path, step->bytes, step->byte_count) == 0) return 0;
  const char *path = step->path;
  if (errno == ENOENT && step->other != NULL) {
    if (write_limit(step->other, step->text, strlen(step->text)) == 0) return 0;
    if (errno != ENOENT) path = step->other;
  }
  int saved = errno;
  if (saved == ENOENT)
    (void)snprintf(text, size, "the node cannot hold this limit: its kernel has no %s", last_name(path));
  else
    (void)snprintf(text, size, "the node's kernel refuses the value for %s: %s", last_name(path), strerror(saved));
  errno = saved;
  return -1;
}

/* The file's content without the blanks at its end; -1 when it cannot be read. */
static ssize_t read_list(const char *folder, const char *name, char *out) {
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  SCOPED_FD file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t length = read(file, out, MAX_LIST_BYTES);
  while (length > 0 && isspace((unsigned char)out[length - 1])) length--;
  return length;
}

static int inherit_list(const char *parent, const char *folder, const char *name) {
  char list[MAX_LIST_BYTES];
  ssize_t length = read_list(folder, name, list);
  if (length != 0) return length < 0 ? -1 : 0;
  length = read_list(parent, name, list);
  if (length <= 0) return (int)length;
  char path[PATH_MAX];
  if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  return write_limit(path, list, (size_t)length);
}

/* STEP_OTHER is where the hierarchy is mounted: no group above it is ours to change. */
int inherit_cpuset(const struct step *step, char *text, size_t size) {
  size_t top = strlen(step->other);
  bool below = strncmp(step->path, step->other, top) == 0 && step->path[top] == '/';
  if (!below || strlen(step->path) >= PATH_MAX) {
    errno = EINVAL;
    return -1;
  }
  char parent[PATH_MAX], folder[PATH_MAX];
  (void)strcpy(parent, step->other);
  for (const char *at = step->path + top; *at != 0;) {
    at = strchrnul(at + 1, '/');
    memcpy(folder, step->path, (size_t)(at - step->path));
    folder[at - step->path] = 0;
    if (inherit_list(parent, folder, "cpuset.cpus") < 0 || inherit_list(parent, folder, "cpuset.mems") < 0) {
      int saved = errno;
      (void)snprintf(text, size, "processors of the group %s: %s", folder, strerror(saved));
      errno = saved;
      return -1;
    }
    (void)strcpy(parent, folder);
  }
  return 0;
}
